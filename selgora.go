package selgora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/wire"
)

// Version is the version of this module, as sent in the User-Agent header field.
const Version = "0.1.0"

const defaultAttemptTimeout = 30 * time.Second

// Client is a client for the Selgora API. It is safe for concurrent use. Make
// one for each key and share it, since each client has its own connections and,
// without [WithLimiter], its own rate limiter. The zero Client is not usable:
// make one with [NewClient] or [NewClientFromEnv].
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
	wire       *wire.Client
	baseURL    *url.URL
	tracer     Tracer // nil for none
	maxRetries int
	maxWait    time.Duration
}

// NewClient returns a client that authenticates with apiKey. A key that starts
// with test_key_ selects the sandbox, any other key production, unless
// [WithEnvironment] or [WithBaseURL] says otherwise.
//
// It sends nothing. It returns an error for an empty or malformed key, an
// unusable base URL or option, a test key (test_key_) for production or staging,
// and a live key (sk_live_ or pk_live_) for the sandbox. A key with any other
// prefix is not checked against its environment: without an option it goes to
// production.
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
	base, noBase := resolveBaseURL(apiKey, cfg.baseURL, cfg.environment, cfg.insecureHTTP)
	if err := errors.Join(err, noBase); err != nil {
		return nil, err
	}
	credentials, err := cfg.credentials(apiKey, hostEnvironment(base))
	if err != nil {
		return nil, err
	}
	w, err := wire.New(wire.Config{
		BaseURL:          base,
		Credentials:      credentials,
		Limiter:          cfg.permits(),
		HTTPClient:       cfg.httpClient,
		IdleConns:        cfg.idleConns(),
		Middleware:       cfg.middleware,
		Logger:           cfg.logger,
		UserAgent:        cfg.userAgent,
		RetryWaitMin:     cfg.retryWaitMin,
		RetryWaitMax:     cfg.retryWaitMax,
		MaxWait:          cfg.maxWait,
		AttemptTimeout:   cfg.attemptTimeout,
		MaxResponseBytes: cfg.maxResponseBytes,
	})
	if err != nil {
		return nil, fmt.Errorf("selgora: WithMiddleware: %w", err)
	}
	core := &core{wire: w, baseURL: base, tracer: cfg.tracer, maxRetries: cfg.maxRetries, maxWait: cfg.maxWait}
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

// idleConns returns how many connections are worth keeping: as many as there are
// requests at once, where that is known.
func (c *config) idleConns() int {
	if c.limiter != nil || c.rateLimit.Concurrent == 0 {
		return 100
	}
	return max(16, c.rateLimit.Concurrent)
}

// permits returns the limiter that the options ask for.
func (c *config) permits() wire.Limiter {
	switch l := c.limiter.(type) {
	case nil:
		return wire.NewLocalLimiter(wire.Limits(c.rateLimit), c.attemptTimeout)
	case *LocalLimiter:
		return l.limiter
	default:
		return sharedLimiter{l}
	}
}

// Do makes a call that the client has no method for, with the same
// authentication, limits, retries and errors. The path is relative to the base
// URL and may have a query: "/courses?limit=1". A body that is not nil is sent
// as JSON, a json.RawMessage as it is. The response's JSON is decoded into out,
// a pointer; a nil out discards it. Do treats a POST as unsafe to repeat (see
// [WithRetryUnsafe]) and every other method as safe.
func (c *Client) Do(ctx context.Context, method, path string, body, out any, opts ...RequestOption) error {
	if method != strings.ToUpper(method) || !wire.IsToken(method) {
		return c.core.refuse(&ParamError{"method", fmt.Sprintf("%q is not an HTTP method in capitals", method)}, opts)
	}
	if c.core == nil {
		return c.core.refuse(nil, opts)
	}
	to, query, problem := c.core.wire.ParsePath(path)
	if problem != "" {
		return c.core.refuse(&ParamError{"path", problem}, opts)
	}
	if err := checkOut(out); err != nil {
		return c.core.refuse(err, opts)
	}
	o, err := c.core.requestOptions(opts)
	if err != nil {
		return err
	}
	r := request{route: route{operation: "do", method: method}, query: query, body: body, decode: decodeAny}
	return c.core.send(ctx, r, to, o, out)
}

