package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func TestIdenticalDeliveriesAtOnceRunOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
			pass(time.Second)
			seen.add(e.ID)
			return nil
		})
		var done, running atomic.Int32
		deliver := func() {
			switch status := post(h, numbered(1)); status {
			case 200:
				done.Add(1)
			case 503:
				running.Add(1)
			default:
				t.Errorf("status %d", status)
			}
		}
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(deliver)
		}
		wg.Wait()
		if seen.of("evt_1") != 1 || done.Load() != 1 || running.Load() != 99 {
			t.Errorf("ran %d times; %d answers 200, %d answers 503", seen.of("evt_1"), done.Load(), running.Load())
		}
		for range 100 {
			wg.Go(deliver)
		}
		wg.Wait()
		if seen.of("evt_1") != 1 || done.Load() != 101 {
			t.Errorf("afterward: ran %d times, %d answers 200", seen.of("evt_1"), done.Load())
		}
	})
}

// The same without fake time, for the race detector.
func TestIdenticalDeliveriesInParallel(t *testing.T) {
	var seen calls
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil })
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if status := post(h, numbered(1)); status != 200 && status != 503 {
				t.Errorf("status %d", status)
			}
		})
	}
	wg.Wait()
	expect(t, "runs", seen.of("evt_1"), 1)
}

func TestFailedHandlerRunsAgainOnRedelivery(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errHandler },
		"panic":  func() error { panic("no") },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			var seen calls
			h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
				if seen.add(e.ID) < 3 {
					return fail()
				}
				return nil
			})
			for i, want := range []int{500, 500, 200, 200} {
				expect(t, fmt.Sprint("delivery ", i+1), post(h, numbered(1)), want)
			}
			expect(t, "runs", seen.of("evt_1"), 3)
		})
	}
}

// The provider's schedule, with every answer lost: the work is done once.
func TestEveryRetryOfTheProviderIsRecognized(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil })
		var waits = []time.Duration{0, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour, 24 * time.Hour}
		for retry, wait := range waits {
			pass(wait + 5*time.Second)
			expect(t, "status", post(h, numbered(1), webhooktest.Retry(retry)), 200)
		}
		expect(t, "runs", seen.of("evt_1"), 1)
		pass(72 * time.Hour)
		expect(t, "after the window", post(h, numbered(1)), 200)
		expect(t, "runs", seen.of("evt_1"), 2)
	})
}

func TestWithoutDedupEveryDeliveryRuns(t *testing.T) {
	var seen calls
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil }, webhook.WithoutDedup())
	for range 3 {
		expect(t, "status", post(h, numbered(1)), 200)
	}
	expect(t, "runs", seen.of("evt_1"), 3)
}

func TestBothFormsOfAnEventAreOneEvent(t *testing.T) {
	var seen calls
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil })
	for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
		expect(t, "status", webhooktest.Post(h, format, secret, webhooktest.Sample(format, "order.created")).StatusCode, 200)
	}
	expect(t, "runs", seen.total(), 1)
}

func TestEventsWithoutAnIDAreToldApartByTheirBody(t *testing.T) {
	var seen calls
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil })
	for _, body := range []string{`{"event":"t","data":{"n":1}}`, `{"event":"t","data":{"n":2}}`, `{"event":"t","data":{"n":1}}`} {
		expect(t, "status", post(h, []byte(body)), 200)
	}
	expect(t, "runs", seen.total(), 2)
}

// A crash between claim and commit: the claim stays until its lease is over.
func TestEventRunsAgainAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := webhook.NewMemoryStore(0)
		if state, err := store.Claim(t.Context(), "evt_1", "of the crashed one", webhook.DefaultLease); err != nil || state != webhook.ClaimAcquired {
			t.Fatal(state, err)
		}
		var seen calls
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil }, webhook.Dedup(store, 0))
		pass(webhook.DefaultLease - time.Second)
		expect(t, "within the lease", post(h, numbered(1)), 503)
		expect(t, "runs", seen.of("evt_1"), 0)
		pass(time.Second)
		expect(t, "after the lease", post(h, numbered(1)), 200)
		expect(t, "runs", seen.of("evt_1"), 1)
	})
}

// spyStore is a memory store whose calls can be made to fail or hang.
type spyStore struct {
	webhook.Store
	mu    sync.Mutex
	calls []string
	keys  map[string]bool
	// before runs ahead of each call; its error is the call's.
	before func(ctx context.Context, method string) error
}

func newSpy(before func(ctx context.Context, method string) error) *spyStore {
	return &spyStore{Store: webhook.NewMemoryStore(0), keys: map[string]bool{}, before: before}
}

func (s *spyStore) enter(ctx context.Context, method, key string) error {
	s.mu.Lock()
	s.calls = append(s.calls, method)
	s.keys[key] = true
	s.mu.Unlock()
	if s.before == nil {
		return nil
	}
	return s.before(ctx, method)
}

func (s *spyStore) count(method string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c == method {
			n++
		}
	}
	return n
}

func (s *spyStore) Claim(ctx context.Context, key, token string, lease time.Duration) (webhook.ClaimState, error) {
	if err := s.enter(ctx, "claim", key); err != nil {
		return 0, err
	}
	return s.Store.Claim(ctx, key, token, lease)
}

