package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func TestAsyncAnswersFirstAndBoundsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		var rejected rejections
		var watch recording
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
			pass(time.Minute / 2)
			seen.add(e.ID)
			return nil
		}, webhook.Async(2, 3), rejected.option(), webhook.WithObserver(&watch))
		begin := time.Now()
		for n := range 5 {
			expect(t, "accepted", post(h, numbered(n)), 200)
		}
		expect(t, "queue full", post(h, numbered(5)), 503)
		if took := time.Since(begin); took != 0 || seen.total() != 0 {
			t.Errorf("answered after %v with %d handled", took, seen.total())
		}
		synctest.Wait()
		expect(t, "depth of the queue", watch.depth, 3)
		if last := rejected.last(); last.Reason != webhook.ReasonQueueFull {
			t.Errorf("reason %q", last.Reason)
		}
		expect(t, "duplicate of a waiting one", post(h, numbered(4)), 503)
		pass(31 * time.Second)
		expect(t, "after two are done", post(h, numbered(5)), 200)
		expect(t, "duplicate of a done one", post(h, numbered(0)), 200)
		must(t, h.Shutdown(t.Context()))
		expect(t, "handled", seen.total(), 6)
		expect(t, "depth of the queue at last", watch.depth, 0)
	})
}

func TestAsyncRetriesAndThenBuries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		var letters []webhook.DeadLetter
		var watch recording
		begin := time.Now()
		heal := false
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
			if heal {
				return nil
			}
			at = append(at, time.Since(begin))
			if len(at)%2 == 0 {
				panic(errHandler)
			}
			return errHandler
		}, webhook.Async(1, 10), webhook.AsyncRetry(4, time.Second, 3*time.Second), webhook.WithObserver(&watch),
			webhook.OnDeadLetter(func(ctx context.Context, l webhook.DeadLetter) {
				if ctx.Err() != nil {
					t.Errorf("context of OnDeadLetter: %v", ctx.Err())
				}
				letters = append(letters, l)
			}))
		expect(t, "status", post(h, numbered(1)), 200)
		pass(8 * time.Second) // well within the lease
		synctest.Wait()
		if len(at) != 4 || len(letters) != 1 {
			t.Fatalf("%d attempts, %d dead letters", len(at), len(letters))
		}
		for i, most := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			if wait := at[i+1] - at[i]; wait < most/2 || wait > most {
				t.Errorf("wait %d was %v, want from %v to %v", i+1, wait, most/2, most)
			}
		}
		l := letters[0]
		if l.Attempts != 4 || !errors.Is(l.Err, errHandler) || string(l.Event.Body) != string(numbered(1)) {
			t.Errorf("dead letter after %d attempts with %v", l.Attempts, l.Err)
		}
		var lines []string
		for _, line := range watch.take() {
			lines = append(lines, strings.SplitN(line, ":", 2)[0])
		}
		want := []string{"received evt_1", "failed evt_1 1", "failed evt_1 2", "failed evt_1 3", "failed evt_1 4"}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		heal = true
		expect(t, "resent by hand", post(h, numbered(1)), 200)
		synctest.Wait()
		if diff := cmp.Diff([]string{"received evt_1", "handled evt_1 1"}, watch.take()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		must(t, h.Shutdown(t.Context()))
		expect(t, "dead letters", len(letters), 1)
	})
}

// Events that wait for their next attempt keep their place, but no worker.
func TestFailingEventsDoNotBlockOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
			if seen.add(e.ID) < 5 && e.ID == "evt_1" {
				return errHandler
			}
			return nil
		}, webhook.Async(1, 2))
		expect(t, "failing", post(h, numbered(1)), 200)
		synctest.Wait()
		begin := time.Now()
		for n := range 20 {
			expect(t, "others", post(h, numbered(n+2)), 200)
			synctest.Wait()
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("others took %v", took)
		}
		must(t, h.Shutdown(t.Context()))
		expect(t, "attempts of the failing one", seen.of("evt_1"), 5)
		expect(t, "in all", seen.total(), 25)
	})
}

func TestAsyncAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var causes []error
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			begin := time.Now()
			<-ctx.Done()
			causes = append(causes, context.Cause(ctx))
			if took := time.Since(begin); took != webhook.DefaultAsyncTimeout {
				t.Errorf("timed out after %v", took)
			}
			return ctx.Err()
		}, webhook.Async(1, 0), webhook.AsyncRetry(2, 0, 0))
		expect(t, "status", post(h, numbered(1)), 200)
		must(t, h.Shutdown(t.Context()))
		if len(causes) != 2 || !errors.Is(causes[0], webhook.ErrHandlerTimeout) {
			t.Errorf("causes %v", causes)
		}
	})
}

func TestAsyncSurvivesGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		var letters atomic.Int32
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
			seen.add(e.ID)
			if e.ID == "evt_1" {
				runtime.Goexit()
			}
			return nil
		}, webhook.Async(1, 5), webhook.AsyncRetry(2, 0, 0), webhook.OnDeadLetter(func(context.Context, webhook.DeadLetter) {
			letters.Add(1)
			runtime.Goexit()
		}))
		for n := range 4 {
			expect(t, "status", post(h, numbered(n)), 200)
		}
		must(t, h.Shutdown(t.Context()))
		if seen.of("evt_1") != 2 || seen.total() != 5 || letters.Load() != 1 {
			t.Errorf("evt_1 ran %d times, all %d, %d dead letters", seen.of("evt_1"), seen.total(), letters.Load())
		}
	})
}

// An event whose claim was lost while it waited was acknowledged all the same.
func TestAsyncRegainsALostClaim(t *testing.T) {
	for _, done := range []bool{false, true} {
		t.Run(fmt.Sprint("done by another ", done), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen calls
				var letters atomic.Int32
				down := errors.New("store down")
				var broken atomic.Bool
				store := newSpy(func(context.Context, string) error {
					if broken.Load() {
						return down
					}
					return nil
				})
				h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
					if seen.add(e.ID) == 1 && e.ID == "evt_1" {
						return errHandler
					}
					return nil
				}, webhook.Async(1, 5), webhook.AsyncRetry(6, 2*time.Minute, 2*time.Minute), webhook.Dedup(store, 0),
					webhook.OnDeadLetter(func(context.Context, webhook.DeadLetter) { letters.Add(1) }))
				expect(t, "status", post(h, numbered(1)), 200)
				synctest.Wait()
				broken.Store(true)
				pass(40 * time.Second) // the claim is lost
				broken.Store(false)
				if done {
					if state, err := store.Claim(t.Context(), "evt_1", "other", time.Minute); state != webhook.ClaimAcquired || err != nil {
						t.Fatal(state, err)
					}
					must(t, store.Commit(t.Context(), "evt_1", "other", time.Hour))
				}
				must(t, h.Shutdown(t.Context()))
				want := 2
				if done {
					want = 1
				}
				expect(t, "runs", seen.of("evt_1"), want)
				expect(t, "dead letters", int(letters.Load()), 0)
				expect(t, "new arrival", post(h, numbered(2)), 503)
			})
		})
	}
}

func TestAsyncGivesUpAClaimThatAnotherKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSpy(nil)
		var letter webhook.DeadLetter
		h := newHandler(t, func(context.Context, *webhook.Event) error { return errHandler },
			webhook.Async(1, 1), webhook.AsyncRetry(3, time.Minute, time.Minute), webhook.Dedup(store, 0),
			webhook.OnDeadLetter(func(_ context.Context, l webhook.DeadLetter) { letter = l }))
		store.before = failing("renew", webhook.ErrLeaseLost)
		expect(t, "status", post(h, numbered(1)), 200)
		synctest.Wait()
		pass(15 * time.Second)
		store.Store = webhook.NewMemoryStore(0) // as if the lease were another's
		if _, err := store.Claim(t.Context(), "evt_1", "other", time.Hour); err != nil {
			t.Fatal(err)
		}
		must(t, h.Shutdown(t.Context()))
		if letter.Event == nil || letter.Attempts != 3 || letter.Err == nil {
			t.Errorf("dead letter %+v", letter)
		}
	})
}

