package mockserver

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// listener is the server's TCP side, which exists once it is asked for.
type listener struct {
	mu     sync.Mutex
	closed bool
	server *http.Server
	base   string // http://host:port

	serving sync.WaitGroup // the accepting goroutine and the connections
}

// URL returns the base URL of the API, which ends in /v1 and fits the
// SELGORA_BASE_URL of clients. The first call starts listening on a free port
// of 127.0.0.1; inside a testing/synctest bubble use [Server.HTTPClient] or
// [Server.Transport], which need no port.
func (s *Server) URL() string { return s.ControlURL() + basePath }

// ControlURL returns the root of the server, below which are the control API
// (/_mock/…) and the OpenAPI document (/openapi.yaml). It listens as
// [Server.URL] does.
func (s *Server) ControlURL() string {
	base, err := s.tcp.start(s)
	if err != nil {
		s.report.failf("listening on a free port: %v", err)
		return "http://127.0.0.1:0" // nothing answers there
	}
	return base
}

// Handler returns the whole server as a handler for an HTTP server of one's
// own, with paths as below [Server.ControlURL]. Faults that cut connections
// need HTTP/1 and a server that allows hijacking; others see an aborted
// request in their place.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serveHTTP) }

// Shutdown is [Server.Close] that first lets the requests in progress on TCP
// connections finish, as long as the context lives. The result is the
// context's error if it ended first, or that of Close.
func (s *Server) Shutdown(ctx context.Context) error {
	s.tcp.mu.Lock()
	server := s.tcp.server
	s.tcp.mu.Unlock()
	var err error
	if server != nil {
		err = server.Shutdown(ctx)
	}
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	return err
}

// start listens on a free port, unless the server listens already.
func (l *listener) start(s *Server) (string, error) {
	l.mu.Lock()
	base := l.base
	l.mu.Unlock()
	if base != "" {
		return base, nil
	}
	if err := l.listen(s, "127.0.0.1:0"); err != nil {
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.base, nil
}

// The times that a client may take, so that one that stalls does not hold a
// connection for ever. There is no limit on writing: faults may be slow.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute
	idleTimeout       = 2 * time.Minute
)

// listen starts serving on the address, unless the server listens already.
func (l *listener) listen(s *Server, addr string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return errClosed
	case l.server != nil:
		return nil
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	l.base = "http://" + visibleAddr(ln.Addr())
	l.server = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    64 << 10,
		// Complaints about clients' connections are noise in a test's output.
		ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				l.serving.Add(1)
			case http.StateClosed, http.StateHijacked:
				l.serving.Done()
			}
		},
	}
	server := l.server
	l.serving.Go(func() { _ = server.Serve(ln) }) // it ends with ErrServerClosed
	return nil
}

// visibleAddr is an address to connect to: a listener on all interfaces is
// reached by the loopback one too.
func visibleAddr(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
}

// close ends the listening and all connections, and waits for them to be gone.
func (l *listener) close() {
	l.mu.Lock()
	l.closed = true
	server := l.server
	l.mu.Unlock()
	if server != nil {
		_ = server.Close() // errors of closing sockets help nobody
	}
	l.serving.Wait()
}
