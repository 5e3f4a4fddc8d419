package selgora

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/wire"
)

// Option configures a client in [NewClient], which returns an error for options
// that cannot be used, all of them at once.
type Option func(*config) error

// config is what the options settle.
type config struct {
	baseURL          string
	environment      Environment
	keyFunc          func(context.Context) (string, error)
	httpClient       *http.Client
	maxRetries       int
	retryWaitMin     time.Duration
	retryWaitMax     time.Duration
	maxWait          time.Duration
	attemptTimeout   time.Duration
	rateLimit        RateLimit
	limits           string  // the option that settled them, "" for none
	limiter          Limiter // the caller's
	tracer           Tracer
	maxResponseBytes int64
	logger           *slog.Logger
	userAgent        string
	middleware       []func(http.RoundTripper) http.RoundTripper
	insecureHTTP     bool
}

func defaultConfig() config {
	return config{
		maxRetries:       2,
		retryWaitMin:     time.Second,
		retryWaitMax:     8 * time.Second,
		maxWait:          60 * time.Second,
		attemptTimeout:   30 * time.Second,
		rateLimit:        defaultRateLimit,
		maxResponseBytes: 32 << 20,
		userAgent:        "selgora-go/" + Version,
	}
}

// WithBaseURL sets the address of the API with its version, such as
// "http://127.0.0.1:8484/v1". It must be https, except for a loopback address;
// see [WithInsecureHTTP]. It cannot be combined with [WithEnvironment]. Without
// either, the key decides: see [Environment].
func WithBaseURL(baseURL string) Option {
	return func(c *config) error {
		if strings.TrimSpace(baseURL) == "" {
			return errors.New("selgora: base URL is empty")
		}
		c.baseURL = baseURL
		return nil
	}
}

// WithEnvironment sets which of the provider's hosts the client talks to. It
// cannot be combined with [WithBaseURL].
func WithEnvironment(env Environment) Option {
	return func(c *config) error {
		if env.BaseURL() == "" {
			return fmt.Errorf("selgora: environment %q is unknown; it is %q, %q or %q", string(env), Production, Staging, Sandbox)
		}
		c.environment = env
		return nil
	}
}

// WithAPIKeyFunc makes the client ask f for the API key before each attempt, so
// that keys can be rotated while it runs. It replaces the key given to
// [NewClient], which may then be empty; an empty key selects production, unless
// [WithEnvironment] or [WithBaseURL] is given. f must be safe for concurrent use.
// If f returns an error, or a key that NewClient would refuse, the call ends with
// it and that attempt is not sent.
func WithAPIKeyFunc(f func(context.Context) (string, error)) Option {
	return func(c *config) error {
		if f == nil {
			return errors.New("selgora: WithAPIKeyFunc: the function is nil")
		}
		c.keyFunc = f
		return nil
	}
}

// WithHTTPClient makes the client send through hc, which it never changes. Its
// Transport is read at each attempt (nil is http.DefaultTransport), its Jar and
// CheckRedirect are honored, and its Timeout, if any, bounds an attempt if it is
// shorter than [WithAttemptTimeout].
func WithHTTPClient(hc *http.Client) Option {
	return func(c *config) error {
		if hc == nil {
			return errors.New("selgora: WithHTTPClient: the client is nil")
		}
		c.httpClient = hc
		return nil
	}
}

// WithMaxRetries sets how often a failed attempt is repeated. The default is 2,
// which makes 3 attempts in all; 0 turns retries off.
func WithMaxRetries(n int) Option {
	return func(c *config) error {
		if n < 0 {
			return fmt.Errorf("selgora: WithMaxRetries: %d is negative", n)
		}
		c.maxRetries = n
		return nil
	}
}

// WithRetryWait sets the bounds of the wait between attempts: each wait is
// drawn at random between 0 and a bound that starts at shortest and doubles up
// to longest. The defaults are 1 s and 8 s. If the server asks for a wait, that
// wins.
func WithRetryWait(shortest, longest time.Duration) Option {
	return func(c *config) error {
		if shortest < 0 || longest < shortest {
			return fmt.Errorf("selgora: WithRetryWait: %v to %v is not a valid range", shortest, longest)
		}
		c.retryWaitMin, c.retryWaitMax = shortest, longest
		return nil
	}
}

// WithMaxWait sets the longest single wait that a call accepts, whether the
// server asks for it or the client's own rate limit does. The default is 60 s. A
// call that would have to wait longer fails at once, with an [*Error] or a
// [*RateLimitWaitError] that says how long; a local wait that grows while it
// lasts is given up when it would come to more than twice of that. CreateBatch
// waits for as long as its context lasts. The wait for one of the [RateLimit]'s Concurrent
// slots is bounded by the context alone, since its length is not known in
// advance.
func WithMaxWait(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("selgora: WithMaxWait: %v is negative", d)
		}
		c.maxWait = d
		return nil
	}
}

// WithAttemptTimeout bounds one attempt, from connecting to the end of the
// response's body. The default is 30 s. Time spent waiting for the rate limiter
// or between attempts does not count. To bound a whole call, use its context or
// [WithRequestTimeout].
func WithAttemptTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("selgora: WithAttemptTimeout: %v is not positive", d)
		}
		c.attemptTimeout = d
		return nil
	}
}

// WithRateLimit sets how many requests the client lets itself send with each
// key. The default is the API guide's: 1000 an hour, 100 a minute, 10 at once.
func WithRateLimit(limit RateLimit) Option {
	return func(c *config) error {
		limit, err := limit.withDefaults()
		if err != nil {
			return err
		}
		c.rateLimit = limit
		return c.settleLimits("WithRateLimit")
	}
}

