package wire_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func TestOneRecordPerAttempt(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{response(503, "", "X-Request-Id: req_1", "Retry-After: 3"), reset(""), ok}}
		var logs logBuffer
		client := server.client(t, selgora.WithLogger(debugLogger(&logs)))
		err := client.Do(t.Context(), "PATCH", "/contacts/con_1?email=someone@example.com", map[string]string{"name": "Someone"}, nil, selgora.WithHeader("X-Private", "private"))
		if err != nil {
			t.Fatal(err)
		}
		common := func(attempt int, wait time.Duration, more map[string]any) map[string]any {
			r := map[string]any{"level": "DEBUG", "msg": "selgora: attempt", "method": "PATCH", "path": "/contacts/con_1",
				"attempt": float64(attempt), "duration": 0.0, "wait": float64(wait)}
			for k, v := range more {
				r[k] = v
			}
			return r
		}
		want := []map[string]any{
			common(1, 0, map[string]any{"status": 503.0, "request_id": "req_1"}),
			common(2, 3*time.Second, map[string]any{"error": "EOF"}),
			common(3, 0, map[string]any{"status": 200.0}),
		}
		if diff := cmp.Diff(want, logs.records(t)); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		for _, private := range []string{testKey, "someone", "Someone", "private", "Private", "Bearer"} {
			if strings.Contains(logs.buf.String(), private) {
				t.Errorf("%q is in the log", private)
			}
		}
	})
}

// The record's wait is that for the rate limiter too, its duration is not.
func TestRecordedTimes(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		var logs logBuffer
		client := limited(t, &ledger{latency: 2 * time.Second}, selgora.WithLogger(debugLogger(&logs)),
			selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}))
		for range 2 {
			if err := getCourse(t.Context(), client); err != nil {
				t.Fatal(err)
			}
		}
		records := logs.records(t)
		if len(records) != 2 || records[1]["wait"] != float64(60*time.Second) || records[1]["duration"] != float64(2*time.Second) {
			t.Errorf("records %v", records)
		}
	})
}

func TestLogIsOffByDefault(t *testing.T) {
	var logs logBuffer
	before := slog.Default()
	slog.SetDefault(debugLogger(&logs))
	defer slog.SetDefault(before)
	client := newClient(t, inProcess(func(*http.Request) (*http.Response, error) { return nil, errors.New("no") }), selgora.WithRetryWait(0, 0))
	getCourse(t.Context(), client)
	for _, opt := range []selgora.Option{selgora.WithLogger(nil), selgora.WithLogger(slog.New(slog.NewJSONHandler(&logs, nil)))} {
		client := newClient(t, opt, inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 500, ""), nil }), selgora.WithRetryWait(0, 0))
		getCourse(t.Context(), client)
	}
	if got := logs.buf.String(); got != "" {
		t.Errorf("logged %s", got)
	}
}

func TestDisabledLogCostsNothing(t *testing.T) {
	allocs := func(opts ...selgora.Option) float64 {
		client := newClient(t, append(opts, selgora.WithoutRateLimit(),
			inProcess(func(req *http.Request) (*http.Response, error) {
				return respond(req, 200, courseJSON, "X-Request-Id: r"), nil
			}))...)
		ctx := context.Background()
		least := math.Inf(1) // pools may lose what they hold, and do under the race detector
		for range 100 {
			least = min(least, testing.AllocsPerRun(1, func() {
				if err := getCourse(ctx, client); err != nil {
					t.Fatal(err)
				}
			}))
		}
		return least
	}
	without := allocs()
	if with := allocs(selgora.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))); with > without {
		t.Errorf("%v allocations with a disabled logger, %v without", with, without)
	}
	if with := allocs(selgora.WithLogger(debugLogger(io.Discard))); with <= without {
		t.Errorf("%v allocations with a logger, %v without: is it measured?", with, without)
	}
}
