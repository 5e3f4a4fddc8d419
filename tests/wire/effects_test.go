package wire_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// brokenWrites is a connection that stops taking bytes.
type brokenWrites struct {
	net.Conn
	allow atomic.Int64 // bytes; then every write fails
}

func (c *brokenWrites) Write(p []byte) (int, error) {
	if n := c.allow.Load(); int64(len(p)) > n {
		c.allow.Store(0)
		written, _ := c.Conn.Write(p[:n])
		return written, syscall.EPIPE
	}
	c.allow.Add(-int64(len(p)))
	return c.Conn.Write(p)
}

// dialBroken returns connections that take ten bytes.
func dialBroken(w *wire) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := w.dial(ctx, network, addr)
		c := &brokenWrites{Conn: conn}
		c.allow.Store(10)
		return c, err
	}
}

// A POST is repeated exactly when nothing can have come of it.
func TestNotSent(t *testing.T) {
	for _, tt := range []struct {
		name     string
		dial     func(w *wire) func(context.Context, string, string) (net.Conn, error)
		script   []reply
		opts     []selgora.RequestOption
		attempts int
		notSent  bool
	}{
		{name: "refused", attempts: 3, notSent: true, dial: func(w *wire) func(context.Context, string, string) (net.Conn, error) {
			w.refuse = -1
			return w.dial
		}},
		{name: "another error of a dialler", attempts: 3, notSent: true, dial: func(w *wire) func(context.Context, string, string) (net.Conn, error) {
			return func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route today") }
		}},
		{name: "lost while writing", attempts: 1, dial: dialBroken},
		{name: "lost within long headers", attempts: 1, dial: dialBroken,
			opts: []selgora.RequestOption{selgora.WithHeader("X-Long", strings.Repeat("x", 10_000))}},
		{name: "lost after writing", attempts: 1, script: []reply{reset("")}},
		{name: "lost within the response", attempts: 1, script: []reply{reset("HTTP/1.1 201 Created\r\n")}},
		{name: "refused, then lost", attempts: 2, script: []reply{reset("")}, dial: func(w *wire) func(context.Context, string, string) (net.Conn, error) {
			w.refuse = 1
			return w.dial
		}},
		{name: "429, then refused", attempts: 3, script: []reply{response(429, "", "Retry-After: 0")}, dial: func(w *wire) func(context.Context, string, string) (net.Conn, error) {
			return func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.dial(ctx, network, addr)
				w.mu.Lock()
				w.refuse = -1
				w.mu.Unlock()
				return conn, err
			}
		}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script}
			dial := server.dial
			if tt.dial != nil {
				dial = tt.dial(server)
			}
			client := server.client(t, selgora.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}))
			var resp selgora.Response
			err := createCourse(t.Context(), client, append(tt.opts, selgora.WithResponse(&resp))...)
			if resp.Attempts != tt.attempts || errors.Is(err, selgora.ErrNotSent) != tt.notSent {
				t.Errorf("%d attempts, ErrNotSent %v (%v); want %d, %v", resp.Attempts, errors.Is(err, selgora.ErrNotSent), err, tt.attempts, tt.notSent)
			}
		})
	}
}

// A transport of the caller's own proves nothing by failing.
func TestNotSentInProcess(t *testing.T) {
	for name, tt := range map[string]struct {
		err      error
		attempts int
	}{
		"unknown":  {errors.New("something"), 1},
		"reset":    {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, 1},
		"dial":     {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 3},
		"no reply": {nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(*http.Request) (*http.Response, error) { n++; return nil, tt.err }))
			err := createCourse(t.Context(), client)
			if err == nil || n != tt.attempts || errors.Is(err, selgora.ErrNotSent) != (tt.attempts == 3) {
				t.Errorf("%d attempts: %v", n, err)
			}
		})
	}
}

// A certificate that cannot be verified stays so: no retry, and nothing left.
func TestUnknownCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") }))
	server.Config.ErrorLog = discardLog
	server.StartTLS()
	defer server.Close()
	var dials atomic.Int64
	tr := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	defer tr.CloseIdleConnections()
	client := newClient(t, selgora.WithBaseURL(server.URL), selgora.WithHTTPClient(&http.Client{Transport: tr}), selgora.WithRetryWait(0, 0))
	for name, call := range map[string]func(context.Context, *selgora.Client, ...selgora.RequestOption) error{"GET": getCourse, "POST": createCourse} {
		dials.Store(0)
		err := call(t.Context(), client)
		var unknown x509.UnknownAuthorityError
		if !errors.As(err, &unknown) || !errors.Is(err, selgora.ErrNotSent) || dials.Load() != 1 {
			t.Errorf("%s: %v after %d dials", name, err, dials.Load())
		}
	}
}

// keepAlive serves connections that close once the second request has come.
type keepAlive struct {
	mu       sync.Mutex
	requests []string
}

func (k *keepAlive) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for n := 1; ; n++ {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		k.mu.Lock()
		k.requests = append(k.requests, req.Method)
		k.mu.Unlock()
		if n == 2 {
			return // done, but who will know?
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	}
}

