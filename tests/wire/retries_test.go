package wire_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

func TestRetryAfterOnTheWire(t *testing.T) {
	const date = "Date: Mon, 15 Jan 2024 10:30:00 GMT"
	const forever = time.Duration(math.MaxInt64)
	for _, tt := range []struct {
		name       string
		reply      reply
		wait       time.Duration // before the second attempt; -1 for none
		retryAfter time.Duration // in the error, if there is none
	}{
		{"seconds", response(503, "", "Retry-After: 7"), 7 * time.Second, 0},
		{"zero", response(429, "", "Retry-After: 0"), 0, 0},
		{"date", response(503, "", date, "Retry-After: Mon, 15 Jan 2024 10:30:09 GMT"), 9 * time.Second, 0},
		{"date that is past", response(429, "", date, "Retry-After: Mon, 15 Jan 2024 10:29:00 GMT"), 0, 0},
		{"body", response(429, `{"error":"Rate limit exceeded","retry_after":11}`), 11 * time.Second, 0},
		{"body on a 503", response(503, `{"retry_after":11}`), 11 * time.Second, 0},
		{"body with a fraction", response(429, `{"retry_after":2.5}`), 2500 * time.Millisecond, 0},
		{"body with a string", response(429, `{"retry_after":"13"}`), 13 * time.Second, 0},
		{"header and body", response(429, `{"retry_after":30}`, "Retry-After: 3"), 3 * time.Second, 0},
		{"garbage and body", response(429, `{"retry_after":30}`, "Retry-After: soon"), 30 * time.Second, 0},
		{"negative and body", response(429, `{"retry_after":30}`, "Retry-After: -3"), 30 * time.Second, 0},
		{"429 with neither", response(429, `{}`), time.Minute, 0},
		{"429 with garbage", response(429, `{"retry_after":-5}`, "Retry-After: -5"), time.Minute, 0},
		{"429 with a broken body", response(429, `{"retry_after":5,"error":`), time.Minute, 0},
		{"exactly the cap", response(429, "", "Retry-After: 60"), time.Minute, 0},
		{"over the cap", response(429, "", "Retry-After: 61"), -1, 61 * time.Second},
		{"far over the cap", response(503, "", "Retry-After: 99999999999999999999"), -1, forever},
		{"far over the cap in the body", response(503, `{"retry_after":1e300}`), -1, forever},
		{"the largest that fits", response(503, `{"retry_after":9223372036.854775807}`), -1, forever},
		{"date over the cap", response(503, "", date, "Retry-After: Mon, 15 Jan 2024 11:30:00 GMT"), -1, time.Hour},
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
		"Retry-After": response(429, "", "Retry-After: 10"),
		"503":         response(503, "", "Retry-After: 10"),
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
		server := &wire{script: []reply{response(500, "")}}
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
			server := &wire{script: []reply{response(500, "")}}
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
			server := &wire{script: []reply{response(503, `{"error":"busy"}`, "Retry-After: 30")}}
			ctx, cancel := tt.cancel(t.Context())
			defer cancel()
			start := time.Now()
			err := getCourse(ctx, server.client(t))
			if !errors.Is(err, tt.is) || time.Since(start) != 5*time.Second {
				t.Errorf("error %v after %v", err, time.Since(start))
			}
			if e := asError(t, err); e.StatusCode != 503 || e.Message != "busy" || e.RetryAfter != 30*time.Second || e.Attempts != 1 {
				t.Errorf("last response %+v", e)
			}
			if errors.Is(err, selgora.ErrNotSent) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
		})
	}
}
