package delivery_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

// The attempts of a delivery that never succeeds, by the webhook guide.
var attemptTimes = []time.Duration{
	0,
	5 * time.Minute,
	35 * time.Minute,
	2*time.Hour + 35*time.Minute,
	10*time.Hour + 35*time.Minute,
	34*time.Hour + 35*time.Minute,
}

func TestSixAttempts(t *testing.T) {
	for name, pass := range map[string]func(*bench, time.Duration){
		"Advance": func(b *bench, d time.Duration) { b.clock.Advance(d) },
		"Sleep":   func(_ *bench, d time.Duration) { time.Sleep(d); synctest.Wait() },
		"steps": func(b *bench, d time.Duration) {
			for ; d > 0; d -= 7 * time.Minute {
				b.clock.Advance(7 * time.Minute)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, nil)
				r := &receiver{b: b, statuses: []int{503}}
				b.handle("wh_1", r.ServeHTTP)
				b.send("wh_1", "{}")
				b.wait(t)
				if d := b.only(t); d.Status != delivery.Pending || d.NextAttemptAt != start.Add(5*time.Minute) {
					t.Errorf("after the first attempt: %v, next at %v", d.Status, d.NextAttemptAt)
				}
				pass(b, 40*time.Hour)
				var want []request
				for i, at := range attemptTimes {
					want = append(want, request{At: at, Body: "{}", ID: "dlv_1", Retry: []string{"", "1", "2", "3", "4", "5"}[i], Signed: true})
				}
				if diff := cmp.Diff(want, r.seen); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				d := b.only(t)
				if d.Status != delivery.Failed || !d.NextAttemptAt.IsZero() {
					t.Errorf("in the end: %v, next at %v", d.Status, d.NextAttemptAt)
				}
				for i, a := range d.Attempts {
					if a.At != start.Add(attemptTimes[i]) || a.StatusCode != 503 || a.Error != "" {
						t.Errorf("attempt %d in the log: %+v", i, a)
					}
				}
				if len(d.Attempts) != delivery.MaxAttempts {
					t.Errorf("%d attempts in the log", len(d.Attempts))
				}
				if n := b.clock.Pending(); n != 0 {
					t.Errorf("%d timers are left", n)
				}
			})
		})
	}
}

func TestSuccessEndsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		r := &receiver{b: b, statuses: []int{500, 302, 204}}
		b.handle("wh_1", r.ServeHTTP)
		b.send("wh_1", "x")
		b.clock.Advance(40 * time.Hour)
		d := b.only(t)
		if len(r.seen) != 3 || d.Status != delivery.Succeeded || d.Attempts[2].StatusCode != 204 {
			t.Errorf("%d requests, delivery %+v", len(r.seen), d)
		}
	})
}

func TestOutcomes(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	type outcome struct {
		Status   delivery.Status
		Code     int
		Response string
		Error    string
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    outcome
	}{
		"200":             {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "OK") }, outcome{delivery.Succeeded, 200, "OK", ""}},
		"nothing written": {func(http.ResponseWriter, *http.Request) {}, outcome{delivery.Succeeded, 200, "", ""}},
		"299":             {status(299), outcome{delivery.Succeeded, 299, "", ""}},
		"first status": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(201)
			w.WriteHeader(500)
		}, outcome{delivery.Succeeded, 201, "", ""}},
		"300":             {status(300), outcome{delivery.Pending, 300, "", ""}},
		"redirect":        {http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect).ServeHTTP, outcome{delivery.Pending, 307, "", ""}},
		"400":             {status(400), outcome{delivery.Failed, 400, "", ""}},
		"408":             {status(408), outcome{delivery.Failed, 408, "", ""}},
		"429":             {status(429), outcome{delivery.Failed, 429, "", ""}},
		"499":             {status(499), outcome{delivery.Failed, 499, "", ""}},
		"500":             {status(500), outcome{delivery.Pending, 500, "", ""}},
		"599":             {status(599), outcome{delivery.Pending, 599, "", ""}},
		"600":             {status(600), outcome{delivery.Pending, 600, "", ""}},
		"invalid status":  {status(42), outcome{delivery.Pending, 0, "", "the handler panicked: invalid WriteHeader code 42"}},
		"panic":           {func(http.ResponseWriter, *http.Request) { panic("oh") }, outcome{delivery.Pending, 0, "", "the handler panicked: oh"}},
		"panic after all": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic("oh") }, outcome{delivery.Pending, 0, "", "the handler panicked: oh"}},
		"abort":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, outcome{delivery.Pending, 0, "", "the handler aborted the answer"}},
		"FailNow":         {func(http.ResponseWriter, *http.Request) { goexit() }, outcome{delivery.Pending, 0, "", "the handler ended its goroutine, as FailNow of a test does"}},
		"too slow": {func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(delivery.Timeout + 1)
			io.WriteString(w, "OK")
		}, outcome{delivery.Pending, 0, "", "no answer within 5s"}},
		"just in time": {func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(delivery.Timeout - 1)
			io.WriteString(w, "OK")
		}, outcome{delivery.Succeeded, 200, "OK", ""}},
		"waits for ever": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, outcome{delivery.Pending, 0, "", "no answer within 5s"}},
		"stalls in the body": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(202)
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, outcome{delivery.Succeeded, 202, "half", "the answer broke off after 4 bytes: context deadline exceeded"}},
		"panic in the body": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Repeat("x", 4096))
			panic("oh")
		}, outcome{delivery.Succeeded, 200, strings.Repeat("x", 4096), "the answer broke off after 4096 bytes: the handler panicked: oh"}},
		"long body": {func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				io.WriteString(w, strings.Repeat("y", 1000))
			}
		}, outcome{delivery.Succeeded, 200, strings.Repeat("y", 64<<10), ""}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, nil)
				next := &receiver{b: b}
				var calls atomic.Int32
				b.handle("wh_1", func(w http.ResponseWriter, r *http.Request) {
					if calls.Add(1) == 1 {
						tt.handler(w, r)
						return
					}
					next.ServeHTTP(w, r)
				})
				b.send("wh_1", "first", "second")
				b.wait(t)
				d := b.deliveries()[0]
				a := d.Attempts[0]
				got := outcome{d.Status, a.StatusCode, string(a.Response), a.Error}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got, want := !d.NextAttemptAt.IsZero(), d.Status == delivery.Pending; got != want {
					t.Errorf("another attempt follows: %v", got)
				}
				if a.Duration < 0 || a.Duration > delivery.Timeout {
					t.Errorf("Duration = %v", a.Duration)
				}
				if diff := cmp.Diff([]string{"second"}, next.bodies()); diff != "" {
					t.Errorf("the next delivery (-want +got):\n%s", diff)
				}
				time.Sleep(time.Second) // lets a handler that was given up on end
			})
		})
	}
}
