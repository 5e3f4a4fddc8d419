package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

func goexit() { runtime.Goexit() }

func TestRequestToHandler(t *testing.T) {
	b := newBench(t, nil)
	var got *http.Request
	var body []byte
	b.handle("wh_1", func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	b.send("wh_1", `{"a":1}`)
	b.wait(t)
	want := http.Header{
		"Content-Type":        {"application/json"},
		"User-Agent":          {"selgora-mock"},
		"X-Selgora-Delivery":  {"dlv_1"},
		"X-Selgora-Signature": {delivery.Sign(delivery.FormatAPI, "s3cret", []byte(`{"a":1}`))},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if got.Method != "POST" || got.Host != "receiver.invalid" || got.RequestURI != "/hooks?x=1" || got.URL.String() != "/hooks?x=1" ||
		got.ContentLength != 7 || string(body) != `{"a":1}` || got.RemoteAddr == "" || got.Proto != "HTTP/1.1" {
		t.Errorf("request %s %s to %s, %d bytes %q", got.Method, got.RequestURI, got.Host, got.ContentLength, body)
	}
	if got.Context().Err() == nil {
		t.Error("the request's context has not ended with the request")
	}
}

func TestOrderAndIsolation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		quick := &receiver{b: b}
		b.handle("wh_quick", quick.ServeHTTP)
		var running, most atomic.Int32
		slow := &receiver{b: b}
		b.handle("wh_slow", func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(2 * time.Second)
			slow.ServeHTTP(w, r)
		})
		var want []string
		for i := range 50 {
			body := fmt.Sprint(i)
			want = append(want, body)
			b.send("wh_slow", body)
			b.send("wh_quick", body)
		}
		synctest.Wait()
		if diff := cmp.Diff(want, quick.bodies()); diff != "" {
			t.Errorf("quick endpoint while the slow one is busy (-want +got):\n%s", diff)
		}
		b.wait(t)
		if diff := cmp.Diff(want, slow.bodies()); diff != "" {
			t.Errorf("slow endpoint (-want +got):\n%s", diff)
		}
		if most.Load() != 1 {
			t.Errorf("up to %d requests at a time to one endpoint", most.Load())
		}
	})
}

func TestOneGoroutinePerBusyEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		idle := runtime.NumGoroutine()
		release := make(chan struct{})
		for i := range 10 {
			id := fmt.Sprintf("wh_%d", i)
			b.handle(id, func(http.ResponseWriter, *http.Request) { <-release })
			b.send(id, "a", "b", "c")
		}
		synctest.Wait()
		if n := runtime.NumGoroutine() - idle; n != 10 {
			t.Errorf("%d goroutines for 10 endpoints with work", n)
		}
		close(release)
		b.wait(t)
		synctest.Wait()
		if n := runtime.NumGoroutine() - idle; n != 0 {
			t.Errorf("%d goroutines while idle", n)
		}
	})
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		b.handle("wh_1", func(w http.ResponseWriter, _ *http.Request) { time.Sleep(time.Second); w.WriteHeader(500) })
		b.send("wh_1", "a")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := b.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait with a deadline: %v", err)
		}
		b.wait(t)
		if n := len(b.only(t).Attempts); n != 1 {
			t.Errorf("%d attempts after Wait", n)
		}
		if err := b.Wait(ctx); err != nil { // nothing under way: the retry's time has not come
			t.Errorf("Wait while idle: %v", err)
		}
		done := b.Track()
		if err := b.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait during tracked work: %v", err)
		}
		done()
		done()
		b.wait(t)
	})
}

func TestEndpointChangesBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500}}
		for _, id := range []string{"wh_rotated", "wh_disabled", "wh_deleted"} {
			b.handle(id, r.ServeHTTP)
		}
		e, _ := b.endpoint("wh_rotated")
		e.Secret = "before"
		b.put(e)
		b.send("wh_rotated", "a")
		b.wait(t)
		e.Secret = "s3cret"
		b.put(e)
		b.clock.Advance(5 * time.Minute)
		want := []request{{Body: "a", ID: "dlv_1"}, {At: 5 * time.Minute, Body: "a", ID: "dlv_1", Retry: "1", Signed: true}}
		if diff := cmp.Diff(want, r.seen); diff != "" {
			t.Errorf("a secret rotated between attempts (-want +got):\n%s", diff)
		}

		b.send("wh_disabled", "b")
		b.send("wh_deleted", "c")
		b.wait(t)
		e, _ = b.endpoint("wh_disabled")
		e.Disabled = true
		b.put(e)
		b.mu.Lock()
		delete(b.endpoints, "wh_deleted")
		b.mu.Unlock()
		b.clock.Advance(5 * time.Minute)
		for id, want := range map[string]string{"dlv_2": "not sent: the endpoint is disabled", "dlv_3": "not sent: the endpoint was deleted"} {
			d, _ := b.Delivery(id)
			if len(d.Attempts) != 2 || d.Attempts[1].Error != want || d.Status != delivery.Failed {
				t.Errorf("%s: %+v", id, d)
			}
		}
	})
}

func TestBodyThatCannotBeMade(t *testing.T) {
	b := newBench(t, nil)
	b.handle("wh_1", func(http.ResponseWriter, *http.Request) { t.Error("called") })
	b.Send(delivery.Message{ID: "dlv_1", EndpointID: "wh_1", Body: func() ([]byte, error) { return nil, errors.New("oh") }})
	b.wait(t)
	if d := b.only(t); d.Status != delivery.Failed || d.Attempts[0].Error != "not sent: the body cannot be made: oh" {
		t.Errorf("%+v", d)
	}
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		var ended atomic.Int32
		b.handle("wh_busy", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); ended.Add(1) })
		b.handle("wh_retry", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
		b.send("wh_busy", "a", "b", "c")
		b.send("wh_retry", "d")
		synctest.Wait()
		b.Engine.Close()
		b.Engine.Close()
		b.send("wh_retry", "e")
		b.wait(t)
		b.clock.Advance(40 * time.Hour)
		synctest.Wait()
		if ended.Load() != 1 {
			t.Errorf("%d requests were broken off, want the 1 under way", ended.Load())
		}
		all := b.Deliveries()
		if len(all) != 4 || all[0].Attempts[0].Error != "broken off: the server was closed" || len(all[3].Attempts) != 1 {
			t.Errorf("log after Close: %+v", all)
		}
	})
}

func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500}}
		b.handle("wh_1", func(w http.ResponseWriter, q *http.Request) { time.Sleep(time.Second); r.ServeHTTP(w, q) })
		b.send("wh_1", "a")
		b.wait(t)
		b.send("wh_1", "b", "c")
		synctest.Wait()
		b.Reset()
		b.wait(t)
		b.clock.Advance(40 * time.Hour)
		if diff := cmp.Diff([]string{"a", "b"}, r.bodies()); diff != "" { // b was under way
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if all := b.Deliveries(); len(all) != 0 {
			t.Errorf("log after Reset: %+v", all)
		}
		r = &receiver{b: b}
		b.handle("wh_1", r.ServeHTTP)
		b.send("wh_1", "d")
		b.wait(t)
		if b.only(t).Status != delivery.Succeeded {
			t.Error("the engine does not work after Reset")
		}
	})
}

