package selgora

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

var (
	acceptHeader    = []string{"application/vnd.selgora.v1+json"}
	jsonContentType = []string{"application/json"}
)

// Client is a client of the Selgora API. It is safe for concurrent use; make
// one and share it, since its rate limiter and connections are its own. The
// zero Client is not usable: make one with [NewClient] or [NewClientFromEnv].
type Client struct {
	Courses     *CourseService
	Enrollments *EnrollmentService
	Contacts    *ContactService
	Events      *EventService // the calendar; webhook events are in package webhook
	Webhooks    *WebhookService
	Account     *AccountService

	core *core
}

// core is what the services of a client share.
type core struct {
	baseURL          *url.URL
	credentials      credentialSource
	loops            sync.Pool // of *retryablehttp.Client, which send through attemptTransport
	owned            *http.Transport
	limiter          *limiter
	logger           *slog.Logger
	header           http.Header // of every request, never changed
	maxRetries       int
	retryWaitMin     time.Duration
	retryWaitMax     time.Duration
	maxRetryAfter    time.Duration
	attemptTimeout   time.Duration
	maxResponseBytes int64
}

// NewClient returns a client that authenticates with apiKey. A key that starts
// with test_key_ selects the sandbox, any other key production, unless
// [WithEnvironment] or [WithBaseURL] says otherwise.
//
// It returns an error, without having sent anything, for an empty or malformed
// key, an unusable base URL or option, a sandbox key for production or
// staging, and a live key for the sandbox.
func NewClient(apiKey string, opts ...Option) (*Client, error) {
	return newClient(apiKey, defaultConfig(), opts)
}

func configure(cfg config, opts []Option) (config, error) {
	var problems []error
	for _, opt := range opts {
		if opt != nil {
			problems = append(problems, opt(&cfg))
		}
	}
	return cfg, errors.Join(problems...)
}

func newClient(apiKey string, cfg config, opts []Option) (*Client, error) {
	cfg, err := configure(cfg, opts)
	if err != nil {
		return nil, err
	}
	base, err := resolveBaseURL(apiKey, cfg.baseURL, cfg.environment, cfg.insecureHTTP)
	if err != nil {
		return nil, err
	}
	at := hostEnvironment(base)
	var credentials credentialSource
	if cfg.keyFunc != nil {
		credentials = rotatingCredential(cfg.keyFunc, at)
	} else {
		if err := checkKey(apiKey, at); err != nil {
			return nil, err
		}
		credentials = staticCredential(apiKey)
	}
	core := &core{
		baseURL:          base,
		credentials:      credentials,
		logger:           cfg.logger,
		header:           http.Header{"Accept": acceptHeader, "User-Agent": {cfg.userAgent}},
		maxRetries:       cfg.maxRetries,
		retryWaitMin:     cfg.retryWaitMin,
		retryWaitMax:     cfg.retryWaitMax,
		maxRetryAfter:    cfg.maxRetryAfter,
		attemptTimeout:   cfg.attemptTimeout,
		maxResponseBytes: cfg.maxResponseBytes,
	}
	if cfg.rateLimit != nil {
		core.limiter = newLimiter(*cfg.rateLimit, cfg.maxRetryAfter)
	}
	if err := core.connect(cfg); err != nil {
		return nil, err
	}
	return &Client{
		Courses:     &CourseService{core},
		Enrollments: &EnrollmentService{core},
		Contacts:    &ContactService{core},
		Events:      &EventService{core},
		Webhooks:    &WebhookService{core},
		Account:     &AccountService{core},
		core:        core,
	}, nil
}

// connect builds the way from the retry loop to the wire.
func (core *core) connect(cfg config) error {
	hc := cfg.httpClient
	if hc == nil {
		concurrent := defaultRateLimit.Concurrent
		if cfg.rateLimit != nil {
			concurrent = cfg.rateLimit.Concurrent
		}
		core.owned = newTransport(concurrent, core.attemptTimeout)
		hc = &http.Client{Transport: core.owned}
	}
	core.attemptTimeout = min(core.attemptTimeout, cmp.Or(max(hc.Timeout, 0), core.attemptTimeout))
	var next http.RoundTripper = liveTransport{hc}
	for i := len(cfg.middleware) - 1; i >= 0; i-- {
		if next = cfg.middleware[i](next); next == nil {
			return fmt.Errorf("selgora: WithMiddleware: the middleware number %d returned nil", i+1)
		}
	}
	sender := &http.Client{
		Transport:     &attemptTransport{core: core, next: next},
		Jar:           hc.Jar,
		CheckRedirect: redirectPolicy(hc.CheckRedirect),
	}
	core.loops.New = func() any { return newLoop(sender) }
	return nil
}

// Do makes a call that the client has no method for, with the same
// authentication, limits, retries and errors. The path is relative to the base
// URL and may have a query: "/courses?limit=1". A body that is not nil is sent
// as JSON; a json.RawMessage goes out as it is. The answer's JSON is decoded
// into out, a pointer, or discarded where out is nil. A POST counts as not
// repeatable.
func (c *Client) Do(ctx context.Context, method, path string, body, out any, opts ...RequestOption) error {
	if method != strings.ToUpper(method) || !isToken(method) {
		return c.core.refuse(&ParamError{"method", fmt.Sprintf("%q is not an HTTP method in capitals", method)}, opts)
	}
	decoded, escaped, query, err := parsePath(path)
	if err != nil {
		return c.core.refuse(err, opts)
	}
	if err := checkOut(out); err != nil {
		return c.core.refuse(err, opts)
	}
	o, err := c.core.requestOptions(opts)
	if err != nil {
		return err
	}
	to := newTarget(c.core.baseURL, c.core.baseURL.Path+decoded, escaped)
	r := request{method: method, query: query, body: body, decode: decodeAny}
	return c.core.doAt(ctx, r, to, o, out)
}

// CloseIdleConnections closes the connections that the client keeps open
// between calls. Those of a client given by [WithHTTPClient] are its owner's
// and stay as they are.
func (c *Client) CloseIdleConnections() {
	if c.core != nil && c.core.owned != nil {
		c.core.owned.CloseIdleConnections()
	}
}

// BaseURL returns the address that the client sends to, "" for a zero Client.
func (c *Client) BaseURL() string {
	if c.core == nil {
		return ""
	}
	return c.core.baseURL.String()
}

// Format prints the client as its base URL under every verb, so that none
// reaches into it.
func (c Client) Format(f fmt.State, _ rune) {
	if c.core == nil {
		io.WriteString(f, "selgora.Client{}")
		return
	}
	io.WriteString(f, "selgora.Client{"+c.core.baseURL.String()+"}")
}
