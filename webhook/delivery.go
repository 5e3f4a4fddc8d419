package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

var errRunning = errors.New("webhook: the event is being handled already")

// A delivery is an event on its way through the handler.
type delivery struct {
	event *Event
	// ctx carries the request's values, and ends when cancel is called.
	ctx     context.Context
	cancel  context.CancelCauseFunc
	claim   *claim // nil without dedup
	attempt atomic.Int32
	// succeeded is set as soon as the handlers have, before the commit.
	succeeded atomic.Bool
	// settled is set by whoever ends an accepted event, success or not.
	settled atomic.Bool
}

// accept takes an event as far as it goes before the answer.
func (h *Handler) accept(r *http.Request, event *Event, deadline time.Time) verdict {
	answer, stop := context.WithDeadlineCause(r.Context(), deadline, ErrHandlerTimeout)
	defer stop()
	parent := answer
	if h.mode == modeAsync {
		parent = context.WithoutCancel(r.Context())
	}
	d := &delivery{event: event}
	d.ctx, d.cancel = context.WithCancelCause(parent)
	if !h.life.begin(d) {
		d.cancel(ErrShutdown)
		return verdict{ReasonShutdown, ErrShutdown}
	}
	result := make(chan verdict, 1)
	go func() { result <- h.process(d, answer) }()
	select {
	case v := <-result:
		return v
	case <-answer.Done():
	}
	select {
	case v := <-result:
		return v
	default:
	}
	if d.succeeded.Load() { // only the store is late
		return verdict{}
	}
	return verdict{ReasonTimeout, context.Cause(answer)}
}

// process runs beside the request, and longer than it where a handler does.
func (h *Handler) process(d *delivery, answer context.Context) verdict {
	accepted := false
	defer func() {
		if !accepted {
			h.end(d)
		}
	}()
	if h.store != nil {
		d.claim = &claim{store: h.store, key: claimKey(d.event), lease: h.lease, ttl: h.window}
		state, err := d.claim.acquire(answer)
		switch {
		case err != nil:
			return late(answer, verdict{ReasonStore, err})
		case state == ClaimDone:
			h.logEvent(d.ctx, slog.LevelDebug, "webhook: duplicate", d.event)
			h.notify(func(o Observer) { o.Duplicate(d.ctx, d.event) })
			return verdict{}
		case state == ClaimHeld:
			return verdict{ReasonRunning, errRunning}
		}
	}
	if answer.Err() != nil { // answered already; the next delivery is to run
		h.release(d)
		return verdict{ReasonTimeout, context.Cause(answer)}
	}
	switch h.mode {
	case modeAsync:
		v := h.pool.offer(d)
		if accepted = v.reason == ""; !accepted {
			h.release(d)
		}
		return v
	case modeEnqueue:
		if err := h.try(d, d.ctx, h.queue.Enqueue); err != nil {
			h.release(d)
			return late(answer, verdict{ReasonQueue, err})
		}
	default:
		if err := h.try(d, d.ctx, h.router.Handle); err != nil {
			h.release(d)
			return late(answer, verdict{ReasonHandler, err})
		}
	}
	h.commit(d)
	return verdict{}
}

// late makes a failure after the deadline a timeout, which it most likely is a
// consequence of.
func late(answer context.Context, v verdict) verdict {
	if answer.Err() != nil {
		v.reason = ReasonTimeout
	}
	return v
}

// try makes one attempt with the code of the user and reports how it went.
func (h *Handler) try(d *delivery, ctx context.Context, fn HandlerFunc) error {
	ctx, cancel := d.claim.guard(ctx)
	defer cancel(nil)
	attempt := int(d.attempt.Add(1))
	begin := time.Now()
	err := apart(func() error { return fn(ctx, d.event) })
	handling := Handling{Duration: time.Since(begin), Attempt: attempt}
	if !d.event.CreatedAt.IsZero() {
		handling.Age = max(0, time.Since(d.event.CreatedAt))
	}
	attrs := []slog.Attr{slog.Duration("duration", handling.Duration), slog.Int("attempt", attempt)}
	if err != nil {
		h.logEvent(ctx, slog.LevelError, "webhook: handler failed", d.event, append(attrs, slog.Any("error", err))...)
		h.notify(func(o Observer) { o.Failed(ctx, d.event, handling, err) })
		return err
	}
	d.succeeded.Store(true)
	h.logEvent(ctx, slog.LevelDebug, "webhook: handled", d.event, attrs...)
	h.notify(func(o Observer) { o.Handled(ctx, d.event, handling) })
	return nil
}

// commit marks the event as done. A store that fails now changes nothing about
// that; at worst a redelivery, which is not to be expected after success, is
// handled again.
func (h *Handler) commit(d *delivery) {
	if err := d.claim.commit(d.ctx); err != nil {
		h.logEvent(d.ctx, slog.LevelError, "webhook: event handled, but not marked as done", d.event, slog.Any("error", err))
	}
}

// release lets a redelivery run at once; without it, it runs when the lease is
// over.
func (h *Handler) release(d *delivery) {
	if err := d.claim.release(d.ctx); err != nil {
		h.logEvent(d.ctx, slog.LevelWarn, "webhook: claim not released", d.event, slog.Any("error", err))
	}
}

// end is the last thing that happens to a delivery.
func (h *Handler) end(d *delivery) {
	d.claim.abandon()
	d.cancel(context.Canceled)
	h.life.end(d)
}
