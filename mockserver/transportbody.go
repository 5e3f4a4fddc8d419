package mockserver

import (
	"context"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// responseBody is an answer's body as it arrives without a connection.
type responseBody struct {
	server *Server
	call   *call
	ctx    context.Context
	cancel context.CancelFunc // ends a pause; nil without pauses

	end   error // what comes after the data
	size  int   // of a piece; 0 for all at once
	pause time.Duration

	mu     sync.Mutex
	data   []byte // still to come
	closed bool
}

func (s *Server) newBody(ctx context.Context, c *call, r *reply) *responseBody {
	b := &responseBody{server: s, call: c, ctx: ctx, data: r.body, end: io.EOF}
	switch r.wire.cut {
	case cutTruncate:
		b.data, b.end = r.body[:r.wire.sent], io.ErrUnexpectedEOF
	case cutResetBody:
		b.data, b.end = r.body[:r.wire.sent], networkError("read", syscall.ECONNRESET)
	}
	if r.wire.pace > 0 {
		b.size, b.pause = pieces(b.data, r.wire.pace)
		b.ctx, b.cancel = context.WithCancel(ctx)
	} else {
		s.end(c)
	}
	return b
}

// Read implements io.Reader.
func (b *responseBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.ready(); err != nil {
		return 0, err
	}
	if len(b.data) == 0 {
		b.server.end(b.call)
		return 0, b.end
	}
	if len(p) == 0 {
		return 0, nil
	}
	if b.size > 0 {
		if len(p) > b.size {
			p = p[:b.size]
		}
		b.mu.Unlock()
		err := transportError(b.server.waits.sleep(b.ctx, b.pause))
		b.mu.Lock()
		if closedErr := b.ready(); closedErr != nil {
			err = closedErr
		}
		if err != nil {
			return 0, err
		}
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	if len(b.data) == 0 {
		b.server.end(b.call)
		if b.end == io.EOF {
			return n, io.EOF
		}
	}
	return n, nil
}

// ready tells why nothing can be read any more. As over TCP, a context that
// has ended takes the body with it.
func (b *responseBody) ready() error {
	if b.closed {
		return http.ErrBodyReadAfterClose
	}
	return context.Cause(b.ctx)
}

// Close implements io.Closer.
func (b *responseBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.cancel != nil {
		b.cancel()
	}
	b.server.end(b.call)
	return nil
}