func (s *spyStore) Renew(ctx context.Context, key, token string, lease time.Duration) error {
	if err := s.enter(ctx, "renew", key); err != nil {
		return err
	}
	return s.Store.Renew(ctx, key, token, lease)
}

func (s *spyStore) Commit(ctx context.Context, key, token string, ttl time.Duration) error {
	if err := s.enter(ctx, "commit", key); err != nil {
		return err
	}
	return s.Store.Commit(ctx, key, token, ttl)
}

func (s *spyStore) Release(ctx context.Context, key, token string) error {
	if err := s.enter(ctx, "release", key); err != nil {
		return err
	}
	return s.Store.Release(ctx, key, token)
}

func failing(method string, err error) func(context.Context, string) error {
	return func(_ context.Context, m string) error {
		if m == method {
			return err
		}
		return nil
	}
}

func hanging(method string, obeys bool) func(context.Context, string) error {
	return func(ctx context.Context, m string) error {
		if m != method {
			return nil
		}
		if obeys {
			<-ctx.Done()
			return ctx.Err()
		}
		pass(10 * time.Minute)
		return errors.New("too late")
	}
}

func TestStoreTrouble(t *testing.T) {
	down := errors.New("store down")
	tests := map[string]struct {
		before func(context.Context, string) error
		fail   bool // the handler fails
		status int
		reason webhook.Reason
		took   time.Duration
		ran    int
	}{
		"claim fails":                 {failing("claim", down), false, 503, webhook.ReasonStore, 0, 0},
		"claim hangs":                 {hanging("claim", true), false, 503, webhook.ReasonTimeout, 4500 * time.Millisecond, 0},
		"claim hangs and is deaf":     {hanging("claim", false), false, 503, webhook.ReasonTimeout, 4500 * time.Millisecond, 0},
		"commit fails":                {failing("commit", down), false, 200, "", 0, 1},
		"commit hangs":                {hanging("commit", true), false, 200, "", 4500 * time.Millisecond, 1},
		"commit hangs and is deaf":    {hanging("commit", false), false, 200, "", 4500 * time.Millisecond, 1},
		"commit finds the claim lost": {failing("commit", webhook.ErrLeaseLost), false, 200, "", 0, 1},
		"release fails":               {failing("release", down), true, 500, webhook.ReasonHandler, 0, 1},
		"release hangs":               {hanging("release", false), true, 503, webhook.ReasonTimeout, 4500 * time.Millisecond, 1},
		"claim ends the goroutine":    {func(context.Context, string) error { runtime.Goexit(); return nil }, false, 503, webhook.ReasonStore, 0, 0},
		"commit panics, which is too late": {func(_ context.Context, m string) error {
			_ = map[string]int{"commit": 1}[m] == 1 && panicking()
			return nil
		}, false, 200, "", 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen calls
				var rejected rejections
				store := newSpy(test.before)
				h := newHandler(t, func(_ context.Context, e *webhook.Event) error {
					seen.add(e.ID)
					if test.fail {
						return errHandler
					}
					return nil
				}, webhook.Dedup(store, 0), rejected.option())
				begin := time.Now()
				expect(t, "status", post(h, numbered(1)), test.status)
				if took := time.Since(begin); took != test.took {
					t.Errorf("answered after %v, want %v", took, test.took)
				}
				if got := rejected.last().Reason; got != test.reason {
					t.Errorf("reason %q, want %q", got, test.reason)
				}
				must(t, h.Shutdown(t.Context()))
				expect(t, "runs", seen.of("evt_1"), test.ran)
				pass(time.Hour) // what still hangs comes back
			})
		})
	}
}

func panicking() bool { panic("in the store") }

func TestLeaseIsRenewedWhileTheHandlerRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSpy(nil)
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			pass(10*time.Minute + time.Second) // not at a renewal's own instant
			return ctx.Err()
		}, webhook.Dedup(store, 0), webhook.HandlerTimeout(time.Hour), webhook.DedupLease(15*time.Second))
		expect(t, "status", post(h, numbered(1)), 200)
		if n := store.count("renew"); n < 100 || n > 120 {
			t.Errorf("renewed %d times in 10 minutes with a lease of 15 s", n)
		}
		before := store.count("renew")
		pass(time.Hour)
		if n := store.count("renew"); n != before {
			t.Errorf("renewed %d times after the end", n-before)
		}
	})
}

func TestLostLeaseCancelsTheHandler(t *testing.T) {
	tests := map[string]struct {
		before func(context.Context, string) error
		after  time.Duration // when the handler's context ends
	}{
		"somebody else has it":     {failing("renew", webhook.ErrLeaseLost), 10 * time.Second},
		"store fails for too long": {failing("renew", errors.New("store down")), 30 * time.Second},
		"store hangs":              {hanging("renew", true), 30 * time.Second},
		"store hangs and is deaf":  {hanging("renew", false), 30 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var cause error
				var after time.Duration
				h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
					begin := time.Now()
					<-ctx.Done()
					cause, after = context.Cause(ctx), time.Since(begin)
					return cause
				}, webhook.Dedup(newSpy(test.before), 0), webhook.HandlerTimeout(time.Hour))
				expect(t, "status", post(h, numbered(1)), 500)
				if !errors.Is(cause, webhook.ErrLeaseLost) || after != test.after {
					t.Errorf("ended by %v after %v, want %v", cause, after, test.after)
				}
				must(t, h.Shutdown(t.Context()))
				pass(time.Hour)
			})
		})
	}
}

func TestStoreThatComesBackKeepsTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		down := errors.New("store down")
		store := newSpy(func(_ context.Context, method string) error {
			if at := time.Since(begin); method == "renew" && at > 5*time.Second && at < 25*time.Second {
				return down
			}
			return nil
		})
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			pass(5 * time.Minute)
			return ctx.Err()
		}, webhook.Dedup(store, 0), webhook.HandlerTimeout(time.Hour))
		expect(t, "status", post(h, numbered(1)), 200)
	})
}

// The answer is given, then the claim arrives: it must not stay.
func TestClaimAfterTheAnswerIsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen calls
		var claims atomic.Int32
		store := newSpy(func(ctx context.Context, method string) error {
			if method == "claim" && claims.Add(1) == 1 {
				<-ctx.Done() // and then succeed, too late
			}
			return nil
		})
		store.Store = lateStore{store.Store}
		h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil }, webhook.Dedup(store, 0))
		expect(t, "first", post(h, numbered(1)), 503)
		pass(webhook.DefaultLease)
		expect(t, "redelivery", post(h, numbered(1)), 200)
		expect(t, "runs", seen.of("evt_1"), 1)
	})
}

// lateStore does not look at the context.
type lateStore struct{ webhook.Store }

func (s lateStore) Claim(_ context.Context, key, token string, lease time.Duration) (webhook.ClaimState, error) {
	return s.Store.Claim(context.Background(), key, token, lease)
}

func TestLongIDsAreShortKeys(t *testing.T) {
	store := newSpy(nil)
	var seen calls
	h := newHandler(t, func(_ context.Context, e *webhook.Event) error { seen.add(e.ID); return nil }, webhook.Dedup(store, 0))
	long := strings.Repeat("x", 10_000)
	for _, id := range []string{long + "1", long + "2", long + "1"} {
		expect(t, "status", post(h, fmt.Appendf(nil, `{"id":%q,"type":"t"}`, id)), 200)
	}
	expect(t, "runs", seen.total(), 2)
	for key := range store.keys {
		if len(key) > 128 {
			t.Errorf("a key of %d bytes", len(key))
		}
	}
}

func TestMemoryStoreIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, s := t.Context(), webhook.NewMemoryStore(10)
		claim := func(key string) (webhook.ClaimState, error) { return s.Claim(ctx, key, "t", time.Hour) }
		for i := range 25 { // more done events than there is room for
			key := fmt.Sprint("done", i)
			if state, err := claim(key); err != nil || state != webhook.ClaimAcquired {
				t.Fatal(i, state, err)
			}
			must(t, s.Commit(ctx, key, "t", 72*time.Hour))
			pass(time.Second)
		}
		expect(t, "entries", s.Len(), 10)
		if state, _ := claim("done24"); state != webhook.ClaimDone {
			t.Error("the newest was forgotten")
		}
		if state, _ := claim("done14"); state != webhook.ClaimAcquired {
			t.Error("the oldest was not forgotten")
		}
		for i := range 9 { // and now claims, which must not be forgotten
			if state, err := claim(fmt.Sprint("held", i)); err != nil || state != webhook.ClaimAcquired {
				t.Fatal(i, state, err)
			}
		}
		if state, err := claim("one too many"); err == nil {
			t.Errorf("an eleventh claim: %v", state)
		}
		if state, err := claim("held0"); err != nil || state != webhook.ClaimAcquired {
			t.Errorf("repeated claim in a full store: %v, %v", state, err)
		}
		pass(2 * time.Hour)
		expect(t, "entries after the leases", s.Len(), 0)
	})
	s := new(webhook.MemoryStore)
	for i := range webhook.DefaultMemoryEntries + 7 {
		key := fmt.Sprint(i)
		if _, err := s.Claim(t.Context(), key, "t", time.Hour); err != nil {
			t.Fatal(err)
		}
		must(t, s.Commit(t.Context(), key, "t", time.Hour))
	}
	expect(t, "entries of the zero value", s.Len(), webhook.DefaultMemoryEntries)
}

func TestFullStoreIsAnAnswerOf503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rejected rejections
		h := newHandler(t, func(context.Context, *webhook.Event) error { pass(time.Second); return nil },
			webhook.Dedup(webhook.NewMemoryStore(1), 0), rejected.option())
		go post(h, numbered(1))
		synctest.Wait()
		expect(t, "second", post(h, numbered(2)), http.StatusServiceUnavailable)
		if last := rejected.last(); last.Reason != webhook.ReasonStore {
			t.Errorf("reason %q", last.Reason)
		}
		pass(2 * time.Second)
		expect(t, "later", post(h, numbered(2)), 200)
	})
}
