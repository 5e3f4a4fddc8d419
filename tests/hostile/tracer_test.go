package hostile_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

type tracer struct {
	start func(context.Context, selgora.AttemptStart)
	end   func(context.Context, selgora.AttemptEnd)
}

func (*tracer) StartCall(ctx context.Context, _ selgora.CallStart) context.Context { return ctx }
func (*tracer) EndCall(context.Context, selgora.CallEnd)                           {}
func (t *tracer) StartAttempt(ctx context.Context, a selgora.AttemptStart) context.Context {
	if t.start != nil {
		t.start(ctx, a)
	}
	return ctx
}
func (t *tracer) EndAttempt(ctx context.Context, a selgora.AttemptEnd) {
	if t.end != nil {
		t.end(ctx, a)
	}
}

// Tracer: "is never shown a key". AttemptStart.Header: "the request's, without the API key".
func TestTracerIsShownNoKeyAtTheEnd(t *testing.T) {
	var kept, atEnd http.Header
	tr := &tracer{
		start: func(_ context.Context, a selgora.AttemptStart) { kept = a.Header },
		end:   func(_ context.Context, a selgora.AttemptEnd) { atEnd = a.Header.Clone() },
	}
	c := newClient(t, func(*http.Request) (*http.Response, error) { return answer(200, course), nil }, selgora.WithTracer(tr))
	if _, err := c.Courses.Get(bg(), "c"); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]http.Header{"AttemptEnd.Header": atEnd, "AttemptStart.Header, kept": kept} {
		if v := h.Get("Authorization"); strings.Contains(v, key) {
			t.Errorf("%s shows the key: Authorization: %s", name, v)
		}
	}
}

// A slot is free as soon as the response is there: what the user's tracer or
// logger does afterwards must not hold it.
func TestTracerHoldsNoSlotAfterTheResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *selgora.Client
		var inner error
		tr := &tracer{end: func(ctx context.Context, a selgora.AttemptEnd) {
			if a.Operation == "courses.get" {
				ctx, cancel := context.WithTimeout(bg(), 10*time.Second)
				defer cancel()
				_, inner = c.Account.Get(ctx)
			}
		}}
		c = newClient(t, func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "account") {
				return answer(200, `{"account":{"id":"a"}}`), nil
			}
			return answer(200, course), nil
		}, selgora.WithTracer(tr), selgora.WithRateLimit(selgora.RateLimit{Concurrent: 1}))
		if _, err := c.Courses.Get(bg(), "c"); err != nil {
			t.Fatal(err)
		}
		if inner != nil {
			t.Errorf("a call from EndAttempt: %v", inner)
		}
	})
}

type slowHandler struct{ slog.Handler }

func (slowHandler) Enabled(context.Context, slog.Level) bool { return true }
func (slowHandler) Handle(context.Context, slog.Record) error {
	time.Sleep(time.Second)
	return nil
}

func TestSlowLoggerHoldsNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return answer(200, course), nil },
			selgora.WithLogger(slog.New(slowHandler{})), selgora.WithRateLimit(selgora.RateLimit{Concurrent: 1}))
		begin := time.Now()
		done := make(chan bool)
		for range 5 {
			go func() { c.Courses.Get(bg(), "c"); done <- true }()
		}
		for range 5 {
			<-done
		}
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("5 calls with a logger of 1 s took %v: the log is written while the slot is held", d)
		}
	})
}