// net/http repeats by itself what it takes for repeatable. A POST must not be.
func TestNoSilentResend(t *testing.T) {
	resend := func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
		_, err := c.Webhooks.Resend(ctx, "wh_1", "dlv_1", opts...) // has no body
		return err
	}
	for name, tt := range map[string]struct {
		call func(context.Context, *selgora.Client, ...selgora.RequestOption) error
		opts []selgora.RequestOption
	}{
		"POST":                                     {createCourse, nil},
		"POST without a body":                      {resend, nil},
		"POST with Idempotency-Key":                {createCourse, []selgora.RequestOption{selgora.WithHeader("Idempotency-Key", "k1")}},
		"POST with x-idempotency-key":              {createCourse, []selgora.RequestOption{selgora.WithHeader("x-idempotency-key", "k1")}},
		"POST without a body with Idempotency-Key": {resend, []selgora.RequestOption{selgora.WithHeader("idempotency-key", "k1")}},
	} {
		bubble(t, name, func(t *testing.T) {
			server := new(keepAlive)
			tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				client, conn := net.Pipe()
				go server.serve(conn)
				return client, nil
			}}
			defer tr.CloseIdleConnections()
			client := newClient(t, selgora.WithHTTPClient(&http.Client{Transport: tr}), selgora.WithRetryWait(0, 0))
			if err := getCourse(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			var resp selgora.Response
			err := tt.call(t.Context(), client, append(tt.opts, selgora.WithResponse(&resp))...)
			if err == nil || errors.Is(err, selgora.ErrNotSent) || resp.Attempts != 1 {
				t.Errorf("%v after %d attempts", err, resp.Attempts)
			}
			if got := strings.Join(server.requests, " "); got != "GET POST" {
				t.Errorf("the server got %q, want one GET and one POST", got)
			}
		})
	}
}

// A trace of the caller's hears of the caller's calls, once each, and of no
// others.
func TestCallersTrace(t *testing.T) {
	server := &wire{script: []reply{ok}}
	client := server.client(t)
	heard := 0
	traced := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { heard++ }, GotConn: func(httptrace.GotConnInfo) { heard++ }, WroteHeaders: func() { heard++ },
	})
	for range 5 {
		for _, ctx := range []context.Context{traced, t.Context()} {
			heard = 0
			if err := createCourse(ctx, client); err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{true: 3}[ctx == traced]; heard != want {
				t.Errorf("the caller's trace heard %d things, want %d", heard, want)
			}
		}
	}
	server.refuse = -1
	if err := createCourse(traced, client); !errors.Is(err, selgora.ErrNotSent) {
		t.Errorf("with a trace of the caller's, a refused connection is %v", err)
	}
}

// A POST that is safe is sent again, with its whole body.
func TestIdempotencyKeyAfter429(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{response(429, "", "Retry-After: 1"), response(201, courseJSON)}, refuse: 1}
		if err := createCourse(t.Context(), server.client(t), selgora.WithHeader("Idempotency-Key", "k1")); err != nil {
			t.Fatal(err)
		}
		for _, r := range server.seen() {
			if r.Body != `{"title":"Go"}` || r.Header.Get("Idempotency-Key") != "k1" || r.Header.Get("Content-Length") != "14" {
				t.Errorf("request %+v", r)
			}
		}
		if n := len(server.seen()); n != 2 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestRepeatedDelete(t *testing.T) {
	const gone = `{"error":"no such course"}`
	missing := response(404, gone)
	for _, tt := range []struct {
		name   string
		script []reply
		refuse int
		want   error
	}{
		{"404 first", []reply{missing}, 0, selgora.ErrNotFound},
		{"404 after 503", []reply{response(503, ""), missing}, 0, nil},
		{"404 after 500", []reply{response(500, ""), missing}, 0, nil},
		{"404 after 408", []reply{response(408, ""), missing}, 0, nil},
		{"404 after a reset", []reply{reset(""), missing}, 0, nil},
		{"404 after a truncated response", []reply{raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), missing}, 0, nil},
		{"404 after a timeout", []reply{stall, missing}, 0, nil},
		{"404 after 429", []reply{response(429, "", "Retry-After: 0"), missing}, 0, selgora.ErrNotFound},
		{"404 after a refused dial", []reply{missing}, 1, selgora.ErrNotFound},
		{"404 after 503 and 429", []reply{response(503, ""), response(429, "", "Retry-After: 0"), missing}, 0, nil},
		{"409 after 503", []reply{response(503, ""), response(409, "")}, 0, selgora.ErrConflict},
		{"410 after 503", []reply{response(503, ""), response(410, "")}, 0, errAny},
		{"204", []reply{raw("HTTP/1.1 204 No Content\r\n\r\n")}, 0, nil},
		{"200", []reply{response(200, `{"id":"course_1","deleted":true}`)}, 0, nil},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script, refuse: tt.refuse}
			client := server.client(t, selgora.WithAttemptTimeout(time.Second))
			for name, del := range map[string]func(context.Context) error{
				"Courses.Delete": func(ctx context.Context) error { return client.Courses.Delete(ctx, "course_1") },
			} {
				err := del(t.Context())
				if (err != nil) != (tt.want != nil) || (tt.want != nil && tt.want != errAny && !errors.Is(err, tt.want)) {
					t.Errorf("%s: %v, want %v", name, err, tt.want)
				}
			}
		})
	}
	bubble(t, "a response that is needed", func(t *testing.T) {
		server := &wire{script: []reply{response(503, ""), missing}}
		if _, err := server.client(t).Enrollments.Cancel(t.Context(), "enr_1"); !errors.Is(err, selgora.ErrNotFound) {
			t.Errorf("Cancel: %v, want a 404: there is no enrollment to return", err)
		}
	})
	bubble(t, "GET", func(t *testing.T) {
		server := &wire{script: []reply{response(503, ""), missing}}
		if err := server.client(t).Do(t.Context(), "GET", "/courses/course_1", nil, nil); !errors.Is(err, selgora.ErrNotFound) {
			t.Errorf("GET: %v, want a 404", err)
		}
	})
}

var errAny = errors.New("any error")
