package leaks_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

const secret = "whsec_of_the_tests"

func newHandler(t *testing.T, handle webhook.HandlerFunc, opts ...webhook.Option) *webhook.Handler {
	t.Helper()
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	router := webhook.NewRouter()
	if err := router.OnAny(handle); err != nil {
		t.Fatal(err)
	}
	h, err := webhook.NewHandler(router, verifier, append(opts, webhook.WithLogger(nil))...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func post(h http.Handler, eventType string) int {
	body := webhooktest.Sample(webhook.FormatAPI, eventType)
	return webhooktest.Post(h, webhook.FormatAPI, secret, body).StatusCode
}

func TestHandlerThatIsNotUsed(t *testing.T) {
	clean(t, func() {
		newHandler(t, func(context.Context, *webhook.Event) error { return nil })
		newHandler(t, func(context.Context, *webhook.Event) error { return nil }, webhook.Async(8, 100))
	})
}

// TestHandlerAfterShutdown handles every type, some with an error and some with a panic, and stops.
func TestHandlerAfterShutdown(t *testing.T) {
	handle := func(_ context.Context, e *webhook.Event) error {
		switch len(e.Type) % 3 {
		case 0:
			return errors.New("no")
		case 1:
			panic("no")
		}
		return nil
	}
	for name, opts := range map[string][]webhook.Option{
		"sync":  {webhook.Sync()},
		"async": {webhook.Async(4, 100), webhook.AsyncRetry(2, time.Millisecond, time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t, func() {
				h := newHandler(t, handle, opts...)
				for _, eventType := range webhook.Types() {
					post(h, eventType)
				}
				if err := h.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestHandlerStoppedInTheMiddle runs out of time while handlers are at work, which then end with their contexts.
func TestHandlerStoppedInTheMiddle(t *testing.T) {
	clean(t, func() {
		started := make(chan struct{}, 100)
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			started <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}, webhook.Async(4, 100))
		for _, eventType := range webhook.Types() {
			if status := post(h, eventType); status != http.StatusOK {
				t.Errorf("%s: status %d", eventType, status)
			}
		}
		<-started
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := h.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

// TestHandlerOfSlowClients has clients that go away in the middle of the body, and handlers slower than the answer.
func TestHandlerOfSlowClients(t *testing.T) {
	clean(t, func() {
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			<-ctx.Done()
			return ctx.Err()
		}, webhook.HandlerTimeout(20*time.Millisecond))
		server := httptest.NewServer(h)
		for range 10 {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write([]byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")); err != nil {
				t.Error(err)
			}
			conn.Close()
		}
		if status := post(h, "order.completed"); status != http.StatusServiceUnavailable {
			t.Errorf("status %d", status)
		}
		server.Close()
		if err := h.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
