package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// An Observer is told what happens to events: for metrics and traces. Methods
// are called from many goroutines at once and hold up the event they are about,
// so they must be quick. Embed [NopObserver] to implement some of them.
type Observer interface {
	// Received: a request was verified and parsed.
	Received(ctx context.Context, event *Event)
	// Rejected: a request got an answer other than success. It comes with
	// Failed where a handler's failure is the reason.
	Rejected(ctx context.Context, rejection Rejection)
	// Duplicate: the event was handled before; the answer is success.
	Duplicate(ctx context.Context, event *Event)
	// Handled: the handlers succeeded, or the queue of Enqueue took the event.
	Handled(ctx context.Context, event *Event, handling Handling)
	// Failed: an attempt to handle the event failed.
	Failed(ctx context.Context, event *Event, handling Handling, err error)
	// QueueDepth: how many accepted events wait for a worker of Async or for
	// their next attempt; called whenever that number may have changed.
	QueueDepth(depth int)
}

// Handling describes one attempt to handle an event.
type Handling struct {
	// Duration is how long the handlers took.
	Duration time.Duration
	// Age is the time from the event's CreatedAt to the end of the attempt; 0
	// when that is unknown or in the future.
	Age time.Duration
	// Attempt counts from 1. It is above 1 only for Async's own attempts; the
	// provider's are in Event.Retry.
	Attempt int
}

// NopObserver is an [Observer] that does nothing.
type NopObserver struct{}

// Received implements [Observer].
func (NopObserver) Received(context.Context, *Event) {}

// Rejected implements [Observer].
func (NopObserver) Rejected(context.Context, Rejection) {}

// Duplicate implements [Observer].
func (NopObserver) Duplicate(context.Context, *Event) {}

// Handled implements [Observer].
func (NopObserver) Handled(context.Context, *Event, Handling) {}

// Failed implements [Observer].
func (NopObserver) Failed(context.Context, *Event, Handling, error) {}

// QueueDepth implements [Observer].
func (NopObserver) QueueDepth(int) {}

// userCode runs a hook; its panic is logged and harms nobody.
func (h *Handler) userCode(name string, fn func()) {
	if err := apart(func() error { fn(); return nil }); err != nil {
		h.log(context.Background(), slog.LevelError, "webhook: hook failed", slog.String("hook", name), slog.Any("error", err))
	}
}

func (h *Handler) notify(tell func(Observer)) {
	for _, o := range h.observers {
		h.userCode("Observer", func() { tell(o) })
	}
}

// log outlives a log handler that panics.
func (h *Handler) log(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	if h.logger == nil {
		return
	}
	_ = safely(func() error { h.logger.LogAttrs(ctx, level, message, attrs...); return nil })
}

func (h *Handler) logEvent(ctx context.Context, level slog.Level, message string, event *Event, attrs ...slog.Attr) {
	if h.logger == nil || !h.logger.Enabled(ctx, level) {
		return
	}
	h.log(ctx, level, message, append([]slog.Attr{
		slog.String("type", event.Type),
		slog.String("event", event.ID),
		slog.String("delivery", event.DeliveryID),
		slog.Int("retry", event.Retry),
	}, attrs...)...)
}

func (h *Handler) logRejection(r *http.Request, rejection Rejection) {
	attrs := []slog.Attr{
		slog.String("reason", string(rejection.Reason)),
		slog.Int("status", rejection.Status),
		slog.Any("error", rejection.Err),
		slog.String("remote", r.RemoteAddr),
	}
	if rejection.Event != nil {
		h.logEvent(r.Context(), slog.LevelWarn, "webhook: rejected", rejection.Event, attrs...)
		return
	}
	h.log(r.Context(), slog.LevelWarn, "webhook: rejected", attrs...)
}
