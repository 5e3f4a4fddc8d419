package wire

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// Limits is what a LocalLimiter lets through for each key. All are positive, or
// all are 0: then nothing is limited, and only the pause after a 429 holds
// requests back.
type Limits struct {
	PerHour    int // requests in any hour
	PerMinute  int // requests in any 60 s
	Concurrent int // requests under way at once
}

// Limiter hands out permits, one for each request on the wire. LocalLimiter is
// one; a limiter that is shared by several processes is adapted to it.
type Limiter interface {
	// Acquire waits until a request with the key may go. A wait that is known
	// to take longer than maxWait, or than ctx lasts, is a *WaitError at once;
	// with a negative maxWait ctx alone is the bound. A request that does not
	// go costs nothing.
	Acquire(ctx context.Context, keyID string, maxWait time.Duration) (PermitID, error)

	// Release says what became of the request. It is called exactly once for
	// each permit and never blocks; ids that are unknown or were released
	// before are ignored.
	Release(id PermitID, o PermitOutcome)
}

// PermitID names a permit that was handed out.
type PermitID uint64

// RateLimitStatus is what a response says of the hour's budget of its key. The
// zero value means that it said nothing.
type RateLimitStatus struct {
	Limit      int           // requests allowed in the hour
	Remaining  int           // requests left of it
	Reset      time.Time     // when the next hour starts, on the server's clock
	ResetAfter time.Duration // Reset less the response's own Date
}

// PermitOutcome is what became of a request that had a permit. With neither
// Unsent nor a StatusCode, it was sent and no response came.
type PermitOutcome struct {
	Unsent     bool // nothing left this machine
	StatusCode int
	RetryAfter time.Duration // how long a 429 asks to wait, at most what the caller is ready to
	RateLimit  RateLimitStatus
}

// WaitError reports a request that was not sent, since its wait was known to
// take too long.
type WaitError struct {
	Wait     time.Duration
	MaxWait  time.Duration
	Deadline bool // the context's deadline, not MaxWait, is what it would overrun
}

func (e *WaitError) Error() string {
	bound := fmt.Sprintf("the %v that a wait may take", e.MaxWait)
	if e.Deadline {
		bound = "the context lasts"
	}
	return fmt.Sprintf("nothing was sent: the client's own rate limit asks to wait %v, longer than %s", e.Wait, bound)
}

// Unwrap returns context.DeadlineExceeded if the wait would overrun it.
func (e *WaitError) Unwrap() error {
	if e.Deadline {
		return context.DeadlineExceeded
	}
	return nil
}

// LocalLimiter is the Limiter of one process. It keeps the budgets of each key
// apart, and forgets a key when it was not used for an hour.
type LocalLimiter struct {
	limits Limits
	longer time.Duration // so much longer counts a request without a response
	start  time.Time

	mu      sync.Mutex
	keys    map[string]*keyBudget
	permits permits // those handed out and not released
	sweepAt time.Duration
}

// keySweepEvery keeps looking for keys to forget cheap: it looks at all of them.
const keySweepEvery = 5 * time.Minute

// NewLocalLimiter returns a limiter that lets l through for each key. A request
// without a response counts for attemptTimeout longer than others, since it may
// arrive at the server so late.
func NewLocalLimiter(l Limits, attemptTimeout time.Duration) *LocalLimiter {
	return &LocalLimiter{
		limits: l,
		longer: min(max(attemptTimeout, 0), overlong),
		start:  time.Now(),
		keys:   make(map[string]*keyBudget),
	}
}

// Acquire implements [Limiter]. Requests of one key go in the order in which
// they came. Slot and budget are taken together: who waits holds neither.
// Waiting for a slot is bounded by ctx alone, nobody knows how long it takes.
func (l *LocalLimiter) Acquire(ctx context.Context, keyID string, maxWait time.Duration) (PermitID, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	now := l.now()
	k := l.key(keyID, now)
	if k.queue.len > 0 && k.ready(now) {
		l.settle(k, now) // the first has not woken yet, though its time has come
	}
	if k.queue.len == 0 && k.ready(now) {
		id := l.hand(k, now)
		l.mu.Unlock()
		return id, nil
	}
	w := newWaiter(ctx, maxWait, l.start)
	if err := w.tooLong(now, k.earliest(now, k.queue.len+1)); err != nil {
		l.mu.Unlock()
		return 0, err
	}
	k.queue.push(w)
	l.mu.Unlock()
	return l.wait(ctx, k, w)
}

// Release implements [Limiter].
func (l *LocalLimiter) Release(id PermitID, o PermitOutcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.permits.remove(id)
	if k == nil {
		return
	}
	now := l.now()
	k.giveBack(now, o, l.longer)
	l.settle(k, now)
}

// Record lets a request count that went past this limiter and came back so long
// ago, in the windows that it still falls in.
func (l *LocalLimiter) Record(keyID string, ago time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	k := l.key(keyID, now)
	k.count(now, now-max(ago, 0))
	k.reviewAt = 0
	l.settle(k, now)
}

func (l *LocalLimiter) now() time.Duration { return time.Since(l.start) }

// key returns the budget of a key.
func (l *LocalLimiter) key(id string, now time.Duration) *keyBudget {
	if now >= l.sweepAt {
		l.sweepAt = now + keySweepEvery
		maps.DeleteFunc(l.keys, func(_ string, k *keyBudget) bool { return k.forgettable(now) })
	}
	k := l.keys[id]
	if k == nil {
		k = newKeyBudget(l.limits)
		l.keys[id] = k
	}
	return k
}

