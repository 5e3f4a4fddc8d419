// Command sandbox shows the fake as programs in any language use it: over
// HTTP, on a port of this machine, with nothing of this module on their side.
//
//	go run ./examples/sandbox
//	go run ./cmd/selgora-mock     # the same, to keep: http://127.0.0.1:8484/v1
//
// Each step is printed as the curl command that does the same.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/selgora/selgora-go/mockserver"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	srv, err := mockserver.Start(
		mockserver.WithSandboxData(),
		mockserver.WithRateLimits(mockserver.DefaultRateLimits),
		mockserver.WithMagicValues(), // as selgora-mock has them
	)
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Printf("export SELGORA_BASE_URL=%s SELGORA_API_KEY=%s\n", srv.URL(), srv.APIKey())

	for _, step := range []struct{ about, method, url, body string }{
		{"A course of the guide's samples", "GET", srv.URL() + "/courses/course_abc123", ""},
		{"A student", "POST", srv.URL() + "/enrollments", `{"course_id":"course_abc123","user_email":"ada@example.com"}`},
		{"Everything wrong at once", "POST", srv.URL() + "/enrollments", `{"course_id":"course_nowhere","user_email":"ada"}`},
		{"An address that asks for trouble", "POST", srv.URL() + "/contacts", `{"email":"fail+503@example.com"}`},
		{"A fault for the next call", "POST", srv.ControlURL() + "/_mock/faults", `{"operation":"account.get","status":500}`},
		{"It happens", "GET", srv.URL() + "/account", ""},
		{"And is over", "GET", srv.URL() + "/account", ""},
		{"Two days go by", "POST", srv.ControlURL() + "/_mock/clock/advance", `{"by":"48h"}`},
		{"Back to the beginning", "POST", srv.ControlURL() + "/_mock/reset", ""},
	} {
		fmt.Printf("\n# %s\n", step.about)
		if err := curl(step.method, step.url, srv.APIKey(), step.body); err != nil {
			return err
		}
	}
	fmt.Printf("\nAll of the control API: curl %s/_mock\nThe OpenAPI document:   curl %s/openapi.yaml\n", srv.ControlURL(), srv.ControlURL())
	return nil
}

func curl(method, url, key, body string) error {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	fmt.Printf("$ curl -X %s %s", method, url)
	if strings.Contains(url, "/v1/") {
		req.Header.Set("Authorization", "Bearer "+key)
		fmt.Print(` -H "Authorization: Bearer $SELGORA_API_KEY"`)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		fmt.Printf(" -H 'Content-Type: application/json' -d '%s'", body)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	fmt.Printf("\n%s  %.300s\n", resp.Status, strings.TrimSpace(string(answer)))
	return err
}
