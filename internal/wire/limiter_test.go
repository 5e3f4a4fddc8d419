package wire

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const plenty = 1 << 30

var ok = PermitOutcome{StatusCode: 200}

// inBubble runs a test with a limiter on a virtual clock.
func inBubble(t *testing.T, l Limits, test func(t *testing.T, l *LocalLimiter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, NewLocalLimiter(l, 30*time.Second)) })
}

func acquire(t *testing.T, l *LocalLimiter, key string) PermitID {
	t.Helper()
	id, err := l.Acquire(t.Context(), key, -1)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// sendNow sends so many requests that are back at once.
func sendNow(t *testing.T, l *LocalLimiter, n int, o PermitOutcome) {
	t.Helper()
	for range n {
		l.Release(acquire(t, l, "key"), o)
	}
}

// wantNext checks when the next request of the key may go.
func wantNext(t *testing.T, l *LocalLimiter, wait time.Duration) {
	t.Helper()
	start := time.Now()
	id := acquire(t, l, "key")
	if got := time.Since(start); got != wait {
		t.Errorf("the next request went after %v, want %v", got, wait)
	}
	l.Release(id, PermitOutcome{Unsent: true})
}

// wantWaitError checks that a request is refused at once.
func wantWaitError(t *testing.T, l *LocalLimiter, ctx context.Context, maxWait time.Duration, want WaitError) {
	t.Helper()
	start := time.Now()
	_, err := l.Acquire(ctx, "key", maxWait)
	var got *WaitError
	if !errors.As(err, &got) || time.Since(start) != 0 {
		t.Fatalf("error %v after %v", err, time.Since(start))
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
	if errors.Is(err, context.DeadlineExceeded) != want.Deadline {
		t.Errorf("%v is DeadlineExceeded: %v", err, !want.Deadline)
	}
}

// queued sends requests that wait, one after the other, and notes which goes
// when; nobody comes back before done is closed.
type queued struct {
	start time.Time
	mu    sync.Mutex
	log   []string
}

func (q *queued) add(t *testing.T, l *LocalLimiter, ctx context.Context, name string, maxWait, latency time.Duration) {
	go func() {
		id, err := l.Acquire(ctx, "key", maxWait)
		what := ""
		if err != nil {
			what = " " + err.Error()
		}
		q.mu.Lock()
		q.log = append(q.log, fmt.Sprint(name, " ", time.Since(q.start), what))
		q.mu.Unlock()
		if err == nil {
			time.Sleep(latency)
			l.Release(id, ok)
		}
	}()
	synctest.Wait()
}

func (q *queued) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	if diff := cmp.Diff(want, q.log); diff != "" {
		t.Error(diff)
	}
	q.log = nil
}

func TestWaitErrorText(t *testing.T) {
	for want, e := range map[string]WaitError{
		"nothing was sent: the client's own rate limit asks to wait 2m0s, longer than the 1m0s that a wait may take": {Wait: 2 * time.Minute, MaxWait: time.Minute},
		"nothing was sent: the client's own rate limit asks to wait 2m0s, longer than the context lasts":             {Wait: 2 * time.Minute, Deadline: true},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWaitErrorAtEntry(t *testing.T) {
	inBubble(t, Limits{PerHour: 5, PerMinute: 2, Concurrent: 2}, func(t *testing.T, l *LocalLimiter) {
		sendNow(t, l, 2, ok)
		time.Sleep(10 * time.Second)
		wantWaitError(t, l, t.Context(), 50*time.Second-1, WaitError{Wait: 50 * time.Second, MaxWait: 50*time.Second - 1})
		wantWaitError(t, l, t.Context(), 0, WaitError{Wait: 50 * time.Second})
		short, cancel := context.WithTimeout(t.Context(), 50*time.Second-1)
		defer cancel()
		wantWaitError(t, l, short, -1, WaitError{Wait: 50 * time.Second, MaxWait: -1, Deadline: true})
		wantWaitError(t, l, short, time.Hour, WaitError{Wait: 50 * time.Second, MaxWait: time.Hour, Deadline: true})

		// Each takes the place behind the others: two this minute, one in the next.
		q := queued{start: time.Now()}
		enough, cancel := context.WithTimeout(t.Context(), 50*time.Second+1)
		defer cancel()
		q.add(t, l, enough, "a", 50*time.Second, 0)
		q.add(t, l, t.Context(), "b", -1, 0)
		wantWaitError(t, l, t.Context(), 60*time.Second, WaitError{Wait: 110 * time.Second, MaxWait: time.Minute})
		q.add(t, l, t.Context(), "c", 110*time.Second, 0)
		wantWaitError(t, l, t.Context(), 55*time.Minute, WaitError{Wait: 59*time.Minute + 50*time.Second, MaxWait: 55 * time.Minute})
		time.Sleep(2 * time.Minute)
		q.want(t, "a 50s", "b 50s", "c 1m50s")
	})
}

// How long a slot takes is not known, so it is no reason to refuse.
func TestSlotIsWaitedFor(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: plenty, Concurrent: 2}, func(t *testing.T, l *LocalLimiter) {
		a := acquire(t, l, "key")
		acquire(t, l, "key")
		q := queued{start: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		q.add(t, l, t.Context(), "a", 0, 0)
		q.add(t, l, ctx, "b", 0, plenty)
		q.add(t, l, ctx, "c", 0, 0)
		q.want(t)
		time.Sleep(10 * time.Minute)
		l.Release(a, ok)
		time.Sleep(time.Minute)
		q.want(t, "a 10m0s", "b 10m0s", "c 10m1.073741824s")
	})
}

// The context's end is bound enough, also for a slot, and costs nothing.
func TestContextEnds(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 1, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Acquire(ctx, "key", -1); err != context.Canceled {
			t.Errorf("error %v", err)
		}
		a := acquire(t, l, "key")
		q := queued{start: time.Now()}
		ctx, cancel = context.WithTimeout(t.Context(), 70*time.Second)
		defer cancel()
		q.add(t, l, ctx, "a", -1, 0)
		time.Sleep(15 * time.Second)
		l.Release(a, PermitOutcome{StatusCode: 500}) // so the wait takes another 60 s
		q.want(t, "a 15s nothing was sent: the client's own rate limit asks to wait 1m0s, longer than the context lasts")

		ctx, cancel = context.WithCancel(t.Context())
		q = queued{start: time.Now()}
		q.add(t, l, ctx, "b", -1, 0)
		time.Sleep(time.Second)
		cancel()
		q.want(t, "b 1s context canceled")
		wantNext(t, l, 59*time.Second)
	})
}

