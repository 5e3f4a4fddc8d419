package wire_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// callTracer writes down what it is told of calls.
type callTracer struct{ told []string }

type tracedKey struct{}

func (r *callTracer) tell(format string, args ...any) {
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

func (r *callTracer) StartCall(ctx context.Context, s selgora.CallStart) context.Context {
	r.tell("%s %s %s at %s", s.Operation, s.Method, s.Template, s.Host)
	return context.WithValue(ctx, tracedKey{}, "call")
}

func (r *callTracer) EndCall(ctx context.Context, e selgora.CallEnd) {
	r.tell("ended: %d attempts, %d, %v, in %v", e.Attempts, e.StatusCode, e.Err, ctx.Value(tracedKey{}))
}

// tracer writes down what it is told of attempts too.
type tracer struct {
	callTracer
	inject  func(http.Header)
	headers []http.Header
}

func (r *tracer) StartAttempt(ctx context.Context, s selgora.AttemptStart) context.Context {
	r.tell("attempt %d of %s after %v and %v, in %v", s.Number, s.Operation, s.Wait, s.Backoff, ctx.Value(tracedKey{}))
	r.headers = append(r.headers, s.Header)
	if r.inject != nil {
		r.inject(s.Header)
	}
	return context.WithValue(ctx, tracedKey{}, "attempt")
}

func (r *tracer) EndAttempt(ctx context.Context, e selgora.AttemptEnd) {
	r.headers = append(r.headers, e.Header)
	r.tell("attempt %d of %s: %v, %d, %q, %v, in %v", e.Number, e.Operation, e.Duration, e.StatusCode, e.RequestID, e.Err, ctx.Value(tracedKey{}))
}

func TestTracer(t *testing.T) {
	const (
		get     = "courses.get GET /courses/{id} at 127.0.0.1:1"
		failure = `selgora: GET /courses/course_1: `
	)
	for _, tt := range []struct {
		name   string
		server func(n int, req *http.Request) *http.Response
		opts   []selgora.Option
		before int           // calls that were made before
		lasts  time.Duration // the context; 0 for no end
		want   []string
	}{
		{"success", func(n int, req *http.Request) *http.Response {
			return respond(req, 200, courseJSON, "X-Request-Id: req_1")
		}, nil, 0, 0, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 200, "req_1", <nil>, in attempt`,
			"ended: 1 attempts, 200, <nil>, in call",
		}},
		{"retry", func(n int, req *http.Request) *http.Response {
			if n == 1 {
				return respond(req, 503, "", "Retry-After: 5", "X-Request-Id: req_1")
			}
			return nil
		}, nil, 0, 0, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 503, "req_1", <nil>, in attempt`,
			"attempt 2 of courses.get after 0s and 5s, in call",
			`attempt 2 of courses.get: 2s, 200, "", <nil>, in attempt`,
			"ended: 2 attempts, 200, <nil>, in call",
		}},
		{"redirect", func(n int, req *http.Request) *http.Response {
			if n == 1 {
				return respond(req, 302, "", "Location: /v1/courses/course_2")
			}
			return nil
		}, nil, 0, 0, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 302, "", <nil>, in attempt`,
			"attempt 2 of courses.get after 0s and 0s, in call",
			`attempt 2 of courses.get: 2s, 200, "", <nil>, in attempt`,
			"ended: 2 attempts, 200, <nil>, in call",
		}},
		{"429", func(n int, req *http.Request) *http.Response {
			if n == 1 {
				return respond(req, 429, "", "Retry-After: 20")
			}
			return nil
		}, nil, 0, 0, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 429, "", <nil>, in attempt`,
			"attempt 2 of courses.get after 0s and 20s, in call",
			`attempt 2 of courses.get: 2s, 200, "", <nil>, in attempt`,
			"ended: 2 attempts, 200, <nil>, in call",
		}},
		{"a wait of its own", nil, []selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1})}, 1, 0, []string{
			get,
			"attempt 1 of courses.get after 1m0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 200, "", <nil>, in attempt`,
			"ended: 1 attempts, 200, <nil>, in call",
		}},
		{"a wait that is too long", nil, []selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}), selgora.WithMaxWait(time.Second)}, 1, 0, []string{
			get,
			"ended: 0 attempts, 0, " + failure + "held back by the client's own rate limit, not sent: the next request may go in 1m0s, and WithMaxWait allows 1s, in call",
		}},
		{"the context ends within an attempt", nil, nil, 0, time.Second, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 1s, 0, "", context canceled, in attempt`,
			"ended: 1 attempts, 0, " + failure + "context canceled, in call",
		}},
		{"the context ends between attempts", func(n int, req *http.Request) *http.Response {
			return respond(req, 503, `{"error":"busy"}`, "Retry-After: 5")
		}, nil, 0, 4 * time.Second, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 503, "", <nil>, in attempt`,
			"ended: 1 attempts, 503, " + failure + "context canceled: selgora: GET /courses/course_1: 503 Service Unavailable: busy, in call",
		}},
		{"no object", func(n int, req *http.Request) *http.Response {
			return respond(req, 200, "[]", "X-Request-Id: req_1")
		}, nil, 0, 0, []string{
			get,
			"attempt 1 of courses.get after 0s and 0s, in call",
			`attempt 1 of courses.get: 2s, 200, "req_1", <nil>, in attempt`,
			"ended: 1 attempts, 200, " + failure + "200 OK: the response cannot be used: the body is JSON but not an object [request req_1], in call",
		}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			var traced tracer
			client := limited(t, &ledger{latency: 2 * time.Second, response: tt.server}, append(tt.opts, selgora.WithTracer(&traced))...)
			for range tt.before {
				if err := getCourse(t.Context(), client); err != nil {
					t.Fatal(err)
				}
			}
			traced.told = nil
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.lasts > 0 {
				time.AfterFunc(tt.lasts, cancel)
			}
			getCourse(ctx, client)
			if diff := cmp.Diff(tt.want, traced.told); diff != "" {
				t.Error(diff)
			}
		})
	}
	bubble(t, "parameters", func(t *testing.T) {
		var traced tracer
		client := limited(t, &ledger{}, selgora.WithTracer(&traced))
		if _, err := client.Courses.Get(t.Context(), ""); err == nil || traced.told != nil {
			t.Errorf("%v was told as %q", err, traced.told)
		}
		if err := client.Do(t.Context(), "PUT", "/things/1?email=ann@example.com", nil, nil); err != nil {
			t.Fatal(err)
		}
		if want := "do PUT  at 127.0.0.1:1"; traced.told[0] != want {
			t.Errorf("Do is told as %q, want %q", traced.told[0], want)
		}
	})
}

