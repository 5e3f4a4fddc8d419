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
	refuse := func(verdict Status, reason string) bool {
		e.settle(l, it, outcome{Attempt{At: at, Error: reason}, verdict})
		return true
	}
	endpoint, ok := e.cfg.Endpoint(it.record.EndpointID)
	switch {
	case !ok:
		return refuse(Failed, "not sent: the endpoint was deleted")
	case endpoint.Disabled:
		return refuse(Failed, "not sent: the endpoint is disabled")
	}
	body, err := it.record.Body()
	if err != nil {
		return refuse(Failed, "not sent: the body cannot be made: "+err.Error())
	}
	e.mu.Lock()
	it.record.bodySize = len(body)
	handler, hazards := l.Handler, l.hazards
	spoil := l.spoil != 0
	if l.spoil > 0 {
		l.spoil--
	}
	e.mu.Unlock()
	if handler == nil {
		if err := CheckURL(endpoint.URL, e.cfg.AllowExternal); err != nil {
			return refuse(Blocked, "not sent: "+err.Error())
		}
	}
	secret := endpoint.Secret
	if hazards.Secret != "" {
		secret = hazards.Secret
	}
	if spoil {
		secret += "!" // gives a signature of the right form that does not fit
	}
	header := http.Header{
		"Content-Type":        {"application/json"},
		"User-Agent":          {"selgora-mock"},
		"X-Selgora-Signature": {Sign(endpoint.Format, secret, body)},
		"X-Selgora-Delivery":  {it.record.ID},
	}
	if it.retry > 0 {
		header.Set("X-Selgora-Retry", strconv.Itoa(it.retry))
	}
	if handler != nil {
		return e.serve(l, it, at, handler, endpoint.URL, header, body)
	}
	e.settle(l, it, e.post(at, endpoint.URL, header, body))
	return true
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
func failure(at time.Time, took time.Duration, err error) outcome {
	reason := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		reason = fmt.Sprintf("no answer within %v", Timeout)
	case errors.Is(err, context.Canceled):
		reason = "broken off: the server was closed"
	}
	return outcome{Attempt{At: at, Duration: took, Error: reason}, Pending}
}
