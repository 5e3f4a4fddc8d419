package delivery_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

func TestDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500, 200, 200, 200}}
		b.handle("wh_1", r.ServeHTTP, delivery.Hazards{Duplicates: 2})
		b.send("wh_1", "a")
		b.clock.Advance(40 * time.Hour)
		want := []request{
			{Body: "a", ID: "dlv_1", Signed: true},
			{Body: "a", ID: "dlv_1", Signed: true},
			{Body: "a", ID: "dlv_1", Signed: true},
			{At: 5 * time.Minute, Body: "a", ID: "dlv_1", Retry: "1", Signed: true},
		}
		if diff := cmp.Diff(want, r.seen); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		d := b.only(t)
		var statuses []delivery.Status
		for _, a := range d.Attempts {
			statuses = append(statuses, a.Status)
		}
		// The copies were answered with 200, but it is the original that counts.
		want2 := []delivery.Status{delivery.Pending, delivery.Pending, delivery.Pending, delivery.Succeeded}
		if diff := cmp.Diff(want2, statuses); diff != "" {
			t.Errorf("status after each attempt (-want +got):\n%s", diff)
		}
	})
}

func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		var running, most atomic.Int32
		b.handle("wh_1", func(http.ResponseWriter, *http.Request) {
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(time.Second)
			running.Add(-1)
		}, delivery.Hazards{Concurrency: 3, Duplicates: 1})
		b.send("wh_1", "a", "b", "c", "d", "e")
		began := time.Now()
		b.wait(t)
		if most.Load() != 3 {
			t.Errorf("up to %d requests at a time, want 3", most.Load())
		}
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("10 requests of a second each, 3 at a time, took %v", took)
		}
	})
}

func TestReorder(t *testing.T) {
	run := func(t *testing.T, seed uint64, pass func(*testing.T, *bench)) (bodies []string) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, nil)
			r := &receiver{b: b}
			b.handle("wh_1", r.ServeHTTP, delivery.Hazards{Reorder: 4, Seed: seed})
			b.send("wh_1", "a", "b", "c", "d", "e", "f")
			synctest.Wait()
			if n := len(r.bodies()); n != 4 {
				t.Errorf("%d requests before the last ones are let go, want 4", n)
			}
			pass(t, b)
			synctest.Wait()
			bodies = r.bodies()
		})
		return bodies
	}
	slept := run(t, 1, func(*testing.T, *bench) { time.Sleep(time.Second) })
	for i := range uint64(20) {
		got := run(t, i, func(t *testing.T, b *bench) { b.wait(t) })
		if slices.IsSorted(got[:4]) || slices.IsSorted(got[4:]) {
			t.Errorf("seed %d: order %q is the one they were sent in", i, got)
		}
		if diff := cmp.Diff([]string{"a", "b", "c", "d"}, slices.Sorted(slices.Values(got[:4]))); diff != "" {
			t.Errorf("seed %d: the first four (-want +got):\n%s", i, diff)
		}
		if i == 1 && !slices.Equal(got, slept) {
			t.Errorf("the same seed gives %q and %q", got, slept)
		}
	}
	if advanced := run(t, 1, func(_ *testing.T, b *bench) { b.clock.Advance(time.Second) }); !slices.Equal(advanced, slept) {
		t.Errorf("Advance gives %q, Sleep %q", advanced, slept)
	}
}

func TestBadSignatures(t *testing.T) {
	for bad, want := range map[int][]bool{0: {true, true, true}, 2: {false, false, true}, -1: {false, false, false}} {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			b := newBench(t, nil)
			r := &receiver{b: b}
			b.handle("wh_1", func(w http.ResponseWriter, q *http.Request) {
				if n := len(q.Header.Get("X-Selgora-Signature")); n != 64 {
					t.Errorf("a signature of %d characters", n)
				}
				r.ServeHTTP(w, q)
			}, delivery.Hazards{BadSignatures: bad})
			b.send("wh_1", "a", "b", "c")
			b.wait(t)
			var signed []bool
			for _, q := range r.seen {
				signed = append(signed, q.Signed)
			}
			if diff := cmp.Diff(want, signed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherSecret(t *testing.T) {
	b := newBench(t, nil)
	var signature string
	b.handle("wh_1", func(_ http.ResponseWriter, q *http.Request) { signature = q.Header.Get("X-Selgora-Signature") },
		delivery.Hazards{Secret: "rotated"})
	b.send("wh_1", "a")
	b.wait(t)
	if want := delivery.Sign(delivery.FormatAPI, "rotated", "a"); signature != want {
		t.Error("not signed with the other secret")
	}
}

func TestLateRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500, 200, 500}}
		b.handle("wh_1", r.ServeHTTP, delivery.Hazards{LateRetry: true})
		b.send("wh_1", "a")
		b.clock.Advance(10 * time.Minute)
		if d := b.only(t); d.Status != delivery.Succeeded || d.NextAttemptAt != start.Add(35*time.Minute) {
			t.Errorf("after the success: %v, next at %v", d.Status, d.NextAttemptAt)
		}
		b.clock.Advance(40 * time.Hour)
		want := []request{
			{Body: "a", ID: "dlv_1", Signed: true},
			{At: 5 * time.Minute, Body: "a", ID: "dlv_1", Retry: "1", Signed: true},
			{At: 35 * time.Minute, Body: "a", ID: "dlv_1", Retry: "2", Signed: true},
		}
		if diff := cmp.Diff(want, r.seen); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if d := b.only(t); d.Status != delivery.Succeeded || !d.NextAttemptAt.IsZero() {
			t.Errorf("in the end: %v, next at %v", d.Status, d.NextAttemptAt)
		}
	})
}
