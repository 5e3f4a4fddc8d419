package selgora

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// request describes a call: what a service method knows of it.
type request struct {
	method string
	path   []string // segments, not escaped
	query  string   // encoded, without the question mark
	body   any      // encoded as JSON; nil for none

	// repeatable marks a POST that can be repeated without changing anything
	// further; the other methods of the API are so by themselves.
	repeatable bool
	decode     func(body []byte, out any) error // nil for decodeObject
}

// call is one call of the API under way. It is the context of its HTTP
// requests, which is how the stages below the retry loop find it.
type call struct {
	context.Context
	core *core

	method, path string
	repeatable   bool
	maxRetries   int

	callState
}

// callState is what the attempts of a call leave for the decisions after them.
type callState struct {
	tries    int // turns of the retry loop
	attempts int // round trips begun
	backoff  time.Duration
	redact   func(string) string

	answer     *http.Response // the last one, whatever its status
	body       *bodyBuffer    // its body
	bodyErr    error          // why it has no usable body, though it is complete
	last       *Error         // the last answer of 400 and over
	retryAfter time.Duration  // the wait that it asked for
	asked      bool           // whether it asked for one

	trace     connTrace
	sent      bool  // an attempt may have left this machine
	unsent    bool  // the last attempt certainly did not
	maybeDone bool  // an attempt may have had its effect, though no answer said so
	wireErr   error // what went wrong on the wire in the last attempt
	cut       bool  // the context ended when a retry was due
}

// connTrace records, from whichever goroutine of the transport, how far a
// request got.
type connTrace struct{ asked, wrote atomic.Bool }

type callKey struct{}

// Value returns the call for its own key.
func (c *call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// String keeps a context that is printed from showing the call's insides.
func (c *call) String() string { return "selgora.call" }

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// do makes the call and decodes a 2xx answer into out; nil discards it.
func (core *core) do(ctx context.Context, r request, out any, opts []RequestOption) error {
	o, err := core.requestOptions(opts)
	if err != nil {
		return err
	}
	to, err := segmentPath(r.path)
	if err != nil {
		return err
	}
	return core.doAt(ctx, r, to, o, out)
}

// doAt is do with the path and the options settled.
func (core *core) doAt(ctx context.Context, r request, to target, o requestOptions, out any) error {
	if ctx == nil {
		return &ParamError{"ctx", "is nil"}
	}
	req, err := core.newRequest(r, to, o)
	if err != nil {
		return err
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	c := &call{
		Context: ctx, core: core,
		method: r.method, path: to.escaped,
		repeatable: r.repeatable || r.method != http.MethodPost || o.retryUnsafe,
		maxRetries: o.maxRetries,
		callState:  callState{body: getBodyBuffer(), redact: func(s string) string { return s }},
	}
	defer putBodyBuffer(c.body)
	resp, err := c.send(req)
	err = c.finish(resp, err, r, out)
	c.report(o.response)
	return err
}

// newRequest encodes the call. Its headers lack the key, which each attempt
// adds.
func (core *core) newRequest(r request, to target, o requestOptions) (*retryablehttp.Request, error) {
	u := to.join(core.baseURL)
	u.RawQuery = r.query
	header := make(http.Header, 5+len(o.header))
	header["Accept"] = acceptHeader
	header["User-Agent"] = core.userAgent
	req := &retryablehttp.Request{Request: &http.Request{
		Method: r.method, URL: u, Host: u.Host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}}
	if r.body != nil {
		body, err := jsonx.Marshal(r.body)
		if err != nil {
			return nil, &ParamError{"body", "cannot be encoded as JSON: " + err.Error()}
		}
		header["Content-Type"] = jsonContentType
		if err := req.SetBody(body); err != nil {
			return nil, err
		}
	}
	for name, values := range o.header {
		header[name] = values
	}
	if len(o.header) > 0 && !r.repeatable && !o.retryUnsafe {
		// With these headers net/http takes a request for idempotent and sends
		// it again by itself; without GetBody it cannot.
		if header["Idempotency-Key"] != nil || header["X-Idempotency-Key"] != nil {
			req.GetBody = nil
		}
	}
	return req, nil
}

// send runs the retry loop.
func (c *call) send(req *retryablehttp.Request) (*http.Response, error) {
	ctx := context.Context(c)
	if !c.repeatable {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GetConn:      func(string) { c.trace.asked.Store(true) },
			WroteHeaders: func() { c.trace.wrote.Store(true) },
		})
	}
	req.Request = req.Request.WithContext(ctx)
	loop := retryablehttp.Client{
		HTTPClient:   c.core.httpClient,
		RetryMax:     c.maxRetries,
		CheckRetry:   c.checkRetry,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.backoff },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return loop.Do(req)
}

// finish turns what the retry loop came back with into the call's result.
func (c *call) finish(resp *http.Response, err error, r request, out any) error {
	if c.cut {
		return c.failure(c.Err())
	}
	if err != nil {
		return c.failure(err)
	}
	if resp.StatusCode/100 == 2 && c.bodyErr == nil {
		if out == nil {
			return nil
		}
		decode := r.decode
		if decode == nil {
			decode = decodeObject
		}
		if err := decode(c.body.data, out); err != nil {
			e, _, _ := c.newError(resp)
			e.Message = "the answer cannot be used: the body is " + kind(resp, c.body.data)
			if !errors.Is(err, errNoJSON) {
				e.Message += ": " + c.redact(err.Error())
			}
			e.cause = err
			return e
		}
		return nil
	}
	if resp.StatusCode == http.StatusNotFound && r.method == http.MethodDelete && out == nil && c.maybeDone {
		return nil
	}
	e := c.last
	if e == nil {
		e, _, _ = c.newError(resp)
	}
	if c.bodyErr != nil {
		e.Message, e.cause = c.bodyErr.Error(), c.bodyErr
	}
	e.Attempts = c.attempts
	return e
}

// failure is a call that ended without an answer to its last attempt.
func (c *call) failure(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // the URL's query may hold people's addresses
	}
	if ended := c.Err(); ended != nil && !errors.Is(err, ended) {
		err = errors.Join(ended, err)
	}
	if c.last != nil {
		c.last.Attempts = c.attempts
	}
	var wait *RateLimitWaitError
	if errors.As(err, &wait) {
		wait.sentBefore = c.sent
	}
	return &callError{
		method: c.method, path: c.path, attempts: c.attempts, sent: c.sent,
		err: &redactedError{err: err, text: c.redact(err.Error())}, last: c.last,
	}
}

// redactedError shows a text without the key in place of the error's own.
type redactedError struct {
	err  error
	text string
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
