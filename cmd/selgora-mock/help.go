package main

import (
	"flag"
	"fmt"
	"strings"
)

// help is what -h prints.
func help() string {
	var b strings.Builder
	b.WriteString(`selgora-mock serves a fake of the Selgora API from memory: the sandbox data, the
documented rate limits, webhooks with their retries, and failures on demand.

  selgora-mock                          on 127.0.0.1:8484
  selgora-mock -addr 127.0.0.1:0 -json  on a free port, for a program to start
  selgora-mock -limits off -empty       no rate limits, no data

Try it:

  curl -H "Authorization: Bearer test_key_123" http://127.0.0.1:8484/v1/courses
  export SELGORA_BASE_URL=http://127.0.0.1:8484/v1 SELGORA_API_KEY=test_key_123

Flags, each with the environment variable that stands in for it:

`)
	new(settings).flags().VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		fmt.Fprintf(&b, "  -%s%s\t%s\n", f.Name, value, variable(f.Name))
		standard := ""
		switch f.DefValue {
		case "", "false", "0":
		default:
			if f.Name != "clock" {
				standard = " (default " + f.DefValue + ")"
			}
		}
		fmt.Fprintf(&b, "        %s%s\n", usage, standard)
	})
	b.WriteString(`
Failures on demand, by an e-mail address anywhere in the body of a request:

  fail+503@example.com       the request is answered with 503, nothing changes;
                             any status from 200 to 599, 429 with Retry-After: 1
  fail+503x2@example.com     the first two requests with it; the third succeeds
  fail+reset@example.com     the connection is reset
  fail+empty@example.com     the connection is closed without an answer
  fail+truncate@example.com  the change is made, its answer ends in the middle
  fail+garbage@example.com   the change is made, its answer is not JSON
  fail+lost@example.com      the change is made, then the connection is reset
  fail+delay5s@example.com   the answer comes after 5 seconds (0 to 99)

Everything else is asked for through the control API, from this machine only
unless -open-control is given. GET /_mock lists it; the most useful:

  curl -d '{"operation": "courses.get", "status": 503, "times": 2}' http://127.0.0.1:8484/_mock/faults
  curl -d '{"by": "35h"}' http://127.0.0.1:8484/_mock/clock/advance
  curl -X POST http://127.0.0.1:8484/_mock/reset
  curl http://127.0.0.1:8484/_mock/requests
  curl http://127.0.0.1:8484/_mock/export > seed.json

The server stops on SIGINT and SIGTERM, after the requests in progress. Exit
statuses: 0 stopped, 1 could not start or stop, 2 wrong flags.
`)
	return b.String()
}
