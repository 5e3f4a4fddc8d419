package mockserver

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Server is a fake of the Selgora API with one account in memory. Make one
// with [New] or [Start]. Its methods are safe for concurrent use.
type Server struct {
	cfg     config
	clock   *clock.Clock
	store   *store.Store
	outbox  *dispatcher
	keys    keyring
	limiter limiter
	faults  faultSet
	magic   magic
	journal journal
	report  reporter
	waits   waits
	tcp     listener

	controls  []controlEndpoint
	snapshots snapshots

	requests  atomic.Uint64
	closeOnce sync.Once
	closeErr  error
}

// New returns a server for a test: with an empty account, in strict mode,
// without rate limits. It closes itself when the test ends, and fails the test
// on a mistake in its use, such as an unknown field in a request or a fault
// that never happened. It opens no port unless [Server.URL] is called.
func New(t TB, opts ...Option) *Server {
	t.Helper()
	s, err := newServer(t, true, opts)
	if err != nil {
		t.Fatalf("%v", err)
		// Not reached with a real test; others get a server that works.
		s, _ = newServer(t, true, nil)
	}
	t.Cleanup(func() { _ = s.Close() }) // what it returns has been reported
	return s
}

// Start returns a server for a program: with an empty account, lenient,
// without rate limits. It has to be closed. The error names what is wrong with
// an option.
func Start(opts ...Option) (*Server, error) {
	return newServer(nil, false, opts)
}

func newServer(t TB, strict bool, opts []Option) (*Server, error) {
	cfg, err := newConfig(strict, opts)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, clock: clock.New(cfg.start), controls: controls}
	for _, k := range cfg.keys {
		if err := s.keys.register(k.key, k.permissions); err != nil {
			return nil, fmt.Errorf("mockserver: WithAPIKey: %w", err)
		}
	}
	s.store = store.New(s.clock, cfg.seed)
	s.outbox = newDispatcher(s.store, s.clock, cfg.webhooks)
	s.limiter.limits = cfg.limits
	s.journal.size = cfg.journalSize
	s.magic.on = cfg.magic
	s.report.t, s.report.logger = t, cfg.logger
	if err := s.populate(); err != nil {
		_ = s.Close()
		return nil, err
	}
	if cfg.addr != "" {
		if err := s.tcp.listen(s, cfg.addr); err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("mockserver: %w", err)
		}
	}
	return s, nil
}

// Close stops the server: its port, its connections and all that waits in it.
// Requests then fail like those to a server that is not there. The result
// tells the mistakes that New reports to the test: strict failures, bad
// faults, faults that never happened. Further calls return the same.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		s.waits.close()
		s.tcp.close()
		s.outbox.close()
		s.clock.Close()
		for _, missing := range s.faults.unfired() {
			s.report.failf("%s", missing)
		}
		s.closeErr = s.report.close()
	})
	return s.closeErr
}

// APIKey returns a key that is good for the server: the first that was added,
// or else "test_key_123".
func (s *Server) APIKey() string { return s.keys.main() }

// AddAPIKey adds a key to the running server as [WithAPIKey] does, or gives a
// known one other permissions.
func (s *Server) AddAPIKey(key string, permissions ...string) error {
	if err := s.keys.register(key, permissions); err != nil {
		return fmt.Errorf("mockserver: %w", err)
	}
	return nil
}

// RevokeAPIKey makes a key bad from now on: its requests are answered 401.
func (s *Server) RevokeAPIKey(key string) { s.keys.revoke(key) }

// Now returns the time of the server's clock.
func (s *Server) Now() time.Time { return s.clock.Now() }

// Advance moves the server's clock forward and returns when everything that
// fell due on the way is done. Ids, timestamps, rate limit windows and the
// status of events all go by this clock.
func (s *Server) Advance(d time.Duration) {
	if d < 0 {
		s.report.failf("Advance(%v): the clock does not go back", d)
		return
	}
	s.clock.Advance(d)
}

// Format keeps API keys out of what the fmt package prints, under every verb.
func (s *Server) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprint(f, "mockserver.Server")
}

// nextRequestID returns the ids in order, so that a run can be repeated.
func (s *Server) nextRequestID() string {
	const digits = 8
	n := strconv.FormatUint(s.requests.Add(1), 10)
	return "req_" + "00000000"[min(digits, len(n)):] + n
}
