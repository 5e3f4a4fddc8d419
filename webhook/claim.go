package webhook

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"
)

// storeTimeout bounds a commit or release, which the caller's context does not:
// an event that is done must be marked as done also after its deadline.
const storeTimeout = 5 * time.Second

// maxKey is how long an event's id may be before its hash stands for it.
const maxKey = 128

// A claim is one receiver's hold on an event. From its acquisition to its end
// a timer renews the lease; no goroutine waits meanwhile. A nil claim, without
// dedup, is always held.
type claim struct {
	store Store
	key   string
	token string
	lease time.Duration
	ttl   time.Duration

	mu     sync.Mutex
	timer  *time.Timer
	until  time.Time // when the lease has run out at the latest
	lost   bool
	ended  bool
	cancel context.CancelCauseFunc
}

func claimKey(event *Event) string {
	if len(event.ID) > maxKey {
		return bodyID([]byte(event.ID))
	}
	return event.ID
}

// call runs a method of the store. The built-in one neither blocks nor fails;
// any other may hang, panic or end its goroutine.
func (c *claim) call(ctx context.Context, method func() error) error {
	if _, builtIn := c.store.(*MemoryStore); builtIn {
		return method()
	}
	return bounded(ctx, method)
}

// acquire claims the event, also again after the lease was lost.
func (c *claim) acquire(ctx context.Context) (ClaimState, error) {
	// The state is handed over with the error: a call that was given up may
	// still write to it.
	state := make(chan ClaimState, 1)
	token := rand.Text()
	before := time.Now()
	err := c.call(ctx, func() error {
		s, err := c.store.Claim(ctx, c.key, token, c.lease)
		state <- s
		return err
	})
	if err != nil {
		return 0, err
	}
	switch s := <-state; s {
	case ClaimAcquired:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.token, c.until, c.lost = token, before.Add(c.lease), false
		if c.timer == nil {
			c.timer = time.AfterFunc(c.lease/3, c.renew)
		} else {
			c.timer.Reset(c.lease / 3)
		}
		return s, nil
	case ClaimHeld, ClaimDone:
		return s, nil
	default:
		return 0, fmt.Errorf("webhook: store answered the claim with %d, which is no claim state", s)
	}
}

// renew runs on the timer.
func (c *claim) renew() {
	c.mu.Lock()
	token, until, ended := c.token, c.until, c.ended
	c.mu.Unlock()
	if ended {
		return
	}
	ctx, stop := context.WithDeadline(context.Background(), until)
	defer stop()
	before := time.Now()
	err := c.call(ctx, func() error { return c.store.Renew(ctx, c.key, token, c.lease) })
	c.mu.Lock()
	defer c.mu.Unlock()
	left := time.Until(c.until)
	switch {
	case c.ended:
	case err == nil:
		c.until = before.Add(c.lease)
		c.timer.Reset(c.lease / 3)
	case errors.Is(err, ErrLeaseLost) || left <= 0:
		c.lost = true
		if c.cancel != nil {
			c.cancel(ErrLeaseLost)
		}
	default: // the store may come back before the lease runs out
		c.timer.Reset(min(max(c.lease/10, time.Millisecond), left))
	}
}

// guard returns a context that ends with ErrLeaseLost when the claim is lost.
func (c *claim) guard(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if c == nil {
		return ctx, cancel
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = cancel
	if c.lost {
		cancel(ErrLeaseLost)
	}
	return ctx, cancel
}

func (c *claim) isLost() bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// end stops the renewal and reports whether the claim was still held.
func (c *claim) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.timer != nil {
		c.timer.Stop()
	}
	return !c.lost
}

// abandon stops the renewal and leaves the lease to run out by itself.
func (c *claim) abandon() {
	if c != nil {
		c.end()
	}
}

// commit marks the event as done, also where the lease was lost meanwhile: the
// store knows whether somebody else has it.
func (c *claim) commit(ctx context.Context) error {
	if c == nil {
		return nil
	}
	c.end()
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer stop()
	return c.call(ctx, func() error { return c.store.Commit(ctx, c.key, c.token, c.ttl) })
}

// release lets the next delivery run.
func (c *claim) release(ctx context.Context) error {
	if c == nil || !c.end() {
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer stop()
	return c.call(ctx, func() error { return c.store.Release(ctx, c.key, c.token) })
}
