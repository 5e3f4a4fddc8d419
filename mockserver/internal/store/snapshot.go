package store

import "strings"

// Snapshot is the state of a Store at one moment. It never changes and can be restored any number of times, also into
// other stores and at the same time. The zero value is not a snapshot; take one with Store.Snapshot.
type Snapshot struct{ st *state }

func newState(seed uint64) *state {
	return &state{
		seed:        seed,
		courses:     newTable(&courseSchema),
		slugs:       newTree[string, int](strings.Compare),
		contacts:    newTable(&contactSchema),
		enrollments: newTable(&enrollmentSchema),
	}
}

// share copies st as a snapshot keeps it; fork makes a state that can be written from such a copy.
func (st *state) share() *state {
	c := *st
	c.courses, c.slugs = st.courses.share(), st.slugs.share()
	c.contacts, c.enrollments = st.contacts.share(), st.enrollments.share()
	return &c
}

func (st *state) fork() *state {
	c := *st
	c.courses, c.slugs = st.courses.fork(), st.slugs.fork()
	c.contacts, c.enrollments = st.contacts.fork(), st.enrollments.fork()
	return &c
}

// Snapshot keeps the present state. It costs the same for one row as for a million.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot()
}

func (s *Store) snapshot() *Snapshot { return &Snapshot{s.st.share()} }

// Restore goes back to a snapshot. Ids that were given out since are given out again, except those of webhook events
// and deliveries: receivers remember these, and would take a new event under an old id for a repetition.
func (s *Store) Restore(snap *Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restore(snap)
}

func (s *Store) restore(snap *Snapshot) {
	given := s.st.counters
	s.st = snap.st.fork()
	for _, prefix := range []string{prefixEmission, prefixDelivery} {
		i := prefixIndex(prefix)
		s.st.counters[i] = max(s.st.counters[i], given[i])
	}
}

// SetBaseline makes the present state the one that Reset goes back to.
func (s *Store) SetBaseline() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseline = s.snapshot()
}

// Reset goes back to the state of the last SetBaseline, or to the empty account.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restore(s.baseline)
}
