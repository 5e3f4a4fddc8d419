package selgora

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// RateLimit is how many requests a client lets itself send, retries included.
// A zero field stands for the API guide's figure: 1000 per hour, 100 per
// minute, 10 at once.
//
// No window of an hour or a minute ever holds more than that, wherever it
// starts. To be sure of it, half of a budget may go at once and the other half
// flows in evenly: a client that has been idle sends 100 requests in its first
// minute and 50 in each further one.
type RateLimit struct {
	PerHour    int // requests in any hour
	PerMinute  int // requests in any 60 s
	Concurrent int // requests under way at once
}

var defaultRateLimit = RateLimit{PerHour: 1000, PerMinute: 100, Concurrent: 10}

func (l RateLimit) withDefaults() (RateLimit, error) {
	for _, f := range []struct {
		name  string
		value *int
		def   int
	}{
		{"PerHour", &l.PerHour, defaultRateLimit.PerHour},
		{"PerMinute", &l.PerMinute, defaultRateLimit.PerMinute},
		{"Concurrent", &l.Concurrent, defaultRateLimit.Concurrent},
	} {
		if *f.value < 0 {
			return l, fmt.Errorf("selgora: RateLimit.%s: %d is negative", f.name, *f.value)
		}
		if *f.value == 0 {
			*f.value = f.def
		}
	}
	return l, nil
}

// RateLimitStatus is what an answer says of the hour's budget of its key, from
// the X-RateLimit headers of the API guide. The zero value means that the
// answer said nothing.
type RateLimitStatus struct {
	Limit     int       // requests allowed in the hour
	Remaining int       // requests left of it
	Reset     time.Time // when the next hour starts
}

func parseRateLimitStatus(h http.Header) RateLimitStatus {
	if h["X-Ratelimit-Remaining"] == nil {
		return RateLimitStatus{} // spares the errors of parsing nothing
	}
	limit, _ := strconv.Atoi(headerValue(h, "X-Ratelimit-Limit"))
	remaining, err := strconv.Atoi(headerValue(h, "X-Ratelimit-Remaining"))
	reset, resetErr := strconv.ParseInt(headerValue(h, "X-Ratelimit-Reset"), 10, 64)
	if err != nil || resetErr != nil {
		return RateLimitStatus{}
	}
	return RateLimitStatus{Limit: limit, Remaining: remaining, Reset: time.Unix(reset, 0).UTC()}
}

// headerValue is Header.Get for a name already in canonical form.
func headerValue(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// limiter holds back what the server would refuse. A nil limiter lets
// everything through at once.
type limiter struct {
	slots   chan struct{}
	turn    chan struct{} // held by the request that is next to go
	minute  *rate.Limiter
	hour    *rate.Limiter
	maxWait time.Duration
	flying  atomic.Int64 // requests that have gone and not come back

	mu          sync.Mutex
	queued      int       // requests that have the turn or wait for it
	spare       int       // tokens that both buckets hold at least
	pausedUntil time.Time // no request before: a 429 said so
	budget      hourBudget
}

// hourBudget is what the server has told of its current hour.
type hourBudget struct {
	reset     int64     // the server's X-RateLimit-Reset, which names the window
	until     time.Time // the same instant on the local clock
	remaining int
}

func newLimiter(l RateLimit, maxWait time.Duration) *limiter {
	return &limiter{
		slots:   make(chan struct{}, l.Concurrent),
		turn:    make(chan struct{}, 1),
		minute:  newWindowLimiter(l.PerMinute, time.Minute),
		hour:    newWindowLimiter(l.PerHour, time.Hour),
		maxWait: maxWait,
	}
}

// newWindowLimiter returns a token bucket that never lets more than n through
// in any one window: what a full bucket holds and what flows in during the
// window make n together.
func newWindowLimiter(n int, window time.Duration) *rate.Limiter {
	if n == 1 {
		// A bucket holds at least one, so none may flow in during the window.
		return rate.NewLimiter(rate.Every(window+window/100), 1)
	}
	burst := n / 2
	return rate.NewLimiter(rate.Limit(float64(n-burst)/window.Seconds()), burst)
}

// acquire waits for a slot, then for permission to send one request. On
// success the caller must call release.
func (l *limiter) acquire(ctx context.Context) error {
	if l == nil {
		return nil
	}
	select {
	case l.slots <- struct{}{}:
	default:
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := l.waitTurn(ctx); err != nil {
		<-l.slots
		return err
	}
	return nil
}

func (l *limiter) release() {
	if l == nil {
		return
	}
	l.flying.Add(-1)
	<-l.slots
}

// waitTurn lets one request after the other wait for its permission. Nothing
// is taken before it can be used, so a wait that is given up costs nobody
// anything.
func (l *limiter) waitTurn(ctx context.Context) error {
	place := l.enqueue()
	if place == 0 {
		return nil
	}
	defer l.dequeue()
	if err := l.bearable(ctx, l.delay(time.Now(), place)); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.turn }()
	for {
		wait := l.take(time.Now())
		if wait <= 0 {
			return nil
		}
		if err := l.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// enqueue returns the request's place among those that have no permission yet:
// 0 where nobody waits and it can have it at once.
func (l *limiter) enqueue() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.queued == 0 && l.takeLocked(time.Now()) <= 0 {
		return 0
	}
	l.queued++
	return l.queued
}

func (l *limiter) dequeue() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queued--
}

// delay returns how long it takes, as far as is known now, until the nth
// request from now on may go.
func (l *limiter) delay(now time.Time, n int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.delayLocked(now, n)
}

func (l *limiter) delayLocked(now time.Time, n int) time.Duration {
	return max(l.serverDelay(now, n), tokenDelay(l.minute, now, n), tokenDelay(l.hour, now, n))
}

// serverDelay is the part of a delay that the server asked for.
func (l *limiter) serverDelay(now time.Time, n int) time.Duration {
	wait := l.pausedUntil.Sub(now)
	if now.Before(l.budget.until) && l.budget.remaining < n {
		wait = max(wait, l.budget.until.Sub(now))
	}
	return wait
}

// tokenDelay returns how long a bucket takes to have let n through.
func tokenDelay(bucket *rate.Limiter, now time.Time, n int) time.Duration {
	missing := float64(n) - bucket.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	seconds := missing / float64(bucket.Limit())
	if seconds >= overlong.Seconds() {
		return overlong
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second)))
}

