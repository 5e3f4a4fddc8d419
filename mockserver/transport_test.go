package mockserver_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/selgora/selgora-go/mockserver"
)

// nopWriter is an http.ResponseWriter that nobody listens to.
type nopWriter struct{}

func (nopWriter) Header() http.Header         { return http.Header{} }
func (nopWriter) Write(p []byte) (int, error) { return len(p), nil }
func (nopWriter) WriteHeader(int)             {}

func TestTransportAnswersLikeTCP(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t, mockserver.WithLenient())
	local, tcp := inProcess(srv), overTCP(t, srv)
	for _, test := range []struct{ method, path, body string }{
		{"GET", "/courses", ""},
		{"HEAD", "/courses", ""},
		{"POST", "/courses", `{}`},
		{"GET", "/courses/x", ""},
		{"PUT", "/courses", `{}`},
	} {
		var seen [2]*http.Response
		for i, d := range []door{local, tcp} {
			response, err := d.client.Do(d.request(t, test.method, test.path, test.body))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			seen[i] = response
		}
		a, b := seen[0], seen[1]
		if a.Status != b.Status || a.Proto != b.Proto || a.ContentLength != b.ContentLength || len(a.Header) != len(b.Header) {
			t.Errorf("%s %s: in-process %+v, over TCP %+v", test.method, test.path, a, b)
		}
		for name := range b.Header {
			if name != "X-Request-Id" && name != "Date" && a.Header.Get(name) != b.Header.Get(name) {
				t.Errorf("%s %s: %s is %q in-process and %q over TCP", test.method, test.path, name, a.Header.Get(name), b.Header.Get(name))
			}
		}
		if a.Request.Method != test.method {
			t.Errorf("the answer's request is a %s", a.Request.Method)
		}
	}
	requests := srv.Requests()
	for i := 0; i < len(requests); i += 2 {
		requests[i].Header.Del("Accept-Encoding")
		requests[i+1].Header.Del("Accept-Encoding")
		requests[i+1].Header.Del("Connection")
		requests[i+1].Header.Del("Content-Length")
		if a, b := requests[i].Header, requests[i+1].Header; len(a) != len(b) {
			t.Errorf("the server saw %v in-process and %v over TCP", a, b)
		}
	}
}

func TestTransportRefusesWhatNetHTTPRefuses(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	d := inProcess(srv)
	for want, change := range map[string]func(*http.Request){
		"nil Request.URL":             func(r *http.Request) { r.URL = nil },
		"nil Request.Header":          func(r *http.Request) { r.Header = nil },
		"unsupported protocol scheme": func(r *http.Request) { r.URL.Scheme = "ftp" },
		"no Host":                     func(r *http.Request) { r.URL.Host = "" },
		"invalid method":              func(r *http.Request) { r.Method = "G T" },
		"invalid header field name":   func(r *http.Request) { r.Header["a b"] = []string{"c"} },
		"invalid header field value":  func(r *http.Request) { r.Header["A"] = []string{"b\r\nX: y"} },
	} {
		request := d.request(t, "POST", "/courses", `{"title":"A"}`)
		body := &trackedBody{Reader: request.Body}
		request.Body = body
		change(request)
		_, err := srv.Transport().RoundTrip(request)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if !body.closed {
			t.Errorf("%s: the body was not closed", want)
		}
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d of them arrived", n)
	}
}

type trackedBody struct {
	io.Reader
	closed bool
}

func (b *trackedBody) Close() error { b.closed = true; return nil }

func TestTransportStreamsRequestBodies(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, srv *mockserver.Server, d door) {
		reader, writer := io.Pipe()
		request := d.request(t, "POST", "/courses", "{}")
		request.Body, request.GetBody, request.ContentLength = reader, nil, -1
		go func() {
			for _, piece := range []string{`{"tit`, `le":"A`, `"}`} {
				_, _ = io.WriteString(writer, piece)
			}
			_ = writer.Close()
		}()
		r, err := do(d.client, request)
		if err != nil || r.status != 201 {
			t.Errorf("%d %v", r.status, err)
		}
	}
	bothDoors(t, nil, test)
}

func TestTransportAndBodiesThatFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t)
		d := inProcess(srv)
		send := func(body io.ReadCloser, length int64, ctx context.Context) error {
			request := d.request(t, "POST", "/courses", "{}").WithContext(ctx)
			request.Body, request.GetBody, request.ContentLength = body, nil, length
			_, err := do(d.client, request)
			return err
		}
		broken := errors.New("broken")
		reader, writer := io.Pipe()
		_ = writer.CloseWithError(broken)
		if err := send(reader, -1, t.Context()); !errors.Is(err, broken) {
			t.Errorf("a body that fails: %v", err)
		}
		short := &trackedBody{Reader: strings.NewReader(`{"title"`)}
		if err := send(short, 100, t.Context()); err == nil || !strings.Contains(err.Error(), "ContentLength=100") || !short.closed {
			t.Errorf("a body that is too short: %v", err)
		}

		// A body that never comes: the context ends the wait, or the server.
		ctx, cancel := context.WithCancelCause(t.Context())
		reader, _ = io.Pipe()
		done := make(chan error)
		go func() { done <- send(reader, -1, ctx) }()
		synctest.Wait()
		cancel(broken)
		if err := <-done; !errors.Is(err, broken) {
			t.Errorf("a canceled request: %v", err)
		}
		reader, _ = io.Pipe()
		go func() { done <- send(reader, -1, t.Context()) }()
		synctest.Wait()
		_ = srv.Close()
		if err := <-done; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a request to a server that closes: %v", err)
		}
	})
}

func TestTransportAndContexts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t)
		d := inProcess(srv)
		ctx, cancel := context.WithCancel(t.Context())
		response, err := d.client.Do(d.request(t, "GET", "/courses", "").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		one := make([]byte, 1)
		if n, err := response.Body.Read(one); n != 1 || err != nil || one[0] != '{' {
			t.Errorf("first byte: %d %q %v", n, one, err)
		}
		cancel()
		if _, err := response.Body.Read(one); !errors.Is(err, context.Canceled) {
			t.Errorf("read after the context's end: %v", err)
		}
		_ = response.Body.Close()
		if _, err := response.Body.Read(one); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("read after close: %v", err)
		}
		if _, err := do(d.client, d.request(t, "GET", "/courses", "").WithContext(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("request with an ended context: %v", err)
		}
		if n := len(srv.Requests()); n != 1 {
			t.Errorf("%d requests arrived, want 1", n)
		}

		// Closing the body ends a slow read of it.
		srv.Inject(mockserver.Fault{SlowBody: 1 << 60})
		response, err = d.client.Do(d.request(t, "GET", "/courses", ""))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			_, err := io.ReadAll(response.Body)
			done <- err
		}()
		synctest.Wait()
		_ = response.Body.Close()
		if err := <-done; !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("slow read of a closed body: %v", err)
		}
	})
}
