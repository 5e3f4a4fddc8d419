package selgora_test

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

// ledger is a server in-process that writes down when attempts arrive.
type ledger struct {
	mu      sync.Mutex
	at      []time.Time
	now     int // requests under way
	most    int // at once
	latency time.Duration
	answer  func(n int, req *http.Request) *http.Response
}

func (l *ledger) RoundTrip(req *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.at = append(l.at, time.Now())
	n := len(l.at)
	l.now++
	l.most = max(l.most, l.now)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.now--
		l.mu.Unlock()
	}()
	select {
	case <-time.After(l.latency):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if l.answer != nil {
		if resp := l.answer(n, req); resp != nil {
			return resp, nil
		}
	}
	return respond(req, 200, courseJSON), nil
}

func (l *ledger) attempts() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Time(nil), l.at...)
}

// worst returns the most attempts that any window, its ends included, has seen.
func worst(at []time.Time, window time.Duration) int {
	most, from := 0, 0
	for to := range at {
		for at[to].Sub(at[from]) > window {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func limited(t *testing.T, server http.RoundTripper, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	return newClient(t, append([]selgora.Option{
		selgora.WithHTTPClient(&http.Client{Transport: server}), selgora.WithRetryWait(0, 0),
	}, opts...)...)
}

func getCourse(ctx context.Context, client *selgora.Client, opts ...selgora.RequestOption) error {
	_, err := client.Courses.Get(ctx, "course_1", opts...)
	return err
}

func TestRateLimitWindows(t *testing.T) {
	const unlimited = 1 << 30
	for _, tt := range []struct {
		name  string
		limit selgora.RateLimit
		run   time.Duration
		least int // attempts that must get through, or the limiter limits too much
	}{
		{"the guide's", selgora.RateLimit{}, 3 * time.Hour, 1900},
		{"by the minute", selgora.RateLimit{PerHour: unlimited}, 2 * time.Hour, 5900},
		{"1", selgora.RateLimit{PerMinute: 1, PerHour: unlimited, Concurrent: 1}, time.Hour, 58},
		{"2", selgora.RateLimit{PerMinute: 2, PerHour: unlimited, Concurrent: 2}, time.Hour, 58},
		{"3", selgora.RateLimit{PerMinute: 3, PerHour: unlimited, Concurrent: 3}, time.Hour, 118},
		{"1 an hour", selgora.RateLimit{PerHour: 1}, 10 * time.Hour, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{latency: 300 * time.Millisecond, answer: func(n int, req *http.Request) *http.Response {
					if n%5 == 0 {
						return respond(req, 503, "")
					}
					return nil
				}}
				limit := tt.limit
				client := limited(t, server, selgora.WithRateLimit(limit), selgora.WithMaxRetryAfter(1000*time.Hour))
				ctx, cancel := context.WithTimeout(t.Context(), tt.run)
				defer cancel()
				var wg sync.WaitGroup
				for range 64 {
					wg.Go(func() {
						for getCourse(ctx, client) == nil {
						}
					})
				}
				wg.Wait()
				at := server.attempts()
				if perMinute := limit.PerMinute; worst(at, time.Minute) > max(perMinute, 100*boolInt(perMinute == 0)) {
					t.Errorf("%d attempts in 60 s", worst(at, time.Minute))
				}
				if perHour := limit.PerHour; worst(at, time.Hour) > max(perHour, 1000*boolInt(perHour == 0)) {
					t.Errorf("%d attempts in an hour", worst(at, time.Hour))
				}
				if most := max(limit.Concurrent, 10*boolInt(limit.Concurrent == 0)); server.most > most {
					t.Errorf("%d requests at once", server.most)
				}
				if len(at) < tt.least {
					t.Errorf("%d attempts in %v, want at least %d", len(at), tt.run, tt.least)
				}
			})
		})
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hourly answers as a server does that allows a number of requests in each
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
				server.answer, server.latency = server.serve, 100*time.Millisecond
				client := limited(t, server, selgora.WithMaxRetryAfter(2*time.Hour))
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
				server := &ledger{answer: func(n int, req *http.Request) *http.Response {
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

// An answer that was overtaken cannot raise the budget again, nor can one of a
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

func TestTooManyRequestsHoldsOthers(t *testing.T) {
	for _, tt := range []struct {
		name       string
		retryAfter string
		opts       []selgora.Option
		ownWait    time.Duration // of the call that meets the 429
		othersWait time.Duration
		firstFails bool
	}{
		{"seconds", "20", nil, 20 * time.Second, 20 * time.Second, false},
		{"none", "", nil, 60 * time.Second, 60 * time.Second, false},
		{"zero", "0", nil, 0, time.Second, false},
		{"over the cap", "300", nil, 0, 60 * time.Second, true},
		{"over a lower cap", "300", []selgora.Option{selgora.WithMaxRetryAfter(7 * time.Second)}, 0, 7 * time.Second, true},
		{"without limits", "20", []selgora.Option{selgora.WithoutRateLimit()}, 20 * time.Second, time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{answer: func(n int, req *http.Request) *http.Response {
					if n > 1 {
						return nil
					}
					if tt.retryAfter == "" {
						return respond(req, 429, "")
					}
					return respond(req, 429, "", "Retry-After: "+tt.retryAfter)
				}}
				client := limited(t, server, tt.opts...)
				start := time.Now()
				var wg sync.WaitGroup
				wg.Go(func() {
					err := getCourse(t.Context(), client)
					if (err != nil) != tt.firstFails || time.Since(start) != tt.ownWait {
						t.Errorf("the first call ended after %v with %v", time.Since(start), err)
					}
				})
				time.Sleep(time.Second)
				if err := getCourse(t.Context(), client); err != nil {
					t.Error(err)
				}
				if got := time.Since(start); got != tt.othersWait {
					t.Errorf("the other call went after %v, want %v", got, tt.othersWait)
				}
				wg.Wait()
			})
		})
	}
}

// exhausted is a server whose first answer says that the hour's budget is
// spent for a while.
func exhausted(status int, left time.Duration) *ledger {
	return &ledger{answer: func(n int, req *http.Request) *http.Response {
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
		if e := asError(t, err); e.StatusCode != 503 || e.Attempts != 1 {
			t.Errorf("last answer %d after %d attempts, want 503 after 1", e.StatusCode, e.Attempts)
		}
		if resp.StatusCode != 503 || resp.Attempts != 1 || string(resp.Body) != courseJSON || resp.RateLimit.Remaining != 0 || resp.RateLimit.Reset.IsZero() {
			t.Errorf("response %+v", resp)
		}
	})
}

func TestContextBoundsQueues(t *testing.T) {
	for _, tt := range []struct {
		name  string
		limit selgora.RateLimit
	}{
		{"for a slot", selgora.RateLimit{Concurrent: 1}},
		{"for a token", selgora.RateLimit{PerMinute: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{latency: 20 * time.Second}
				client := limited(t, server, selgora.WithRateLimit(tt.limit))
				start := time.Now()
				go getCourse(t.Context(), client)
				synctest.Wait()
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				err := getCourse(ctx, client)
				if !errors.Is(err, context.Canceled) || !errors.Is(err, selgora.ErrNotSent) || time.Since(start) != time.Second {
					t.Errorf("error %v after %v", err, time.Since(start))
				}
				time.Sleep(time.Minute)
				if n := len(server.attempts()); n != 1 {
					t.Errorf("%d attempts", n)
				}
			})
		})
	}
}

