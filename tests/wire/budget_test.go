package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// hourly responds as a server does that allows a number of requests in each
// hour of its own clock.
type hourly struct {
	ledger
	limit int
	skew  time.Duration // of its clock against the client's
	mu    sync.Mutex
	hour  int64
	used  int
	over  int
}

func (h *hourly) serve(_ int, req *http.Request) *http.Response {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now().Add(h.skew).UTC()
	if hour := now.Unix() / 3600; hour != h.hour {
		h.hour, h.used = hour, 0
	}
	header := []string{
		"Date: " + now.Format(http.TimeFormat),
		"X-RateLimit-Limit: " + strconv.Itoa(h.limit),
		"X-RateLimit-Reset: " + strconv.FormatInt((h.hour+1)*3600, 10),
	}
	if h.used == h.limit {
		h.over++
		return respond(req, 429, "", append(header, "X-RateLimit-Remaining: 0", "Retry-After: 1")...)
	}
	h.used++
	return respond(req, 200, courseJSON, append(header, "X-RateLimit-Remaining: "+strconv.Itoa(h.limit-h.used))...)
}

func TestHourBudgetFollowsServer(t *testing.T) {
	for _, skew := range []time.Duration{0, 73*time.Hour + 1234567*time.Millisecond, -31*24*time.Hour - time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &hourly{limit: 20, skew: skew}
				server.response, server.latency = server.serve, 100*time.Millisecond
				client := limited(t, server, selgora.WithMaxWait(2*time.Hour))
				time.Sleep(17 * time.Minute)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Hour)
				defer cancel()
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() {
						for getCourse(ctx, client) == nil {
						}
					})
				}
				wg.Wait()
				if server.over > 0 {
					t.Errorf("%d requests were refused: the budget was not followed", server.over)
				}
				if n := len(server.attempts()); n < 100 || n > 120 {
					t.Errorf("%d attempts in parts of six hours, want the 20 of each", n)
				}
			})
		})
	}
}

func TestHourBudgetIgnoresNonsense(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // a bubble's clock starts here
	unix := func(d time.Duration) string {
		return "X-RateLimit-Reset: " + strconv.FormatInt(start.Add(d).Unix(), 10)
	}
	const none, date = "X-RateLimit-Remaining: 0", "Date: Sat, 01 Jan 2000 00:00:00 GMT"
	for _, tt := range []struct {
		name   string
		header []string
		wait   time.Duration
	}{
		{"used", []string{none, date, unix(30 * time.Second)}, 30 * time.Second},
		{"some left", []string{"X-RateLimit-Remaining: 1", date, unix(30 * time.Second)}, 0},
		{"no reset", []string{none, date}, 0},
		{"no date", []string{none, unix(30 * time.Second)}, 0},
		{"bad date", []string{none, "Date: yesterday", unix(30 * time.Second)}, 0},
		{"past", []string{none, date, unix(-time.Second)}, 0},
		{"now", []string{none, date, unix(0)}, 0},
		{"more than an hour off", []string{none, date, unix(time.Hour + time.Second)}, 0},
		{"garbage", []string{none, date, "X-RateLimit-Reset: soon"}, 0},
		{"overflow", []string{none, date, "X-RateLimit-Reset: 9223372036854775807"}, 0},
		{"negative", []string{"X-RateLimit-Remaining: -1", date, unix(30 * time.Second)}, 0},
		{"no remaining", []string{date, unix(30 * time.Second)}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{response: func(n int, req *http.Request) *http.Response {
					return respond(req, 200, courseJSON, tt.header...)
				}}
				client := limited(t, server)
				for range 2 {
					if err := getCourse(t.Context(), client); err != nil {
						t.Fatal(err)
					}
				}
				if got := time.Since(start); got != tt.wait {
					t.Errorf("the second call went after %v, want %v", got, tt.wait)
				}
			})
		})
	}
}

