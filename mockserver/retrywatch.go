package mockserver

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryWatch notices requests that come before the time that an earlier answer
// told their key to wait for. It watches as they come, so that nothing escapes
// it that the journal has forgotten.
type retryWatch struct {
	until      map[string]promise
	violations []violation
}

// promise is the last Retry-After that a key was told.
type promise struct {
	until time.Time
	by    Request
}

// violation is a request that did not wait.
type violation struct {
	early Request
	promise
}

const (
	maxWatchedKeys = 10_000
	maxViolations  = 100
)

// arrived checks a request as it comes in.
func (w *retryWatch) arrived(r *record) {
	if len(w.until) == 0 {
		return
	}
	if p, ok := w.until[r.token]; ok && r.at.Before(p.until) && len(w.violations) < maxViolations {
		w.violations = append(w.violations, violation{r.show(), p})
	}
}

// told notes that a key was asked to wait.
func (w *retryWatch) told(r *record, until time.Time) {
	p, known := w.until[r.token]
	if r.token == "" || p.until.After(until) || !known && len(w.until) >= maxWatchedKeys {
		return
	}
	if w.until == nil {
		w.until = make(map[string]promise)
	}
	w.until[r.token] = promise{until, r.show()}
}

// AssertRespectsRetryAfter fails the test if a request came in before the time
// had passed that a Retry-After header had told its API key to wait, on a 429
// or any other answer. Each key is looked at by itself. The message shows who
// came how much too early, and the journal.
func (s *Server) AssertRespectsRetryAfter(t TB) {
	t.Helper()
	s.journal.mu.Lock()
	violations := s.journal.retries.violations
	s.journal.mu.Unlock()
	if len(violations) == 0 {
		return
	}
	var b strings.Builder
	for _, v := range violations {
		fmt.Fprintf(&b, "\n  %s %s %s came %v too early: %s was told to wait %v",
			v.early.ID, v.early.Method, v.early.Path, v.until.Sub(v.early.Time), v.by.ID, v.by.RetryAfter)
	}
	t.Errorf("mockserver: requests that did not wait for Retry-After:%s\n%s", b.String(), s.Dump())
}

// retryAfter reads a Retry-After header as a time to wait; 0 without a usable
// one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
