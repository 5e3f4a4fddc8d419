package wire_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// Who is told to wait learns from the text who asks for it, and which option
// allows more.
func TestWaitErrorsSayWhoAsks(t *testing.T) {
	const local = "held back by the client's own rate limit, not sent: the next request may go in 1m0s"
	synctest.Test(t, func(t *testing.T) {
		client := limited(t, &ledger{}, selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}), selgora.WithMaxWait(30*time.Second))
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		err := getCourse(t.Context(), client)
		var wait *selgora.RateLimitWaitError
		if !errors.As(err, &wait) || wait.Wait != time.Minute {
			t.Fatalf("error %#v", err)
		}
		for _, text := range []string{err.Error(), wait.Error()} {
			if !strings.Contains(text, local+", and WithMaxWait allows 30s") || strings.Contains(text, "429") {
				t.Errorf("text %q", text)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client := limited(t, &ledger{}, selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}))
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		err := getCourse(t.Context(), client, selgora.WithRequestTimeout(10*time.Second))
		if text := err.Error(); !strings.Contains(text, local+", after the context's deadline") {
			t.Errorf("text %q", text)
		}
	})
	for _, status := range []int{429, 503} {
		bubble(t, "", func(t *testing.T) {
			server := &wire{script: []reply{response(status, `{"error":"slow down"}`, "Retry-After: 300")}}
			err := getCourse(t.Context(), server.client(t, selgora.WithMaxWait(30*time.Second)))
			var wait *selgora.RateLimitWaitError
			if e := asError(t, err); e.StatusCode != status || e.RetryAfter != 5*time.Minute || errors.As(err, &wait) {
				t.Errorf("error %#v", err)
			}
			if text := err.Error(); !strings.Contains(text, "slow down; it asks to wait for 5m0s, and WithMaxWait allows 30s") || strings.Contains(text, "client's own") {
				t.Errorf("text %q", text)
			}
		})
	}
}
