package selgora

import (
	"context"
	"fmt"
	"time"

	"github.com/selgora/selgora-go/internal/wire"
)

// RateLimit is how many requests a client lets itself send, retries included.
// A zero field stands for the API guide's figure: 1000 per hour, 100 per
// minute, 10 at once.
//
// A request counts from when it is sent until one window after its response
// came. The server met it somewhere in between, so no hour or minute at the
// server ever holds more requests than that, wherever it starts, and the whole
// budget can be used. A request that got no response counts for the attempt
// timeout longer, since it may arrive late.
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

// RateLimitStatus is what a response says about the hour's budget of its key, in
// the X-RateLimit header fields of the API guide. The zero value means that the
// response says nothing.
type RateLimitStatus struct {
	Limit     int       // requests allowed in the hour
	Remaining int       // requests left of it
	Reset     time.Time // when the next hour starts, on the server's clock
	// ResetAfter is Reset minus the response's own Date: the time left until the
	// next hour, whatever the local clock shows. It is 0 for a response without
	// a Date.
	ResetAfter time.Duration
}

// Limiter decides when a request may be sent. A client asks its limiter before
// each request, retries and redirects included; see [WithLimiter]. It must be
// safe for concurrent use.
type Limiter interface {
	// Acquire waits for a permit: for a slot and for budget of the request's
	// key, both together. An error ends the call, and that request is not sent:
	// a *RateLimitWaitError if the wait would be longer than r.MaxWait or go past
	// the deadline of ctx, or ctx.Err() if ctx has ended.
	Acquire(ctx context.Context, r AcquireRequest) (PermitID, error)
	// Release returns a permit when its request has ended. It is called exactly
	// once for each permit, and must not block.
	Release(id PermitID, o PermitOutcome)
}

// PermitID names a permit for [Limiter.Release].
type PermitID uint64

// AcquireRequest asks a [Limiter] for a permit.
type AcquireRequest struct {
	// KeyID identifies the API key that the budget belongs to, without showing
	// it: a hash.
	KeyID string
	// MaxWait is the longest wait that the call accepts; see [WithMaxWait]. If it
	// is negative, as in a batch, the context alone bounds the wait.
	MaxWait time.Duration
}

// PermitOutcome says what became of a permit's request.
type PermitOutcome struct {
	// Unsent means that the request never left this machine, and costs nothing.
	Unsent bool
	// StatusCode is the status of the response. If it is 0 and Unsent is false,
	// no response came, and it is unknown when the server met the request, if
	// it did.
	StatusCode int
	// RetryAfter is how long a 429 asks to wait, at most what [WithMaxWait]
	// allows.
	RetryAfter time.Duration
	// RateLimit is what the response says about the hour's budget.
	RateLimit RateLimitStatus
}

// LocalLimiter is the [Limiter] that every client has by default: exact
// windows, kept in this process for each key. Make one with [NewLimiter] to
// share it between clients, or for your own Limiter to fall back on. The zero
// LocalLimiter is not usable.
type LocalLimiter struct{ limiter *wire.LocalLimiter }

// NewLimiter returns a limiter that lets through what limit says, for each key.
// It returns an error only for a negative field. A request that got no response
// counts for 30 s longer, the default of [WithAttemptTimeout].
func NewLimiter(limit RateLimit) (*LocalLimiter, error) {
	limit, err := limit.withDefaults()
	if err != nil {
		return nil, err
	}
	return &LocalLimiter{wire.NewLocalLimiter(wire.Limits(limit), defaultAttemptTimeout)}, nil
}

// Acquire waits for a permit; see [Limiter]. A wait that is given up, or that
// the context ends, costs nothing.
func (l *LocalLimiter) Acquire(ctx context.Context, r AcquireRequest) (PermitID, error) {
	if !l.usable() {
		return 0, &ParamError{"LocalLimiter", "was not made by NewLimiter"}
	}
	id, err := l.limiter.Acquire(ctx, r.KeyID, r.MaxWait)
	if err != nil {
		return 0, publicError(err)
	}
	return PermitID(id), nil
}

// Release returns a permit; see [Limiter]. An id that is unknown, or was released
// before, changes nothing.
func (l *LocalLimiter) Release(id PermitID, o PermitOutcome) {
	if !l.usable() {
		return
	}
	l.limiter.Release(wire.PermitID(id), wire.PermitOutcome{
		Unsent: o.Unsent, StatusCode: o.StatusCode, RetryAfter: o.RetryAfter, RateLimit: wire.RateLimitStatus(o.RateLimit),
	})
}

// Record counts a request that did not pass through this limiter against the
// budgets of a key: one whose response came that long ago.
func (l *LocalLimiter) Record(keyID string, ago time.Duration) {
	if l.usable() {
		l.limiter.Record(keyID, ago)
	}
}

func (l *LocalLimiter) usable() bool { return l != nil && l.limiter != nil }

// sharedLimiter adapts a caller's limiter to package wire.
type sharedLimiter struct{ Limiter }

func (l sharedLimiter) Acquire(ctx context.Context, keyID string, maxWait time.Duration) (wire.PermitID, error) {
	id, err := l.Limiter.Acquire(ctx, AcquireRequest{KeyID: keyID, MaxWait: maxWait})
	return wire.PermitID(id), err
}

func (l sharedLimiter) Release(id wire.PermitID, o wire.PermitOutcome) {
	l.Limiter.Release(PermitID(id), PermitOutcome{
		Unsent: o.Unsent, StatusCode: o.StatusCode, RetryAfter: o.RetryAfter, RateLimit: RateLimitStatus(o.RateLimit),
	})
}
