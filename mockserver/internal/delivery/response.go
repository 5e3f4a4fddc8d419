package delivery

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// buffered is how much of an answer net/http keeps back before it sends the
// first of it.
const buffered = 2048

// response takes the answer of a handler in this process.
type response struct {
	header http.Header // the handler's alone

	mu     sync.Mutex
	status int  // 0 before it is decided
	sent   bool // a client would have seen the status by now
	body   []byte
	length int
	ended  bool
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %d", status)) // as net/http does
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
}

func (w *response) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return 0, http.ErrHandlerTimeout
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.length += len(p)
	w.sent = w.sent || w.length > buffered
	w.body = append(w.body, p[:min(len(p), maxResponse-len(w.body))]...)
	return len(p), nil
}

// Flush implements http.Flusher.
func (w *response) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.sent = true
}

// end takes no more, and returns what a client would have seen: with an error
// the answer is cut off where it stands.
func (w *response) end(at time.Time, took time.Duration, err error) Attempt {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	if err != nil && !w.sent {
		return failure(at, took, err)
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	a := Attempt{At: at, StatusCode: w.status, Duration: took, Response: w.body, Status: verdict(w.status)}
	if err != nil {
		a.Error = fmt.Sprintf("the answer broke off after %d bytes: %v", w.length, err)
	}
	return a
}