// A response that was overtaken cannot raise the budget again, nor can one of a
// window that is over.
func TestHourBudgetOnlyLowers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		reset := strconv.FormatInt(start.Add(50*time.Second).Unix(), 10)
		server := roundTripper(func(req *http.Request) (*http.Response, error) {
			id := req.URL.Path[len("/v1/courses/"):]
			delay, _ := time.ParseDuration(id)
			time.Sleep(delay)
			remaining := map[string]string{"1s": "0", "2s": "400"}[id]
			return respond(req, 200, courseJSON, "X-RateLimit-Remaining: "+remaining,
				"X-RateLimit-Reset: "+reset, "Date: "+time.Now().UTC().Format(http.TimeFormat)), nil
		})
		client := limited(t, server)
		var wg sync.WaitGroup
		for _, id := range []string{"1s", "2s"} {
			wg.Go(func() { client.Courses.Get(t.Context(), id) })
		}
		wg.Wait()
		if _, err := client.Courses.Get(t.Context(), "0s"); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(start); got != 50*time.Second {
			t.Errorf("the third call went after %v, want 50 s", got)
		}
	})
}

// exhausted is a server whose first response says that the hour's budget is
// spent for a while.
func exhausted(status int, left time.Duration) *ledger {
	return &ledger{response: func(n int, req *http.Request) *http.Response {
		if n > 1 {
			return nil
		}
		now := time.Now()
		return respond(req, status, courseJSON, "X-RateLimit-Remaining: 0", "Date: "+now.UTC().Format(http.TimeFormat),
			"X-RateLimit-Reset: "+strconv.FormatInt(now.Add(left).Unix(), 10))
	}}
}

func TestRateLimitWaitError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := exhausted(200, 30*time.Minute)
		client := limited(t, server)
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := getCourse(t.Context(), client)
		var wait *selgora.RateLimitWaitError
		if !errors.As(err, &wait) || wait.Wait != 30*time.Minute {
			t.Fatalf("error %v, want a wait of 30 minutes", err)
		}
		if !errors.Is(err, selgora.ErrRateLimited) || !errors.Is(err, selgora.ErrNotSent) || errors.Is(err, selgora.ErrServer) {
			t.Errorf("%v matches the wrong sentinels", err)
		}
		if time.Since(start) != 0 || len(server.attempts()) != 1 {
			t.Errorf("it took %v and %d attempts", time.Since(start), len(server.attempts()))
		}
		time.Sleep(30 * time.Minute)
		if err := getCourse(t.Context(), client); err != nil {
			t.Errorf("in the next window: %v", err)
		}
	})
}

func TestRateLimitWaitErrorPastDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := limited(t, exhausted(200, 30*time.Second))
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := getCourse(t.Context(), client, selgora.WithRequestTimeout(29*time.Second))
		var wait *selgora.RateLimitWaitError
		if !errors.As(err, &wait) || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, selgora.ErrNotSent) || time.Since(start) != 0 {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

// After an attempt that was sent, the call is not unsent.
func TestRateLimitWaitErrorOnRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := limited(t, exhausted(503, 30*time.Minute))
		var resp selgora.Response
		err := getCourse(t.Context(), client, selgora.WithResponse(&resp))
		var wait *selgora.RateLimitWaitError
		if !errors.As(err, &wait) || errors.Is(err, selgora.ErrNotSent) || errors.Is(wait, selgora.ErrNotSent) {
			t.Errorf("error %v: ErrNotSent %v", err, errors.Is(err, selgora.ErrNotSent))
		}
		var call *selgora.CallError
		if !errors.As(err, &call) || call.Attempts != 1 || call.Earlier == nil || call.Earlier.StatusCode != 503 {
			t.Errorf("error %#v, want one with the earlier 503", err)
		}
		if effect := selgora.EffectOf(wait); effect != selgora.EffectUnknown {
			t.Errorf("the wait by itself has the effect %v, though an attempt was sent", effect)
		}
		if resp.StatusCode != 503 || resp.Attempts != 1 || string(resp.Body) != courseJSON || resp.RateLimit.Remaining != 0 || resp.RateLimit.Reset.IsZero() {
			t.Errorf("response %+v", resp)
		}
	})
}
