package clock_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
)

var start = time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)

func TestNowRunsOnFromStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start.In(time.FixedZone("somewhere", 3600)))
		defer c.Close()
		if got := c.Now(); got != start { // ==, not Equal: UTC and no monotonic reading
			t.Errorf("Now() = %v, want %v", got, start)
		}
		time.Sleep(90 * time.Second)
		if got, want := c.Now(), start.Add(90*time.Second); got != want {
			t.Errorf("after 90 s: Now() = %v, want %v", got, want)
		}
		c.Advance(time.Hour)
		time.Sleep(time.Second)
		if got, want := c.Now(), start.Add(time.Hour+91*time.Second); got != want {
			t.Errorf("after Advance(1h) and 1 s: Now() = %v, want %v", got, want)
		}
	})
}

func TestZeroStartIsRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{})
		defer c.Close()
		time.Sleep(time.Minute)
		if got, want := c.Now(), time.Now().Round(0).UTC(); got != want {
			t.Errorf("Now() = %v, want %v", got, want)
		}
		c.Advance(time.Hour)
		time.Sleep(time.Minute)
		if got, want := c.Now(), time.Now().Round(0).UTC().Add(time.Hour); got != want {
			t.Errorf("an hour ahead: Now() = %v, want %v", got, want)
		}
	})
}

func TestAdvanceRunsEachAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Close()
		var got []string
		note := func(name string) func() {
			return func() { got = append(got, fmt.Sprint(name, " ", c.Now().Sub(start))) }
		}
		c.At(start.Add(3*time.Hour), note("late"))
		c.At(start.Add(time.Hour), func() {
			note("first")()
			c.At(c.Now().Add(30*time.Minute), note("scheduled meanwhile"))
			c.At(c.Now().Add(-time.Hour), note("past"))
		})
		c.At(start.Add(2*time.Hour), note("same time, a"))
		c.At(start.Add(2*time.Hour), note("same time, b"))
		c.At(start.Add(3*time.Hour+time.Nanosecond), note("just after"))
		c.Advance(3 * time.Hour)
		want := []string{
			"first 1h0m0s", "past 1h0m0s", "scheduled meanwhile 1h30m0s",
			"same time, a 2h0m0s", "same time, b 2h0m0s", "late 3h0m0s",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("runs (-want +got):\n%s", diff)
		}
		if now := c.Now(); now != start.Add(3*time.Hour) {
			t.Errorf("Now() = %v after Advance, want exactly three hours later", now)
		}
		if c.Pending() != 1 {
			t.Errorf("Pending() = %d, want 1", c.Pending())
		}
	})
}

func TestSleepDrivesTheSameSchedule(t *testing.T) {
	run := func(t *testing.T, move func(*clock.Clock, time.Duration)) []time.Duration {
		var got []time.Duration
		synctest.Test(t, func(t *testing.T) {
			c := clock.New(start)
			defer c.Close()
			var again func()
			again = func() {
				got = append(got, c.Now().Sub(start))
				if len(got) < 6 {
					c.At(c.Now().Add(time.Duration(len(got))*time.Hour), again)
				}
			}
			c.At(start.Add(time.Hour), again)
			move(c, 30*time.Hour)
			synctest.Wait()
		})
		return got
	}
	slept := run(t, func(_ *clock.Clock, d time.Duration) { time.Sleep(d) })
	advanced := run(t, (*clock.Clock).Advance)
	mixed := run(t, func(c *clock.Clock, d time.Duration) {
		for range 10 {
			c.Advance(d / 20)
			time.Sleep(d / 20)
		}
	})
	want := []time.Duration{1 * time.Hour, 2 * time.Hour, 4 * time.Hour, 7 * time.Hour, 11 * time.Hour, 16 * time.Hour}
	for name, got := range map[string][]time.Duration{"sleep": slept, "Advance": advanced, "both": mixed} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAdvanceWaitsForHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Close()
		var seen []time.Duration
		work := func() {
			release := c.Hold()
			go func() {
				time.Sleep(7 * time.Second) // real time goes by, the virtual time stands
				seen = append(seen, c.Now().Sub(start))
				release()
				release()
			}()
		}
		c.At(start.Add(time.Hour), work)
		c.At(start.Add(2*time.Hour), work)
		c.Advance(2 * time.Hour)
		if diff := cmp.Diff([]time.Duration{time.Hour, 2 * time.Hour}, seen); diff != "" {
			t.Errorf("times seen by held work (-want +got):\n%s", diff)
		}
		if now := c.Now(); now != start.Add(2*time.Hour) {
			t.Errorf("Now() = %v", now)
		}

		// Work that was under way before the call belongs to the time before it.
		seen = nil
		work()
		c.Advance(time.Hour)
		if diff := cmp.Diff([]time.Duration{2 * time.Hour}, seen); diff != "" {
			t.Errorf("work before Advance (-want +got):\n%s", diff)
		}
	})
}

