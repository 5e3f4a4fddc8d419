package selgora

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"time"
)

// attemptTransport makes one wire attempt: it waits for the rate limiter,
// starts the attempt's timeout, sends, and reads the whole body, so that the
// retry loop above it sees the faults in bodies too.
type attemptTransport struct {
	core *core
	next http.RoundTripper
}

// RoundTrip sends a request made by call.
func (t *attemptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	c, core := callOf(req.Context()), t.core
	watch := core.newStopwatch(c)
	if err := core.limiter.acquire(req.Context()); err != nil {
		return nil, c.notSent(err)
	}
	defer core.limiter.release()
	cred, err := core.credentials(req.Context())
	if err == nil {
		err = req.Context().Err() // transports need not look at it
	}
	if err != nil {
		return nil, c.notSent(err)
	}

	ctx, cancel := context.WithTimeout(req.Context(), core.attemptTimeout)
	defer cancel()
	out := req.WithContext(ctx)
	out.Host, out.Header = cmp.Or(out.Host, out.URL.Host), c.newHeader(req.Header)
	cred.authorize(out.Header)
	c.setBody(out)
	c.begin(cred)

	watch.sent()
	resp, err := t.next.RoundTrip(out)
	if err == nil {
		resp, err = t.read(c, resp)
	}
	if err != nil {
		if ctx.Err() != nil && req.Context().Err() == nil {
			err = &attemptTimeoutError{after: core.attemptTimeout, err: err}
		}
		resp = nil
	}
	c.end(resp, err)
	core.logAttempt(c, resp, err, watch)
	return resp, err
}

// read takes the whole body in. Nothing above looks at the body of a success,
// which goes on as it came. Any other may be drained and closed again, so a
// copy of the answer goes on with the buffer in its place: a copy, since a
// middleware may keep the one it was given, and the buffer is used again.
func (t *attemptTransport) read(c *call, given *http.Response) (*http.Response, error) {
	if given == nil {
		return nil, errors.New("the transport returned neither an answer nor an error")
	}
	var err error
	c.body.reset()
	if given.Body != nil {
		err = c.body.fill(given, t.core.maxResponseBytes)
		given.Body.Close()
		if err == nil && given.StatusCode/100 == 2 {
			return given, nil
		}
	}
	resp := new(http.Response)
	*resp = *given
	resp.Body = c.body
	switch {
	case errors.Is(err, ErrResponseTooLarge):
		c.bodyErr = err
		err = nil
	case resp.StatusCode >= http.StatusMultipleChoices:
		// The status alone already says what became of the call.
		err = nil
	}
	return resp, err
}

// attemptTimeoutError is an attempt that took longer than it may. It is no
// context.DeadlineExceeded: that is the caller's own deadline.
type attemptTimeoutError struct {
	after time.Duration
	err   error
}

func (e *attemptTimeoutError) Error() string {
	return "no complete answer within the attempt timeout of " + e.after.String()
}

// Is lets the error match os.ErrDeadlineExceeded, as net's timeouts do.
func (e *attemptTimeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// Timeout and Temporary make it a net.Error, by which many tell timeouts.
func (e *attemptTimeoutError) Timeout() bool   { return true }
func (e *attemptTimeoutError) Temporary() bool { return true }
