package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// pipeListener lets a real http.Server serve connections that live in memory,
// and so in a bubble.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// serve runs h behind a real server and returns a function that connects.
func serve(t *testing.T, h http.Handler, change func(*http.Server)) func() net.Conn {
	l := &pipeListener{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: h}
	if change != nil {
		change(server)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
		pass(time.Minute) // net/http lingers on some connections
	})
	return func() net.Conn {
		client, remote := net.Pipe()
		l.conns <- remote
		t.Cleanup(func() { _ = client.Close() })
		return client
	}
}

func head(body []byte, fields string) string {
	return fmt.Sprintf("POST /webhooks HTTP/1.1\r\nHost: example.com\r\n%s: %s\r\n%s\r\n",
		webhook.SignatureHeader, webhooktest.Sign(webhook.FormatAPI, secret, body), fields)
}

func status(t *testing.T, conn net.Conn) int {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("reading the answer: %v", err)
		return 0
	}
	return res.StatusCode
}

func TestBodiesOnAConnection(t *testing.T) {
	body := numbered(1)
	chunked := func(parts ...string) string {
		var b strings.Builder
		for _, part := range parts {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
		}
		return b.String() + "0\r\n\r\n"
	}
	big := strings.Repeat("x", 5000)
	tests := map[string]struct {
		request string
		status  int
	}{
		"plain":                         {head(body, fmt.Sprintf("Content-Length: %d\r\n", len(body))) + string(body), 200},
		"chunked":                       {head(body, "Transfer-Encoding: chunked\r\n") + chunked(string(body[:5]), string(body[5:])), 200},
		"chunked over the cap":          {head([]byte(big), "Transfer-Encoding: chunked\r\n") + chunked(big[:2500], big[2500:]), 413},
		"endless chunk":                 {head(body, "Transfer-Encoding: chunked\r\n") + "7fffffff\r\n" + big, 413},
		"declared over the cap":         {head(body, "Content-Length: 99999999999\r\n"), 413},
		"over the cap, not sent yet":    {head(body, "Content-Length: 5000\r\nExpect: 100-continue\r\n"), 413},
		"chunk with a broken size":      {head(body, "Transfer-Encoding: chunked\r\n") + "zz\r\n", 503},
		"repeated header":               {head(body, fmt.Sprintf("%s: %s\r\nContent-Length: %d\r\n", webhook.SignatureHeader, strings.Repeat("0", 64), len(body))) + string(body), 401},
		"header in another spelling":    {strings.Replace(head(body, fmt.Sprintf("Content-Length: %d\r\n", len(body))), "X-Selgora-Signature", "x-SELGORA-signature", 1) + string(body), 200},
		"prober":                        {"HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\n", 200},
		"no body at all":                {head(nil, "Content-Length: 0\r\n"), 500},
		"compressed, which nobody does": {head(body, fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n", len(body))) + string(body), 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := serve(t, newHandler(t, succeed, webhook.MaxBody(1000)), nil)()
				go func() { _, _ = io.WriteString(conn, test.request) }()
				begin := time.Now()
				expect(t, "status", status(t, conn), test.status)
				if took := time.Since(begin); took > 0 {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestSlowBodyOnAConnection(t *testing.T) {
	for name, test := range map[string]struct {
		server func(*http.Server)
		within time.Duration
	}{
		"server without timeouts":      {nil, 4500 * time.Millisecond},
		"server with a longer timeout": {func(s *http.Server) { s.ReadTimeout = time.Minute }, 4500 * time.Millisecond},
		"server with a shorter one":    {func(s *http.Server) { s.ReadTimeout = time.Second }, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var rejected rejections
				conn := serve(t, newHandler(t, succeed, rejected.option()), test.server)()
				begin := time.Now()
				go func() {
					_, _ = io.WriteString(conn, head(numbered(1), "Content-Length: 1000\r\n"))
					for {
						if _, err := conn.Write([]byte(" ")); err != nil {
							return
						}
						pass(300 * time.Millisecond)
					}
				}()
				expect(t, "status", status(t, conn), 503)
				if took := time.Since(begin); took != test.within {
					t.Errorf("answered after %v, want %v", took, test.within)
				}
				if last := rejected.last(); last.Reason != webhook.ReasonBody {
					t.Errorf("rejection %+v", last)
				}
				_ = conn.Close()
			})
		})
	}
}

// The deadline for the body is the handler's too: on a connection it must not
// pass for a client that went away, nor spoil the next request.
func TestHandlerTimeoutOnAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return cause
		})
		conn := serve(t, h, nil)()
		for n := range 3 {
			body := numbered(n)
			go func() {
				_, _ = io.WriteString(conn, head(body, fmt.Sprintf("Content-Length: %d\r\n", len(body)))+string(body))
			}()
			begin := time.Now()
			expect(t, "status", status(t, conn), 503)
			synctest.Wait()
			if took := time.Since(begin); took != webhook.DefaultHandlerTimeout || !errors.Is(cause, webhook.ErrHandlerTimeout) {
				t.Errorf("answered after %v, handler ended by %v", took, cause)
			}
		}
	})
}

func TestClientThatGoesAway(t *testing.T) {
	t.Run("in the body", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var rejected rejections
			ran := false
			conn := serve(t, newHandler(t, func(context.Context, *webhook.Event) error { ran = true; return nil }, rejected.option()), nil)()
			_, _ = io.WriteString(conn, head(numbered(1), "Content-Length: 1000\r\n")+"{")
			_ = conn.Close()
			synctest.Wait()
			if last := rejected.last(); ran || last.Reason != webhook.ReasonBody {
				t.Errorf("ran: %v, rejection %+v", ran, last)
			}
		})
	})
	t.Run("while the handler runs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var cause error
			var seen calls
			h := newHandler(t, func(ctx context.Context, e *webhook.Event) error {
				if seen.add(e.ID) > 1 {
					return nil
				}
				<-ctx.Done()
				cause = context.Cause(ctx)
				return ctx.Err()
			})
			conn := serve(t, h, nil)()
			body := numbered(1)
			_, _ = io.WriteString(conn, head(body, fmt.Sprintf("Content-Length: %d\r\n", len(body)))+string(body))
			synctest.Wait()
			begin := time.Now()
			_ = conn.Close()
			synctest.Wait()
			if !errors.Is(cause, context.Canceled) || time.Since(begin) > 0 {
				t.Errorf("handler ended by %v after %v", cause, time.Since(begin))
			}
			expect(t, "redelivery", post(h, body), 200)
			expect(t, "runs", seen.of("evt_1"), 2)
		})
	})
	t.Run("async does not mind", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			type key struct{}
			var got any
			var ended error
			h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
				pass(10 * time.Second)
				got, ended = ctx.Value(key{}), ctx.Err()
				return nil
			}, webhook.Async(1, 1))
			conn := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, "kept")))
			}), nil)()
			body := numbered(1)
			go func() {
				_, _ = io.WriteString(conn, head(body, fmt.Sprintf("Content-Length: %d\r\n", len(body)))+string(body))
			}()
			expect(t, "status", status(t, conn), 200)
			_ = conn.Close()
			must(t, h.Shutdown(t.Context()))
			if got != "kept" || ended != nil {
				t.Errorf("value %v, context error %v", got, ended)
			}
		})
	})
}
