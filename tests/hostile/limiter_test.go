package hostile_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

func cancelAll(t *testing.T, n int) time.Duration {
	lim, _ := selgora.NewLimiter(selgora.RateLimit{PerHour: 1 << 30, PerMinute: 1 << 30, Concurrent: 1})
	r := selgora.AcquireRequest{KeyID: "k", MaxWait: time.Minute}
	held, err := lim.Acquire(bg(), r)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(bg())
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { lim.Acquire(ctx, r) })
	}
	time.Sleep(300 * time.Millisecond)
	begin := time.Now()
	cancel()
	wg.Wait()
	d := time.Since(begin)
	lim.Release(held, selgora.PermitOutcome{StatusCode: 200})
	return d
}

// "cancel while waiting: returns at once".
func TestCancelingManyWaitersIsNotQuadratic(t *testing.T) {
	few, many := cancelAll(t, 1000), cancelAll(t, 20000)
	t.Logf("canceling 1000 waiters: %v, 20000: %v", few, many)
	if many > 60*few && many > time.Second {
		t.Errorf("canceling 20000 waiters took %v, %.0f times what 1000 took (%v)", many, float64(many)/float64(few), few)
	}
}

func TestServingManyWaitersIsNotQuadratic(t *testing.T) {
	serve := func(n int) time.Duration {
		lim, _ := selgora.NewLimiter(selgora.RateLimit{PerHour: 1 << 30, PerMinute: 1 << 30, Concurrent: 10})
		r := selgora.AcquireRequest{KeyID: "k", MaxWait: time.Minute}
		begin := time.Now()
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				id, err := lim.Acquire(bg(), r)
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(10 * time.Microsecond)
				lim.Release(id, selgora.PermitOutcome{StatusCode: 200})
			})
		}
		wg.Wait()
		return time.Since(begin)
	}
	few, many := serve(1000), serve(20000)
	t.Logf("1000: %v, 20000: %v", few, many)
	if many > 60*few && many > time.Second {
		t.Errorf("serving 20000 callers took %v, %.0f times what 1000 took (%v)", many, float64(many)/float64(few), few)
	}
}

// NewClient: "It returns an error for an unusable option."
func TestUnusableLimiterIsAnErrorOfNewClient(t *testing.T) {
	for name, l := range map[string]selgora.Limiter{"nil *LocalLimiter": (*selgora.LocalLimiter)(nil), "zero LocalLimiter": &selgora.LocalLimiter{}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panic: %v", p)
				}
			}()
			c, err := selgora.NewClient(key, selgora.WithLimiter(l), selgora.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) { return answer(200, course), nil })}))
			if err == nil {
				_, err = c.Courses.Get(bg(), "c")
				t.Log(err)
			}
		})
	}
}

// newTransport: "idle connections kept for as many requests as may be under way at once".
func TestConnectionsAreKeptForAsManyAsMayBeUnderWay(t *testing.T) {
	lim, _ := selgora.NewLimiter(selgora.RateLimit{PerHour: 1e6, PerMinute: 1e6, Concurrent: 64})
	for name, opt := range map[string]selgora.Option{
		"WithRateLimit": selgora.WithRateLimit(selgora.RateLimit{PerHour: 1e6, PerMinute: 1e6, Concurrent: 64}),
		"WithLimiter":   selgora.WithLimiter(lim), "WithoutRateLimit": selgora.WithoutRateLimit(),
	} {
		t.Run(name, func(t *testing.T) {
			var conns atomic.Int32
			var in sync.WaitGroup
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				in.Done()
				in.Wait()
				fmt.Fprint(w, course)
			}))
			srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					conns.Add(1)
				}
			}
			srv.Start()
			defer srv.Close()
			c, err := selgora.NewClient(key, selgora.WithBaseURL(srv.URL+"/v1"), opt)
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseIdleConnections()
			for range 5 {
				in.Add(64)
				var wg sync.WaitGroup
				for range 64 {
					wg.Go(func() {
						if _, err := c.Courses.Get(bg(), "c"); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				time.Sleep(20 * time.Millisecond)
			}
			if n := conns.Load(); n > 90 {
				t.Errorf("5 rounds of 64 at once took %d connections", n)
			}
		})
	}
}