func TestRefundWakes(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 1, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		a := acquire(t, l, "key")
		q := queued{start: time.Now()}
		q.add(t, l, t.Context(), "b", -1, 0)
		time.Sleep(time.Second)
		l.Release(a, PermitOutcome{Unsent: true, StatusCode: 429, RetryAfter: time.Hour})
		l.Release(a, ok) // a permit can be released once
		l.Release(77, ok)
		q.want(t, "b 1s")
		wantNext(t, l, time.Minute)
	})
}

// What holds the first back can end sooner than it was known to.
func TestEarlierThanKnown(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: plenty, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		a := acquire(t, l, "key")
		reset := time.Now().Add(50 * time.Minute)
		l.Release(acquire(t, l, "key"), PermitOutcome{StatusCode: 200, RateLimit: RateLimitStatus{Reset: reset, ResetAfter: 50 * time.Minute}})
		q := queued{start: time.Now()}
		q.add(t, l, t.Context(), "b", -1, 0)
		l.Release(a, PermitOutcome{StatusCode: 200, RateLimit: RateLimitStatus{Reset: reset, ResetAfter: 20 * time.Minute}})
		time.Sleep(time.Hour)
		q.want(t, "b 20m0s")
	})
}

// A request that got no response frees its slot at once, and counts for one
// attempt's timeout longer.
func TestNoResponse(t *testing.T) {
	inBubble(t, Limits{PerHour: 3, PerMinute: 2, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		l.Release(acquire(t, l, "key"), PermitOutcome{})
		wantNext(t, l, 0)
		l.Release(acquire(t, l, "key"), ok)
		wantNext(t, l, time.Minute)
		sendNow(t, l, 1, ok)
		wantNext(t, l, 59*time.Minute)
		sendNow(t, l, 1, ok)
		wantNext(t, l, 30*time.Second)
	})
}

