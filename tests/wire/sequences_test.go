package wire_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// sentinels are all that an error may match by what became of its call.
var sentinels = []error{
	selgora.ErrBadRequest, selgora.ErrUnauthorized, selgora.ErrForbidden, selgora.ErrNotFound, selgora.ErrConflict,
	selgora.ErrValidation, selgora.ErrRateLimited, selgora.ErrServer, selgora.ErrNotSent, selgora.ErrResponseTooLarge,
}

// What an error says is of the last attempt alone; what became of the call is
// of all of them.
func TestSequences(t *testing.T) {
	var (
		s303    = response(303, "", "Location: https://elsewhere.example/")
		s404    = response(404, `{"error":"gone"}`)
		s408    = response(408, "")
		s409    = response(409, "")
		s429    = response(429, "", "Retry-After: 0")
		s500    = response(500, "")
		s503    = response(503, "")
		lost    = reset("")
		cut     = raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
		refused reply
	)
	const none, unknown, done = selgora.EffectNone, selgora.EffectUnknown, selgora.EffectDone
	calls := map[string]matrixCall{}
	for _, call := range matrixCalls() {
		calls[call.name] = call
	}
	for _, tt := range []struct {
		name     string
		call     string
		steps    []reply
		limited  bool    // one request a minute, and no wait for it
		attempts int     // made, sent or not
		is       []error // the sentinels that match, and what else does
		status   int     // of the *Error; 0 for none, -1 for no error at all
		earlier  int     // status of the response beside a *CallError; 0 for none
		effect   selgora.Effect
	}{
		{"429, lost", "POST", []reply{s429, lost}, false, 2, []error{io.EOF}, 0, 429, unknown},
		{"429, lost", "POST unsafe", []reply{s429, lost, lost}, false, 3, []error{io.EOF}, 0, 429, unknown},
		{"429, lost", "GET", []reply{s429, lost, lost}, false, 3, []error{io.EOF}, 0, 429, none},
		{"429, lost", "PATCH", []reply{s429, lost, lost}, false, 3, []error{io.EOF}, 0, 429, unknown},
		{"408, lost", "POST unsafe", []reply{s408, lost, lost}, false, 3, []error{io.EOF}, 0, 408, unknown},
		{"408, lost", "DELETE", []reply{s408, lost, lost}, false, 3, []error{io.EOF}, 0, 408, unknown},
		{"408", "POST", []reply{s408}, false, 1, nil, 408, 0, unknown},
		{"503, 429", "POST unsafe", []reply{s503, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, unknown},
		{"503, 429", "PATCH", []reply{s503, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, unknown},
		{"503, 429", "GET", []reply{s503, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, none},
		{"429, 503", "POST", []reply{s429, s503}, false, 2, []error{selgora.ErrServer}, 503, 0, unknown},
		{"429", "POST", []reply{s429, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, none},
		{"303", "POST", []reply{s303}, false, 1, nil, 303, 0, unknown},
		{"303", "GET", []reply{s303}, false, 1, nil, 303, 0, none},
		{"500, 303", "PATCH", []reply{s500, s303}, false, 2, nil, 303, 0, unknown},
		{"500, 404", "PATCH", []reply{s500, s404}, false, 2, []error{selgora.ErrNotFound}, 404, 0, unknown},
		{"500, 404", "DELETE", []reply{s500, s404}, false, 2, nil, -1, 0, done},
		{"500, 404", "GET", []reply{s500, s404}, false, 2, []error{selgora.ErrNotFound}, 404, 0, none},
		{"429, 404", "DELETE", []reply{s429, s404}, false, 2, []error{selgora.ErrNotFound}, 404, 0, none},
		{"refused, 404", "DELETE", []reply{refused, s404}, false, 2, []error{selgora.ErrNotFound}, 404, 0, none},
		{"lost, 404", "DELETE", []reply{lost, s404}, false, 2, nil, -1, 0, done},
		{"cut, 404", "DELETE", []reply{cut, s404}, false, 2, nil, -1, 0, done},
		{"cut, 404", "PATCH", []reply{cut, s404}, false, 2, []error{selgora.ErrNotFound}, 404, 0, done},
		{"cut, 429", "POST unsafe", []reply{cut, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, done},
		{"cut, 409", "POST unsafe", []reply{cut, s409}, false, 2, []error{selgora.ErrConflict}, 409, 0, done},
		{"cut, lost, 503", "PATCH", []reply{cut, lost, s503}, false, 3, []error{selgora.ErrServer}, 503, 0, done},
		{"cut, lost", "PATCH", []reply{cut, cut, lost}, false, 3, []error{io.EOF}, 0, 200, done},
		{"cut", "POST", []reply{cut}, false, 1, []error{io.ErrUnexpectedEOF}, 200, 0, done},
		{"503, cut", "PATCH", []reply{s503, s503, cut}, false, 3, []error{io.ErrUnexpectedEOF}, 200, 0, done},
		{"refused", "POST", []reply{refused, refused, refused}, false, 3, []error{selgora.ErrNotSent, syscall.ECONNREFUSED}, 0, 0, none},
		{"refused, 429", "POST", []reply{refused, s429, s429}, false, 3, []error{selgora.ErrRateLimited}, 429, 0, none},
		{"429, refused", "POST", []reply{s429, refused, refused}, false, 3, []error{syscall.ECONNREFUSED}, 0, 429, none},
		{"503, refused", "POST unsafe", []reply{s503, refused, refused}, false, 3, []error{syscall.ECONNREFUSED}, 0, 503, unknown},
		{"refused, lost", "POST", []reply{refused, lost}, false, 2, []error{io.EOF}, 0, 0, unknown},
		{"lost, held back", "GET", []reply{lost}, true, 1, []error{selgora.ErrRateLimited}, 0, 0, none},
		{"lost, held back", "PATCH", []reply{lost}, true, 1, []error{selgora.ErrRateLimited}, 0, 0, unknown},
		{"503, held back", "POST unsafe", []reply{s503}, true, 1, []error{selgora.ErrRateLimited}, 0, 503, unknown},
		{"429, held back", "POST", []reply{s429}, true, 1, []error{selgora.ErrRateLimited}, 0, 429, none},
		{"cut, held back", "DELETE", []reply{cut}, true, 1, []error{selgora.ErrRateLimited}, 0, 200, done},
		{"429, success", "POST", []reply{s429, ok}, false, 2, nil, -1, 0, done},
		{"cut, success", "PATCH", []reply{cut, ok}, false, 2, nil, -1, 0, done},
	} {
		bubble(t, tt.call+"/"+tt.name, func(t *testing.T) {
			var script []reply // of those that are not refused
			for _, step := range tt.steps {
				if step != nil {
					script = append(script, step)
				}
			}
			server, dials := &wire{script: script}, 0
			transport := server.transport()
			transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if dials++; tt.steps[min(dials, len(tt.steps))-1] == nil {
					return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
				}
				return server.dial(ctx, network, addr)
			}
			opts := []selgora.Option{selgora.WithHTTPClient(&http.Client{Transport: transport})}
			if tt.limited {
				opts = append(opts, selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}), selgora.WithMaxWait(30*time.Second))
			}
			var resp selgora.Response
			err := calls[tt.call].call(t.Context(), server.client(t, opts...), selgora.WithResponse(&resp))
			if (err == nil) != (tt.status == -1) || resp.Attempts != tt.attempts {
				t.Fatalf("error %v after %d attempts, want %d", err, resp.Attempts, tt.attempts)
			}
			if effect := selgora.EffectOf(err); effect != tt.effect {
				t.Errorf("effect %v, want %v: %v", effect, tt.effect, err)
			}
			if err == nil {
				return
			}
			for _, sentinel := range sentinels {
				if got := errors.Is(err, sentinel); got != slices.Contains(tt.is, sentinel) {
					t.Errorf("matches %v: %v (%v)", sentinel, got, err)
				}
			}
			for _, is := range tt.is {
				if !errors.Is(err, is) {
					t.Errorf("%v does not match %v", err, is)
				}
			}
			var e *selgora.Error
			if errors.As(err, &e) != (tt.status != 0) || e != nil && (e.StatusCode != tt.status || e.Attempts != tt.attempts) {
				t.Errorf("%#v, want one with the status %d", err, tt.status)
			}
			var call *selgora.CallError
			if errors.As(err, &call) != (tt.status == 0) {
				t.Fatalf("%#v, want a *CallError: %v", err, tt.status == 0)
			}
			if call != nil && (call.Attempts != tt.attempts || (call.Earlier != nil) != (tt.earlier != 0) || call.Earlier != nil && call.Earlier.StatusCode != tt.earlier) {
				t.Errorf("%+v, want an earlier response of %d", call, tt.earlier)
			}
		})
	}
}
