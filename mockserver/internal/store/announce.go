package store

// Announced is an event of a caller's making: it changes nothing in the account.
type Announced struct {
	Type string
	Data []byte // JSON
}

func (Announced) fact() {}

// Announce passes an event on to whoever is told of changes.
func (s *Store) Announce(a Announced) {
	now := s.begin()
	defer s.end()
	s.emit(now, CauseSimulation, a)
}
