package store

import (
	"sync"
	"time"
)

// Clock tells the time that everything in a Store goes by.
type Clock interface{ Now() time.Time }

// Store is one account. Its methods may be called from any goroutine; each is one transaction, which either happens as
// a whole or returns an error and changes nothing.
type Store struct {
	clock Clock

	mu       sync.RWMutex
	st       *state
	baseline *Snapshot
	sink     func(Change)
	pending  []Change
	calls    uint64
	changes  uint64
}

// New returns an empty account. The seed decides what ids look like: the same seed, clock and calls give the same bytes.
func New(clock Clock, seed uint64) *Store {
	s := &Store{clock: clock}
	now := s.now()
	s.st = newState(seed, now)
	s.baseline = s.snapshot()
	return s
}

// now is the time in whole seconds.
func (s *Store) now() time.Time { return wholeSeconds(s.clock.Now()) }

// begin starts a call that may change something, and returns its time.
func (s *Store) begin() time.Time {
	s.mu.Lock()
	s.calls++
	now := s.now()
	s.st.advance(now)
	return now
}

// end hands the changes that the call made to the sink, in order and before anybody else can make one.
func (s *Store) end() {
	for _, c := range s.pending {
		s.sink(c)
	}
	clear(s.pending)
	s.pending = s.pending[:0]
	s.mu.Unlock()
}
