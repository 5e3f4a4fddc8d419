package selgora

import (
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// notSent records an attempt that the client itself refused to make.
func (c *call) notSent(err error) error {
	c.unsent, c.wireErr, c.bodyErr = true, nil, nil
	return err
}

// begin starts an attempt.
func (c *call) begin(cred *credential) {
	c.attempts++
	c.loop.RetryWaitMin = 0 // a redirect within the turn waits for nothing
	c.use(cred)
	c.unsent, c.wireErr, c.bodyErr = false, nil, nil
	c.trace.reset()
}

// use makes the call hide a credential; a key that it replaces stays secret.
func (c *call) use(cred *credential) {
	switch before := c.redact; {
	case c.cred == nil:
		c.redact = cred.redact
	case c.cred != cred:
		c.redact = func(s string) string { return before(cred.redact(s)) }
	}
	c.cred = cred
}

// end records what became of an attempt, and lets the limiter learn from it
// while the attempt still holds its slot.
func (c *call) end(resp *http.Response, err error) {
	if err != nil {
		c.wireErr = err
		c.unsent = c.provenUnsent(err)
		if !c.unsent {
			c.sent, c.maybeDone = true, true
		}
		return
	}
	c.sent, c.answer = true, resp
	c.core.limiter.observe(resp.Header)
	if resp.StatusCode < http.StatusBadRequest {
		return
	}
	c.last, c.retryAfter, c.asked = c.newError(resp)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		c.core.limiter.pauseFor(c.retryAfter)
	case resp.StatusCode == http.StatusRequestTimeout || resp.StatusCode >= 500:
		c.maybeDone = true
	}
}

// provenUnsent reports whether nothing of the attempt can have been acted on:
// no connection was made, or no header was written to it.
func (c *call) provenUnsent(err error) bool {
	if c.trace != nil && c.trace.wrote.Load() {
		return false
	}
	var badCert *tls.CertificateVerificationError
	if errors.As(err, &badCert) {
		return true
	}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	return c.trace != nil && c.trace.asked.Load()
}

// checkRetry decides after each turn of the retry loop, and settles the wait
// before the next.
func (c *call) checkRetry(resp *http.Response, err error) bool {
	c.tries++
	if !c.worthRetrying(resp, err) || c.tries > c.maxRetries {
		return false
	}
	if c.Err() != nil {
		c.cut = true
		return false
	}
	wait := c.core.jitteredBackoff(c.tries)
	if err == nil && c.asked {
		wait = c.retryAfter
		if wait > c.core.maxRetryAfter {
			return false
		}
	}
	if deadline, ok := c.Deadline(); ok && wait > time.Until(deadline) {
		return false
	}
	c.loop.RetryWaitMin = wait
	return true
}

// worthRetrying reports whether another attempt can help and cannot harm.
func (c *call) worthRetrying(resp *http.Response, err error) bool {
	if err != nil {
		var badCert *tls.CertificateVerificationError
		if c.wireErr == nil || errors.As(err, &badCert) {
			return false
		}
		return c.repeatable || c.unsent
	}
	if c.bodyErr != nil && resp.StatusCode < http.StatusMultipleChoices {
		return false
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true // refused, so certainly not done
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return c.repeatable
	}
	return false
}

// jitteredBackoff returns the wait after the given number of tries: anything
// from nothing to a bound that doubles from the minimum up to the maximum, so
// that clients that failed together do not come back together.
func (core *core) jitteredBackoff(tries int) time.Duration {
	bound := core.retryWaitMin
	for range tries - 1 {
		if bound >= core.retryWaitMax/2 {
			bound = core.retryWaitMax
			break
		}
		bound *= 2
	}
	if bound <= 0 {
		return 0
	}
	return rand.N(bound)
}
