package wire_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// permits is a limiter of a user's own that writes down what it is asked and
// told.
type permits struct {
	mu       sync.Mutex
	refuse   error
	asked    []selgora.AcquireRequest
	released map[selgora.PermitID][]selgora.PermitOutcome
	given    selgora.PermitID
}

func (p *permits) Acquire(_ context.Context, r selgora.AcquireRequest) (selgora.PermitID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r)
	if p.refuse != nil {
		return 0, p.refuse
	}
	p.given++
	return p.given, nil
}

func (p *permits) Release(id selgora.PermitID, o selgora.PermitOutcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.released == nil {
		p.released = map[selgora.PermitID][]selgora.PermitOutcome{}
	}
	p.released[id] = append(p.released[id], o)
}

// panicking is a tracer that panics where it is told to.
type panicking struct {
	silentCalls
	at string
}

func (p panicking) StartAttempt(ctx context.Context, _ selgora.AttemptStart) context.Context {
	if p.at == "start" {
		panic("mine")
	}
	return ctx
}

func (p panicking) EndAttempt(context.Context, selgora.AttemptEnd) {
	if p.at == "end" {
		panic("mine")
	}
}

// Whatever way a request ends, its permit is given back, once.
func TestPermitsAreGivenBackOnce(t *testing.T) {
	status := func(code int) selgora.PermitOutcome { return selgora.PermitOutcome{StatusCode: code} }
	lost, unsent := selgora.PermitOutcome{}, selgora.PermitOutcome{Unsent: true}
	in := func(f roundTripper) selgora.Option { return inProcess(f) }
	fine := in(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil })
	hang := in(func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	for _, tt := range []struct {
		name   string
		script []reply // on the wire, or opts has a transport
		refuse int
		opts   []selgora.Option
		lasts  time.Duration // the context; -1 has ended; 0 for no end
		call   func(context.Context, *selgora.Client, ...selgora.RequestOption) error
		want   []selgora.PermitOutcome
	}{
		{name: "success", script: []reply{ok}, want: []selgora.PermitOutcome{status(200)}},
		{name: "retry", script: []reply{response(503, ""), ok}, want: []selgora.PermitOutcome{status(503), status(200)}},
		{name: "redirect", script: []reply{response(302, "", "Location: /v1/courses/course_2"), ok}, want: []selgora.PermitOutcome{status(302), status(200)}},
		{name: "redirect not followed", script: []reply{response(302, "", "Location: https://elsewhere.example")}, want: []selgora.PermitOutcome{status(302)}},
		{name: "429", script: []reply{response(429, "", "Retry-After: 20"), ok}, want: []selgora.PermitOutcome{{StatusCode: 429, RetryAfter: 20 * time.Second}, status(200)}},
		{name: "429 without a time", script: []reply{response(429, ""), ok}, want: []selgora.PermitOutcome{{StatusCode: 429, RetryAfter: time.Minute}, status(200)}},
		{name: "429 over the cap", script: []reply{response(429, "", "Retry-After: 300")}, want: []selgora.PermitOutcome{{StatusCode: 429, RetryAfter: time.Minute}}},
		{name: "budget", script: []reply{response(200, courseJSON, "X-RateLimit-Limit: 1000", "X-RateLimit-Remaining: 7", "X-RateLimit-Reset: 1705312800", "Date: Mon, 15 Jan 2024 09:30:00 GMT")},
			want: []selgora.PermitOutcome{{StatusCode: 200, RateLimit: selgora.RateLimitStatus{Limit: 1000, Remaining: 7, Reset: time.Unix(1705312800, 0).UTC(), ResetAfter: 30 * time.Minute}}}},
		{name: "lost", script: []reply{reset("")}, want: []selgora.PermitOutcome{lost, lost, lost}},
		{name: "refused", refuse: -1, call: createCourse, want: []selgora.PermitOutcome{unsent, unsent, unsent}},
		{name: "cut", script: []reply{raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")}, call: createCourse, want: []selgora.PermitOutcome{status(200)}},
		{name: "cut failure", script: []reply{raw("HTTP/1.1 422 No\r\nContent-Length: 9\r\n\r\n{")}, want: []selgora.PermitOutcome{status(422)}},
		{name: "too large", script: []reply{response(200, strings.Repeat("x", 2000))}, want: []selgora.PermitOutcome{status(200)}},
		{name: "no JSON", script: []reply{response(200, "<html>")}, want: []selgora.PermitOutcome{status(200)}},
		{name: "switched", script: []reply{raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")}, call: createCourse, want: []selgora.PermitOutcome{lost}},
		{name: "timeout", opts: []selgora.Option{hang}, call: createCourse, want: []selgora.PermitOutcome{lost}},
		{name: "canceled within an attempt", opts: []selgora.Option{hang}, lasts: time.Second, want: []selgora.PermitOutcome{lost}},
		{name: "canceled between attempts", script: []reply{response(503, "", "Retry-After: 9")}, lasts: time.Second, want: []selgora.PermitOutcome{status(503)}},
		{name: "ended before", opts: []selgora.Option{fine}, lasts: -1},
		{name: "no key", opts: []selgora.Option{fine, selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return "", errors.New("sealed") })}},
		{name: "panic of a transport", opts: []selgora.Option{in(func(*http.Request) (*http.Response, error) { panic("mine") })}, want: []selgora.PermitOutcome{lost}},
		{name: "exit of a transport", opts: []selgora.Option{in(func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil })}, want: []selgora.PermitOutcome{lost}},
		{name: "panic of a body", opts: []selgora.Option{in(func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 200, "")
			resp.Body, resp.ContentLength = nil, -1
			resp.Body = panickingBody{}
			return resp, nil
		})}, want: []selgora.PermitOutcome{lost}},
		{name: "panic of a key function", opts: []selgora.Option{fine, selgora.WithAPIKeyFunc(func(context.Context) (string, error) { panic("mine") })}},
		{name: "panic as an attempt starts", opts: []selgora.Option{fine, selgora.WithTracer(panicking{at: "start"})}, want: []selgora.PermitOutcome{lost}},
		{name: "panic as an attempt ends", opts: []selgora.Option{fine, selgora.WithTracer(panicking{at: "end"})}, want: []selgora.PermitOutcome{status(200)}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			limiter := new(permits)
			server := &wire{script: tt.script, refuse: tt.refuse}
			opts := []selgora.Option{selgora.WithLimiter(limiter), selgora.WithRetryWait(0, 0), selgora.WithMaxResponseBytes(1000)}
			if tt.script != nil || tt.refuse != 0 {
				opts = append(opts, selgora.WithHTTPClient(&http.Client{Transport: server.transport()}))
			}
			client := newClient(t, append(opts, tt.opts...)...)
			call := tt.call
			if call == nil {
				call = getCourse
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			switch {
			case tt.lasts < 0:
				cancel()
			case tt.lasts > 0:
				time.AfterFunc(tt.lasts, cancel)
			}
			done := make(chan struct{})
			go func() { // since it may not come back
				defer close(done)
				defer func() {
					if p := recover(); p != nil && p != "mine" {
						t.Error(p)
					}
				}()
				call(ctx, client)
			}()
			<-done
			var got []selgora.PermitOutcome
			for id := range limiter.given {
				if n := len(limiter.released[id+1]); n != 1 {
					t.Errorf("permit %d was given back %d times", id+1, n)
				}
				got = append(got, limiter.released[id+1]...)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || len(limiter.released) != len(tt.want) {
				t.Errorf("%d given back: %s", len(limiter.released), diff)
			}
			for _, r := range limiter.asked {
				if r.MaxWait != time.Minute || r.KeyID == "" || strings.Contains(r.KeyID, testKey[:8]) || r.KeyID != limiter.asked[0].KeyID {
					t.Errorf("asked for %+v", r)
				}
			}
		})
	}
}

