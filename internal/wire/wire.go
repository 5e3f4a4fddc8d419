package wire

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Config is all that a Client needs. Nothing in it has a default.
type Config struct {
	BaseURL          *url.URL
	Credentials      func(context.Context) (*Credential, error) // asked at each attempt
	Limiter          Limiter
	HTTPClient       *http.Client // the caller's; nil for a transport of the Client's own
	IdleConns        int          // kept by that transport
	Middleware       []func(http.RoundTripper) http.RoundTripper
	Logger           *slog.Logger // nil for none
	UserAgent        string
	RetryWaitMin     time.Duration
	RetryWaitMax     time.Duration
	MaxWait          time.Duration // a single wait, asked for by the server or local
	AttemptTimeout   time.Duration
	MaxResponseBytes int64
}

// Client sends calls. It is safe for concurrent use.
type Client struct {
	Config
	loop  *retryablehttp.Client
	owned *http.Transport // nil where the transport is the caller's
}

// Request is one call.
type Request struct {
	Method     string
	Path       Path
	Query      string      // encoded, without the question mark
	Body       []byte      // nil for none; not changed, and not read after Do
	Header     http.Header // the caller's, for this call alone
	MaxRetries int
	Repeatable bool    // doing it twice is doing it once
	Patient    bool    // MaxWait does not hold: waits as long as the context lasts
	Watcher    Watcher // told of each attempt; nil for none
}

// New returns a Client. Its only error is a middleware that returned nil.
func New(cfg Config) (*Client, error) {
	c := &Client{Config: cfg}
	hc := cfg.HTTPClient
	if hc == nil {
		c.owned = newTransport(cfg.IdleConns, cfg.AttemptTimeout)
		hc = &http.Client{Transport: c.owned}
	}
	if hc.Timeout > 0 {
		c.AttemptTimeout = min(c.AttemptTimeout, hc.Timeout)
	}
	var next http.RoundTripper = liveTransport{hc}
	for i := len(cfg.Middleware) - 1; i >= 0; i-- {
		if next = cfg.Middleware[i](next); next == nil {
			return nil, fmt.Errorf("middleware number %d returned nil", i+1)
		}
	}
	c.loop = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     &attemptTransport{client: c, next: next},
			Jar:           hc.Jar,
			CheckRedirect: redirectPolicy(hc.CheckRedirect),
		},
		RetryMax:     maxTurns, // each call counts its own
		RetryWaitMin: cfg.RetryWaitMin,
		RetryWaitMax: cfg.RetryWaitMax,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		PrepareRetry: prepareRetry,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c, nil
}

// Do makes the call and returns what became of it. The caller closes the
// outcome when it has done with it.
func (c *Client) Do(ctx context.Context, r Request) Outcome {
	call := newCall(ctx, c, r)
	ctx = context.WithValue(ctx, callKey{}, call)
	// The body and most header fields come with each attempt: http.Client copies
	// what it is given, in case of a redirect.
	req := (&http.Request{
		Method: r.Method, URL: call.newURL(), Header: call.ownHeader(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	_, err := c.loop.Do(&retryablehttp.Request{Request: req})
	return call.outcome(ctx, err)
}

// CloseIdleConnections closes those of the Client's own transport.
func (c *Client) CloseIdleConnections() {
	if c.owned != nil {
		c.owned.CloseIdleConnections()
	}
}

// prepareRetry gives the next turn a URL and header fields of its own: without
// the cookies of the turn before, or what a middleware made of them.
func prepareRetry(next *http.Request) error {
	call := callOf(next.Context())
	next.URL, next.Header = call.newURL(), call.ownHeader()
	return nil
}

// maxWait is what a call hands to the limiter.
func (c *call) maxWait() time.Duration {
	if c.Patient {
		return -1
	}
	return c.client.MaxWait
}

// host returns where a request goes, for its Host header field.
func host(req *http.Request) string { return cmp.Or(req.Host, req.URL.Host) }
