package mockserver

import (
	"io"
	"net/http"
	"time"
)

// A client that is still sending when its answer is ready reads it only
// afterward, and would lose it to a reset if the connection were closed under
// it. So what it sends is taken in, up to a point.
const (
	maxDrained   = 16 << 20
	drainTimeout = 5 * time.Second
	// drainedByNetHTTP is how much net/http takes in by itself.
	drainedByNetHTTP = 256 << 10
)

// unread tells whether more of the body is on its way than net/http copes
// with.
func (c *call) unread() bool {
	return !c.bodyDone && (c.request.ContentLength < 0 || c.request.ContentLength > drainedByNetHTTP)
}

// drain takes in the rest of the body, after the answer has been written.
func drain(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(drainTimeout)) != nil {
		return // nothing to drain from
	}
	_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
}
