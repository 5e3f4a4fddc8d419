package mockserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

// Transport returns a way to the server that needs no port and no connection:
// what a client sees is the same as over TCP, errors of cut connections
// included. It serves every URL with this server, whatever its scheme and
// host, so that a client with the production base URL reaches the fake; only
// the path counts. Unlike net/http's own transport it never repeats a request
// by itself. It starts no goroutine, except for a request body that can block
// (one without GetBody), and works inside a testing/synctest bubble.
func (s *Server) Transport() http.RoundTripper { return &transport{s} }

// HTTPClient returns a new client that uses [Server.Transport].
func (s *Server) HTTPClient() *http.Client { return &http.Client{Transport: s.Transport()} }

type transport struct{ server *Server }

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	s := t.server
	closeBody := func() {
		if request.Body != nil {
			_ = request.Body.Close() // as net/http does, without its error
		}
	}
	err := checkRequest(request)
	if err == nil {
		err = context.Cause(request.Context())
	}
	if err == nil && s.waits.isClosed() {
		err = networkError("dial", syscall.ECONNREFUSED)
	}
	if err != nil {
		closeBody()
		return nil, err
	}
	c := &call{ctx: request.Context(), request: received(request), inProcess: true}
	if !mayBlock(request) {
		r := s.serve(c)
		closeBody()
		return s.response(request, c, r)
	}
	r, err := s.serveAside(c)
	closeBody()
	if err != nil {
		return nil, transportError(err)
	}
	return s.response(request, c, r)
}

// mayBlock tells whether reading the body can take time: not if the body can
// be had again.
func mayBlock(r *http.Request) bool {
	return r.Body != nil && r.Body != http.NoBody && r.GetBody == nil
}

// serveAside serves on another goroutine, so that the client's context can end
// the wait for its own body. Closing the body, which the caller does, ends the
// goroutine. After an error the call belongs to the goroutine.
func (s *Server) serveAside(c *call) (*reply, error) {
	ctx, stop, err := s.waits.context(c.ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	c.ctx = ctx
	var decided atomic.Bool // by the first to get here: answered, or given up
	done := make(chan *reply, 1)
	go func() {
		r := s.serve(c)
		if decided.CompareAndSwap(false, true) {
			done <- r
			return
		}
		s.end(c)
	}()
	select {
	case r := <-done:
		return r, nil
	case <-ctx.Done():
		if decided.CompareAndSwap(false, true) {
			return nil, context.Cause(ctx)
		}
		return <-done, nil
	}
}

// transportError is what the client is told of an error of the server.
func transportError(err error) error {
	if errors.Is(err, errClosed) {
		return networkError("read", syscall.ECONNRESET)
	}
	return err
}

// received is the request as a server sees it.
func received(request *http.Request) *http.Request {
	r := *request
	r.Header = request.Header.Clone()
	if _, ok := r.Header["User-Agent"]; !ok {
		r.Header["User-Agent"] = []string{"Go-http-client/1.1"}
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	return &r
}

// response makes what the client sees of an answer.
func (s *Server) response(request *http.Request, c *call, r *reply) (*http.Response, error) {
	if r.err == nil && c.bodyErr != nil {
		r.err = c.bodyErr
		if errors.Is(c.bodyErr, io.ErrUnexpectedEOF) && request.ContentLength > 0 {
			r.err = fmt.Errorf("http: ContentLength=%d with a shorter body: %w", request.ContentLength, c.bodyErr)
		}
	}
	err := r.err
	switch r.wire.cut {
	case cutReset:
		err = networkError("read", syscall.ECONNRESET)
	case cutEmpty:
		err = io.EOF
	}
	if err != nil {
		s.end(c)
		return nil, transportError(err)
	}
	header := make(http.Header, 8)
	r.fill(header, c)
	response := &http.Response{
		Status:        strconv.Itoa(r.status) + " " + http.StatusText(r.status),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		ContentLength: int64(len(r.body)),
		Request:       request,
		Body:          http.NoBody,
	}
	if c.request.Method == http.MethodHead || len(r.body) == 0 {
		s.end(c)
		return response, nil
	}
	response.Body = s.newBody(request.Context(), c, r)
	return response, nil
}

// networkError is the error that a broken connection gives.
func networkError(operation string, number syscall.Errno) error {
	return &net.OpError{Op: operation, Net: "tcp", Err: os.NewSyscallError(operation, number)}
}
