package hostile_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A key function that asks a key server, with the context that it is given, as
// one does. The API cannot be dialled: nothing of the POST left this machine.
func TestKeyFunctionOverHTTPDoesNotMakeAnUnsentPOSTLookSent(t *testing.T) {
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, key) }))
	defer keys.Close()
	keyFunc := func(ctx context.Context) (string, error) {
		req, _ := http.NewRequestWithContext(ctx, "GET", keys.URL, nil)
		resp, err := keys.Client().Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return string(b), err
	}
	c, err := selgora.NewClient("", selgora.WithBaseURL("http://"+closedPort(t)+"/v1"), selgora.WithAPIKeyFunc(keyFunc), selgora.WithRetryWait(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Courses.Create(bg(), &selgora.CourseCreateParams{Title: "x"})
	var call *selgora.CallError
	if !errors.As(err, &call) {
		t.Fatal(err)
	}
	if !errors.Is(err, selgora.ErrNotSent) || selgora.EffectOf(err) != selgora.EffectNone || call.Attempts != 3 {
		t.Errorf("connection refused: ErrNotSent %v, effect %v, %d attempts; want true, none, 3: %v",
			errors.Is(err, selgora.ErrNotSent), selgora.EffectOf(err), call.Attempts, err)
	}
}

// The key server is down and the key function falls back on the key it has. The
// POST arrives and its answer is lost, over a transport that reports to no
// httptrace (as every transport that is not net/http's). It must not go twice.
func testNoSecondPOST(t *testing.T, opt func(sideCall func(context.Context)) selgora.Option) {
	down := "http://" + closedPort(t)
	sideCall := func(ctx context.Context) {
		req, _ := http.NewRequestWithContext(ctx, "GET", down, nil)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
		}
	}
	var created atomic.Int32
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		created.Add(1)
		return nil, io.ErrUnexpectedEOF
	}, selgora.WithRetryWait(0, 0), opt(sideCall))
	_, err := c.Courses.Create(bg(), &selgora.CourseCreateParams{Title: "x"})
	if created.Load() != 1 || errors.Is(err, selgora.ErrNotSent) {
		t.Errorf("a POST whose answer is lost was carried out %d times, and its error says effect %v, ErrNotSent %v: %v",
			created.Load(), selgora.EffectOf(err), errors.Is(err, selgora.ErrNotSent), err)
	}
}

func TestKeyFunctionOverHTTPDoesNotMakeASentPOSTLookUnsent(t *testing.T) {
	testNoSecondPOST(t, func(side func(context.Context)) selgora.Option {
		return selgora.WithAPIKeyFunc(func(ctx context.Context) (string, error) { side(ctx); return key, nil })
	})
}

type sideLimiter struct {
	*selgora.LocalLimiter
	side func(context.Context)
}

func (l sideLimiter) Acquire(ctx context.Context, r selgora.AcquireRequest) (selgora.PermitID, error) {
	l.side(ctx) // the shared one, which is down
	return l.LocalLimiter.Acquire(ctx, r)
}

func TestLimiterOverHTTPDoesNotMakeASentPOSTLookUnsent(t *testing.T) {
	testNoSecondPOST(t, func(side func(context.Context)) selgora.Option {
		l, _ := selgora.NewLimiter(selgora.RateLimit{})
		return selgora.WithLimiter(sideLimiter{l, side})
	})
}

func TestMiddlewareWithASideCallDoesNotMakeASentPOSTLookUnsent(t *testing.T) {
	testNoSecondPOST(t, func(side func(context.Context)) selgora.Option {
		return selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return rt(func(r *http.Request) (*http.Response, error) { side(r.Context()); return next.RoundTrip(r) })
		})
	})
}

// A write that gets no connection is not sent, however the connection failed,
// and costs no budget. (Of a GET nothing depends on it.)
func TestWriteWithoutAConnectionIsNotSent(t *testing.T) {
	for name, tr := range map[string]*http.Transport{
		"dial longer than the attempt": {DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			time.Sleep(10 * time.Millisecond)
			return nil, ctx.Err()
		}},
		"TLS handshake broken": {DialContext: func(context.Context, string, string) (net.Conn, error) {
			a, b := net.Pipe()
			go func() { b.Read(make([]byte, 100)); b.Close() }()
			return a, nil
		}},
	} {
		for _, method := range []string{"DELETE", "PATCH"} {
			lim, _ := selgora.NewLimiter(selgora.RateLimit{PerMinute: 2})
			c, err := selgora.NewClient(key, selgora.WithBaseURL("https://127.0.0.1:1/v1"), selgora.WithHTTPClient(&http.Client{Transport: tr}),
				selgora.WithAttemptTimeout(50*time.Millisecond), selgora.WithMaxRetries(0), selgora.WithLimiter(lim), selgora.WithMaxWait(0))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				err := c.Do(bg(), method, "/courses/c", nil, nil)
				var w *selgora.RateLimitWaitError
				if errors.As(err, &w) {
					t.Errorf("%s, %s: nothing was ever sent, and call %d is held back by the budget: %v", name, method, i+1, err)
				} else if !errors.Is(err, selgora.ErrNotSent) {
					t.Errorf("%s, %s: no connection, but no ErrNotSent: %v", name, method, err)
				}
			}
		}
	}
}