// The hour's last requests: answers come out of order, the last one first.
func TestLastRequestsOfTheHourAreNotRefusedForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		left := 17
		reset := time.Now().Truncate(time.Hour).Add(time.Hour)
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			if left == 0 {
				mu.Unlock()
				return answer(429, `{"error":"x"}`, "Retry-After", "1"), nil
			}
			left--
			mine := left
			mu.Unlock()
			// The more is left, the longer it takes: the first to come is the last answered.
			time.Sleep(time.Duration(100+mine*10) * time.Millisecond)
			return answer(200, course, "X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", fmt.Sprint(mine), "X-RateLimit-Reset", fmt.Sprint(reset.Unix())), nil
		})
		// One tells the client what is left; then 16 callers for 16 requests.
		c.Courses.Get(bg(), "c")
		var wg sync.WaitGroup
		var held atomic.Int32
		for range 10 {
			wg.Go(func() { c.Courses.Get(bg(), "c") })
		}
		time.Sleep(170 * time.Millisecond) // the tenth has been answered, with 6 left
		for range 6 {
			wg.Go(func() {
				_, err := c.Courses.Get(bg(), "c")
				var w *selgora.RateLimitWaitError
				if errors.As(err, &w) {
					held.Add(1)
					t.Log(err)
				}
			})
		}
		wg.Wait()
		if held.Load() > 0 {
			t.Errorf("%d of 6 calls were refused until the next hour, with a budget of 6 left (%d unused at the end)", held.Load(), left)
		}
	})
}

// Servers behind a balancer whose Reset differs by a second.
func TestRemainingIsFollowedWhereResetDiffersByASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reset := time.Now().Add(30 * time.Minute)
		left, sent := 20, 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			at := reset
			if sent == 0 {
				at = at.Add(time.Second)
			}
			sent++
			if left <= 0 {
				return answer(429, `{"error":"x"}`, "Retry-After", "1800"), nil
			}
			left -= 2 // another program uses the key as much
			return answer(200, course, "X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", fmt.Sprint(left), "X-RateLimit-Reset", fmt.Sprint(at.Unix())), nil
		}, selgora.WithMaxRetries(0))
		for range 30 {
			_, err := c.Courses.Get(bg(), "c")
			var e *selgora.Error
			if errors.As(err, &e) && e.StatusCode == 429 {
				t.Errorf("request %d met a 429: the server had said Remaining 0 before", sent)
				return
			}
		}
	})
}

// WithRetryWait: "a bound that starts at shortest and doubles up to longest".
func TestRetryWaitFromZeroStillBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return answer(503, `{}`), nil },
			selgora.WithRetryWait(0, 8*time.Second), selgora.WithMaxRetries(20), selgora.WithoutRateLimit())
		begin := time.Now()
		c.Courses.Get(bg(), "c")
		if time.Since(begin) == 0 {
			t.Errorf("20 retries with waits up to 8 s took no time at all")
		}
	})
}

type spy struct {
	*selgora.LocalLimiter
	out []selgora.PermitOutcome
}

func (s *spy) Release(id selgora.PermitID, o selgora.PermitOutcome) {
	s.out = append(s.out, o)
	s.LocalLimiter.Release(id, o)
}

// PermitOutcome.RetryAfter: "how long a 429 asks everybody to wait".
func TestRetryAfterOfOtherStatusesIsNoPauseForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := selgora.NewLimiter(selgora.RateLimit{})
		s := &spy{LocalLimiter: l}
		c := newClient(t, func(*http.Request) (*http.Response, error) { return answer(503, `{}`, "Retry-After", "7"), nil }, selgora.WithLimiter(s), selgora.WithMaxRetries(0))
		c.Courses.Get(bg(), "c")
		if s.out[0].RetryAfter != 0 {
			t.Errorf("a 503: %+v", s.out[0])
		}
	})
}