// 10 000 events, a stop in the middle: what was answered 200 is handled, what
// was answered 503 is not.
func TestShutdownLosesNothing(t *testing.T) {
	const events, senders = 10_000, 16
	var handled calls
	var accepted sync.Map
	var accepts, refusals, letters atomic.Int32
	fails := rand.New(rand.NewPCG(1, 2))
	flaky := make([]bool, events)
	for n := range flaky {
		flaky[n] = fails.IntN(10) == 0
	}
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
		var n int
		_, _ = fmt.Sscanf(e.ID, "evt_%d", &n)
		if handled.add(e.ID) == 1 && flaky[n] {
			return errHandler
		}
		return nil
	}, webhook.Async(8, 20_000), webhook.AsyncRetry(3, 0, 0), webhook.OnDeadLetter(func(context.Context, webhook.DeadLetter) { letters.Add(1) }))
	half := make(chan struct{})
	var next atomic.Int32
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for n := int(next.Add(1)); n <= events; n = int(next.Add(1)) {
				if n == events/2 {
					close(half)
				}
				switch status := post(h, numbered(n-1)); status {
				case 200:
					accepted.Store(fmt.Sprint("evt_", n-1), true)
					accepts.Add(1)
				case 503:
					refusals.Add(1)
				default:
					t.Errorf("status %d", status)
				}
			}
		})
	}
	<-half
	must(t, h.Shutdown(t.Context()))
	// Nothing may be handled from here on.
	total := handled.total()
	wg.Wait()
	if accepts.Load()+refusals.Load() != events || refusals.Load() == 0 || accepts.Load() < events/4 {
		t.Errorf("%d accepted, %d refused", accepts.Load(), refusals.Load())
	}
	lost := 0
	accepted.Range(func(id, _ any) bool {
		if handled.of(id.(string)) == 0 {
			lost++
		}
		return true
	})
	if lost != 0 || letters.Load() != 0 || handled.total() != total {
		t.Errorf("%d lost, %d dead letters, %d handled after the end", lost, letters.Load(), handled.total()-total)
	}
	handled.mu.Lock()
	defer handled.mu.Unlock()
	if len(handled.m) != int(accepts.Load()) {
		t.Errorf("%d handled, %d accepted", len(handled.m), accepts.Load())
	}
}

func TestShutdownThatRunsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		letters, buried := map[string]webhook.DeadLetter{}, 0
		var mu sync.Mutex
		var obedient, deaf error
		store := newSpy(nil)
		h := newHandler(t, func(ctx context.Context, e *webhook.Event) error {
			switch e.ID {
			case "evt_0":
				<-ctx.Done()
				obedient = context.Cause(ctx)
				return obedient
			case "evt_1":
				pass(time.Hour) // deaf
				deaf = context.Cause(ctx)
				return deaf
			default:
				return errHandler
			}
		}, webhook.Async(3, 10), webhook.HandlerTimeout(2*time.Hour), webhook.AsyncRetry(5, time.Hour, time.Hour), webhook.Dedup(store, 0), webhook.OnDeadLetter(func(_ context.Context, l webhook.DeadLetter) {
			mu.Lock()
			defer mu.Unlock()
			letters[l.Event.ID] = l
			buried++
		}))
		for n := range 6 { // two running, and four that wait for their second attempt
			expect(t, "status", post(h, numbered(n)), 200)
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		err := h.Shutdown(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "5 events") {
			t.Errorf("Shutdown: %v", err)
		}
		if took := time.Since(begin); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("Shutdown took %v", took)
		}
		mu.Lock()
		for n := range 6 {
			if l := letters[fmt.Sprint("evt_", n)]; l.Event == nil || !errors.Is(l.Err, webhook.ErrShutdown) {
				t.Errorf("event %d: dead letter %+v", n, l)
			} else if l.Attempts != 1 {
				t.Errorf("event %d: %d attempts", n, l.Attempts)
			}
		}
		mu.Unlock()
		if !errors.Is(obedient, webhook.ErrShutdown) {
			t.Errorf("context of the running handler: %v", obedient)
		}
		renewals := store.count("renew")
		pass(2 * time.Hour)
		synctest.Wait()
		if !errors.Is(deaf, webhook.ErrShutdown) {
			t.Errorf("context of the deaf handler: %v", deaf)
		}
		expect(t, "renewals of what was given up", store.count("renew"), renewals)
		must(t, h.Shutdown(t.Context()))
		expect(t, "dead letters", buried, 6)
	})
}

