package selgora

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// RequestOption changes one call. Every method takes them last.
type RequestOption func(*requestOptions) error

type requestOptions struct {
	header      http.Header
	timeout     time.Duration
	maxRetries  int
	retryUnsafe bool
	response    *Response
}

func (core *core) requestOptions(opts []RequestOption) (requestOptions, error) {
	if core == nil {
		return requestOptions{}, &ParamError{"Client", "was not made by NewClient"}
	}
	if len(opts) == 0 {
		return requestOptions{maxRetries: core.maxRetries}, nil
	}
	return core.applyRequestOptions(opts)
}

// applyRequestOptions is apart because what it hands to functions goes to the
// heap.
func (core *core) applyRequestOptions(opts []RequestOption) (requestOptions, error) {
	o := requestOptions{maxRetries: core.maxRetries}
	var problem error
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		// The others are applied all the same: one may empty a Response.
		if err := opt(&o); err != nil && problem == nil {
			problem = err
		}
	}
	return o, problem
}

// refuse ends a call whose arguments cannot be right. It looks at the options
// nevertheless, so that a [Response] does not show the call before.
func (core *core) refuse(problem error, opts []RequestOption) error {
	if _, err := core.requestOptions(opts); core == nil {
		return err
	}
	return problem
}

// WithHeader sets a request header for one call, in place of the client's own
// of that name. Authorization, Host and the headers that frame the body are
// refused.
func WithHeader(name, value string) RequestOption {
	return func(o *requestOptions) error {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !isToken(name):
			return &ParamError{"WithHeader name", fmt.Sprintf("%q is not a header name", name)}
		case headerValueProblem(value) != "":
			return &ParamError{"WithHeader " + canonical, headerValueProblem(value)}
		}
		switch canonical {
		case "Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer":
			return &ParamError{"WithHeader " + canonical, "is set by the client alone"}
		}
		if o.header == nil {
			o.header = make(http.Header)
		}
		o.header.Set(canonical, value)
		return nil
	}
}

// WithRequestTimeout bounds one whole call: every attempt, the waits between
// them and those for the rate limiter. What it ends is an error that matches
// context.DeadlineExceeded. With an iterator it holds for each page, and with
// CreateBatch for each request.
func WithRequestTimeout(d time.Duration) RequestOption {
	return func(o *requestOptions) error {
		if d <= 0 {
			return &ParamError{"WithRequestTimeout", fmt.Sprintf("%v is not positive", d)}
		}
		o.timeout = d
		return nil
	}
}

// WithRequestRetries sets the number of retries of one call, in place of
// [WithMaxRetries].
func WithRequestRetries(n int) RequestOption {
	return func(o *requestOptions) error {
		if n < 0 {
			return &ParamError{"WithRequestRetries", fmt.Sprintf("%d is negative", n)}
		}
		o.maxRetries = n
		return nil
	}
}

// WithRetryUnsafe lets a POST be repeated after failures that leave open
// whether it was carried out, as the API guide's JavaScript sample does. Only
// give it where doing the thing twice does no harm.
func WithRetryUnsafe() RequestOption {
	return func(o *requestOptions) error {
		o.retryUnsafe = true
		return nil
	}
}

// WithResponse fills r with the last answer of the call, whether the call
// succeeds or fails; r is emptied first. One Response must not be used by two calls at once. For
// an iterator it is the answer of the page fetched last.
func WithResponse(r *Response) RequestOption {
	return func(o *requestOptions) error {
		if r == nil {
			return &ParamError{"WithResponse", "the response is nil"}
		}
		*r = Response{}
		o.response = r
		return nil
	}
}

// Response is what is known of a call beyond its result.
type Response struct {
	// StatusCode is the status of the last answer, 0 when there was none.
	StatusCode int
	// Header holds a copy of the answer's headers, treated like Body.
	Header http.Header
	// RequestID is the answer's X-Request-Id, if it had one.
	RequestID string
	// RateLimit is what the answer said of the hour's budget.
	RateLimit RateLimitStatus
	// Attempts is how many HTTP round trips the call made, redirects included.
	Attempts int
	// Body is the answer's raw body. The API key is replaced in it in the
	// unlikely case that the server repeats it.
	Body []byte
}

// report fills the caller's Response.
func (c *call) report(r *Response) {
	if r == nil {
		return
	}
	*r = Response{Attempts: c.attempts}
	if c.answer == nil {
		return
	}
	r.StatusCode = c.answer.StatusCode
	r.Header = c.answer.Header.Clone()
	for _, values := range r.Header {
		for i, value := range values {
			values[i] = c.redact(value)
		}
	}
	r.RequestID = headerValue(r.Header, "X-Request-Id")
	r.RateLimit = parseRateLimitStatus(r.Header)
	switch {
	case c.wireErr == nil:
		r.Body = []byte(c.redact(string(c.body.data)))
	case c.last != nil:
		// The buffer holds a later attempt's broken body.
		r.Body = bytes.Clone(c.last.Body)
	}
}

func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alnum && !bytes.ContainsRune([]byte("!#$%&'*+-.^_`|~"), rune(c)) {
			return false
		}
	}
	return s != ""
}

func headerValueProblem(s string) string {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return "has a line break or other control character in its value"
		}
	}
	return ""
}
