package mockserver

import (
	"fmt"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Snapshot is the state of an account at one moment; see [Server.Snapshot].
// It never changes and can be restored any number of times, into any server.
type Snapshot struct{ state *store.Snapshot }

// Snapshot keeps the present state of the account: all objects and the log of
// deliveries, not the clock, the journal, faults and rate limits. It costs the
// same for one object as for a million.
func (s *Server) Snapshot() *Snapshot {
	s.outbox.flush()
	return &Snapshot{s.store.Snapshot()}
}

// Restore takes the account back to a snapshot. The clock stays, since it does
// not go back: what the snapshot has as new is as old as the time since. So do
// the journal, faults and rate limits; [Server.Reset] clears these.
//
// Deliveries of webhooks that are not finished end with the state they belong
// to, and the answers of those under way no longer count. Those that were not
// finished in the snapshot go on from there, with the attempts they had left;
// an attempt whose time has passed meanwhile follows at once. An attempt that
// was made after the snapshot is made again.
func (s *Server) Restore(snapshot *Snapshot) {
	if snapshot == nil || snapshot.state == nil {
		s.report.failf("Restore: the snapshot is not one that Snapshot has made")
		return
	}
	s.outbox.rewind(func() { s.store.Restore(snapshot.state) })
}

// Reset takes the server back to its beginning: the account to what it was
// when the server was made, and the journal, faults and rate limits to
// nothing. The clock stays, since it does not go back; keys stay too.
func (s *Server) Reset() {
	s.outbox.rewind(s.store.Reset)
	s.faults.clear()
	s.magic.reset()
	s.limiter.reset()
	s.journal.reset()
}

// Export returns the whole account as JSON, secrets of webhooks included, in
// the form that [Server.Import], [WithSeedFile] and the selgora-mock command
// read. The same state gives the same bytes.
func (s *Server) Export() []byte {
	s.outbox.flush()
	return s.store.Export()
}

// Import replaces the account by that of a seed file or an export. Ids and
// times may be left out of it, and whole kinds of objects too. The error tells
// everything that is wrong with it; the account then stays as it is.
func (s *Server) Import(seed []byte) error {
	var err error
	s.outbox.rewind(func() { err = s.store.Import(seed) })
	if err != nil {
		return fmt.Errorf("mockserver: the seed cannot be imported: %w", err)
	}
	return nil
}
