package hostile_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// RateLimit: "at the server no window of an hour or a minute ever holds more
// than that, whatever the network did". A request that was given up arrives
// late, within the attempt timeout: of WithAttemptTimeout for a client's own
// limiter, of its default for one from NewLimiter.
func TestLateRequestsCount(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprint("shared ", shared), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limit := selgora.RateLimit{PerMinute: 5}
				var mu sync.Mutex
				var arrived []time.Time
				arrive := func() { mu.Lock(); arrived = append(arrived, time.Now()); mu.Unlock() }
				start := time.Now()
				late := 4 * time.Minute
				if shared {
					late = 24 * time.Second
				}
				f := func(r *http.Request) (*http.Response, error) {
					if d := late - time.Since(start); d > late*3/4 {
						time.AfterFunc(d, arrive) // the network holds it back
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					arrive()
					return answer(200, course), nil
				}
				opt := selgora.WithRateLimit(limit)
				timeout := 5 * time.Minute
				if shared {
					timeout = 30 * time.Second
					lim, _ := selgora.NewLimiter(limit)
					opt = selgora.WithLimiter(lim)
				}
				c := newClient(t, f, opt, selgora.WithAttemptTimeout(timeout), selgora.WithMaxWait(time.Hour))
				for range 5 {
					c.Courses.Get(bg(), "c", selgora.WithRequestTimeout(time.Second))
				}
				time.Sleep(max(0, late-time.Since(start)+time.Second))
				for range 5 {
					c.Courses.Get(bg(), "c")
				}
				for i := range arrived {
					if j := i + 5; j < len(arrived) && arrived[j].Sub(arrived[i]) < time.Minute {
						t.Errorf("6 requests within %v at the server, limit 5 a minute", arrived[j].Sub(arrived[i]))
						return
					}
				}
			})
		})
	}
}

// An error that a user made: ErrNotSent and EffectOf must not contradict.
func TestZeroCallErrorIsNotKnownToBeUnsent(t *testing.T) {
	err := &selgora.CallError{Method: "POST", Path: "/courses", Attempts: 1}
	if errors.Is(err, selgora.ErrNotSent) && selgora.EffectOf(err) != selgora.EffectNone {
		t.Errorf("ErrNotSent, and effect %v, with %d attempt", selgora.EffectOf(err), err.Attempts)
	}
}