func TestAdvanceOddDurations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Close()
		var ran int
		for _, d := range []time.Duration{0, -1, math.MinInt64} {
			c.At(c.Now().Add(-time.Second), func() { ran++ })
			c.Advance(d)
			if now := c.Now(); now != start {
				t.Errorf("Advance(%d) moved the time to %v", d, now)
			}
		}
		if ran != 3 {
			t.Errorf("%d functions ran, want 3: what is due runs also without moving", ran)
		}
		for range 60 {
			c.Advance(math.MaxInt64)
		}
		if got, want := c.Now(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC); got != want {
			t.Errorf("Now() = %v, want the end of the year 9999", got)
		}
		if _, err := c.Now().MarshalJSON(); err != nil {
			t.Error(err)
		}
	})
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Close()
		ran := ""
		a := c.At(start.Add(1*time.Second), func() { ran += "a" })
		b := c.At(start.Add(2*time.Second), func() { ran += "b" })
		d := c.At(start.Add(3*time.Second), func() { ran += "d" })
		if !a.Stop() || a.Stop() {
			t.Error("Stop of a waiting timer must report true, then false")
		}
		if !d.Stop() {
			t.Error("Stop of a timer that is not first must report true")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if ran != "b" {
			t.Errorf("ran %q, want b", ran)
		}
		if b.Stop() {
			t.Error("Stop of a timer that has run must report false")
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		waiting := c.At(start.Add(time.Hour), func() { t.Error("ran after Close") })
		release := c.Hold()
		c.Close()
		c.Close()
		if waiting.Stop() {
			t.Error("a closed clock has no timer to stop")
		}
		c.At(start, func() { t.Error("scheduled after Close and ran") })
		c.Advance(2 * time.Hour) // neither runs anything nor waits for the hold
		if now := c.Now(); now != start.Add(2*time.Hour) {
			t.Errorf("Now() = %v", now)
		}
		release()
	})
}

func TestCloseEndsAnAdvance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Hold()()
		done := make(chan struct{})
		go func() { c.Advance(time.Hour); close(done) }()
		synctest.Wait()
		c.Close()
		<-done
	})
}

func TestIdleHasNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	clocks := make([]*clock.Clock, 100)
	for i := range clocks {
		clocks[i] = clock.New(time.Time{})
		clocks[i].At(clocks[i].Now().Add(time.Hour), func() {})
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	for _, c := range clocks {
		c.Close()
	}
}

func TestConcurrentUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		var ran, stopped atomic.Int64
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(1, uint64(g)))
				for range 500 {
					release := c.Hold()
					timer := c.At(c.Now().Add(time.Duration(rng.IntN(3000))*time.Millisecond), func() { ran.Add(1) })
					release()
					switch rng.IntN(3) {
					case 0:
						if timer.Stop() {
							stopped.Add(1)
						}
					case 1:
						c.Advance(time.Duration(rng.IntN(100)) * time.Millisecond)
					}
				}
			})
		}
		wg.Wait()
		before := c.Now()
		c.Advance(time.Minute)
		if got := c.Now().Sub(before); got != time.Minute {
			t.Errorf("Advance(1m) moved %v", got)
		}
		if got := ran.Load() + stopped.Load(); got != 8*500 {
			t.Errorf("%d ran and %d stopped, want 4000 together", ran.Load(), stopped.Load())
		}
		c.Close()
	})
}

func TestAdvancesAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(start)
		defer c.Close()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { c.Advance(time.Minute) })
		}
		wg.Wait()
		if got := c.Now().Sub(start); got != 50*time.Minute {
			t.Errorf("50 × Advance(1m) moved %v", got)
		}
	})
}

// Whatever is scheduled, in whatever steps the time is moved, functions run
// in order of time and of scheduling.
func FuzzOrder(f *testing.F) {
	f.Add([]byte{5, 1, 5, 3, 0, 9}, uint8(3))
	f.Fuzz(func(t *testing.T, offsets []byte, step uint8) {
		c := clock.New(start)
		defer c.Close()
		c.Advance(0)
		base := c.Now()
		type run struct{ Offset, Seq int }
		var want, got []run
		for i, o := range offsets {
			r := run{int(o) + 1, i}
			want = append(want, r)
			c.At(base.Add(time.Duration(r.Offset)*time.Hour), func() { got = append(got, r) })
		}
		slices.SortStableFunc(want, func(a, b run) int { return a.Offset - b.Offset })
		for moved := 0; moved <= 256; moved += int(step) + 1 {
			c.Advance(time.Duration(int(step)+1) * time.Hour)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