func TestRecord(t *testing.T) {
	inBubble(t, Limits{PerHour: 3, PerMinute: 2, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		for _, ago := range []time.Duration{59 * time.Second, 40 * time.Minute, time.Hour, -time.Minute} {
			l.Record("key", ago)
			l.Record("other", time.Second)
		}
		wantNext(t, l, 20*time.Minute)
		q := queued{start: time.Now()}
		sendNow(t, l, 1, ok)
		q.add(t, l, t.Context(), "a", 39*time.Minute+2*time.Second, 0)
		l.Record("key", 0)
		l.Record("key", 0)
		q.want(t, "a 0s nothing was sent: the client's own rate limit asks to wait 40m0s, longer than the 39m2s that a wait may take")
	})
}

// Whoever uses a hundred thousand keys in a day does not keep them all.
func TestKeysAreForgotten(t *testing.T) {
	inBubble(t, Limits{PerHour: 10, PerMinute: 10, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		l.longer = 2 * time.Hour
		busy := acquire(t, l, "busy")
		l.Release(acquire(t, l, "lost"), PermitOutcome{})
		l.Release(acquire(t, l, "paused"), PermitOutcome{StatusCode: 429, RetryAfter: 4 * time.Hour})
		most := 0
		for i := range 100000 {
			l.Release(acquire(t, l, fmt.Sprint(i)), ok)
			time.Sleep(24 * time.Hour / 100000)
			most = max(most, len(l.keys))
			switch l.now().Truncate(time.Second) {
			case 59 * time.Minute:
				if l.keys["0"] == nil {
					t.Fatal("forgotten within the hour")
				}
			case 119 * time.Minute:
				if l.keys["lost"] == nil || l.keys["paused"] == nil {
					t.Fatal("forgotten, though it matters")
				}
			}
		}
		if perHour := 100000 / 24; most > perHour*13/12+10 {
			t.Errorf("%d keys were kept, with %d used in an hour", most, perHour)
		}
		if l.keys["busy"] == nil || l.keys["lost"] != nil || l.keys["paused"] != nil {
			t.Error("the wrong keys were forgotten")
		}
		l.Release(busy, ok)
	})
}

// All keys are looked at from time to time only, however often one is used.
func TestSweepIsRare(t *testing.T) {
	inBubble(t, Limits{PerHour: 10, PerMinute: 10, Concurrent: 1}, func(t *testing.T, l *LocalLimiter) {
		l.Record("used", 0)
		l.Record("idle", time.Hour)
		time.Sleep(keySweepEvery - 1)
		l.Record("used", 0)
		if l.keys["idle"] == nil {
			t.Error("looked at too early")
		}
		time.Sleep(time.Nanosecond)
		l.Record("used", 0)
		if l.keys["idle"] != nil || l.keys["used"] == nil {
			t.Error("the wrong keys were forgotten")
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	l := NewLocalLimiter(Limits{PerHour: plenty, PerMinute: plenty, Concurrent: 3}, time.Second)
	var underWay, granted atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for n := range 500 {
				ctx, cancel := context.WithCancel(t.Context())
				if n%3 == 0 {
					go cancel()
				}
				id, err := l.Acquire(ctx, "key", 0)
				if err == nil {
					granted.Add(1)
					if underWay.Add(1) > 3 {
						t.Error("more than 3 at once")
					}
					runtime.Gosched()
					underWay.Add(-1)
					l.Release(id, PermitOutcome{StatusCode: 200, Unsent: i%2 == 0})
				}
				cancel()
				l.Record("key", 0)
			}
		})
	}
	wg.Wait()
	if k := l.keys["key"]; k.underWay != 0 || k.queue != (waitQueue{}) || l.permits.len() != 0 || granted.Load() < 16*300 {
		t.Errorf("%d under way, queue %+v, %d granted", k.underWay, k.queue, granted.Load())
	}
}

func TestAcquireAllocatesNothing(t *testing.T) {
	l := NewLocalLimiter(Limits{PerHour: plenty, PerMinute: plenty, Concurrent: 10}, time.Second)
	if n := testing.AllocsPerRun(1000, func() { sendNow(t, l, 1, ok) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAcquireRelease(b *testing.B) {
	l := NewLocalLimiter(Limits{PerHour: 1 << 30, PerMinute: 1 << 30, Concurrent: 10}, 30*time.Second)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		id, err := l.Acquire(ctx, "key", time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		l.Release(id, ok)
	}
}
