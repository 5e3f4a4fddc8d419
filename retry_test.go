package selgora_test

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// bubble runs f in virtual time.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

var ok = answer(200, courseJSON)

func TestRetryAfterOnTheWire(t *testing.T) {
	const date = "Date: Mon, 15 Jan 2024 10:30:00 GMT"
	const forever = time.Duration(math.MaxInt64)
	for _, tt := range []struct {
		name       string
		reply      reply
		wait       time.Duration // before the second attempt; -1 for none
		retryAfter time.Duration // in the error, if there is none
	}{
		{"seconds", answer(503, "", "Retry-After: 7"), 7 * time.Second, 0},
		{"zero", answer(429, "", "Retry-After: 0"), 0, 0},
		{"date", answer(503, "", date, "Retry-After: Mon, 15 Jan 2024 10:30:09 GMT"), 9 * time.Second, 0},
		{"date that is past", answer(429, "", date, "Retry-After: Mon, 15 Jan 2024 10:29:00 GMT"), 0, 0},
		{"body", answer(429, `{"error":"Rate limit exceeded","retry_after":11}`), 11 * time.Second, 0},
		{"body on a 503", answer(503, `{"retry_after":11}`), 11 * time.Second, 0},
		{"body with a fraction", answer(429, `{"retry_after":2.5}`), 2500 * time.Millisecond, 0},
		{"body with a string", answer(429, `{"retry_after":"13"}`), 13 * time.Second, 0},
		{"header and body", answer(429, `{"retry_after":30}`, "Retry-After: 3"), 3 * time.Second, 0},
		{"garbage and body", answer(429, `{"retry_after":30}`, "Retry-After: soon"), 30 * time.Second, 0},
		{"negative and body", answer(429, `{"retry_after":30}`, "Retry-After: -3"), 30 * time.Second, 0},
		{"429 with neither", answer(429, `{}`), time.Minute, 0},
		{"429 with garbage", answer(429, `{"retry_after":-5}`, "Retry-After: -5"), time.Minute, 0},
		{"429 with a broken body", answer(429, `{"retry_after":5,"error":`), time.Minute, 0},
		{"exactly the cap", answer(429, "", "Retry-After: 60"), time.Minute, 0},
		{"over the cap", answer(429, "", "Retry-After: 61"), -1, 61 * time.Second},
		{"far over the cap", answer(503, "", "Retry-After: 99999999999999999999"), -1, forever},
		{"far over the cap in the body", answer(503, `{"retry_after":1e300}`), -1, forever},
		{"the largest that fits", answer(503, `{"retry_after":9223372036.854775807}`), -1, forever},
		{"date over the cap", answer(503, "", date, "Retry-After: Mon, 15 Jan 2024 11:30:00 GMT"), -1, time.Hour},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{tt.reply, ok}}
			client := server.client(t)
			start := time.Now()
			var resp selgora.Response
			err := getCourse(t.Context(), client, selgora.WithResponse(&resp))
			if tt.wait >= 0 {
				if err != nil || time.Since(start) != tt.wait || resp.Attempts != 2 {
					t.Errorf("%d attempts in %v (%v), want 2 in %v", resp.Attempts, time.Since(start), err, tt.wait)
				}
				return
			}
			if e := asError(t, err); e.RetryAfter != tt.retryAfter || e.Attempts != 1 || time.Since(start) != 0 {
				t.Errorf("error with RetryAfter %v after %d attempts and %v, want %v after 1 at once", e.RetryAfter, e.Attempts, time.Since(start), tt.retryAfter)
			}
		})
	}
}

// A wait that the context does not last for is not begun.
func TestWaitPastDeadline(t *testing.T) {
	for name, r := range map[string]reply{
		"Retry-After": answer(429, "", "Retry-After: 10"),
		"503":         answer(503, "", "Retry-After: 10"),
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{r}}
			start := time.Now()
			err := getCourse(t.Context(), server.client(t), selgora.WithRequestTimeout(9*time.Second))
			if e := asError(t, err); e.RetryAfter != 10*time.Second || e.Attempts != 1 || time.Since(start) != 0 {
				t.Errorf("error %v with RetryAfter %v after %v", err, e.RetryAfter, time.Since(start))
			}
		})
	}
}

