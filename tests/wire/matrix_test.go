package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// fault is what a server does to every attempt, and what a caller then sees.
type fault struct {
	name   string
	refuse bool
	cut    bool // the response has a status, but comes to an end too early
	reply  reply
	status int   // of the resulting *Error; 0 for an error without a response
	is     error // what the resulting error matches
	again  retryClass
}

// retryClass says which calls repeat after a fault.
type retryClass int

const (
	never retryClass = iota
	repeatable
	always
)

func matrixFaults() []fault {
	status := func(code int, is error, again retryClass) fault {
		header := []string{}
		if code == http.StatusTooManyRequests {
			header = append(header, "Retry-After: 0")
		}
		return fault{name: fmt.Sprint(code), reply: response(code, `{"error":"told so"}`, header...), status: code, is: is, again: again}
	}
	return []fault{
		status(408, nil, repeatable),
		status(409, selgora.ErrConflict, never),
		status(429, selgora.ErrRateLimited, always),
		status(500, selgora.ErrServer, repeatable),
		status(501, selgora.ErrServer, never),
		status(502, selgora.ErrServer, repeatable),
		status(503, selgora.ErrServer, repeatable),
		status(504, selgora.ErrServer, repeatable),
		{name: "connection refused", refuse: true, is: syscall.ECONNREFUSED, again: always},
		{name: "reset before headers", reply: reset(""), again: repeatable},
		{name: "reset in the body", reply: reset("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":"), cut: true, status: 200, again: repeatable},
		{name: "stalled response", reply: stall, is: os.ErrDeadlineExceeded, again: repeatable},
		{name: "truncated body", reply: raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + courseJSON), cut: true, status: 200, is: io.ErrUnexpectedEOF, again: repeatable},
	}
}

type matrixCall struct {
	name string
	safe bool // may be repeated after any failure
	call func(context.Context, *selgora.Client, ...selgora.RequestOption) error
}

func matrixCalls() []matrixCall {
	course := &selgora.CourseCreateParams{Title: "Go"}
	return []matrixCall{
		{"GET", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Courses.Get(ctx, "course_1", opts...)
			return err
		}},
		{"PATCH", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Courses.Update(ctx, "course_1", &selgora.CourseUpdateParams{Title: selgora.Set("Go")}, opts...)
			return err
		}},
		{"DELETE", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			return c.Courses.Delete(ctx, "course_1", opts...)
		}},
		{"POST upsert", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: "a@example.com"}, opts...)
			return err
		}},
		{"POST tags", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Contacts.AddTags(ctx, "con_1", []string{"vip"}, opts...)
			return err
		}},
		{"POST", false, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Courses.Create(ctx, course, opts...)
			return err
		}},
		{"POST unsafe", true, func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
			_, err := c.Courses.Create(ctx, course, append(opts, selgora.WithRetryUnsafe())...)
			return err
		}},
	}
}

func (f fault) attempts(safe bool) int {
	if f.again == always || (f.again == repeatable && safe) {
		return 3
	}
	return 1
}

// TestRetryMatrix runs every kind of call into every fault, on real HTTP/1.1
// over fresh connections, in virtual time. With -v it prints the matrix.
func TestRetryMatrix(t *testing.T) {
	for _, call := range matrixCalls() {
		for _, f := range matrixFaults() {
			t.Run(call.name+"/"+f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := &wire{script: []reply{f.reply}}
					if f.refuse {
						server.refuse = -1
					}
					client := server.client(t, selgora.WithAttemptTimeout(5*time.Second))
					checkFault(t, client, call, f, func() int { return len(server.seen()) })
				})
			})
		}
	}
}

// TestRetryMatrixTCP runs the faults that need no waiting over loopback TCP,
// where a reset is a real one.
func TestRetryMatrixTCP(t *testing.T) {
	for _, call := range matrixCalls() {
		for _, f := range matrixFaults() {
			if f.name == "stalled response" {
				continue // it would take the timeout's time
			}
			t.Run(call.name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				server := &wire{script: []reply{f.reply}}
				addr := listenTCP(t, server, f.refuse)
				client := newClient(t, selgora.WithBaseURL("http://"+addr+"/v1"),
					selgora.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}),
					selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0))
				checkFault(t, client, call, f, func() int { return len(server.seen()) })
			})
		}
	}
}

func checkFault(t *testing.T, client *selgora.Client, call matrixCall, f fault, received func() int) {
	t.Helper()
	want := f.attempts(call.safe)
	var resp selgora.Response
	err := call.call(t.Context(), client, selgora.WithResponse(&resp))
	if err == nil {
		t.Fatal("no error")
	}
	if f.is != nil && !errors.Is(err, f.is) {
		t.Errorf("error %v does not match %v", err, f.is)
	}
	if resp.Attempts != want || resp.StatusCode != f.status {
		t.Errorf("response has status %d after %d attempts, want %d after %d", resp.StatusCode, resp.Attempts, f.status, want)
	}
	if got := received(); !f.refuse && got != want {
		t.Errorf("the server got %d requests, want %d", got, want)
	}
	if notSent := errors.Is(err, selgora.ErrNotSent); notSent != f.refuse {
		t.Errorf("ErrNotSent: %v, want %v (%v)", notSent, f.refuse, err)
	}
	if f.status != 0 {
		e, says := asError(t, err), "told so"
		if f.cut {
			says = "the response did not come whole: "
		}
		if e.StatusCode != f.status || e.Attempts != want || !strings.HasPrefix(e.Message, says) {
			t.Errorf("error is %d after %d attempts with %q, want %d after %d with %q", e.StatusCode, e.Attempts, e.Message, f.status, want, says)
		}
		if effect := selgora.EffectOf(err); f.cut && call.name != "GET" && effect != selgora.EffectDone {
			t.Errorf("a success that was cut has the effect %v", effect)
		}
	}
	t.Logf("| %s | %s | %d | %v |", call.name, f.name, want, err)
}
