package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

func TestMemoryStore(t *testing.T) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.run(newSuite(t, Config{New: func(testing.TB) webhook.Store { return webhook.NewMemoryStore(0) }}))
			})
		})
	}
}

// TestRun runs the suite as a user does, with a clock that stands still for
// everything but Advance.
func TestRun(t *testing.T) {
	var now time.Time
	Run(t, Config{
		New:     func(testing.TB) webhook.Store { return &mapStore{now: func() time.Time { return now }} },
		Advance: func(d time.Duration) { now = now.Add(d) },
		Lease:   time.Minute,
	})
}

// TestSuiteFindsEveryFlaw gives the suite stores that each break one promise.
func TestSuiteFindsEveryFlaw(t *testing.T) {
	flaws := []string{
		"claim ignores claims", "claim ignores repeated token", "claim folds case", "claim trims", "claim cuts keys",
		"claim ignores context", "claim forgets to expire", "claim after commit is held",
		"renew nothing", "renew anybody", "renew expired", "renew done",
		"commit refuses late", "commit overwrites claim", "commit overwrites commit", "commit keeps lease", "commit for ever",
		"release anybody", "release done", "release nothing", "release reports",
	}
	for _, flaw := range flaws {
		t.Run(flaw, func(t *testing.T) {
			var now time.Time
			config := Config{
				New:     func(testing.TB) webhook.Store { return &mapStore{flaw: flaw, now: func() time.Time { return now }} },
				Advance: func(d time.Duration) { now = now.Add(d) },
			}
			var found []string
			for _, c := range checks {
				r := &recorder{TB: t}
				over := make(chan struct{})
				go func() {
					defer close(over)
					c.run(newSuite(r, config))
				}()
				<-over
				if r.failed {
					found = append(found, c.name)
				}
			}
			if len(found) == 0 {
				t.Error("no check found it")
			}
		})
	}
}

// recorder notes a failure instead of failing.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	runtime.Goexit()
}

// mapStore is a second implementation, with a flaw on demand.
type mapStore struct {
	mu   sync.Mutex
	flaw string
	now  func() time.Time
	m    map[string]mapEntry
}

type mapEntry struct {
	token string
	done  bool
	until time.Time
}

func (s *mapStore) lock(key *string) (mapEntry, bool) {
	s.mu.Lock()
	if s.m == nil {
		s.m = make(map[string]mapEntry)
	}
	switch s.flaw {
	case "claim folds case":
		*key = strings.ToLower(*key)
	case "claim trims":
		*key = strings.TrimSpace(*key)
	case "claim cuts keys":
		*key = (*key)[:min(len(*key), 100)]
	}
	e, ok := s.m[*key]
	if ok && !s.now().Before(e.until) {
		switch {
		case s.flaw == "claim forgets to expire" && !e.done, s.flaw == "commit for ever" && e.done:
		case s.flaw == "renew expired" && !e.done:
		default:
			delete(s.m, *key)
			return mapEntry{}, false
		}
	}
	return e, ok
}

func (s *mapStore) Claim(ctx context.Context, key, token string, lease time.Duration) (webhook.ClaimState, error) {
	if ctx.Err() != nil && s.flaw != "claim ignores context" {
		return 0, ctx.Err()
	}
	e, ok := s.lock(&key)
	defer s.mu.Unlock()
	expired := s.flaw == "renew expired" && ok && !s.now().Before(e.until)
	switch {
	case ok && e.done && s.flaw != "claim after commit is held":
		return webhook.ClaimDone, nil
	case ok && !expired && s.flaw != "claim ignores claims" && (e.token != token || s.flaw == "claim ignores repeated token"):
		return webhook.ClaimHeld, nil
	}
	s.m[key] = mapEntry{token: token, until: s.now().Add(lease)}
	return webhook.ClaimAcquired, nil
}

func (s *mapStore) Renew(_ context.Context, key, token string, lease time.Duration) error {
	e, ok := s.lock(&key)
	defer s.mu.Unlock()
	if s.flaw == "renew nothing" && ok {
		return nil
	}
	if !ok || e.done && s.flaw != "renew done" || e.token != token && s.flaw != "renew anybody" {
		return fmt.Errorf("renew: %w", webhook.ErrLeaseLost)
	}
	e.until = s.now().Add(lease)
	s.m[key] = e
	return nil
}

func (s *mapStore) Commit(_ context.Context, key, token string, ttl time.Duration) error {
	e, ok := s.lock(&key)
	defer s.mu.Unlock()
	if !ok && s.flaw == "commit refuses late" ||
		ok && e.token != token && (e.done && s.flaw != "commit overwrites commit" || !e.done && s.flaw != "commit overwrites claim") {
		return webhook.ErrLeaseLost
	}
	until := s.now().Add(ttl)
	if s.flaw == "commit keeps lease" && ok {
		until = e.until
	}
	s.m[key] = mapEntry{token: token, done: true, until: until}
	return nil
}

func (s *mapStore) Release(_ context.Context, key, token string) error {
	e, ok := s.lock(&key)
	defer s.mu.Unlock()
	if s.flaw == "release reports" && (!ok || e.token != token) {
		return errors.New("not yours")
	}
	if ok && (!e.done || s.flaw == "release done") && (e.token == token || s.flaw == "release anybody") && s.flaw != "release nothing" {
		delete(s.m, key)
	}
	return nil
}
