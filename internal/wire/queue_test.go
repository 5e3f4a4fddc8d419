package wire

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// deafContext ends without telling anybody who waits for it.
type deafContext struct {
	context.Context
	ended atomic.Bool
}

func (c *deafContext) Done() <-chan struct{} { return nil }
func (c *deafContext) Err() error {
	if c.ended.Load() {
		return context.Canceled
	}
	return nil
}

// A permit that is handed out in the instant in which the context ends goes to
// the next in the queue, at once.
func TestContextEndsAtTheGrant(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 2, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		a := acquire(t, l, "key")
		ctx := &deafContext{Context: t.Context()}
		q := queued{start: time.Now()}
		q.add(t, l, ctx, "b", -1, 0)
		q.add(t, l, t.Context(), "c", -1, 0)
		ctx.ended.Store(true)
		l.Release(a, ok)
		q.want(t, "b 0s context canceled", "c 0s")
		if l.permits.len() != 0 {
			t.Errorf("%d permits are left", l.permits.len())
		}
	})
}

// With a hundred places a minute, 10,000 waiters and many that give up in
// between, everybody goes in the order in which they came.
func TestFirstComeFirstServed(t *testing.T) {
	for _, n := range []int{100, 10000} {
		inBubble(t, Limits{PerHour: plenty, PerMinute: 100, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
			var mu sync.Mutex
			granted := map[PermitID]int{} // ids are handed out in order
			var got, want []int
			var wg sync.WaitGroup
			sendNow(t, l, 100, ok)
			for i := range n {
				ctx, cancel := context.WithCancel(t.Context())
				gone := i == 0 || i%7 == 3 || i == n-1
				if !gone {
					want = append(want, i)
				}
				wg.Go(func() {
					defer cancel()
					id, err := l.Acquire(ctx, "key", time.Duration(i%2*plenty)*time.Hour-1)
					if (err != nil) != gone {
						t.Errorf("%d: error %v", i, err)
					}
					if err != nil {
						return
					}
					mu.Lock()
					granted[id] = i
					mu.Unlock()
					time.Sleep(10 * time.Millisecond)
					l.Release(id, ok)
				})
				synctest.Wait()
				if gone {
					time.AfterFunc(time.Duration(i%50)*time.Second, cancel)
				}
			}
			wg.Wait()
			for _, id := range slices.Sorted(maps.Keys(granted)) {
				got = append(got, granted[id])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if q := l.keys["key"].queue; q != (waitQueue{}) {
				t.Errorf("the queue is not empty: %+v", q)
			}
			if minutes := time.Duration((len(want)+99)/100) * time.Minute; time.Since(l.start) > minutes+minutes/100 {
				t.Errorf("%d requests took %v", len(want), time.Since(l.start))
			}
		})
	}
}

// A newcomer finds the first in the queue still asleep though its time has come,
// and so do those behind it: the order stays, and nobody is forgotten.
func TestNewcomerDoesNotOvertake(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 2, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		l.Release(acquire(t, l, "key"), ok)
		time.Sleep(20 * time.Second)
		l.Release(acquire(t, l, "key"), ok)
		w := newWaiter(t.Context(), -1, l.start) // it does not run
		l.keys["key"].queue.push(w)
		q := queued{start: time.Now()}
		q.add(t, l, t.Context(), "second", -1, 0)
		time.Sleep(40 * time.Second)
		q.add(t, l, t.Context(), "newcomer", -1, 0)
		if w.permit == 0 {
			t.Error("the first has no permit")
		}
		time.Sleep(time.Hour)
		q.want(t, "second 1m0s", "newcomer 2m0s")
	})
}
