package selgora_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

func newLimiter(t *testing.T, limit selgora.RateLimit) *selgora.LocalLimiter {
	t.Helper()
	limiter, err := selgora.NewLimiter(limit)
	if err != nil {
		t.Fatal(err)
	}
	return limiter
}

func TestLimiterOptionsRefuse(t *testing.T) {
	limiter := selgora.WithLimiter(newLimiter(t, selgora.RateLimit{}))
	checkRefusedOptions(t, map[string]refusedOptions{
		"no limiter":                  {[]selgora.Option{selgora.WithLimiter(nil)}, []string{"WithLimiter", "nil"}},
		"no tracer":                   {[]selgora.Option{selgora.WithTracer(nil)}, []string{"WithTracer", "nil"}},
		"a limiter and limits":        {[]selgora.Option{limiter, selgora.WithRateLimit(selgora.RateLimit{})}, []string{"WithLimiter", "WithRateLimit", "both"}},
		"no limits, and then a limit": {[]selgora.Option{selgora.WithoutRateLimit(), limiter}, []string{"WithLimiter", "WithoutRateLimit", "both"}},
	})
	if _, err := selgora.NewLimiter(selgora.RateLimit{PerHour: -1}); err == nil || err.Error() != "selgora: RateLimit.PerHour: -1 is negative" {
		t.Errorf("error %v", err)
	}
}

// What the doc comments of LocalLimiter promise to those who use it directly.
func TestLocalLimiter(t *testing.T) {
	ctx := t.Context()
	request := func(key string) selgora.AcquireRequest { return selgora.AcquireRequest{KeyID: key} }
	limiter := newLimiter(t, selgora.RateLimit{PerMinute: 2})
	limiter.Release(7, selgora.PermitOutcome{StatusCode: 200}) // unknown
	limiter.Record("a", time.Hour)                             // long ago
	limiter.Record("a", time.Second)

	id, err := limiter.Acquire(ctx, request("a"))
	if err != nil {
		t.Fatal(err)
	}
	var wait *selgora.RateLimitWaitError
	if _, err := limiter.Acquire(ctx, request("a")); !errors.As(err, &wait) || wait.Wait <= 0 || !errors.Is(err, selgora.ErrNotSent) {
		t.Errorf("a third of two: %v", err)
	}
	if _, err := limiter.Acquire(ctx, request("b")); err != nil {
		t.Errorf("another key: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := limiter.Acquire(ended, request("c")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	limiter.Release(id, selgora.PermitOutcome{Unsent: true})
	limiter.Release(id, selgora.PermitOutcome{Unsent: true}) // once is enough
	if _, err := limiter.Acquire(ctx, request("a")); err != nil {
		t.Errorf("after a request that was not sent: %v", err)
	}
	if _, err := limiter.Acquire(ctx, request("a")); !errors.Is(err, selgora.ErrRateLimited) {
		t.Errorf("a third of two: %v", err)
	}
}