// CloseIdleConnections closes the connections that the client keeps open
// between calls. It leaves those of an http.Client given by [WithHTTPClient]
// alone.
func (c *Client) CloseIdleConnections() {
	if c.core != nil {
		c.core.wire.CloseIdleConnections()
	}
}

// BaseURL returns the address that the client sends to, or "" for a zero Client.
func (c *Client) BaseURL() string {
	if c.core == nil {
		return ""
	}
	return c.core.baseURL.String()
}

// Format prints the client's type and base URL under every verb, so that fmt
// shows nothing else of it.
func (c Client) Format(f fmt.State, _ rune) {
	if c.core == nil {
		io.WriteString(f, "selgora.Client{}")
		return
	}
	io.WriteString(f, "selgora.Client{"+c.core.baseURL.String()+"}")
}

// Environment is one of the provider's hosts. The zero value lets the key
// choose: [Sandbox] for a key that starts with test_key_, [Production] for any
// other.
//
// A key that starts with test_key_ is a test key, and is refused for Production
// and [Staging]. One that starts with sk_live_ or pk_live_ is a live key, and is
// refused for Sandbox. The client knows no other prefixes, and sends such a key
// wherever it is told to.
type Environment string

// The environments of the API guide.
const (
	Production Environment = "production" // https://api.selgora.com/v1
	Staging    Environment = "staging"    // https://staging-api.selgora.com/v1
	Sandbox    Environment = "sandbox"    // https://sandbox-api.selgora.com/v1
)

const testKeyPrefix = "test_key_"

var environments = []struct {
	name    Environment
	baseURL string
}{
	{Production, "https://api.selgora.com/v1"},
	{Staging, "https://staging-api.selgora.com/v1"},
	{Sandbox, "https://sandbox-api.selgora.com/v1"},
}

// BaseURL returns the address of the environment's API, without a trailing
// slash, or "" for an unknown environment.
func (e Environment) BaseURL() string {
	for _, env := range environments {
		if env.name == e {
			return env.baseURL
		}
	}
	return ""
}

func defaultEnvironment(key string) Environment {
	if strings.HasPrefix(key, testKeyPrefix) {
		return Sandbox
	}
	return Production
}

func parseBaseURL(raw string, insecure bool) (*url.URL, error) {
	base, problem := wire.ParseBaseURL(raw, insecure)
	if problem != "" {
		return nil, errors.New("selgora: base URL " + problem)
	}
	return base, nil
}

// resolveBaseURL settles which address the client talks to.
func resolveBaseURL(key, baseURL string, env Environment, insecure bool) (*url.URL, error) {
	switch {
	case baseURL != "" && env != "":
		return nil, errors.New("selgora: base URL and environment are both given; give one of them")
	case baseURL != "":
		return parseBaseURL(baseURL, insecure)
	case env == "":
		env = defaultEnvironment(key)
	}
	known := env.BaseURL()
	if known == "" {
		return nil, fmt.Errorf("selgora: environment %q is unknown; it is %q, %q or %q", string(env), Production, Staging, Sandbox)
	}
	return url.Parse(known)
}

// checkKey refuses what cannot be a key in a header, and a key of another
// environment than the known one it would be sent to; at is "" for a host that
// is not the provider's.
func checkKey(key string, at Environment) error {
	if key == "" {
		return errors.New("selgora: the API key is empty")
	}
	for i := range len(key) {
		if c := key[i]; c <= ' ' || c >= 0x7f {
			return errors.New("selgora: the API key contains a space, a control character or a non-ASCII character; was it copied with a line break?")
		}
	}
	isTest := strings.HasPrefix(key, testKeyPrefix)
	isLive := strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "pk_live_")
	switch {
	case isTest && (at == Production || at == Staging):
		return fmt.Errorf("selgora: a %s… key belongs to the sandbox, not to %s", testKeyPrefix, at)
	case isLive && at == Sandbox:
		return fmt.Errorf("selgora: a live key must not be sent to the sandbox; use a %s… key", testKeyPrefix)
	}
	return nil
}

