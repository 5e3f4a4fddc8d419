package mockserver

import (
	"fmt"
	"net/http"
	"sync"
)

var stateControls = []controlEndpoint{
	{"POST", "/_mock/reset", "takes the account back to its beginning; journal, faults and rate limits too", false, stateReset},
	{"POST", "/_mock/snapshots", "keeps the present state and answers its id", false, snapshotCreate},
	{"POST", "/_mock/snapshots/{id}/restore", "takes the account back to a snapshot", false, snapshotRestore},
	{"GET", "/_mock/export", "the whole account as a seed file, secrets included", false, stateExport},
	{"POST", "/_mock/import", "replaces the account by that of a seed file", false, stateImport},
}

func stateReset(s *Server, _ *call) *reply {
	s.Reset()
	return done()
}

// maxSnapshots bounds what the control API can make the server keep.
const maxSnapshots = 1000

// snapshots are those that the control API has made.
type snapshots struct {
	mu   sync.Mutex
	kept []*Snapshot
}

func (s *snapshots) add(snapshot *Snapshot) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= maxSnapshots {
		return "", false
	}
	s.kept = append(s.kept, snapshot)
	return snapshotID(len(s.kept)), true
}

func (s *snapshots) find(id string) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, snapshot := range s.kept {
		if snapshotID(i+1) == id {
			return snapshot
		}
	}
	return nil
}

func snapshotID(n int) string { return fmt.Sprintf("snapshot_%d", n) }

func snapshotCreate(s *Server, _ *call) *reply {
	id, ok := s.snapshots.add(s.Snapshot())
	if !ok {
		return errorf(http.StatusConflict, "there are %d snapshots already", maxSnapshots)
	}
	return jsonReply(http.StatusCreated, map[string]string{"id": id})
}

func snapshotRestore(s *Server, c *call) *reply {
	snapshot := s.snapshots.find(c.ids[0])
	if snapshot == nil {
		return errorf(http.StatusNotFound, "no snapshot with id %q", c.ids[0])
	}
	s.Restore(snapshot)
	return done()
}

func stateExport(s *Server, _ *call) *reply {
	return &reply{status: http.StatusOK, body: s.Export()}
}

func stateImport(s *Server, c *call) *reply {
	seed, bad := controlBody(c)
	if bad != nil {
		return bad
	}
	if err := s.Import(seed); err != nil {
		return unprocessable(err)
	}
	return done()
}
