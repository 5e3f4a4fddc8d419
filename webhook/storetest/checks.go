package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

const (
	acquired = webhook.ClaimAcquired
	held     = webhook.ClaimHeld
	done     = webhook.ClaimDone
)

var lost = webhook.ErrLeaseLost

func stateName(state webhook.ClaimState) string {
	switch state {
	case acquired:
		return "ClaimAcquired"
	case held:
		return "ClaimHeld"
	case done:
		return "ClaimDone"
	}
	return fmt.Sprintf("ClaimState(%d)", state)
}

func (s *suite) check(method, token string, got, want error) {
	s.t.Helper()
	if want == nil && got != nil || want != nil && !errors.Is(got, want) {
		s.t.Fatalf("%s by %s: error %v, want %v", method, token, got, want)
	}
}

type check struct {
	name string
	run  func(*suite)
}

var checks = []check{
	{"a claim keeps others out", func(s *suite) {
		s.claim("a", acquired)
		s.claim("b", held)
	}},
	{"a claim may be repeated with its token", func(s *suite) {
		s.claim("a", acquired)
		s.half()
		s.claim("a", acquired)
		s.half()
		s.claim("b", held)
	}},
	{"keys are apart", func(s *suite) {
		// Each pair collides in a store that folds, trims, globs or cuts.
		for i, suffix := range []string{"x", "X", "x ", " x", "x*", "x:1", "x:2", "ü", "u\u0308", "é\n", strings.Repeat("k", 90), strings.Repeat("k", 89) + "l"} {
			key, token := s.key+suffix, fmt.Sprint("t", i)
			s.claimKey(key, token, acquired)
			s.claimKey(key, "other", held)
		}
	}},
	{"a commit is final", func(s *suite) {
		s.claim("a", acquired)
		s.commit("a", nil)
		s.claim("b", done)
		s.claim("a", done)
		s.expire()
		s.claim("b", done)
	}},
	{"a commit is forgotten after its time", func(s *suite) {
		s.claim("a", acquired)
		s.check("Commit", "a", s.store.Commit(s.ctx, s.key, "a", s.lease), nil)
		s.claim("b", done)
		s.expire()
		s.claim("b", acquired)
	}},
	{"a commit may be long", func(s *suite) {
		s.claim("a", acquired)
		s.check("Commit", "a", s.store.Commit(s.ctx, s.key, "a", 365*24*time.Hour), nil)
		s.claim("b", done)
	}},
	{"a release frees", func(s *suite) {
		s.claim("a", acquired)
		s.release("a")
		s.claim("b", acquired)
	}},
	{"a release of others' claims does nothing", func(s *suite) {
		s.release("nobody")
		s.claim("a", acquired)
		s.release("b")
		s.claim("b", held)
		s.commit("a", nil)
		s.release("a")
		s.release("b")
		s.claim("c", done)
	}},
	{"a lease runs out", func(s *suite) {
		s.claim("a", acquired)
		s.expire()
		s.claim("b", acquired)
	}},
	{"renewing prolongs the lease", func(s *suite) {
		s.claim("a", acquired)
		for range 3 {
			s.half()
			s.renew("a", nil)
		}
		s.claim("b", held)
		s.expire()
		s.claim("b", acquired)
	}},
	{"only a running lease can be renewed", func(s *suite) {
		s.renew("a", lost)
		s.claim("a", acquired)
		s.renew("b", lost)
		s.expire()
		s.renew("a", lost)
		s.claim("b", acquired)
		s.renew("a", lost)
		s.release("b")
		s.renew("b", lost)
		s.claim("c", acquired)
		s.commit("c", nil)
		s.renew("c", lost)
		s.claim("d", done)
	}},
	{"a late commit counts if nobody was faster", func(s *suite) {
		s.claim("a", acquired)
		s.expire()
		s.commit("a", nil)
		s.claim("b", done)
	}},
	{"a late commit does not touch another's claim", func(s *suite) {
		s.claim("a", acquired)
		s.expire()
		s.claim("b", acquired)
		s.commit("a", lost)
		s.claim("c", held)
		s.release("a")
		s.claim("c", held)
		s.commit("b", nil)
		s.commit("a", lost)
		s.claim("c", done)
	}},
	{"of many claims at once one wins", func(s *suite) {
		const keys, claimers = 20, 32
		for k := range keys {
			var wins, losses atomic.Int32
			var wg sync.WaitGroup
			start := make(chan struct{})
			for c := range claimers {
				wg.Go(func() {
					<-start
					state, err := s.store.Claim(s.ctx, fmt.Sprint(s.key, k), fmt.Sprint("t", c), time.Minute)
					switch {
					case err == nil && state == acquired:
						wins.Add(1)
					case err == nil && state == held:
						losses.Add(1)
					}
				})
			}
			close(start)
			wg.Wait()
			if wins.Load() != 1 || losses.Load() != claimers-1 {
				s.t.Fatalf("%d of %d claims acquired and %d held, want 1 and %d", wins.Load(), claimers, losses.Load(), claimers-1)
			}
		}
	}},
	{"a canceled call fails", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		if state, err := s.store.Claim(ctx, s.key, "a", s.lease); err == nil {
			s.t.Fatalf("Claim with a canceled context: %s, want an error", stateName(state))
		}
		s.claim("b", acquired)
	}},
}
