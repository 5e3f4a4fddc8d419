package webhook

import "sync"

// lifecycle knows the deliveries that are under way, so that a shutdown can
// wait for them. It refuses new ones from the moment it is closed.
type lifecycle struct {
	mu     sync.Mutex
	closed bool
	active map[*delivery]struct{}
	idle   chan struct{}
}

func newLifecycle() *lifecycle {
	return &lifecycle{active: make(map[*delivery]struct{}), idle: make(chan struct{})}
}

func (l *lifecycle) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// begin reports whether d may start.
func (l *lifecycle) begin(d *delivery) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.active[d] = struct{}{}
	return true
}

func (l *lifecycle) end(d *delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.active[d]; !ok {
		return
	}
	delete(l.active, d)
	l.checkIdle()
}

// close refuses new deliveries and returns a channel that is closed when the
// last one has ended.
func (l *lifecycle) close() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.checkIdle()
	}
	return l.idle
}

func (l *lifecycle) checkIdle() {
	if l.closed && len(l.active) == 0 {
		close(l.idle)
	}
}

// cancel ends the contexts of all deliveries.
func (l *lifecycle) cancel(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for d := range l.active {
		d.cancel(cause)
	}
}

func (l *lifecycle) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.active)
}
