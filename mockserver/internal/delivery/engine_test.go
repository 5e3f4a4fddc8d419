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
		"X-Selgora-Signature": {delivery.Sign(delivery.FormatAPI, "s3cret", `{"a":1}`)},
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
		release := make(chan struct{})
		for i := range 10 {
			id := fmt.Sprintf("wh_%d", i)
			b.handle(id, func(http.ResponseWriter, *http.Request) { <-release })
			b.send(id, "a", "b", "c")
		}
		synctest.Wait()
		if n := engineGoroutines(); n != 10 {
			t.Errorf("%d goroutines for 10 endpoints with work", n)
		}
		close(release)
		b.wait(t)
		synctest.Wait()
		if n := engineGoroutines(); n != 0 {
			t.Errorf("%d goroutines while idle", n)
		}
	})
}

// engineGoroutines counts the goroutines that have something of the engine on
// their stacks, without the one that asks.
func engineGoroutines() int {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	_, others, _ := strings.Cut(string(text), "\n\n")
	n := 0
	for stack := range strings.SplitSeq(others, "\n\n") {
		if strings.Contains(stack, "internal/delivery.(*Engine)") {
			n++
		}
	}
	return n
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
		b.put("wh_rotated", e)
		b.send("wh_rotated", "a")
		b.wait(t)
		e.Secret = "s3cret"
		b.put("wh_rotated", e)
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
		b.put("wh_disabled", e)
		b.mu.Lock()
		delete(b.endpoints, "wh_deleted")
		b.mu.Unlock()
		b.clock.Advance(5 * time.Minute)
		for id, want := range map[int]string{1: "not sent: the endpoint is disabled", 2: "not sent: the endpoint was deleted"} {
			d := b.deliveries()[id]
			if len(d.Attempts) != 2 || d.Attempts[1].Error != want || d.Status != delivery.Failed {
				t.Errorf("%+v", d)
			}
		}
	})
}

func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500}}
		b.handle("wh_1", r.ServeHTTP)
		b.Resume(delivery.Message{ID: "dlv_7", EndpointID: "wh_1", Body: "a"}, 4, start.Add(time.Hour))
		b.Resume(delivery.Message{ID: "dlv_8", EndpointID: "wh_1", Body: "b"}, 0, time.Time{})
		b.Resume(delivery.Message{ID: "dlv_9", EndpointID: "wh_1", Body: "c"}, 6, start)
		b.clock.Advance(30 * time.Hour)
		want := []request{
			{Body: "b", ID: "dlv_8", Signed: true},
			{At: 5 * time.Minute, Body: "b", ID: "dlv_8", Retry: "1", Signed: true},
			{At: 35 * time.Minute, Body: "b", ID: "dlv_8", Retry: "2", Signed: true},
			{At: time.Hour, Body: "a", ID: "dlv_7", Retry: "4", Signed: true},
			{At: 155 * time.Minute, Body: "b", ID: "dlv_8", Retry: "3", Signed: true},
			{At: 635 * time.Minute, Body: "b", ID: "dlv_8", Retry: "4", Signed: true},
			{At: 25 * time.Hour, Body: "a", ID: "dlv_7", Retry: "5", Signed: true},
		}
		if diff := cmp.Diff(want, r.seen); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// What was due before it was resumed is due at once, so that Wait waits for it.
func TestResumeOverdue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		var retries []string
		b.put("wh_1", delivery.Endpoint{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			retries = append(retries, r.Header.Get("X-Selgora-Retry"))
		})})
		b.Resume(delivery.Message{ID: "dlv_7", EndpointID: "wh_1", Body: "a"}, 2, start.Add(-time.Hour))
		if err := b.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"2"}, retries); diff != "" {
			t.Errorf("retries made when Wait returned (-want +got):\n%s", diff)
		}
	})
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
		all := b.deliveries()
		if len(all) != 5 || len(all[4].Attempts) != 0 || all[0].Attempts[0].Error != "broken off: the server was closed" || len(all[3].Attempts) != 1 {
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
		if d := b.deliveries()[1]; len(d.Attempts) != 0 {
			t.Errorf("an attempt from before Reset was reported: %+v", d)
		}
		r.statuses = nil
		b.send("wh_1", "d")
		b.wait(t)
		if b.deliveries()[3].Status != delivery.Succeeded {
			t.Error("the engine does not work after Reset")
		}
	})
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
