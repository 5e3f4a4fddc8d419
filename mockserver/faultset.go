package mockserver

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// Inject makes faults happen to requests from now on. A mistake in a fault
// fails the test of [New] and is in the result of [Server.Close]; the fault is
// then not injected. When the server closes, a fault that never happened is
// reported in the same way, unless it has a Probability or is Optional: a
// test that did not meet its fault proves nothing.
func (s *Server) Inject(faults ...Fault) {
	if t := s.report.t; t != nil {
		t.Helper()
	}
	for _, f := range faults {
		if err := s.TryInject(f); err != nil {
			s.report.failf("Inject: %v", err)
		}
	}
}

// TryInject is [Server.Inject] for one fault, with a mistake in it as the
// result.
func (s *Server) TryInject(f Fault) error {
	if err := f.validate(); err != nil {
		return err
	}
	s.faults.add(f, s.cfg.seed)
	return nil
}

// ClearFaults takes all faults away, those that never happened without a
// complaint.
func (s *Server) ClearFaults() { s.faults.clear() }

// faultSet holds the faults that can still happen.
type faultSet struct {
	active atomic.Int32 // len(faults), for the common case of none

	mu     sync.Mutex
	faults []*activeFault
	count  uint64
}

// activeFault is a fault and its history.
type activeFault struct {
	Fault
	effects
	random *rand.Rand // for Probability and Garbage; used under the set's lock
	seen   int
	fired  int
}

func (f *faultSet) add(fault Fault, seed uint64) {
	fault.Header = fault.Header.Clone()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	// A sequence of its own, so that one fault's luck does not depend on the
	// requests that another one sees.
	a := &activeFault{Fault: fault, random: rand.New(rand.NewPCG(seed, f.count))}
	a.effects = newEffects(&a.Fault, a.random.Uint64())
	f.faults = append(f.faults, a)
	f.active.Store(int32(len(f.faults)))
}

func (f *faultSet) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
	f.active.Store(0)
}

// next counts a request and returns the fault that hits it, or nil.
func (f *faultSet) next(op Operation) *activeFault {
	if f.active.Load() == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	hit := -1
	for i, a := range f.faults {
		if a.Operation != "" && a.Operation != op {
			continue
		}
		a.seen++
		due := a.seen >= a.Nth && hit < 0
		if due && (a.Probability == 0 || a.random.Float64() < a.Probability) {
			hit = i
		}
	}
	if hit < 0 {
		return nil
	}
	a := f.faults[hit]
	if a.fired++; a.fired >= a.times() {
		f.faults = append(f.faults[:hit:hit], f.faults[hit+1:]...)
		f.active.Store(int32(len(f.faults)))
	}
	return a
}

// unfired describes the faults that should have happened and did not.
func (f *faultSet) unfired() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var missing []string
	for _, a := range f.faults {
		if a.fired == 0 && !a.Optional && a.Probability == 0 {
			missing = append(missing, fmt.Sprintf("%v: it never happened, in %s", a.Fault, matching(a.seen)))
		}
	}
	return missing
}

func matching(n int) string {
	if n == 1 {
		return "1 matching request"
	}
	return fmt.Sprintf("%d matching requests", n)
}

// list returns the faults that can still happen.
func (f *faultSet) list() []activeFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]activeFault, len(f.faults))
	for i, a := range f.faults {
		list[i] = *a
	}
	return list
}