// However many waits are given up, in whatever order, the next request goes
// when it could have gone without them.
func TestAbandonedWaitsCostNothing(t *testing.T) {
	for name, limit := range map[string]selgora.RateLimit{
		"minute": {PerMinute: 2, PerHour: 1 << 30},
		"hour":   {PerHour: 120, PerMinute: 1 << 30},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{}
				client := limited(t, server, selgora.WithRateLimit(limit), selgora.WithMaxRetryAfter(time.Hour))
				for len(server.attempts()) == 0 || time.Since(server.attempts()[0]) == 0 {
					if err := getCourse(t.Context(), client); err != nil {
						t.Fatal(err)
					}
				}
				// The last call had to wait: the bucket is empty.
				start := time.Now()
				var wg sync.WaitGroup
				for i := range 8 {
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(time.Duration(5+i%3)*time.Second, cancel)
					wg.Go(func() {
						if err := getCourse(ctx, client); !errors.Is(err, context.Canceled) {
							t.Errorf("error %v", err)
						}
					})
				}
				wg.Wait()
				if err := getCourse(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				at := server.attempts()
				if got := at[len(at)-1].Sub(start).Round(time.Microsecond); got != time.Minute {
					t.Errorf("the next request went after %v, want 1m", got)
				}
			})
		})
	}
}

func TestWithoutRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := exhausted(200, 30*time.Minute)
		server.latency = time.Second
		client := limited(t, server, selgora.WithoutRateLimit())
		start := time.Now()
		var wg sync.WaitGroup
		for range 2000 {
			wg.Go(func() {
				if err := getCourse(t.Context(), client); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := getCourse(t.Context(), client); err != nil {
			t.Error(err)
		}
		if time.Since(start) != 2*time.Second || server.most != 2000 || len(server.attempts()) != 2001 {
			t.Errorf("%d attempts, %d at once, in %v", len(server.attempts()), server.most, time.Since(start))
		}
	})
}
