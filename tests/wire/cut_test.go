package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// A success whose body does not come whole says that the call was carried out:
// its status, request id and what came of it are kept.
func TestCutSuccess(t *testing.T) {
	const head = "HTTP/1.1 201 Created\r\nX-Request-Id: req_9\r\nX-RateLimit-Limit: 1000\r\nX-RateLimit-Remaining: 7\r\nX-RateLimit-Reset: 1705312800\r\n"
	for name, r := range map[string]reply{
		"length":  raw(head + "Content-Length: 500\r\n\r\n{\"id\":"),
		"reset":   reset(head + "Content-Length: 500\r\n\r\n{\"id\":"),
		"chunks":  raw(head + "Transfer-Encoding: chunked\r\n\r\n6\r\n{\"id\":\r\n"),
		"a chunk": raw(head + "Transfer-Encoding: chunked\r\n\r\n60\r\n{\"id\":"),
	} {
		for _, tt := range []struct {
			method   string
			call     func(context.Context, *selgora.Client, ...selgora.RequestOption) error
			attempts int
			effect   selgora.Effect
		}{
			{"POST", createCourse, 1, selgora.EffectDone},
			{"GET", getCourse, 3, selgora.EffectNone},
		} {
			t.Run(name+"/"+tt.method, func(t *testing.T) {
				server := &wire{script: []reply{r}}
				client := newClient(t, selgora.WithBaseURL("http://"+listenTCP(t, server, false)+"/v1"),
					selgora.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}), selgora.WithRetryWait(0, 0))
				var resp selgora.Response
				err := tt.call(t.Context(), client, selgora.WithResponse(&resp))
				var e *selgora.Error
				if !errors.As(err, &e) || e.StatusCode != 201 || e.RequestID != "req_9" || e.Attempts != tt.attempts || string(e.Body) != `{"id":` {
					t.Errorf("error %#v", err)
				}
				if resp.StatusCode != 201 || resp.RequestID != "req_9" || resp.RateLimit.Remaining != 7 || string(resp.Body) != `{"id":` || resp.Attempts != tt.attempts {
					t.Errorf("response %+v", resp)
				}
				if effect := selgora.EffectOf(err); effect != tt.effect || errors.Is(err, selgora.ErrNotSent) {
					t.Errorf("effect %v, want %v", effect, tt.effect)
				}
				text := err.Error()
				if !strings.Contains(text, ": the response did not come whole: ") || strings.HasSuffix(text, "; the call was carried out") != (tt.effect == selgora.EffectDone) {
					t.Errorf("text %q", text)
				}
			})
		}
	}
}

// Of a failure, the status alone counts: it is not lost with the rest of the
// body.
func TestCutFailure(t *testing.T) {
	for status, effect := range map[string]selgora.Effect{"422 No": selgora.EffectNone, "502 Bad": selgora.EffectUnknown} {
		server := &wire{script: []reply{reset("HTTP/1.1 " + status + "\r\nContent-Length: 500\r\n\r\n{\"error\":")}}
		err := createCourse(t.Context(), server.client(t))
		if e := asError(t, err); http.StatusText(e.StatusCode) == "" || selgora.EffectOf(err) != effect || e.Attempts != 1 {
			t.Errorf("%s: %v with effect %v, want %v", status, err, selgora.EffectOf(err), effect)
		}
	}
}
