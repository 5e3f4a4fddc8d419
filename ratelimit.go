package selgora

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// RateLimit is how many requests a client lets itself send, retries included.
// A zero field stands for the API guide's figure: 1000 per hour, 100 per
// minute, 10 at once.
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
	minute  *rate.Limiter
	hour    *rate.Limiter
	maxWait time.Duration

	mu          sync.Mutex
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
		minute:  newWindowLimiter(l.PerMinute, time.Minute),
		hour:    newWindowLimiter(l.PerHour, time.Hour),
		maxWait: maxWait,
	}
}

// newWindowLimiter returns a token bucket that never lets more than n through
// in any one window: what a full bucket holds and what flows in during the
// window make n together.
func newWindowLimiter(n int, window time.Duration) *rate.Limiter {
	burst := max(n/2, 1)
	refill := max(n-burst, 1)
	return rate.NewLimiter(rate.Limit(float64(refill)/window.Seconds()), burst)
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
		l.release()
		return err
	}
	return nil
}

func (l *limiter) release() {
	if l != nil {
		<-l.slots
	}
}

// waitTurn asks the server's word first, so that a request that it would
// refuse costs no token, and once more after the wait for a token, since it
// can have changed meanwhile.
func (l *limiter) waitTurn(ctx context.Context) error {
	if err := l.waitServer(ctx, false); err != nil {
		return err
	}
	now := time.Now()
	minute, hour := l.minute.ReserveN(now, 1), l.hour.ReserveN(now, 1)
	if wait := max(minute.DelayFrom(now), hour.DelayFrom(now)); wait > 0 {
		if err := l.sleep(ctx, wait); err != nil {
			minute.Cancel()
			hour.Cancel()
			return err
		}
	}
	return l.waitServer(ctx, true)
}

// waitServer waits out a pause and an exhausted hour, then takes one request
// of the hour's budget if told to.
func (l *limiter) waitServer(ctx context.Context, take bool) error {
	for {
		wait := l.serverWait(time.Now(), take)
		if wait <= 0 {
			return nil
		}
		if err := l.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sleep waits for d, unless d is known to be too long.
func (l *limiter) sleep(ctx context.Context, d time.Duration) error {
	if d > l.maxWait {
		return &RateLimitWaitError{Wait: d}
	}
	if deadline, ok := ctx.Deadline(); ok && d > time.Until(deadline) {
		return errors.Join(&RateLimitWaitError{Wait: d}, context.DeadlineExceeded)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serverWait returns for how long the server wants no request from now on.
func (l *limiter) serverWait(now time.Time, take bool) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.pausedUntil.Sub(now)
	if now.Before(l.budget.until) {
		if l.budget.remaining <= 0 {
			return max(wait, l.budget.until.Sub(now))
		}
		if take && wait <= 0 {
			l.budget.remaining--
		}
	}
	return wait
}

// observe learns from an answer. The hour's window is counted on the server's
// clock alone (its reset against its date), and only ever lowers what the
// client allows itself.
func (l *limiter) observe(h http.Header, now time.Time) {
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
	l.mu.Lock()
	defer l.mu.Unlock()
	switch reset := status.Reset.Unix(); {
	case reset > l.budget.reset || !now.Before(l.budget.until):
		l.budget = hourBudget{reset: reset, until: now.Add(left), remaining: status.Remaining}
	case reset == l.budget.reset:
		l.budget.remaining = min(l.budget.remaining, status.Remaining)
	}
}

// pauseFor keeps every request of the client back for d, at most the cap.
func (l *limiter) pauseFor(d time.Duration, now time.Time) {
	if l == nil || d <= 0 {
		return
	}
	until := now.Add(min(d, l.maxWait))
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.pausedUntil) {
		l.pausedUntil = until
	}
}
