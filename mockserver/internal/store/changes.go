package store

import "time"

// Change is one committed change, as webhooks need it. Pointers in it lead to rows of the store: read-only.
type Change struct {
	Seq   uint64    // numbers all changes, from 1
	Call  uint64    // the same for all changes of one call
	At    time.Time // whole seconds
	Cause Cause
	// Webhooks are the endpoints that were active at the time; those added later have no business with the change.
	Webhooks []Webhook
	Fact     Fact
}

// Cause says what kind of call made a change.
type Cause string

// The causes of a change.
const (
	CauseAPI        Cause = "api"        // one that the API offers
	CauseSimulation Cause = "simulation" // one that only the fake offers
)

// Fact is what happened: one of the types below.
type Fact interface{ fact() }

// SetSink sets the function that every change is passed to, in the order of commits. It runs inside the call that made
// the change and must only put it in a queue: calling the Store from it blocks for ever. Nil drops changes.
func (s *Store) SetSink(sink func(Change)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = sink
}

// emit notes a change for the end of the call.
func (s *Store) emit(at time.Time, cause Cause, f Fact) {
	if s.sink == nil {
		return
	}
	s.changes++
	s.pending = append(s.pending, Change{s.changes, s.calls, at, cause, s.st.active(), f})
}
