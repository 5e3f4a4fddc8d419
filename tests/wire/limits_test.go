package wire_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

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

func TestRateLimitWindows(t *testing.T) {
	const unlimited = 1 << 30
	for _, tt := range []struct {
		name  string
		limit selgora.RateLimit
		run   time.Duration
		least int // attempts that must get through, or the limiter limits too much
	}{
		{"the guide's", selgora.RateLimit{}, 3 * time.Hour, 2970},
		{"by the minute", selgora.RateLimit{PerHour: unlimited}, 2 * time.Hour, 5900},
		{"1", selgora.RateLimit{PerMinute: 1, PerHour: unlimited, Concurrent: 1}, time.Hour, 58},
		{"2", selgora.RateLimit{PerMinute: 2, PerHour: unlimited, Concurrent: 2}, time.Hour, 58},
		{"3", selgora.RateLimit{PerMinute: 3, PerHour: unlimited, Concurrent: 3}, time.Hour, 118},
		{"1 an hour", selgora.RateLimit{PerHour: 1}, 10 * time.Hour, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{latency: 300 * time.Millisecond, response: func(n int, req *http.Request) *http.Response {
					if n%5 == 0 {
						return respond(req, 503, "")
					}
					return nil
				}}
				limit := tt.limit
				client := limited(t, server, selgora.WithRateLimit(limit), selgora.WithMaxWait(1000*time.Hour))
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

// A 429 holds the whole client back. The one who waited first goes first after
// it, and the others follow evenly.
func TestTooManyRequestsHoldsOthers(t *testing.T) {
	const pace = time.Minute / 100
	for _, tt := range []struct {
		name       string
		retryAfter string
		opts       []selgora.Option
		ownWait    time.Duration // of the call that meets the 429
		othersWait time.Duration
		firstFails bool
	}{
		{"seconds", "20", nil, 20*time.Second + pace, 20 * time.Second, false},
		{"none", "", nil, 60*time.Second + pace, 60 * time.Second, false},
		{"zero", "0", nil, 0, time.Second, false},
		{"over the cap", "300", nil, 0, 60 * time.Second, true},
		{"over a lower cap", "300", []selgora.Option{selgora.WithMaxWait(7 * time.Second)}, 0, 7 * time.Second, true},
		{"without limits", "20", []selgora.Option{selgora.WithoutRateLimit()}, 20 * time.Second, 20 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{response: func(n int, req *http.Request) *http.Response {
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

func TestContextBoundsQueues(t *testing.T) {
	for _, tt := range []struct {
		name  string
		limit selgora.RateLimit
	}{
		{"for a slot", selgora.RateLimit{Concurrent: 1}},
		{"for the budget", selgora.RateLimit{PerMinute: 1}},
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
	for name, tt := range map[string]struct {
		limit selgora.RateLimit
		want  time.Duration
	}{
		"minute": {selgora.RateLimit{PerMinute: 1, PerHour: 1 << 30}, time.Minute},
		"hour":   {selgora.RateLimit{PerHour: 1, PerMinute: 1 << 30}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &ledger{}
				client := limited(t, server, selgora.WithRateLimit(tt.limit), selgora.WithMaxWait(100*time.Hour))
				if err := getCourse(t.Context(), client); err != nil {
					t.Fatal(err)
				}
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
				if got := at[len(at)-1].Sub(start); got != tt.want || len(at) != 2 {
					t.Errorf("the next request went after %v, want %v", got, tt.want)
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
