package store

// Snapshot is the state of a Store at one moment. It never changes and can be restored any number of times, also into
// other stores and at the same time. The zero value is not a snapshot; take one with Store.Snapshot.
type Snapshot struct{ st *state }

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

func (s *Store) restore(snap *Snapshot) { s.swap(snap.st.fork()) }

// swap puts another state in place.
func (s *Store) swap(st *state) {
	for _, prefix := range []string{prefixEmission, prefixDelivery} {
		i := prefixIndex(prefix)
		st.floor[i] = max(st.floor[i], s.st.floor[i], s.st.counters[i])
	}
	s.st = st
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