// A tracer of calls alone is told of no attempts.
func TestCallTracer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var traced callTracer
		client := limited(t, &ledger{}, selgora.WithTracer(&traced))
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		want := []string{"courses.get GET /courses/{id} at 127.0.0.1:1", "ended: 1 attempts, 200, <nil>, in call"}
		if diff := cmp.Diff(want, traced.told); diff != "" {
			t.Error(diff)
		}
	})
}

// What a tracer adds to the header is sent with that attempt. It never sees the
// key: not in the header it was given, not later, and cannot set it.
func TestTracerHeader(t *testing.T) {
	var sent []http.Header
	n := 0
	traced := &tracer{inject: func(h http.Header) {
		n++
		h.Set("Traceparent", fmt.Sprint("00-span-", n))
		h.Set("Authorization", "Bearer another")
	}}
	client := newClient(t, selgora.WithTracer(traced), selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.Header.Clone())
		req.Header["Accept"][0] = "changed by a transport"
		return respond(req, []int{503, 200}[len(sent)-1], courseJSON), nil
	}))
	if err := getCourse(t.Context(), client, selgora.WithHeader("X-Mine", "1")); err != nil {
		t.Fatal(err)
	}
	for i, h := range sent {
		if h.Get("Traceparent") != fmt.Sprint("00-span-", i+1) || len(h["Traceparent"]) != 1 || h.Get("Authorization") != "Bearer "+testKey {
			t.Errorf("attempt %d was sent with %v", i+1, h)
		}
	}
	if len(sent) != 2 || len(traced.headers) != 4 {
		t.Fatalf("%d attempts, told of with %d headers", len(sent), len(traced.headers))
	}
	for _, h := range traced.headers {
		if strings.Contains(fmt.Sprint(h), testKey) {
			t.Errorf("the tracer was given %v", h)
		}
		if h.Get("X-Mine") != "1" || h.Get("Accept") == "" {
			t.Errorf("the tracer was given %v, want the request's", h)
		}
	}
}

// A tracer is told of errors as they are, and of failures by their status.
func TestTracerErrors(t *testing.T) {
	boom := errors.New("boom")
	var traced tracer
	client := newClient(t, selgora.WithTracer(&traced), inProcess(func(req *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("with %v: %w", req.Header, boom)
	}))
	err := createCourse(t.Context(), client)
	if !errors.Is(err, boom) || len(traced.told) != 4 {
		t.Fatalf("error %v, told %q", err, traced.told)
	}
	if told := strings.Join(traced.told, "\n"); strings.Contains(told, testKey) || strings.Count(told, "boom") != 2 {
		t.Errorf("told %s", told)
	}
}

// Where nobody traces attempts, nothing is done for it.
func TestTracersCostNothingWhenOff(t *testing.T) {
	allocs := func(opts ...selgora.Option) float64 {
		client := newClient(t, append(opts, selgora.WithoutRateLimit(),
			inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil }))...)
		ctx := context.Background()
		least := math.Inf(1)
		for range 100 {
			least = min(least, testing.AllocsPerRun(1, func() {
				if err := getCourse(ctx, client); err != nil {
					t.Fatal(err)
				}
			}))
		}
		return least
	}
	without, calls, attempts := allocs(), allocs(selgora.WithTracer(silentCalls{})), allocs(selgora.WithTracer(silentAttempts{}))
	t.Logf("%v allocations without a tracer, %v with one of calls, %v with one of attempts", without, calls, attempts)
	if calls > without+1 || attempts <= calls {
		t.Error("too many, or not measured")
	}
}

type silentCalls struct{}

func (silentCalls) StartCall(ctx context.Context, _ selgora.CallStart) context.Context { return ctx }
func (silentCalls) EndCall(context.Context, selgora.CallEnd)                           {}

type silentAttempts struct{ silentCalls }

func (silentAttempts) StartAttempt(ctx context.Context, _ selgora.AttemptStart) context.Context {
	return ctx
}
func (silentAttempts) EndAttempt(context.Context, selgora.AttemptEnd) {}
