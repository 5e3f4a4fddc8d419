package wire

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

const maxRedirects = 10

// maxResponseHeader bounds what a response's header fields cost. The API's take a few
// hundred bytes; net/http alone would read 10 MiB of them.
const maxResponseHeader = 256 << 10

// newTransport returns the transport of a client that is given none: proxies
// and HTTP/2 as net/http has them, every phase bounded, and idle connections
// kept for as many requests as may be under way at once.
func newTransport(idle int, header time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  header,
		MaxResponseHeaderBytes: maxResponseHeader,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           idle,
		MaxIdleConnsPerHost:    idle,
		// One HTTP/2 connection carries all calls: one that has gone silent must
		// not cost every one of them its timeout.
		HTTP2: &http.HTTP2Config{SendPingTimeout: header / 4, PingTimeout: header / 4},
	}
}

// liveTransport reads the caller's transport at every attempt: it can be
// replaced after the client was made. It hides CloseIdleConnections, which the
// retry loop would call on connections that others share.
type liveTransport struct{ hc *http.Client }

func (t liveTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	// Only where something depends on it does the transport have to tell how far
	// a request got; and only here, since a key function or a middleware may make
	// requests of its own under the call's context.
	if c, ok := req.Context().Value(callKey{}).(*call); ok && c.Method != http.MethodGet {
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), c.trace.hooks()))
	}
	if rt := t.hc.Transport; rt != nil {
		return rt.RoundTrip(req)
	}
	return http.DefaultTransport.RoundTrip(req)
}

// redirectPolicy follows a GET within its own origin: anything else would
// repeat a change unasked, or show the key to another server.
func redirectPolicy(callers func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if via[0].Method != http.MethodGet || len(via) >= maxRedirects || !sameOrigin(req.URL, via[0].URL) {
			return http.ErrUseLastResponse
		}
		if callers != nil {
			return callers(req, via)
		}
		return nil
	}
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if strings.EqualFold(u.Scheme, "https") {
		return "443"
	}
	return "80"
}
