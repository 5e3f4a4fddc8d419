package selgora

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// request describes a call: what a service method knows of it.
type request struct {
	method string
	path   path
	query  string // encoded, without the question mark
	body   any    // encoded as JSON; nil for none

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

	method     string
	path       string // below the base URL, escaped
	query      string
	maxRetries int
	repeatable bool
	oneWay     bool // the transport must not send the request a second time

	// What the loop needs is kept here for the sake of one allocation. The
	// request itself is not: its headers may hold secrets of the caller's, and
	// package fmt can be made to print what is inside a context.
	url     url.URL
	header  http.Header // of the caller, for this call
	payload []byte      // the encoded body, nil for none
	request retryablehttp.Request
	loop    *retryablehttp.Client

	callState
}

// callState is what the attempts of a call leave for the decisions after them.
type callState struct {
	tries    int         // turns of the retry loop
	attempts int         // round trips begun
	cred     *credential // of the last attempt
	redact   func(string) string

	answer     *http.Response // the last one, whatever its status
	body       *bodyBuffer    // its body
	bodyErr    error          // why it has no usable body, though it is complete
	last       *Error         // the last answer of 400 and over
	retryAfter time.Duration  // the wait that it asked for
	asked      bool           // whether it asked for one

	cut       bool       // the context ended when a retry was due
	sent      bool       // an attempt may have left this machine
	unsent    bool       // the last attempt certainly did not
	maybeDone bool       // an attempt may have had its effect, though no answer said so
	trace     *connTrace // nil where nothing depends on it
	wireErr   error      // what went wrong on the wire in the last attempt
}

// connTrace records, from whichever goroutine of the transport, how far a
// request got. It is pooled with its hooks. A hook that comes late, for an
// attempt given up, can only make another call look sent that was not, and so
// keep it from a retry.
type connTrace struct {
	asked, wrote atomic.Bool
	hooks        httptrace.ClientTrace
	mixed        bool // the hooks call a caller's too, so no other call may have them
}

var connTraces = sync.Pool{New: func() any { return newConnTrace() }}

func newConnTrace() *connTrace {
	t := new(connTrace)
	t.hooks.GetConn = func(string) { t.asked.Store(true) }
	// WroteHeaders comes after the fact, and WroteHeaderField costs a slice for
	// each header: whoever has a connection may have written to it.
	t.hooks.GotConn = func(httptrace.GotConnInfo) { t.wrote.Store(true) }
	t.hooks.WroteHeaders = func() { t.wrote.Store(true) } // of transports that report no connection
	return t
}

func (t *connTrace) reset() {
	if t != nil {
		t.asked.Store(false)
		t.wrote.Store(false)
	}
}

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
	to, err := r.path.target(core.baseURL)
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
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	c := &call{
		Context: ctx, core: core,
		method: r.method, path: to.below, query: r.query,
		repeatable: r.repeatable || r.method != http.MethodPost || o.retryUnsafe,
		maxRetries: o.maxRetries,
		url:        *core.baseURL,
		header:     o.header,
		callState:  callState{body: getBodyBuffer(), redact: func(s string) string { return s }},
	}
	defer putBodyBuffer(c.body)
	c.url.Path, c.url.RawPath, c.url.RawQuery = to.path, to.rawPath, r.query
	if err := c.encode(r.body); err != nil {
		return err
	}
	resp, err := c.send()
	if c.trace != nil && !c.trace.mixed {
		connTraces.Put(c.trace)
	}
	err = c.finish(resp, err, r.decode, out)
	c.report(o.response)
	return err
}

// encode makes the request.
func (c *call) encode(body any) error {
	if body != nil {
		payload, err := encodeBody(body)
		if err != nil {
			return err
		}
		c.payload = payload
	}
	// With these headers net/http takes a request for idempotent and sends it
	// again by itself, unless it cannot rewind the body.
	c.oneWay = c.header["Idempotency-Key"] != nil || c.header["X-Idempotency-Key"] != nil
	// The host and most headers come with each attempt: http.Client makes copies
	// of what it is given, in case of a redirect.
	c.request.Request = (&http.Request{
		Method: c.method, URL: &c.url, Header: c.ownHeader(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(c.traced())
	return nil
}

// newURL makes the URL of a retry.
func (c *call) newURL() *url.URL {
	u := *c.core.baseURL
	below, _ := url.PathUnescape(c.path) // no error: it was escaped by the client
	to := newTarget(&u, u.Path+below, c.path)
	u.Path, u.RawPath, u.RawQuery = to.path, to.rawPath, c.query
	return &u
}

// ownHeader returns the caller's headers for this call, which http.Client has
// to know: a jar adds to its cookies, and a CheckRedirect may look at all.
func (c *call) ownHeader() http.Header {
	if len(c.header) == 0 {
		return http.Header{}
	}
	return maps.Clone(c.header)
}

// newHeader returns the headers of an attempt: a map of its own, which the
// layers below may change while the transport still writes the one before. It
// adds the client's own to what http.Client gave, all but the key.
func (c *call) newHeader(given http.Header) http.Header {
	header := maps.Clone(c.core.header)
	if c.payload != nil {
		header["Content-Type"] = jsonContentType
	}
	if len(given) > 0 {
		maps.Copy(header, given)
	}
	return header
}

func encodeBody(v any) ([]byte, error) {
	switch v := v.(type) {
	case json.RawMessage:
		if !json.Valid(v) {
			return nil, &ParamError{"body", "is not valid JSON"}
		}
		return v, nil
	case json.Marshaler:
	case []byte, io.Reader:
		return nil, &ParamError{"body", fmt.Sprintf("is a %T, which has no JSON of its own; pass the text as a json.RawMessage, or the value that it encodes", v)}
	}
	body, err := jsonx.Marshal(v)
	if err != nil {
		return nil, &ParamError{"body", "cannot be encoded as JSON: " + err.Error()}
	}
	return body, nil
}

// setBody gives an attempt's request a body of its own: the one of the attempt
// before may still be read by the transport.
func (c *call) setBody(req *http.Request) {
	if c.payload == nil {
		if c.oneWay {
			req.Body = io.NopCloser(strings.NewReader(""))
		}
		return
	}
	body := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.payload)), nil }
	req.Body, _ = body()
	req.ContentLength = int64(len(c.payload))
	if !c.oneWay {
		req.GetBody = body
	}
}