func TestLog(t *testing.T) {
	b := newBench(t, nil)
	b.handle("wh_1", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") })
	b.handle("wh_2", func(w http.ResponseWriter, _ *http.Request) {})
	for i := range 5 {
		b.send("wh_1", fmt.Sprint(i))
		b.send("wh_2", "other")
	}
	b.wait(t)
	ids := func(page []delivery.Delivery) (ids []string) {
		for _, d := range page {
			ids = append(ids, d.ID)
		}
		return ids
	}
	for _, tt := range []struct {
		offset, limit int
		want          []string
	}{
		{0, 2, []string{"dlv_1", "dlv_3"}},
		{3, 10, []string{"dlv_7", "dlv_9"}},
		{5, 1, nil},
		{99, 1, nil},
		{-3, 1, []string{"dlv_1"}},
		{0, -1, nil},
	} {
		page, total := b.Page("wh_1", tt.offset, tt.limit)
		if diff := cmp.Diff(tt.want, ids(page)); diff != "" || total != 5 {
			t.Errorf("Page(%d, %d): total %d (-want +got):\n%s", tt.offset, tt.limit, total, diff)
		}
	}
	if _, total := b.Page("wh_unknown", 0, 10); total != 0 {
		t.Errorf("an unknown endpoint has %d deliveries", total)
	}
	d, ok := b.Delivery("dlv_3")
	if !ok || string(d.Body) != "1" || string(d.Attempts[0].Response) != "fine" || d.EventID != "evt_1" || d.EventType != "order.created" || d.CreatedAt.Before(start) {
		t.Errorf("Delivery: %+v, %v", d, ok)
	}
	d.Body[0], d.Attempts[0].Response[0], d.Attempts[0].StatusCode = 'x', 'x', 0
	if d, _ := b.Delivery("dlv_3"); string(d.Body) != "1" || string(d.Attempts[0].Response) != "fine" || d.Attempts[0].StatusCode != 200 {
		t.Error("the log can be changed through what it returns")
	}
	if _, ok := b.Delivery("dlv_99"); ok {
		t.Error("found a delivery that never was")
	}
}

func TestRecord(t *testing.T) {
	b := newBench(t, nil)
	b.Record(delivery.Message{ID: "dlv_old", EndpointID: "wh_1", Body: func() ([]byte, error) { return []byte("{}"), nil }},
		delivery.Succeeded, delivery.Attempt{At: start, StatusCode: 200})
	b.wait(t)
	b.clock.Advance(40 * time.Hour)
	if d := b.only(t); d.Status != delivery.Succeeded || len(d.Attempts) != 1 || string(d.Body) != "{}" {
		t.Errorf("%+v", d)
	}
}

func TestLogIsBounded(t *testing.T) {
	b := newBench(t, func(c *delivery.Config) { c.LogBytes = 100_000 })
	b.handle("wh_ok", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1000)) })
	b.handle("wh_bad", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	for i := range 2000 {
		b.send("wh_ok", fmt.Sprint(i))
		if i%100 == 0 {
			b.send("wh_bad", "must stay")
		}
		b.wait(t)
	}
	pending, last := 0, ""
	all := b.Deliveries()
	for _, d := range all {
		if d.Status == delivery.Pending {
			pending++
		} else {
			last = string(d.Body)
		}
	}
	if pending != 20 {
		t.Errorf("%d pending deliveries in the log, want all 20", pending)
	}
	if len(all) < 50 || len(all) > 120 {
		t.Errorf("%d deliveries of some 1500 bytes in a log of 100 kB", len(all))
	}
	if last != "1999" {
		t.Errorf("the last one in the log is %s", last)
	}
	if _, ok := b.Delivery("dlv_1"); ok {
		t.Log("the oldest pending one is still found, as it must")
	}
	if _, ok := b.Delivery("dlv_2"); !ok { // the first to wh_bad
		t.Error("a pending delivery was dropped")
	}
	_, total := b.Page("wh_ok", 0, 1)
	if total != len(all)-pending {
		t.Errorf("the endpoint's log has %d entries, the whole one %d", total, len(all)-pending)
	}
}

func TestConcurrentSenders(t *testing.T) {
	b := newBench(t, nil)
	const endpoints, senders, each = 8, 8, 200
	receivers := make([]*receiver, endpoints)
	for i := range receivers {
		receivers[i] = &receiver{b: b}
		b.handle(fmt.Sprint("wh_", i), receivers[i].ServeHTTP)
	}
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				for e := range endpoints {
					b.send(fmt.Sprint("wh_", e), fmt.Sprintf("%d %d", s, i))
				}
			}
		})
	}
	wg.Go(func() {
		for range 50 {
			b.Deliveries()
			b.clock.Advance(time.Second)
		}
	})
	wg.Wait()
	b.wait(t)
	for e, r := range receivers {
		if len(r.seen) != senders*each {
			t.Errorf("endpoint %d got %d requests", e, len(r.seen))
		}
		next := make([]int, senders)
		for _, q := range r.seen {
			var s, i int
			fmt.Sscan(q.Body, &s, &i)
			if i != next[s] {
				t.Fatalf("endpoint %d: %d of sender %d came before %d", e, i, s, next[s])
			}
			next[s]++
		}
	}
}