// WithoutRateLimit switches off the client's own limits: it sends requests at
// once, any number at the same time. A 429 still holds back all of its calls.
func WithoutRateLimit() Option {
	return func(c *config) error {
		c.rateLimit = RateLimit{}
		return c.settleLimits("WithoutRateLimit")
	}
}

// WithLimiter makes the client ask limiter for a permit before each request,
// instead of a limiter of its own. One limiter can serve several clients (see
// [NewLimiter]), or, if it is yours, several processes. It cannot be combined
// with [WithRateLimit] or [WithoutRateLimit].
func WithLimiter(limiter Limiter) Option {
	return func(c *config) error {
		if limiter == nil {
			return errors.New("selgora: WithLimiter: the limiter is nil")
		}
		if local, ok := limiter.(*LocalLimiter); ok && !local.usable() {
			return errors.New("selgora: WithLimiter: the LocalLimiter was not made by NewLimiter")
		}
		c.limiter = limiter
		return c.settleLimits("WithLimiter")
	}
}

// settleLimits refuses two options that contradict each other; one of them
// twice is a correction.
func (c *config) settleLimits(option string) error {
	if before := c.limits; before != "" && before != option && (before == "WithLimiter" || option == "WithLimiter") {
		return fmt.Errorf("selgora: %s and %s are both given; give one of them", before, option)
	}
	c.limits = option
	return nil
}

// WithTracer makes the client tell tracer about each call, and about each attempt
// if it is also an [AttemptTracer].
func WithTracer(tracer Tracer) Option {
	return func(c *config) error {
		if tracer == nil {
			return errors.New("selgora: WithTracer: the tracer is nil")
		}
		c.tracer = tracer
		return nil
	}
}

// WithMaxResponseBytes limits the size of a response's body, after decompression.
// The default is 32 MiB. A larger one is an error that matches
// [ErrResponseTooLarge]. Of an unsuccessful response, at most 1 MiB is read.
func WithMaxResponseBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("selgora: WithMaxResponseBytes: %d is not positive", n)
		}
		c.maxResponseBytes = n
		return nil
	}
}

// WithLogger makes the client log one record for each attempt at debug level:
// method, path, attempt, duration, wait, status, request id and error, but never
// header fields, bodies or queries. By default, or with a nil logger, nothing is
// logged. This is the debug mode of the API guide.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		c.logger = logger
		return nil
	}
}

// WithUserAgent puts an application's product token, such as "my-crm/2.1", in
// front of the client's own in the User-Agent header field.
func WithUserAgent(product string) Option {
	return func(c *config) error {
		if problem := wire.FieldValueProblem(product); problem != "" || product == "" {
			return errors.New("selgora: WithUserAgent: the product is empty or contains a line break or another control character")
		}
		c.userAgent = product + " selgora-go/" + Version
		return nil
	}
}

// WithMiddleware wraps the transport that sends each attempt; of several
// middlewares, the first is the outermost. A middleware sees the request as it
// goes out, Authorization included, and runs within the attempt's timeout.
func WithMiddleware(mw func(http.RoundTripper) http.RoundTripper) Option {
	return func(c *config) error {
		if mw == nil {
			return errors.New("selgora: WithMiddleware: the middleware is nil")
		}
		c.middleware = append(c.middleware, mw)
		return nil
	}
}

// WithInsecureHTTP allows a plain http base URL for a host that is not loopback.
// Anyone who can read the network traffic can then read the API key.
func WithInsecureHTTP() Option {
	return func(c *config) error {
		c.insecureHTTP = true
		return nil
	}
}

// RequestOption changes one call. Every method that makes calls takes them last.
type RequestOption func(*requestOptions) error

type requestOptions struct {
	header      http.Header
	timeout     time.Duration
	maxRetries  int
	retryUnsafe bool
	response    *Response
}

// requestOptions settles the options of a call.
func (core *core) requestOptions(opts []RequestOption) (requestOptions, error) {
	if core == nil {
		return requestOptions{}, &ParamError{"Client", "was not made by NewClient"}
	}
	if len(opts) == 0 {
		return requestOptions{maxRetries: core.maxRetries}, nil
	}
	return core.applyRequestOptions(opts)
}

// applyRequestOptions is separate because what it passes to functions escapes to
// the heap.
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

// WithHeader sets a header field for one call, replacing the client's own field
// of that name. Authorization, Host and the fields that frame the body are
// refused.
func WithHeader(name, value string) RequestOption {
	return func(o *requestOptions) error {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !wire.IsToken(name):
			return &ParamError{"WithHeader name", fmt.Sprintf("%q is not the name of a header field", name)}
		case wire.FieldValueProblem(value) != "":
			return &ParamError{"WithHeader " + canonical, wire.FieldValueProblem(value)}
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

// WithRequestTimeout bounds a whole call: all attempts, the waits between them
// and those for the rate limiter. A call that it ends returns an error that
// matches context.DeadlineExceeded. For an iterator it applies to each page, and
// for CreateBatch to each request.
func WithRequestTimeout(d time.Duration) RequestOption {
	return func(o *requestOptions) error {
		if d <= 0 {
			return &ParamError{"WithRequestTimeout", fmt.Sprintf("%v is not positive", d)}
		}
		o.timeout = d
		return nil
	}
}

// WithRequestRetries sets the number of retries for one call, instead of
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

// WithRetryUnsafe allows a POST to be repeated after failures that leave open
// whether it was carried out, as the API guide's JavaScript sample does. Use it
// only if doing the same thing twice does no harm.
func WithRetryUnsafe() RequestOption {
	return func(o *requestOptions) error {
		o.retryUnsafe = true
		return nil
	}
}

// WithResponse fills r with the last response of the call, whether the call
// succeeds or fails; r is emptied first. Two calls must not use the same Response
// at once. For an iterator, it is the response for the last page fetched.
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