// traced returns the context of the call's requests. Only where something can
// depend on it does the transport have to tell how far a request got.
func (c *call) traced() context.Context {
	if c.method == http.MethodGet {
		return c
	}
	if httptrace.ContextClientTrace(c) == nil {
		c.trace = connTraces.Get().(*connTrace)
	} else {
		c.trace = newConnTrace()
		c.trace.mixed = true
	}
	return httptrace.WithClientTrace(c, &c.trace.hooks)
}

// newLoop returns a retry loop for one call at a time. Its hooks find the call
// by the context, and the wait goes by way of its shortest one.
func newLoop(hc *http.Client) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: hc,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			return callOf(ctx).checkRetry(resp, err), nil
		},
		Backoff: func(wait, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait },
		PrepareRetry: func(next *http.Request) error {
			// Without the cookies of the attempt before, or what a middleware
			// made of its URL.
			c := callOf(next.Context())
			next.URL, next.Header = c.newURL(), c.ownHeader()
			return nil
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// send runs the retry loop.
func (c *call) send() (*http.Response, error) {
	c.loop = c.core.loops.Get().(*retryablehttp.Client)
	c.loop.RetryMax, c.loop.RetryWaitMin = c.maxRetries, 0
	resp, err := c.loop.Do(&c.request)
	c.core.loops.Put(c.loop)
	return resp, err
}

// finish turns what the retry loop came back with into the call's result.
func (c *call) finish(resp *http.Response, err error, decode func([]byte, any) error, out any) error {
	if c.cut {
		return c.failure(c.Err())
	}
	if err != nil {
		if c.redirectFailed() {
			e, _, _ := c.newError(c.answer)
			e.cause = withoutKey(withoutURL(err), c.redact)
			e.Message = "redirect not followed: " + e.cause.Error()
			return e
		}
		return c.failure(err)
	}
	if resp.StatusCode/100 == 2 && c.bodyErr == nil {
		if out == nil {
			return nil
		}
		if decode == nil {
			decode = decodeObject
		}
		if err := decode(c.body.data, out); err != nil {
			e, _, _ := c.newError(resp)
			e.cause = withoutKey(err, c.redact)
			e.Message = "the answer cannot be used: " + unusable(resp, c.body.data, e.cause)
			return e
		}
		return nil
	}
	if resp.StatusCode == http.StatusNotFound && c.method == http.MethodDelete && out == nil && c.maybeDone {
		return nil
	}
	e := c.last
	if resp.StatusCode < http.StatusBadRequest {
		e, _, _ = c.newError(resp) // c.last is of an attempt before
	}
	if c.bodyErr != nil {
		e.Message, e.cause = strings.TrimPrefix(c.bodyErr.Error(), "selgora: "), c.bodyErr
	}
	e.Attempts = c.attempts
	return e
}

// failure is a call that ended without an answer to its last attempt.
func (c *call) failure(err error) error {
	err = withoutURL(err)
	if ended := c.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", ended, err)
	}
	if c.last != nil {
		c.last.Attempts = c.attempts
	}
	var wait *RateLimitWaitError
	if errors.As(err, &wait) {
		wait.sentBefore = c.sent
	}
	return &callError{
		method: c.method, path: c.redact(c.path), attempts: c.attempts, sent: c.sent,
		err: withoutKey(err, c.redact), last: c.last,
	}
}

// redirectFailed reports whether the call ended because net/http could not, or
// the caller's CheckRedirect would not, follow the last answer.
func (c *call) redirectFailed() bool {
	return c.wireErr == nil && !c.unsent && c.answer != nil && c.answer.StatusCode/100 == 3
}

// withoutURL takes off what net/http puts around an error: the URL's query may
// hold people's addresses.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
