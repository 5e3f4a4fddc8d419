package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	defaultAttempts  = 5
	defaultFirstWait = time.Second
	defaultMaxWait   = time.Minute
	maxWorkers       = 1 << 16
	maxCapacity      = 1 << 24
)

// Async answers 200 as soon as an event is accepted, and handles it afterward
// in one of workers goroutines, which exist only while there is work. At most
// workers + queue accepted events are unfinished at a time; a further one is
// answered 503 and delivered again later. [Handler.Shutdown] handles what was
// accepted before it returns.
//
// An accepted event is acknowledged: the provider does not deliver it again.
// When its handlers fail it is therefore tried again here, five times in all
// with a growing wait (see [AsyncRetry]), and then given to [OnDeadLetter]. A
// crash loses accepted events; where that matters use [Enqueue] with a queue
// that survives it, or [Sync].
func Async(workers, queue int) Option {
	return func(s *settings) error {
		if workers < 1 || workers > maxWorkers {
			return fmt.Errorf("webhook: Async: workers must be from 1 to %d, not %d", maxWorkers, workers)
		}
		if queue < 0 || queue > maxCapacity {
			return fmt.Errorf("webhook: Async: queue must be from 0 to %d, not %d", maxCapacity, queue)
		}
		s.workers, s.capacity = workers, queue
		return s.setMode(modeAsync)
	}
}

// AsyncRetry changes how often [Async] tries an event in all, from 5, and how
// long it waits before the second attempt and at most, from 1 s and 1 min. The
// wait doubles from one attempt to the next and is shortened at random by up
// to half. While an event waits it occupies its place in the queue, but no
// worker.
func AsyncRetry(attempts int, first, most time.Duration) Option {
	return func(s *settings) error {
		if attempts < 1 {
			return fmt.Errorf("webhook: AsyncRetry: attempts must be at least 1, not %d", attempts)
		}
		if first < 0 || most < first {
			return fmt.Errorf("webhook: AsyncRetry: waits must be 0 <= first <= most, not %v and %v", first, most)
		}
		s.attempts, s.firstWait, s.maxWait, s.asyncOnly = attempts, first, most, "AsyncRetry"
		return nil
	}
}

// A DeadLetter is an event that [Async] accepted and could not handle.
type DeadLetter struct {
	// Event has the raw body in Event.Body; [ParseUnverified] reads it again.
	Event *Event
	// Err is the error of the last attempt. It is ErrShutdown, or wraps it,
	// where Shutdown ran out of time; the handlers may then have done part or
	// all of their work.
	Err error
	// Attempts is how often the event was tried, 0 if never.
	Attempts int
}

// OnDeadLetter receives the events that [Async] accepted and gave up: after
// the last attempt, and when [Handler.Shutdown] runs out of time. Keep the
// body somewhere: the provider counts the event as delivered. Without this
// option such events are only logged, without their body. The context is not
// canceled.
func OnDeadLetter(fn func(ctx context.Context, letter DeadLetter)) Option {
	return func(s *settings) error {
		if fn == nil {
			return errors.New("webhook: OnDeadLetter: function is nil")
		}
		s.deadLetter, s.asyncOnly = fn, "OnDeadLetter"
		return nil
	}
}