// take takes the permission for one request, or returns how long there is none.
func (l *limiter) take(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.takeLocked(now)
}

func (l *limiter) takeLocked(now time.Time) time.Duration {
	if l.spare > 0 {
		if wait := l.serverDelay(now, 1); wait > 0 {
			return wait
		}
	} else {
		if wait := l.delayLocked(now, 1); wait > 0 {
			return wait
		}
		l.spare = int(min(l.minute.TokensAt(now), l.hour.TokensAt(now), math.MaxInt32))
	}
	l.spare--
	l.minute.AllowN(now, 1)
	l.hour.AllowN(now, 1)
	l.budget.remaining--
	l.flying.Add(1)
	return 0
}

// bearable returns an error if a wait is known to be too long.
func (l *limiter) bearable(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	if wait > l.maxWait {
		return &RateLimitWaitError{Wait: wait}
	}
	if deadline, ok := ctx.Deadline(); ok && wait > time.Until(deadline) {
		return fmt.Errorf("%w: %w", &RateLimitWaitError{Wait: wait}, context.DeadlineExceeded)
	}
	return nil
}

// sleep waits, unless the wait is known to be too long.
func (l *limiter) sleep(ctx context.Context, wait time.Duration) error {
	if err := l.bearable(ctx, wait); err != nil {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// observe learns from an answer. The hour's window is counted on the server's
// clock alone (its reset against its date), and only ever lowers what the
// client allows itself.
func (l *limiter) observe(h http.Header) {
	if l == nil {
		return
	}
	status := parseRateLimitStatus(h)
	if status.Reset.IsZero() || status.Remaining < 0 {
		return
	}
	date, err := http.ParseTime(headerValue(h, "Date"))
	if err != nil {
		return
	}
	left := status.Reset.Sub(date)
	if left <= 0 || left > time.Hour {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch reset := status.Reset.Unix(); {
	case reset > l.budget.reset || !now.Before(l.budget.until):
		// The server may not have counted yet what is on its way.
		l.budget = hourBudget{reset: reset, until: now.Add(left), remaining: status.Remaining - (int(l.flying.Load()) - 1)}
	case reset == l.budget.reset:
		l.budget.remaining = min(l.budget.remaining, status.Remaining)
	}
}

// pauseFor keeps every request of the client back for d, at most the cap.
func (l *limiter) pauseFor(d time.Duration) {
	if l == nil || d <= 0 {
		return
	}
	until := time.Now().Add(min(d, l.maxWait))
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.pausedUntil) {
		l.pausedUntil = until
	}
}