type panickingBody struct{}

func (panickingBody) Read([]byte) (int, error) { panic("mine") }
func (panickingBody) Close() error             { return nil }

func TestLimiterRefuses(t *testing.T) {
	away := errors.New("the limiter's server is away")
	for _, refuse := range []error{away, &selgora.RateLimitWaitError{Wait: time.Hour}} {
		limiter := &permits{refuse: refuse}
		client := newClient(t, selgora.WithLimiter(limiter), inProcess(func(req *http.Request) (*http.Response, error) {
			t.Error("a request was sent without a permit")
			return respond(req, 200, courseJSON), nil
		}))
		err := createCourse(t.Context(), client)
		if !errors.Is(err, refuse) || !errors.Is(err, selgora.ErrNotSent) || selgora.EffectOf(err) != selgora.EffectNone || len(limiter.asked) != 1 || limiter.released != nil {
			t.Errorf("error %v, asked %d times, %d given back", err, len(limiter.asked), len(limiter.released))
		}
		var wait *selgora.RateLimitWaitError
		if limited := errors.As(err, &wait); limited != (refuse != away) || errors.Is(err, selgora.ErrRateLimited) != limited {
			t.Errorf("error %v matches ErrRateLimited: %v", err, errors.Is(err, selgora.ErrRateLimited))
		}
	}
}

// A batch is as patient as its context, whatever the limiter.
func TestBatchAsksForNoBound(t *testing.T) {
	limiter := new(permits)
	client := newClient(t, selgora.WithLimiter(limiter), inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, "{}"), nil }))
	if _, err := client.Enrollments.CreateBatch(t.Context(), batchOf(120)); err != nil {
		t.Fatal(err)
	}
	if len(limiter.asked) != 3 || slices.ContainsFunc(limiter.asked, func(r selgora.AcquireRequest) bool { return r.MaxWait >= 0 }) {
		t.Errorf("asked for %+v", limiter.asked)
	}
}

// One limiter can serve several clients; with it, no other limits can be given.
func TestSharedLimiter(t *testing.T) {
	bubble(t, "shared", func(t *testing.T) {
		limiter, err := selgora.NewLimiter(selgora.RateLimit{PerMinute: 1})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for i := range 3 {
			client := limited(t, &ledger{}, selgora.WithLimiter(limiter))
			if err := getCourse(t.Context(), client); err != nil || time.Since(start) != time.Duration(i)*time.Minute {
				t.Errorf("client %d: %v after %v", i+1, err, time.Since(start))
			}
		}
	})
	limiter := selgora.WithLimiter(new(permits))
	for _, opts := range [][]selgora.Option{
		{limiter, selgora.WithoutRateLimit()}, {selgora.WithoutRateLimit(), limiter},
		{limiter, selgora.WithRateLimit(selgora.RateLimit{})}, {selgora.WithRateLimit(selgora.RateLimit{}), limiter},
	} {
		if _, err := selgora.NewClient(testKey, opts...); err == nil || !strings.Contains(err.Error(), "WithLimiter") || !strings.Contains(err.Error(), "are both given") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := selgora.NewClient(testKey, selgora.WithLimiter(nil)); err == nil || !strings.Contains(err.Error(), "is nil") {
		t.Errorf("error %v", err)
	}
	if _, err := selgora.NewClient(testKey, limiter, limiter); err != nil {
		t.Error(err)
	}
}
