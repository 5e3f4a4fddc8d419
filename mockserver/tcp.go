package mockserver

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// serveHTTP serves a request that came over a connection.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if s.waits.isClosed() {
		abort(w, true)
		return
	}
	c := &call{ctx: r.Context(), request: r}
	defer s.end(c)
	reply := s.serve(c)
	if reply.err != nil {
		s.end(c) // before the client can see the end, as always
		abort(w, false)
		return
	}
	s.write(w, c, reply)
}

// write brings an answer to the client.
func (s *Server) write(w http.ResponseWriter, c *call, r *reply) {
	switch r.wire.cut {
	case cutReset, cutEmpty:
		s.end(c)
		abort(w, r.wire.cut == cutReset)
		return
	}
	r.fill(w.Header(), c)
	if c.unread() && http.NewResponseController(w).EnableFullDuplex() == nil {
		w.Header().Set("Connection", "close")
		defer drain(w, c.request)
	}
	body := r.body
	if r.wire.cut != cutNone {
		body = body[:r.wire.sent]
	}
	w.WriteHeader(r.status)
	if r.wire.pace > 0 {
		if !s.trickle(w, c, body, r.wire.pace) {
			s.end(c)
			abort(w, false)
			return
		}
	} else {
		s.end(c)
		_, _ = w.Write(body) // a client that is gone needs no answer
	}
	if r.wire.cut != cutNone {
		_ = http.NewResponseController(w).Flush()
		abort(w, r.wire.cut == cutResetBody)
	}
}

// trickle writes the body piece by piece. False means that the client or the
// server did not live to its end.
func (s *Server) trickle(w http.ResponseWriter, c *call, body []byte, pace time.Duration) bool {
	control := http.NewResponseController(w)
	size, pause := pieces(body, pace)
	for len(body) > 0 {
		if control.Flush() != nil || s.waits.sleep(c.ctx, pause) != nil {
			return false
		}
		n := min(size, len(body))
		if n == len(body) {
			s.end(c)
		}
		if _, err := w.Write(body[:n]); err != nil {
			return false
		}
		body = body[n:]
	}
	return true
}

// abort ends the connection without (the rest of) an answer.
func abort(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// HTTP/2, or a server that does not allow it: net/http's own way.
		panic(http.ErrAbortHandler)
	}
	if over, ok := conn.(*tls.Conn); ok && reset {
		conn = over.NetConn()
	}
	if over, ok := conn.(*net.TCPConn); ok && reset {
		_ = over.SetLinger(0) // makes Close send a reset
	}
	_ = conn.Close()
}
