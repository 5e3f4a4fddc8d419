package mockserver

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxDumpedRequests = 50
	maxDumpedBody     = 300
)

// Dump returns the journal in a form to read, for the message of a failing
// test: a line for each of the latest requests, with the bodies below.
func (s *Server) Dump() string {
	requests := s.Requests()
	var b strings.Builder
	if len(requests) == 0 {
		return "no requests"
	}
	skipped := max(0, len(requests)-maxDumpedRequests)
	fmt.Fprintf(&b, "%d requests", len(requests))
	if skipped > 0 {
		fmt.Fprintf(&b, ", the last %d of them", maxDumpedRequests)
	}
	b.WriteString(":\n")
	for _, r := range requests[skipped:] {
		b.WriteString(r.String())
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// String returns the entry as some lines to read: what was asked, what was
// answered, why, and the bodies in short.
func (r Request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s", r.Time.Format("15:04:05.000"), r.ID, r.Method, r.Path)
	if len(r.Query) > 0 {
		b.WriteString("?" + r.Query.Encode())
	}
	switch {
	case r.Status == 0:
		b.WriteString(" → no answer")
	default:
		fmt.Fprintf(&b, " → %d", r.Status)
	}
	var notes []string
	note := func(name, value string) {
		if value != "" {
			notes = append(notes, strings.TrimSpace(name+" "+value))
		}
	}
	note("", string(r.Operation))
	note("", r.Key)
	if r.RetryAfter > 0 {
		note("Retry-After", r.RetryAfter.String())
	}
	note("", r.Fault)
	note("strict:", r.Problem)
	if len(notes) > 0 {
		b.WriteString(" (" + strings.Join(slices.Compact(notes), "; ") + ")")
	}
	for _, body := range []struct {
		mark string
		text []byte
	}{{">", r.Body}, {"<", r.Response}} {
		if len(body.text) > 0 {
			fmt.Fprintf(&b, "\n    %s %s", body.mark, excerpt(body.text))
		}
	}
	return b.String()
}

// excerpt is the beginning of a body on one line.
func excerpt(body []byte) string {
	cut := ""
	if len(body) > maxDumpedBody {
		cut = fmt.Sprintf("… (%d bytes)", len(body))
		body = body[:maxDumpedBody]
	}
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text) + cut
}
