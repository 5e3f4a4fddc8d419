package webhook

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// abortGrace is how long handlers have to return after a shutdown that ran out
// of time has ended their contexts, before their events count as unfinished.
const abortGrace = 250 * time.Millisecond

var errQueueFull = errors.New("webhook: queue is full")

// pool holds the events that Async accepted until they are finished: ready for
// a worker, in its hands, or waiting for the next attempt.
type pool struct {
	h *Handler

	mu      sync.Mutex
	ready   []*delivery
	waiting map[*delivery]*time.Timer
	pending map[*delivery]struct{} // accepted and not finished
	running int                    // workers
	aborted bool

	depthChanged   bool // since it was last reported
	depthReporting bool // by some goroutine
}

func newPool(h *Handler) *pool {
	return &pool{h: h, waiting: make(map[*delivery]*time.Timer), pending: make(map[*delivery]struct{})}
}

// offer accepts an event if there is room.
func (p *pool) offer(d *delivery) verdict {
	p.mu.Lock()
	switch {
	case p.aborted:
		p.mu.Unlock()
		return verdict{ReasonShutdown, ErrShutdown}
	case len(p.pending) >= p.h.workers+p.h.capacity:
		p.mu.Unlock()
		return verdict{ReasonQueueFull, errQueueFull}
	}
	p.pending[d] = struct{}{}
	p.push(d)
	p.mu.Unlock()
	p.depth()
	return verdict{}
}

// push hands d to a worker; the caller holds the lock.
func (p *pool) push(d *delivery) {
	p.ready = append(p.ready, d)
	if p.running < p.h.workers {
		p.running++
		go p.work()
	}
}

// work is a worker. It ends when nothing is ready.
func (p *pool) work() {
	for {
		p.mu.Lock()
		if len(p.ready) == 0 {
			p.running--
			p.mu.Unlock()
			return
		}
		d := p.ready[0]
		p.ready[0] = nil
		p.ready = p.ready[1:]
		p.mu.Unlock()
		p.depth()
		p.handle(d)
	}
}

// handle makes one attempt and decides what comes next.
func (p *pool) handle(d *delivery) {
	ctx, stop := context.WithTimeoutCause(d.ctx, p.h.timeout, ErrHandlerTimeout)
	defer stop()
	if d.claim.isLost() {
		done, err := p.reclaim(ctx, d)
		if done {
			p.finish(d, nil)
			return
		}
		if err != nil {
			attempt := int(d.attempt.Add(1))
			p.h.logEvent(ctx, slog.LevelError, "webhook: lost claim not regained", d.event,
				slog.Int("attempt", attempt), slog.Any("error", err))
			p.failed(d, err)
			return
		}
	}
	if err := p.h.try(d, ctx, p.h.router.Handle); err != nil {
		p.failed(d, err)
		return
	}
	p.finish(d, nil)
}

// reclaim takes back a claim that was lost while the event waited: the event
// was acknowledged, so nobody else is sure to handle it.
func (p *pool) reclaim(ctx context.Context, d *delivery) (done bool, err error) {
	state, err := d.claim.acquire(ctx)
	if err == nil && state == ClaimHeld {
		err = errRunning
	}
	return state == ClaimDone, err
}

// failed schedules the next attempt, or gives up after the last one.
func (p *pool) failed(d *delivery, err error) {
	attempt := int(d.attempt.Load())
	p.mu.Lock()
	if attempt >= p.h.attempts || p.aborted {
		p.mu.Unlock()
		p.finish(d, err)
		return
	}
	p.waiting[d] = time.AfterFunc(p.wait(attempt), func() { p.retry(d) })
	p.mu.Unlock()
	p.depth()
}

// wait returns the time after the given attempt, between half and the whole of
// the doubled one.
func (p *pool) wait(attempt int) time.Duration {
	wait := p.h.firstWait
	for range attempt - 1 {
		if wait >= p.h.maxWait/2 {
			wait = p.h.maxWait
			break
		}
		wait *= 2
	}
	return wait/2 + rand.N(wait/2+1)
}

func (p *pool) retry(d *delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.waiting[d]; ok { // else an abort was faster
		delete(p.waiting, d)
		p.push(d)
	}
}

// finish ends an event, with success if err is nil; the first call counts.
func (p *pool) finish(d *delivery, err error) bool {
	if !d.settled.CompareAndSwap(false, true) {
		return false
	}
	if err == nil {
		p.h.commit(d)
	} else {
		p.bury(d, err)
	}
	p.mu.Lock()
	delete(p.pending, d)
	aborted := p.aborted
	p.mu.Unlock()
	if err != nil && !aborted {
		p.h.release(d) // so that a delivery resent by hand runs
	}
	p.depth()
	p.h.end(d)
	return true
}

// bury gives an event up, never silently.
func (p *pool) bury(d *delivery, err error) {
	ctx, attempt := context.WithoutCancel(d.ctx), int(d.attempt.Load())
	p.h.logEvent(ctx, slog.LevelError, "webhook: accepted event given up", d.event,
		slog.Int("attempt", attempt), slog.Bool("dead_letter", p.h.deadLetter != nil), slog.Any("error", err))
	if p.h.deadLetter != nil {
		letter := DeadLetter{Event: d.event, Err: err, Attempts: attempt}
		p.h.userCode("OnDeadLetter", func() { p.h.deadLetter(ctx, letter) })
	}
}

// abort ends everything: after a grace for what handlers have in their hands,
// it gives up what is not finished, and returns how much that is.
func (p *pool) abort() (letters int) {
	p.mu.Lock()
	p.aborted = true
	p.ready = nil
	for _, timer := range p.waiting {
		timer.Stop()
	}
	clear(p.waiting)
	p.mu.Unlock()
	p.h.life.cancel(ErrShutdown)
	grace := time.NewTimer(abortGrace)
	defer grace.Stop()
	select {
	case <-p.h.life.idle:
	case <-grace.C:
	}
	p.mu.Lock()
	unfinished := slices.Collect(maps.Keys(p.pending))
	p.mu.Unlock()
	for _, d := range unfinished {
		if p.finish(d, ErrShutdown) {
			letters++
		}
	}
	return letters
}

// depth reports how many events no worker has in its hands. One goroutine
// reports at a time and goes on while there is news, so that the last report is
// the newest; no lock is held meanwhile.
func (p *pool) depth() {
	if len(p.h.observers) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.depthChanged = true
	if p.depthReporting {
		return
	}
	p.depthReporting = true
	defer func() { p.depthReporting = false }()
	for p.depthChanged {
		p.depthChanged = false
		n := len(p.ready) + len(p.waiting)
		p.report(n)
	}
}

// report gives the lock back while the observers run.
func (p *pool) report(n int) {
	p.mu.Unlock()
	defer p.mu.Lock()
	p.h.notify(func(o Observer) { o.QueueDepth(n) })
}