func TestBackoffBounds(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{answer(500, "")}}
		client := server.client(t, selgora.WithRetryWait(time.Second, 8*time.Second), selgora.WithMaxRetries(6))
		if e := asError(t, getCourse(t.Context(), client)); e.Attempts != 7 {
			t.Errorf("%d attempts, want 7", e.Attempts)
		}
		bound := time.Second
		requests := server.seen()
		for i := 1; i < len(requests); i++ {
			if wait := requests[i].At.Sub(requests[i-1].At); wait < 0 || wait > bound {
				t.Errorf("wait %d was %v, want at most %v", i, wait, bound)
			}
			bound = min(2*bound, 8*time.Second)
		}
	})
}

func TestNumberOfRetries(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts []selgora.Option
		call []selgora.RequestOption
		want int
	}{
		{"default", nil, nil, 3},
		{"none", []selgora.Option{selgora.WithMaxRetries(0)}, nil, 1},
		{"five", []selgora.Option{selgora.WithMaxRetries(5)}, nil, 6},
		{"none for the call", nil, []selgora.RequestOption{selgora.WithRequestRetries(0)}, 1},
		{"one for the call", []selgora.Option{selgora.WithMaxRetries(0)}, []selgora.RequestOption{selgora.WithRequestRetries(1)}, 2},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{answer(500, "")}}
			e := asError(t, getCourse(t.Context(), server.client(t, tt.opts...), tt.call...))
			if n := len(server.seen()); n != tt.want || e.Attempts != tt.want {
				t.Errorf("%d requests, Attempts %d, want %d", n, e.Attempts, tt.want)
			}
		})
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	cause := errors.New("the user went home")
	for _, tt := range []struct {
		name   string
		cancel func(context.Context) (context.Context, context.CancelFunc)
		is     error
	}{
		{"cancel", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(5*time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"cancel with a cause", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(5*time.Second, func() { cancel(cause) })
			return ctx, func() { cancel(nil) }
		}, context.Canceled},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{answer(503, `{"error":"busy"}`, "Retry-After: 30")}}
			ctx, cancel := tt.cancel(t.Context())
			defer cancel()
			start := time.Now()
			err := getCourse(ctx, server.client(t))
			if !errors.Is(err, tt.is) || time.Since(start) != 5*time.Second {
				t.Errorf("error %v after %v", err, time.Since(start))
			}
			if e := asError(t, err); e.StatusCode != 503 || e.Message != "busy" || e.RetryAfter != 30*time.Second || e.Attempts != 1 {
				t.Errorf("last answer %+v", e)
			}
			if errors.Is(err, selgora.ErrNotSent) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestContextDuringAttempt(t *testing.T) {
	cause := errors.New("the user went home")
	for _, tt := range []struct {
		name string
		post bool
		end  func(context.Context) (context.Context, func())
		is   error
	}{
		{"cancel", false, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"cause", false, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(2*time.Second, func() { cancel(cause) })
			return ctx, func() { cancel(nil) }
		}, context.Canceled},
		{"cause of a POST", true, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(2*time.Second, func() { cancel(cause) })
			return ctx, func() { cancel(nil) }
		}, context.Canceled},
		{"deadline", false, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			return ctx, cancel
		}, context.DeadlineExceeded},
		{"deadline with a cause", false, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Second, cause)
			return ctx, cancel
		}, context.DeadlineExceeded},
	} {
		for name, r := range map[string]reply{
			"stall": stall,
			"stalled body": func(conn net.Conn, req *http.Request) {
				conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n{"))
				stall(conn, req)
			},
		} {
			bubble(t, tt.name+"/"+name, func(t *testing.T) {
				server := &wire{script: []reply{r}}
				ctx, cancel := tt.end(t.Context())
				defer cancel()
				start := time.Now()
				call := getCourse
				if tt.post {
					call = createCourse
				}
				err := call(ctx, server.client(t))
				if !errors.Is(err, tt.is) || errors.Is(err, selgora.ErrNotSent) || errors.Is(err, os.ErrDeadlineExceeded) && tt.is == context.Canceled {
					t.Errorf("error %v", err)
				}
				if time.Since(start) != 2*time.Second || len(server.seen()) != 1 {
					t.Errorf("%d requests in %v, want 1 in 2 s", len(server.seen()), time.Since(start))
				}
			})
		}
	}
}

