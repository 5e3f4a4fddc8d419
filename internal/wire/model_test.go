package wire

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// trip is one request on its way to the server and back.
type trip struct {
	asked, left, back time.Duration // back: after this it arrives no more
	under             time.Duration // until then it holds a slot
}

// mostArrived returns how many requests at most can have arrived at the server
// in one length of time, wherever it starts: each arrives somewhere between its
// departure and its return.
func mostArrived(trips []trip, length time.Duration) int {
	var left, back []time.Duration
	for _, tr := range trips {
		left, back = append(left, tr.left), append(back, tr.back)
	}
	slices.Sort(left)
	slices.Sort(back)
	most := 0
	for i, from := range back { // the worst length starts at the latest moment one of them can arrive
		gone, _ := slices.BinarySearch(left, from+length)
		first, _ := slices.BinarySearch(back[:i+1], from)
		most = max(most, gone-first)
	}
	return most
}

// needlesslyLate returns the first request that went later than it had to: when
// neither those under way nor one of the windows, were each request to count for
// a granule longer, held it back just before it left.
func needlesslyLate(trips []trip, l Limits) (late trip, found bool) {
	slices.SortFunc(trips, func(a, b trip) int { return int(a.left - b.left) })
	for i, tr := range trips {
		if tr.left == tr.asked || i > 0 && trips[i-1].left == tr.left {
			continue // it went at once, or together with one that did not go too late
		}
		var slots, minute, hour int
		for _, other := range trips[:i] {
			if other.under >= tr.left {
				slots++
			}
			if other.back+time.Minute+time.Minute/windowBuckets >= tr.left {
				minute++
			}
			if other.back+time.Hour+time.Hour/windowBuckets >= tr.left {
				hour++
			}
		}
		if slots < l.Concurrent && minute < l.PerMinute && hour < l.PerHour {
			return tr, true
		}
	}
	return trip{}, false
}

// traffic lets many goroutines send through a limiter, and writes it down.
type traffic struct {
	limiter  *LocalLimiter
	longer   time.Duration
	canceled int

	mu    sync.Mutex
	trips []trip
}

// send sends one request, unless ctx ends before it may go.
func (f *traffic) send(t *testing.T, ctx context.Context, latency time.Duration, o PermitOutcome) bool {
	asked := f.limiter.now()
	id, err := f.limiter.Acquire(ctx, "key", -1)
	if err != nil {
		if _, ok := err.(*WaitError); !ok && err != ctx.Err() {
			t.Errorf("error %v", err)
		}
		f.mu.Lock()
		f.canceled++
		f.mu.Unlock()
		return false
	}
	left := f.limiter.now()
	time.Sleep(latency)
	under := f.limiter.now()
	f.limiter.Release(id, o)
	if o.Unsent {
		return true
	}
	back := under
	if o.StatusCode == 0 {
		back += f.longer
	}
	f.mu.Lock()
	f.trips = append(f.trips, trip{asked, left, back, under})
	f.mu.Unlock()
	return true
}

// Whatever the network does: never more than the limits at the server, and never
// later than they ask for.
func TestLimiterAgainstModel(t *testing.T) {
	for seed := range uint64(24) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			limits := Limits{
				PerHour:    []int{5, 60, 300, 1 << 30}[r.IntN(4)],
				PerMinute:  []int{1, 7, 40, 100}[r.IntN(4)],
				Concurrent: []int{1, 4, 10, 30}[r.IntN(4)],
			}
			longer := []time.Duration{0, time.Second, 30 * time.Second}[r.IntN(3)]
			// A refund may let a request go that nobody else's return would: without
			// refunds, the model can say exactly what held each one back.
			refunds := seed%3 == 0
			f := &traffic{limiter: NewLocalLimiter(limits, longer), longer: longer}
			var wg sync.WaitGroup
			for range 12 {
				r := rand.New(rand.NewPCG(seed, r.Uint64()))
				wg.Go(func() {
					for end := f.limiter.now() + 5*time.Hour; f.limiter.now() < end; {
						if r.IntN(30) == 0 {
							time.Sleep(time.Duration(r.Int64N(int64(10 * time.Minute))))
						}
						ctx, cancel := context.WithCancel(t.Context())
						if r.IntN(8) == 0 {
							time.AfterFunc(time.Duration(r.Int64N(int64(2*time.Minute))), cancel)
						}
						latency := []time.Duration{0, time.Millisecond, 300 * time.Millisecond, 2 * time.Second, 3 * time.Minute}[min(r.IntN(24)/3, r.IntN(5))]
						o := PermitOutcome{StatusCode: 200}
						switch k := r.IntN(12); {
						case k == 0:
							o.StatusCode = 0
						case k == 1 && refunds:
							o = PermitOutcome{Unsent: true}
						}
						f.send(t, ctx, latency, o)
						cancel()
					}
				})
			}
			wg.Wait()
			if n := mostArrived(f.trips, time.Minute); n > limits.PerMinute {
				t.Errorf("seed %d, %+v: %d requests in 60 s", seed, limits, n)
			}
			if n := mostArrived(f.trips, time.Hour); n > limits.PerHour {
				t.Errorf("seed %d, %+v: %d requests in an hour", seed, limits, n)
			}
			if late, found := needlesslyLate(f.trips, limits); found && !refunds {
				t.Errorf("seed %d, %+v: needlessly late: %+v", seed, limits, late)
			}
			if f.limiter.keys["key"].underWay != 0 || f.limiter.permits.len() != 0 || f.canceled == 0 {
				t.Errorf("seed %d: %d under way, %d permits, %d canceled", seed,
					f.limiter.keys["key"].underWay, f.limiter.permits.len(), f.canceled)
			}
		})
	}
}

// Steady use for a day gets all of the budgets, and not one request more.
func TestFullBudgets(t *testing.T) {
	for _, tt := range []struct {
		name    string
		limits  Limits
		run     time.Duration
		want    int // the whole budget of that time
		latency time.Duration
	}{
		{"by the hour", Limits{1000, 100, 10}, 24 * time.Hour, 24000, 300 * time.Millisecond},
		{"by the minute", Limits{1 << 30, 100, 10}, 5 * time.Hour, 30000, 200 * time.Millisecond},
		{"by the minute, large", Limits{1 << 30, 3000, 100}, 20 * time.Minute, 60000, 100 * time.Millisecond},
		{"1 a minute", Limits{1 << 30, 1, 1}, 24 * time.Hour, 24 * 60, 10 * time.Millisecond},
		{"1 an hour", Limits{1, 1, 1}, 100 * time.Hour, 100, 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &traffic{limiter: NewLocalLimiter(tt.limits, 30*time.Second)}
				ctx, cancel := context.WithTimeout(t.Context(), tt.run)
				defer cancel()
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						for f.send(t, ctx, tt.latency, PermitOutcome{StatusCode: 200}) {
						}
					})
				}
				wg.Wait()
				if n := mostArrived(f.trips, time.Minute); n > tt.limits.PerMinute {
					t.Errorf("%d requests in 60 s", n)
				}
				if n := mostArrived(f.trips, time.Hour); n > tt.limits.PerHour {
					t.Errorf("%d requests in an hour", n)
				}
				if n := len(f.trips); n < tt.want*99/100 || n > tt.want+tt.limits.PerMinute {
					t.Errorf("%d requests in %v, want %d", n, tt.run, tt.want)
				}
				t.Logf("%.2f%% of the budget", 100*float64(len(f.trips))/float64(tt.want))
			})
		})
	}
}