// hostEnvironment returns the environment whose host base has, or "".
func hostEnvironment(base *url.URL) Environment {
	host := strings.TrimSuffix(base.Hostname(), ".")
	for _, env := range environments {
		if known, err := url.Parse(env.baseURL); err == nil && strings.EqualFold(known.Host, host) {
			return env.name
		}
	}
	return ""
}

// credentials returns where an attempt gets its key from.
func (c *config) credentials(key string, at Environment) (func(context.Context) (*wire.Credential, error), error) {
	if c.keyFunc != nil {
		return wire.RotatingCredential(func(ctx context.Context) (string, error) {
			key, err := c.keyFunc(ctx)
			if err == nil {
				err = checkKey(key, at) // as NewClient checks a fixed one
			}
			if err != nil {
				return "", &keyFuncError{err}
			}
			return key, nil
		}), nil
	}
	if err := checkKey(key, at); err != nil {
		return nil, err
	}
	cred := wire.NewCredential(key)
	return func(context.Context) (*wire.Credential, error) { return cred, nil }, nil
}

// keyFuncError is a key that could not be had; the attempt was not sent.
type keyFuncError struct{ err error }

func (e *keyFuncError) Error() string {
	return "API key function: " + strings.TrimPrefix(e.err.Error(), "selgora: ")
}
func (e *keyFuncError) Unwrap() error { return e.err }

const (
	keyVariable         = "SELGORA_API_KEY"
	baseURLVariable     = "SELGORA_BASE_URL"
	environmentVariable = "SELGORA_ENVIRONMENT"
)

// NewClientFromEnv returns a client for the key in SELGORA_API_KEY. The
// address comes from SELGORA_BASE_URL or SELGORA_ENVIRONMENT (production,
// staging or sandbox; not both), unless an option sets one. Its errors are those
// of [NewClient] and name the variable.
func NewClientFromEnv(opts ...Option) (*Client, error) {
	cfg, key := defaultConfig(), os.Getenv(keyVariable)
	given, err := configure(cfg, opts)
	if err != nil {
		return nil, err
	}
	if given.keyFunc == nil {
		if key == "" {
			return nil, errors.New("selgora: the environment variable " + keyVariable + " is empty or not set")
		}
		if err := checkKey(key, ""); err != nil {
			return nil, inVariable(keyVariable, err)
		}
	}
	from := ""
	if given.baseURL == "" && given.environment == "" {
		if from, err = cfg.addressFromEnv(given.insecureHTTP); err != nil {
			return nil, err
		}
		given.baseURL, given.environment = cfg.baseURL, cfg.environment
	}
	if base, err := resolveBaseURL(key, given.baseURL, given.environment, given.insecureHTTP); err == nil && given.keyFunc == nil {
		if err := checkKey(key, hostEnvironment(base)); err != nil {
			return nil, inVariable(keyVariable+from, err)
		}
	}
	return newClient(key, cfg, opts)
}

// addressFromEnv takes over the variable that is set, if any, and returns its
// name, for an error of both it and the key.
func (c *config) addressFromEnv(insecure bool) (from string, err error) {
	baseURL, env := os.Getenv(baseURLVariable), os.Getenv(environmentVariable)
	switch {
	case baseURL != "" && env != "":
		return "", errors.New("selgora: " + baseURLVariable + " and " + environmentVariable + " are both set; set one of them")
	case baseURL != "":
		if _, err := parseBaseURL(baseURL, insecure); err != nil {
			return "", inVariable(baseURLVariable, err)
		}
		from = " and " + baseURLVariable
	case env != "":
		if Environment(env).BaseURL() == "" {
			return "", fmt.Errorf("selgora: %s: %s is unknown; it is %q, %q or %q", environmentVariable, shownEnvironment(env), Production, Staging, Sandbox)
		}
		from = " and " + environmentVariable
	}
	c.baseURL, c.environment = baseURL, Environment(env)
	return from, nil
}

// shownEnvironment quotes an unknown environment, unless it may be the key in
// the wrong variable.
func shownEnvironment(env string) string {
	if len(env) > 20 || strings.Contains(env, "key_") || strings.Contains(env, "_live_") {
		return "its value"
	}
	return strconv.Quote(env)
}

func inVariable(names string, err error) error {
	return fmt.Errorf("selgora: %s: %s", names, strings.TrimPrefix(err.Error(), "selgora: "))
}