// A context that has ended sends nothing, whatever the transport makes of it.
func TestEndedContext(t *testing.T) {
	for _, opts := range [][]selgora.Option{nil, {selgora.WithoutRateLimit()}} {
		sent := 0
		client := newClient(t, append(opts, inProcess(func(req *http.Request) (*http.Response, error) {
			sent++
			return respond(req, 200, courseJSON), nil
		}))...)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := getCourse(ctx, client)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, selgora.ErrNotSent) || sent != 0 {
			t.Errorf("error %v, %d requests", err, sent)
		}
	}
}

func TestAttemptTimeout(t *testing.T) {
	for _, tt := range []struct {
		name     string
		opts     []selgora.Option
		hc       time.Duration // the caller's http.Client.Timeout
		call     []selgora.RequestOption
		took     time.Duration
		attempts int
		is       error
	}{
		{"attempt", []selgora.Option{selgora.WithAttemptTimeout(4 * time.Second)}, 0, nil, 12 * time.Second, 3, os.ErrDeadlineExceeded},
		{"default", nil, 0, nil, 90 * time.Second, 3, os.ErrDeadlineExceeded},
		{"http.Client.Timeout is shorter", nil, 3 * time.Second, nil, 9 * time.Second, 3, os.ErrDeadlineExceeded},
		{"http.Client.Timeout is longer", nil, 40 * time.Second, nil, 90 * time.Second, 3, os.ErrDeadlineExceeded},
		{"whole call", nil, 0, []selgora.RequestOption{selgora.WithRequestTimeout(45 * time.Second)}, 45 * time.Second, 2, context.DeadlineExceeded},
		{"whole call within an attempt", nil, 0, []selgora.RequestOption{selgora.WithRequestTimeout(5 * time.Second)}, 5 * time.Second, 1, context.DeadlineExceeded},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{stall}}
			opts := append(tt.opts, selgora.WithHTTPClient(&http.Client{Transport: server.transport(), Timeout: tt.hc}))
			client := server.client(t, opts...)
			start := time.Now()
			err := getCourse(t.Context(), client, tt.call...)
			if !errors.Is(err, tt.is) || time.Since(start) != tt.took || len(server.seen()) != tt.attempts {
				t.Errorf("error %v after %d attempts and %v; want %v after %d and %v", err, len(server.seen()), time.Since(start), tt.is, tt.attempts, tt.took)
			}
			if timeout, ok := errors.AsType[net.Error](err); tt.is == os.ErrDeadlineExceeded && (!ok || !timeout.Timeout()) {
				t.Errorf("%v is no timeout to package net", err)
			}
			if attempt := errors.Is(err, context.DeadlineExceeded); attempt != (tt.is == context.DeadlineExceeded) {
				t.Errorf("matches context.DeadlineExceeded: %v", attempt)
			}
		})
	}
}

// The time spent in the local queue is not the attempt's.
func TestAttemptTimeoutStartsAfterQueue(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &ledger{latency: 3 * time.Second}
		client := limited(t, server, selgora.WithRateLimit(selgora.RateLimit{PerMinute: 2}), selgora.WithAttemptTimeout(4*time.Second))
		for range 3 {
			if err := getCourse(t.Context(), client); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(server.attempts()); n != 3 {
			t.Errorf("%d attempts for 3 calls", n)
		}
	})
}

// Each attempt sends the same whole request, on headers and a URL of its own.
func TestAttemptsSendTheSame(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{answer(503, ""), reset(""), ok}}
		seen := 0
		mw := func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				seen++
				req.Header.Add("X-Mine", "added by a middleware")
				req.Header.Del("X-Yours")
				req.URL.RawQuery += "&mine"
				return next.RoundTrip(req)
			})
		}
		client := server.client(t, selgora.WithMiddleware(mw))
		err := client.Do(t.Context(), "PATCH", "/courses/a%2Fb?x=1", &selgora.CourseUpdateParams{Title: selgora.Set("Go")}, nil, selgora.WithHeader("X-Theirs", "1"))
		if err != nil {
			t.Fatal(err)
		}
		requests := server.seen()
		if len(requests) != 3 || seen != 3 {
			t.Fatalf("%d requests, %d through the middleware", len(requests), seen)
		}
		for i, r := range requests {
			if r.Method != "PATCH" || r.Path != "/v1/courses/a%2Fb?x=1&mine" || r.Body != `{"title":"Go"}` ||
				len(r.Header["X-Mine"]) != 1 || len(r.Header["X-Theirs"]) != 1 || len(r.Header["Authorization"]) != 1 ||
				r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/vnd.selgora.v1+json" {
				t.Errorf("attempt %d: %+v", i+1, r)
			}
		}
	})
}
