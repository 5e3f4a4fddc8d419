package selgora

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// The limiter looks at its buckets only when what it knows to be in them is
// spent. It must decide as one that looks each time, whatever comes between
// the requests.
func TestSpareTokensChangeNothing(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 1))
				limit := RateLimit{PerHour: 1 + r.IntN(1500), PerMinute: 1 + r.IntN(150), Concurrent: 1 << 20}
				quick, exact := newLimiter(limit, time.Hour), newLimiter(limit, time.Hour)
				var went []time.Time
				for range 10000 {
					switch n := r.IntN(1000); {
					case n < 900: // a burst
					case n < 960:
						time.Sleep(time.Duration(r.Int64N(int64(2 * time.Second))))
					case n < 990:
						time.Sleep(quick.delay(time.Now(), 1)) // until it is due, to the nanosecond
					case n < 995:
						time.Sleep(time.Duration(r.Int64N(int64(3 * time.Minute)))) // idle
					case n < 997:
						d := time.Duration(r.Int64N(int64(time.Minute)))
						quick.pauseFor(d)
						exact.pauseFor(d)
					case n < 998:
						time.Sleep(time.Duration(r.Int64N(int64(3 * time.Hour))))
					default:
						now := time.Now()
						h := http.Header{
							"X-Ratelimit-Remaining": {strconv.Itoa(r.IntN(60))},
							"X-Ratelimit-Reset":     {strconv.FormatInt(now.Unix()+r.Int64N(600), 10)},
							"Date":                  {now.UTC().Format(http.TimeFormat)},
						}
						quick.observe(h)
						exact.observe(h)
					}
					exact.spare = 0
					now := time.Now()
					got, want := quick.take(now), exact.take(now)
					if got != want {
						t.Fatalf("request %d waits %v, want %v", len(went)+1, got, want)
					}
					if got <= 0 {
						went = append(went, now)
						quick.flying.Add(-1)
						exact.flying.Add(-1)
					}
				}
				checkWindow(t, went, limit.PerMinute, time.Minute)
				checkWindow(t, went, limit.PerHour, time.Hour)
				if len(went) < 20 {
					t.Errorf("%d requests went", len(went))
				}
			})
		})
	}
}

// checkWindow counts the requests in every window, its ends included.
func checkWindow(t *testing.T, went []time.Time, most int, window time.Duration) {
	t.Helper()
	from := 0
	for to, at := range went {
		for at.Sub(went[from]) > window {
			from++
		}
		if n := to - from + 1; n > most {
			t.Fatalf("%d requests in %v, want at most %d", n, window, most)
		}
	}
}
