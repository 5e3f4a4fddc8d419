package mockserver

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// TB is what [New] needs of a test. *testing.T, *testing.B, *testing.F and
// the test handles of common frameworks have it; this package does not import
// testing, so that it can be part of a program too.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// reporter takes the complaints about the use of a server: to the test while
// it runs, and into the result of Close.
type reporter struct {
	mu       sync.Mutex
	t        TB           // nil without a test
	logger   *slog.Logger // nil for none
	closed   bool
	problems []error
	seen     map[string]bool
}

// maxProblems bounds what a program that never stops making mistakes can make
// the server remember.
const maxProblems = 1000

// failf reports a complaint, each only once. After close it does nothing:
// a test that has ended must not be failed any more.
func (r *reporter) failf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	message := "mockserver: " + fmt.Sprintf(format, args...)
	if r.closed || r.seen[message] || len(r.problems) >= maxProblems {
		return
	}
	if r.seen == nil {
		r.seen = make(map[string]bool)
	}
	r.seen[message] = true
	r.problems = append(r.problems, errors.New(message))
	if r.t != nil {
		// Under the lock, because the test may end as soon as close returns.
		r.t.Helper()
		r.t.Errorf("%s", message)
	}
	if r.logger != nil {
		r.logger.Error(message)
	}
}

// close ends the reporting and returns all that was reported.
func (r *reporter) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return errors.Join(r.problems...)
}
