package mockserver

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errClosed is what a request meets that the server's end interrupts.
var errClosed = errors.New("mockserver: the server is closed")

// waits are the pauses in progress, so that Close can end them. Each has a
// context of its own rather than one channel for all: a pause inside a
// testing/synctest bubble may only wait for what was made inside it.
type waits struct {
	mu     sync.Mutex
	closed bool
	active map[*context.CancelCauseFunc]struct{}
}

// sleep pauses for d, or until the context or the server ends.
func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	ctx, stop, err := w.context(ctx)
	if err != nil {
		return err
	}
	defer stop()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// context returns one that also ends with the server. stop releases it.
func (w *waits) context(parent context.Context) (ctx context.Context, stop func(), err error) {
	ctx, cancel := context.WithCancelCause(parent)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		cancel(errClosed)
		return nil, nil, errClosed
	}
	if w.active == nil {
		w.active = make(map[*context.CancelCauseFunc]struct{})
	}
	w.active[&cancel] = struct{}{}
	return ctx, func() {
		w.mu.Lock()
		delete(w.active, &cancel)
		w.mu.Unlock()
		cancel(nil)
	}, nil
}

// close ends the pauses and lets no new one begin.
func (w *waits) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for cancel := range w.active {
		(*cancel)(errClosed)
	}
}

// isClosed tells whether the server is closed.
func (w *waits) isClosed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}
