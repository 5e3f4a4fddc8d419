package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// attempt makes one request and settles it. It reports false if another
// goroutine has taken over the lane meanwhile.
func (e *Engine) attempt(l *lane, it item) bool {
	at := e.cfg.Clock.Now()
	refuse := func(status Status, reason string) bool {
		e.settle(l, it, Attempt{At: at, Error: "not sent: " + reason, Status: status})
		return true
	}
	endpoint, ok := e.cfg.Endpoint(it.job.EndpointID)
	switch {
	case !ok:
		return refuse(Failed, "the endpoint was deleted")
	case endpoint.Disabled:
		return refuse(Failed, "the endpoint is disabled")
	}
	if endpoint.Handler == nil {
		if err := CheckURL(endpoint.URL, e.cfg.AllowExternal); err != nil {
			return refuse(Blocked, err.Error())
		}
	}
	secret := endpoint.Secret
	if endpoint.Hazards.Secret != "" {
		secret = endpoint.Hazards.Secret
	}
	if e.spoil(l, endpoint.Hazards) {
		secret += "!" // gives a signature of the right form that does not fit
	}
	header := http.Header{
		"Content-Type":        {"application/json"},
		"User-Agent":          {"selgora-mock"},
		"X-Selgora-Signature": {Sign(endpoint.Format, secret, it.job.Body)},
		"X-Selgora-Delivery":  {it.job.ID},
	}
	if it.retry > 0 {
		header.Set("X-Selgora-Retry", strconv.Itoa(it.retry))
	}
	if endpoint.Handler != nil {
		return e.serve(l, it, at, endpoint, header)
	}
	e.settle(l, it, e.post(at, endpoint.URL, header, it.job.Body))
	return true
}

// spoil reports whether the next signature is to be a wrong one.
func (e *Engine) spoil(l *lane, h Hazards) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	l.live(h)
	spoil := l.spoil != 0
	if l.spoil > 0 {
		l.spoil--
	}
	return spoil
}

// verdict is what an answer's status means for a delivery.
func verdict(status int) Status {
	switch {
	case status >= 200 && status < 300:
		return Succeeded
	case status >= 400 && status < 500:
		return Failed
	}
	return Pending
}

// failure is an attempt without an answer.
func failure(at time.Time, took time.Duration, err error) Attempt {
	reason := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		reason = fmt.Sprintf("no answer within %v", Timeout)
	case errors.Is(err, context.Canceled):
		reason = "broken off: the server was closed"
	}
	return Attempt{At: at, Duration: took, Error: reason, Status: Pending}
}
