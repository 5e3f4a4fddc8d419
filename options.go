package selgora

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Option sets up a client in [NewClient]. Options that cannot be used are
// errors of NewClient, all of them at once.
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
	maxRetryAfter    time.Duration
	attemptTimeout   time.Duration
	rateLimit        *RateLimit
	maxResponseBytes int64
	logger           *slog.Logger
	userAgent        string
	middleware       []func(http.RoundTripper) http.RoundTripper
	insecureHTTP     bool
}

func defaultConfig() config {
	limit := defaultRateLimit
	return config{
		maxRetries:       2,
		retryWaitMin:     time.Second,
		retryWaitMax:     8 * time.Second,
		maxRetryAfter:    60 * time.Second,
		attemptTimeout:   30 * time.Second,
		rateLimit:        &limit,
		maxResponseBytes: 32 << 20,
		userAgent:        "selgora-go/" + Version,
	}
}

// WithBaseURL sets the address of the API with its version, such as
// "http://127.0.0.1:8484/v1". It cannot be given together with
// [WithEnvironment]. Without either, the key decides: see [Environment].
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
// cannot be given together with [WithBaseURL].
func WithEnvironment(env Environment) Option {
	return func(c *config) error {
		if env.BaseURL() == "" {
			return fmt.Errorf("selgora: environment %q is unknown; it is %q, %q or %q", string(env), Production, Staging, Sandbox)
		}
		c.environment = env
		return nil
	}
}

// WithAPIKeyFunc makes the client ask f for the API key at every attempt, so
// that keys can be rotated while it runs. It wins over the key given to
// [NewClient], which can then be empty: give [WithEnvironment] or [WithBaseURL]
// too, since an empty key selects production. f must be safe for concurrent
// use. An error of f ends the call, unsent.
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
// Transport is read at every attempt (nil is http.DefaultTransport), its Jar
// and CheckRedirect are honored, and its Timeout, if any, bounds an attempt
// where it is shorter than [WithAttemptTimeout].
func WithHTTPClient(hc *http.Client) Option {
	return func(c *config) error {
		if hc == nil {
			return errors.New("selgora: WithHTTPClient: the client is nil")
		}
		c.httpClient = hc
		return nil
	}
}

// WithMaxRetries sets how often an attempt that failed is repeated; the
// default is 2, which makes 3 attempts in all, and 0 turns retries off.
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
// to longest. The default is 1 s and 8 s. A Retry-After of the server wins over
// it.
func WithRetryWait(shortest, longest time.Duration) Option {
	return func(c *config) error {
		if shortest < 0 || longest < shortest {
			return fmt.Errorf("selgora: WithRetryWait: %v to %v is no range", shortest, longest)
		}
		c.retryWaitMin, c.retryWaitMax = shortest, longest
		return nil
	}
}

// WithMaxRetryAfter sets the longest wait that the client takes on itself when
// the server asks for one, or when its own rate limiter does; the default is
// 60 s. A call that would have to wait longer fails at once, with an [*Error]
// or a [*RateLimitWaitError] that says how long.
func WithMaxRetryAfter(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("selgora: WithMaxRetryAfter: %v is negative", d)
		}
		c.maxRetryAfter = d
		return nil
	}
}

// WithAttemptTimeout bounds one attempt, from its start on the wire to the end
// of the answer's body; the default is 30 s. Time spent waiting for the rate
// limiter or between attempts does not count. To bound a whole call, use the
// context or [WithRequestTimeout].
func WithAttemptTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("selgora: WithAttemptTimeout: %v is not positive", d)
		}
		c.attemptTimeout = d
		return nil
	}
}

// WithRateLimit sets what the client lets itself send. The default is the API
// guide's: 1000 requests per hour, 100 per minute, 10 at once.
func WithRateLimit(limit RateLimit) Option {
	return func(c *config) error {
		l, err := limit.withDefaults()
		if err != nil {
			return err
		}
		c.rateLimit = &l
		return nil
	}
}

// WithoutRateLimit turns the client's own rate limiter off: no local budget,
// no cap on requests at once, and a 429 holds back only the call that met it.
func WithoutRateLimit() Option {
	return func(c *config) error {
		c.rateLimit = nil
		return nil
	}
}

// WithMaxResponseBytes caps how much of an answer's body is read; the default
// is 32 MiB. A larger answer is an error that matches [ErrResponseTooLarge].
func WithMaxResponseBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("selgora: WithMaxResponseBytes: %d is not positive", n)
		}
		c.maxResponseBytes = n
		return nil
	}
}

// WithLogger makes the client write one record per attempt at debug level:
// method, path, status, duration, attempt, wait and request id, never headers,
// bodies or queries. Without it, nothing is logged. It is the debug mode of the
// API guide.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		c.logger = logger
		return nil
	}
}

// WithUserAgent puts an application's product token, such as "my-crm/2.1", in
// front of the client's own in the User-Agent header.
func WithUserAgent(product string) Option {
	return func(c *config) error {
		if problem := headerValueProblem(product); problem != "" || product == "" {
			return errors.New("selgora: WithUserAgent: the product is empty or has a line break or other control character")
		}
		c.userAgent = product + " selgora-go/" + Version
		return nil
	}
}

// WithMiddleware wraps what sends the requests, once per attempt; of several,
// the first is the outermost. A middleware sees the request as it goes out,
// the Authorization header included, inside the attempt's timeout.
func WithMiddleware(mw func(http.RoundTripper) http.RoundTripper) Option {
	return func(c *config) error {
		if mw == nil {
			return errors.New("selgora: WithMiddleware: the middleware is nil")
		}
		c.middleware = append(c.middleware, mw)
		return nil
	}
}

// WithInsecureHTTP allows a base URL of plain http to a host that is not
// loopback. Whoever can read the network then reads the API key.
func WithInsecureHTTP() Option {
	return func(c *config) error {
		c.insecureHTTP = true
		return nil
	}
}
