package webhook

import (
	"context"
	"errors"
)

// A Queue takes verified events for somebody else to handle. Enqueue returns
// nil once the event is safe, also from a crash of this program. What to store
// is Event.Body; the worker reads it with [ParseUnverified] and may hand it to
// [Router.Handle].
type Queue interface {
	Enqueue(ctx context.Context, event *Event) error
}

// QueueFunc makes a function a [Queue].
type QueueFunc func(ctx context.Context, event *Event) error

// Enqueue calls f.
func (f QueueFunc) Enqueue(ctx context.Context, event *Event) error { return f(ctx, event) }

// Enqueue answers 200 once a durable queue of your own has taken the event,
// and 503 if it has not. The router's handlers are not called, and the router
// given to [NewHandler] may be nil.
func Enqueue(q Queue) Option {
	return func(s *settings) error {
		if q == nil {
			return errors.New("webhook: Enqueue: queue is nil")
		}
		if f, ok := q.(QueueFunc); ok && f == nil {
			return errors.New("webhook: Enqueue: queue function is nil")
		}
		s.queue = q
		return s.setMode(modeEnqueue)
	}
}