// ready reports whether the next request may go now.
func (k *keyBudget) ready(now time.Duration) bool {
	return k.hasSlot() && k.server.has(now, k.underWay) && k.earliest(now, 1) <= now
}

// hand takes the budget for one request and returns its permit.
func (l *LocalLimiter) hand(k *keyBudget, now time.Duration) PermitID {
	k.take(now)
	return l.permits.add(k)
}

// wait returns when w has been handed its permit or was refused it, or when ctx
// ends.
func (l *LocalLimiter) wait(ctx context.Context, k *keyBudget, w *waiter) (PermitID, error) {
	timer := time.NewTimer(never)
	defer timer.Stop()
	for {
		l.mu.Lock()
		now := l.now()
		if err := ctx.Err(); err != nil {
			l.giveUp(k, w, now)
			l.mu.Unlock()
			return 0, err
		}
		// Only the first sleeps until its time comes. It then hands out permits to
		// itself and to those who may go with it, and wakes who is first after them.
		if k.queue.first == w {
			l.settle(k, now)
		}
		if !w.queued {
			l.mu.Unlock()
			return w.permit, w.err
		}
		w.wakeAt = never
		if at := k.earliest(now, 1); k.queue.first == w && at > now {
			w.wakeAt = at
		}
		timer.Reset(w.wakeAt - now)
		l.mu.Unlock()
		select {
		case <-timer.C:
		case <-w.wake:
		case <-ctx.Done():
		}
	}
}

// giveUp takes back what w was handed in the same instant, or its place.
func (l *LocalLimiter) giveUp(k *keyBudget, w *waiter, now time.Duration) {
	if w.queued {
		k.queue.remove(w)
	} else if w.permit != 0 {
		l.permits.remove(w.permit)
		k.giveBack(now, PermitOutcome{Unsent: true}, 0)
	}
	l.settle(k, now)
}

// settle follows any change: it hands out what may go now, refuses those whose
// wait is now known to take too long, and sees to it that who is first wakes in
// time.
func (l *LocalLimiter) settle(k *keyBudget, now time.Duration) {
	l.grant(k, now)
	k.review(now)
	if w := k.queue.first; w != nil {
		if at := k.earliest(now, 1); at > now && at < w.wakeAt {
			w.signal()
		}
	}
}

// grant hands permits to those at the front, for as long as they may go.
func (l *LocalLimiter) grant(k *keyBudget, now time.Duration) {
	for w := k.queue.first; w != nil && k.ready(now); w = k.queue.first {
		w.permit = l.hand(k, now)
		k.queue.remove(w)
		w.signal()
	}
}

// reviewEvery is how often waits are looked at that are not made longer by a
// pause.
const reviewEvery = 100 * time.Millisecond

// review refuses those whose wait is now known to take too long. Each of them
// lets those behind it move up.
func (k *keyBudget) review(now time.Duration) {
	if k.queue.bounded == 0 || now < k.reviewAt {
		return
	}
	// Every change may make a wait longer, if only by a little: to look through
	// thousands of waiters each time would cost more than it tells.
	k.reviewAt = now + reviewEvery
	place := 1
	for w := k.queue.first; w != nil; w = w.next {
		if w.bounded() {
			if err := w.tooLong(now, k.earliest(now, place)); err != nil {
				w.err = err
				k.queue.remove(w)
				w.signal()
				continue
			}
		}
		place++
	}
}

// waiter is a request in the queue of its key. The limiter's lock guards all of
// it but wake.
type waiter struct {
	maxWait  time.Duration // negative: no bound
	deadline time.Duration // never: none
	latest   time.Duration // when a wait that grew is given up
	wake     chan struct{} // tells it to look at the fields below

	queued     bool // has neither permit nor err yet
	permit     PermitID
	err        error
	wakeAt     time.Duration // when it wakes by itself
	prev, next *waiter
}

func newWaiter(ctx context.Context, maxWait time.Duration, start time.Time) *waiter {
	w := &waiter{maxWait: maxWait, deadline: never, latest: never, wake: make(chan struct{}, 1), wakeAt: never}
	if maxWait >= 0 && maxWait < overlong {
		w.latest = time.Since(start) + 2*maxWait
	}
	if d, ok := ctx.Deadline(); ok {
		w.deadline = d.Sub(start)
	}
	return w
}

// bounded reports whether a known wait can be too long for it.
func (w *waiter) bounded() bool { return w.maxWait >= 0 || w.deadline < never }

// tooLong returns an error if waiting until then is more than it is ready to. A
// wait grows when another request meets a 429 meanwhile, and when those under
// way take their time; up to twice of what was allowed it is borne.
func (w *waiter) tooLong(now, until time.Duration) error {
	switch wait := until - now; {
	case wait <= 0: // what it waits for is a slot
		return nil
	case w.maxWait >= 0 && (wait > w.maxWait || until > w.latest):
		return &WaitError{Wait: wait, MaxWait: w.maxWait}
	case until > w.deadline:
		return &WaitError{Wait: wait, MaxWait: w.maxWait, Deadline: true}
	}
	return nil
}

// signal wakes it, without blocking: one signal not yet seen is enough.
func (w *waiter) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// waitQueue is the waiters of one key in the order in which they came.
type waitQueue struct {
	first, last *waiter
	len         int
	bounded     int // how many of them are bounded
}

func (q *waitQueue) push(w *waiter) {
	w.queued = true
	w.prev = q.last
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
	q.len++
	if w.bounded() {
		q.bounded++
	}
}

// remove takes a waiter out. It keeps its next, for who is walking the queue.
func (q *waitQueue) remove(w *waiter) {
	w.queued = false
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	q.len--
	if w.bounded() {
		q.bounded--
	}
}
