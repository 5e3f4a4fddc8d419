package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"time"
)

// attemptTransport makes one attempt. It reads the whole body, so that the
// retry loop above it sees the faults in bodies too.
type attemptTransport struct {
	client *Client
	next   http.RoundTripper // the middleware and the transport
}

// RoundTrip sends a request of a call: the first, a retry or a redirect.
func (t *attemptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	c := callOf(ctx)
	c.begin()
	c.queries.add(req.URL.RawQuery)
	times := c.startTimes()

	// A call that will not be sent costs no budget, so the key comes first.
	cred, err := t.credentials(ctx)
	if err != nil {
		return c.refuse(err)
	}
	c.use(cred)
	permit, err := t.client.Limiter.Acquire(ctx, cred.KeyID, c.maxWait())
	if err != nil {
		return c.refuse(err)
	}
	resp, watched, err := t.exchange(ctx, c, req, permit, times)
	c.tell(watched) // without the slot: a slow logger or tracer holds nobody up
	return resp, err
}

// exchange sends a request that has its permit, and gives the permit back.
func (t *attemptTransport) exchange(ctx context.Context, c *call, req *http.Request, permit PermitID, times times) (*http.Response, watched, error) {
	var released PermitOutcome
	defer func() { t.client.Limiter.Release(permit, released) }()
	if err := ctx.Err(); err != nil {
		released.Unsent = true
		_, err = c.refuse(err)
		return nil, watched{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.client.AttemptTimeout)
	defer cancel()
	c.attempts++
	out, watched := c.outgoing(req, ctx, times)
	resp, err := t.next.RoundTrip(out)
	fate, err := c.read(resp, err)
	if err != nil && ctx.Err() != nil && req.Context().Err() == nil {
		err = &timeoutError{t.client.AttemptTimeout}
	}
	c.end(fate, err)
	released = c.released()
	if fate != Responded {
		return nil, watched, err
	}
	return c.passOn(resp), watched, nil
}

// credentials returns the key for an attempt of a call that is still wanted.
func (t *attemptTransport) credentials(ctx context.Context) (*Credential, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.client.Credentials(ctx)
}

// refuse ends an attempt before it was made.
func (c *call) refuse(err error) (*http.Response, error) {
	c.end(Refused, err)
	return nil, err
}

// outgoing makes the request of an attempt. All that the layers below may
// change, or still read when the next attempt has begun, is its own.
func (c *call) outgoing(req *http.Request, ctx context.Context, times times) (*http.Request, watched) {
	// One array, a slice of its own for each: whoever changes a value changes
	// no other call's.
	v := []string{"application/vnd.selgora.v1+json", c.client.UserAgent, "application/json", c.cred.authorization()}
	header := make(http.Header, len(v)+len(req.Header))
	header["Accept"], header["User-Agent"] = v[0:1:1], v[1:2:2]
	if c.Body != nil {
		header["Content-Type"] = v[2:3:3]
	}
	maps.Copy(header, req.Header) // the caller's and the cookies'
	delete(header, "Referer")     // net/http's own after a redirect; it repeats the query
	ctx, watched := c.startWatching(ctx, header, times)
	if c.Watcher != nil {
		header = header.Clone() // the watcher may keep the one it saw, which never has the key
	}
	header["Authorization"] = v[3:4:4]
	out := req.WithContext(ctx)
	out.Host, out.Header = host(req), header
	c.setBody(out)
	return out, watched
}

// setBody gives the request a body.
func (c *call) setBody(req *http.Request) {
	// With these fields net/http takes a request for idempotent and sends it
	// again by itself, unless it cannot rewind the body.
	oneWay := req.Header["Idempotency-Key"] != nil || req.Header["X-Idempotency-Key"] != nil
	if c.Body == nil {
		if oneWay {
			req.Body = newBody(nil)
		}
		return
	}
	req.Body, req.ContentLength = newBody(c.Body), int64(len(c.Body))
	if !oneWay {
		req.GetBody = func() (io.ReadCloser, error) { return newBody(c.Body), nil }
	}
}

// read takes the response in, and returns what became of the attempt.
func (c *call) read(resp *http.Response, err error) (Fate, error) {
	if err == nil && resp == nil {
		err = errors.New("the transport returned neither a response nor an error")
	}
	if err == nil && resp.StatusCode < http.StatusOK {
		if resp.Body != nil {
			resp.Body.Close() // unread: the connection is another protocol's now, and may never end
		}
		err = &interimError{resp.StatusCode}
	}
	if err != nil {
		return c.unanswered(err), err
	}
	if resp.Body != nil {
		err = c.body.fill(resp, c.client.MaxResponseBytes)
		resp.Body.Close()
	}
	c.reply = Reply{Response: resp, Body: c.body.data}
	if resp.StatusCode < http.StatusMultipleChoices && err != nil {
		return Cut, err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		c.reply.RetryAfter = c.body.readRetryAfter(resp)
	}
	return Responded, nil
}

// unanswered tells how far a request without a response got.
func (c *call) unanswered(err error) Fate {
	if c.trace.connected.Load() {
		return Lost
	}
	var badCert *tls.CertificateVerificationError
	if errors.As(err, &badCert) {
		return Untrusted
	}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || c.trace.provenUnsent() {
		return Unsent
	}
	return Lost
}

// passOn returns the response for the layers above: a success as it came, any
// other as a copy with the buffer for its body, which can be drained and closed
// again. A copy, since a middleware may keep the one it was given.
func (c *call) passOn(resp *http.Response) *http.Response {
	if resp.StatusCode < http.StatusMultipleChoices && resp.Body != nil {
		return resp
	}
	copied := *resp
	copied.Body = c.body
	return &copied
}

// released is what the limiter learns of the attempt.
func (c *call) released() PermitOutcome {
	switch c.fate {
	case Untrusted, Unsent:
		return PermitOutcome{Unsent: true}
	case Lost:
		return PermitOutcome{}
	}
	o := PermitOutcome{StatusCode: c.reply.StatusCode, RateLimit: ParseRateLimit(c.reply.Response.Header)}
	if wait, asked := c.askedWait(); asked && o.StatusCode == http.StatusTooManyRequests {
		o.RetryAfter = min(wait, c.client.MaxWait)
	}
	return o
}

// Is lets the error match os.ErrDeadlineExceeded, as net's timeouts do.
func (e *timeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// Timeout and Temporary make it a net.Error, by which many tell timeouts.
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Temporary() bool { return true }

// Watcher is told of each attempt of a call.
type Watcher interface {
	// StartAttempt returns the context of the attempt. It may add to the header.
	StartAttempt(ctx context.Context, a AttemptStart) context.Context
	EndAttempt(ctx context.Context, a AttemptEnd)
}

// AttemptStart is an attempt about to be sent.
type AttemptStart struct {
	Number  int           // from 1, redirects included
	Wait    time.Duration // spent waiting for the limiter
	Backoff time.Duration // spent waiting since the attempt before
	Header  http.Header
}

// AttemptEnd is how it ended.
type AttemptEnd struct {
	AttemptStart
	Duration   time.Duration
	StatusCode int // 0: no response
	RequestID  string
	Err        error
}
