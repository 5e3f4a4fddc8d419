package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

const (
	testKey  = "sk_live_secret_of_the_tests"
	wireBase = "http://127.0.0.1:1/v1"
)

const courseJSON = `{"id":"course_1","title":"Go","price":497,"currency":"USD","created_at":"2024-01-15T10:30:00Z"}`

// reply acts on a server's side of one connection after a request was read.
type reply func(conn net.Conn, req *http.Request)

// wire is a server that speaks raw HTTP/1.1 over fresh in-memory connections,
// so that it works inside a synctest bubble, or over TCP.
type wire struct {
	mu       sync.Mutex
	script   []reply // by attempt; the last one repeats
	requests []wireRequest
	refuse   int // the first n dials are refused; -1 refuses all
}

type wireRequest struct {
	Method, Path, Body string
	Header             http.Header
	At                 time.Time
}

func (w *wire) seen() []wireRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// serve handles one connection, one request.
func (w *wire) serve(conn net.Conn) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	w.mu.Lock()
	w.requests = append(w.requests, wireRequest{req.Method, req.RequestURI, string(body), req.Header, time.Now()})
	act := w.script[min(len(w.requests), len(w.script))-1]
	w.mu.Unlock()
	act(conn, req)
}

// dial makes the client's end of an in-memory connection.
func (w *wire) dial(_ context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	refuse := w.refuse
	if w.refuse > 0 {
		w.refuse--
	}
	w.mu.Unlock()
	if refuse != 0 {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	client, server := net.Pipe()
	go w.serve(server)
	return client, nil
}

// transport uses a connection once, so that no earlier one hides a fault.
func (w *wire) transport() *http.Transport {
	return &http.Transport{DialContext: w.dial, DisableKeepAlives: true}
}

// client is a client of the wire without local limits and waits, unless given.
func (w *wire) client(t *testing.T, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	return newClient(t, append([]selgora.Option{
		selgora.WithHTTPClient(&http.Client{Transport: w.transport()}),
		selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0),
	}, opts...)...)
}

func newClient(t *testing.T, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	client, err := selgora.NewClient(testKey, append([]selgora.Option{selgora.WithBaseURL(wireBase)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// response writes a complete response and closes.
func response(status int, body string, header ...string) reply {
	return func(conn net.Conn, _ *http.Request) {
		head := ""
		for _, h := range header {
			head += h + "\r\n"
		}
		fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
			status, http.StatusText(status), len(body), head, body)
	}
}

// raw writes bytes as they are and closes.
func raw(s string) reply {
	return func(conn net.Conn, _ *http.Request) { io.WriteString(conn, s) }
}

// reset ends the connection the hard way where it is TCP, after writing s.
func reset(s string) reply {
	return func(conn net.Conn, _ *http.Request) {
		io.WriteString(conn, s)
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
	}
}

// stall keeps the connection open without a word until the client goes.
func stall(conn net.Conn, _ *http.Request) { io.Copy(io.Discard, conn) }

var ok = response(200, courseJSON)

func listenTCP(t *testing.T, server *wire, closed bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if closed {
		l.Close()
		return l.Addr().String()
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go server.serve(conn)
		}
	}()
	return l.Addr().String()
}

// roundTripper is an in-process transport of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// respond is an in-process response.
func respond(req *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}
}

// inProcess is an option for a transport of a function.
func inProcess(f roundTripper) selgora.Option {
	return selgora.WithHTTPClient(&http.Client{Transport: f})
}

// ledger is a server in-process that writes down when attempts arrive.
type ledger struct {
	mu       sync.Mutex
	at       []time.Time
	now      int // requests under way
	most     int // at once
	latency  time.Duration
	response func(n int, req *http.Request) *http.Response
}

func (l *ledger) RoundTrip(req *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.at = append(l.at, time.Now())
	n := len(l.at)
	l.now++
	l.most = max(l.most, l.now)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.now--
		l.mu.Unlock()
	}()
	select {
	case <-time.After(l.latency):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if l.response != nil {
		if resp := l.response(n, req); resp != nil {
			return resp, nil
		}
	}
	return respond(req, 200, courseJSON), nil
}

func (l *ledger) attempts() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Time(nil), l.at...)
}

func limited(t *testing.T, server http.RoundTripper, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	return newClient(t, append([]selgora.Option{
		selgora.WithHTTPClient(&http.Client{Transport: server}), selgora.WithRetryWait(0, 0),
	}, opts...)...)
}

func getCourse(ctx context.Context, client *selgora.Client, opts ...selgora.RequestOption) error {
	_, err := client.Courses.Get(ctx, "course_1", opts...)
	return err
}

func createCourse(ctx context.Context, client *selgora.Client, opts ...selgora.RequestOption) error {
	_, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go"}, opts...)
	return err
}

func asError(t *testing.T, err error) *selgora.Error {
	t.Helper()
	var e *selgora.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T) is no *selgora.Error", err, err)
	}
	return e
}

// checkParamError makes a call that must be refused before anything is sent.
func checkParamError(t *testing.T, field string, call func(context.Context, *selgora.Client) error) {
	t.Helper()
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		t.Errorf("%s: %s %s was sent", field, req.Method, req.URL)
		return nil, errors.New("sent")
	}))
	err := call(t.Context(), client)
	var p *selgora.ParamError
	if !errors.As(err, &p) || !errors.Is(err, selgora.ErrNotSent) || p.Field != field || p.Problem == "" {
		t.Errorf("error %v, want a *ParamError for %s", err, field)
		return
	}
	if want := "selgora: " + field + ": " + p.Problem; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// bubble runs f in virtual time.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) records(t *testing.T) []map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var records []map[string]any
	for line := range strings.Lines(b.buf.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		delete(r, "time")
		records = append(records, r)
	}
	return records
}

func debugLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// discardLog is for servers whose complaints are expected.
var discardLog = log.New(io.Discard, "", 0)
