package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

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
