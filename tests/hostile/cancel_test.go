package hostile_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

func cutOK(*http.Request) (*http.Response, error) {
	r := answer(200, course)
	r.Body, r.ContentLength = &cut{strings.NewReader(course[:8])}, int64(len(course))
	return r, nil
}

// "cancel while waiting: the error is both context.Canceled and the last *Error".
func TestCancelInBackoffAfterACutSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, cutOK, selgora.WithRetryWait(time.Hour, time.Hour))
		ctx, cancel := context.WithCancel(bg())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := c.Courses.Get(ctx, "c")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("canceled while waiting for the next attempt, and the error does not say so: %v", err)
		}
	})
}

// WithRequestTimeout: "What it ends is an error that matches context.DeadlineExceeded."
func TestRequestTimeoutInBackoffAfterACutSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, cutOK, selgora.WithRetryWait(time.Hour, time.Hour))
		_, err := c.Courses.Get(bg(), "c", selgora.WithRequestTimeout(time.Millisecond))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended by WithRequestTimeout, and the error does not match DeadlineExceeded: %v", err)
		}
	})
}

func TestCancelInBackoffAfterATooLargeFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return answer(503, strings.Repeat("x", 100)), nil },
			selgora.WithRetryWait(time.Hour, time.Hour), selgora.WithMaxResponseBytes(10))
		ctx, cancel := context.WithCancel(bg())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := c.Courses.Get(ctx, "c")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("canceled while waiting for the next attempt, and the error does not say so: %v", err)
		}
	})
}