func TestShutdownWaitsInEveryMode(t *testing.T) {
	slow := func(context.Context, *webhook.Event) error { pass(3 * time.Second); return nil }
	for name, opts := range map[string][]webhook.Option{
		"sync":    nil,
		"async":   {webhook.Async(1, 1)},
		"enqueue": {webhook.Enqueue(webhook.QueueFunc(slow))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var rejected rejections
				h := newHandler(t, slow, append(opts, rejected.option())...)
				var wg sync.WaitGroup
				wg.Go(func() { expect(t, "in flight", post(h, numbered(1)), 200) })
				synctest.Wait()
				begin := time.Now()
				for range 3 { // three at once, and each is told the same
					wg.Go(func() {
						must(t, h.Shutdown(t.Context()))
						if took := time.Since(begin); took != 3*time.Second {
							t.Errorf("Shutdown took %v", took)
						}
					})
				}
				synctest.Wait()
				expect(t, "new arrival", post(h, numbered(2)), 503)
				expect(t, "forged arrival", post(h, numbered(2), wrong), 503)
				if last := rejected.last(); last.Reason != webhook.ReasonShutdown || !errors.Is(last.Err, webhook.ErrShutdown) {
					t.Errorf("rejection %+v", last)
				}
				wg.Wait()
				canceled, cancel := context.WithCancel(t.Context())
				cancel()
				must(t, h.Shutdown(canceled)) // everything is over
			})
		})
	}
}

// A request that was let in before the shutdown, with a body that ends after.
func TestShutdownDuringABody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rejected rejections
		ran := false
		h := newHandler(t, func(context.Context, *webhook.Event) error { ran = true; return nil }, rejected.option())
		in, out := io.Pipe()
		r := webhooktest.NewRequest(webhook.FormatAPI, secret, numbered(1))
		r.Body = in
		w := httptest.NewRecorder()
		var wg sync.WaitGroup
		wg.Go(func() { h.ServeHTTP(w, r) })
		synctest.Wait()
		must(t, h.Shutdown(t.Context()))
		_, _ = out.Write(numbered(1))
		must(t, out.Close())
		wg.Wait()
		if last := rejected.last(); w.Code != 503 || ran || last.Reason != webhook.ReasonShutdown || last.Event == nil {
			t.Errorf("status %d, handler ran: %v, rejection %+v", w.Code, ran, last)
		}
	})
}

func TestShutdownOutOfTimeCancelsSyncHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return cause
		})
		var wg sync.WaitGroup
		wg.Go(func() { expect(t, "in flight", post(h, numbered(1)), 500) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		must(t, h.Shutdown(ctx)) // the handler obeyed, nothing is left
		if !errors.Is(cause, webhook.ErrShutdown) {
			t.Errorf("cause %v", cause)
		}
		wg.Wait()
	})
}

func TestUnusedHandlerHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
		newHandler(t, succeed, webhook.Async(8, 100))
		h := newHandler(t, succeed, webhook.Async(8, 100))
		for n := range 20 {
			expect(t, "status", post(h, numbered(n)), 200)
		}
	})
}
