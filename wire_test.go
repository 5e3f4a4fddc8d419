package selgora_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"context"

	"github.com/selgora/selgora-go"
)

const (
	testKey  = "sk_live_secret_of_the_tests"
	wireBase = "http://127.0.0.1:1/v1"
)

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

// answer writes a complete answer and closes.
func answer(status int, body string, header ...string) reply {
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

const courseJSON = `{"id":"course_1","title":"Go","price":497,"currency":"USD","created_at":"2024-01-15T10:30:00Z"}`

// roundTripper is an in-process transport of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// respond is an in-process answer.
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

func asError(t *testing.T, err error) *selgora.Error {
	t.Helper()
	var e *selgora.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T) is no *selgora.Error", err, err)
	}
	return e
}

// discardLog is for servers whose complaints are expected.
var discardLog = log.New(io.Discard, "", 0)
