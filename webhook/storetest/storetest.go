package storetest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

// Config says how to run the suite.
type Config struct {
	// New returns the store under test. It may return the same one each time:
	// every check uses keys of its own. It is required.
	New func(t testing.TB) webhook.Store
	// Advance lets time pass for the store. Without it the suite waits, some
	// seconds in all with the default lease.
	Advance func(d time.Duration)
	// Lease is the lease that the checks use; one second if it is 0. Make it
	// longer for a store with a coarser clock.
	Lease time.Duration
}

// Run runs every check as a subtest.
func Run(t *testing.T, config Config) {
	t.Helper()
	if config.New == nil {
		t.Fatal("storetest: Config.New is nil")
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(newSuite(t, config)) })
	}
}

// suite is one check's view of the store.
type suite struct {
	t       testing.TB
	ctx     context.Context
	store   webhook.Store
	key     string
	lease   time.Duration
	advance func(time.Duration)
}

func newSuite(t testing.TB, config Config) *suite {
	s := &suite{t: t, ctx: t.Context(), store: config.New(t), key: "storetest-" + rand.Text(),
		lease: config.Lease, advance: config.Advance}
	if s.store == nil {
		t.Fatal("storetest: Config.New returned nil")
	}
	if s.lease == 0 {
		s.lease = time.Second
	}
	if s.advance == nil {
		s.advance = time.Sleep
	}
	return s
}

// expire lets the lease run out with something to spare.
func (s *suite) expire() { s.advance(s.lease + s.lease/5) }

// half lets part of a lease pass, so that two halves are more than one lease.
func (s *suite) half() { s.advance(s.lease * 7 / 10) }

func (s *suite) claim(token string, want webhook.ClaimState) {
	s.t.Helper()
	s.claimKey(s.key, token, want)
}

func (s *suite) claimKey(key, token string, want webhook.ClaimState) {
	s.t.Helper()
	got, err := s.store.Claim(s.ctx, key, token, s.lease)
	if err != nil {
		s.t.Fatalf("Claim of %q by %s: %v", key, token, err)
	}
	if got != want {
		s.t.Fatalf("Claim of %q by %s: %s, want %s", key, token, stateName(got), stateName(want))
	}
}

func (s *suite) renew(token string, want error) {
	s.t.Helper()
	s.check("Renew", token, s.store.Renew(s.ctx, s.key, token, s.lease), want)
}

func (s *suite) commit(token string, want error) {
	s.t.Helper()
	s.check("Commit", token, s.store.Commit(s.ctx, s.key, token, time.Hour), want)
}

func (s *suite) release(token string) {
	s.t.Helper()
	s.check("Release", token, s.store.Release(s.ctx, s.key, token), nil)
}
