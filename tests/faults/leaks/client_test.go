package leaks_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// clean fails the test if what f starts outlives it.
func clean(t *testing.T, f func()) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	f()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

func newClient(t *testing.T, baseURL string, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	client, err := selgora.NewClient("test_key_123", append([]selgora.Option{
		selgora.WithBaseURL(baseURL), selgora.WithRetryWait(0, 0),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestClientsThatAreNotUsed(t *testing.T) {
	clean(t, func() {
		for range 1000 {
			newClient(t, "http://127.0.0.1:1/v1")
		}
	})
}

func TestClientAfterItsCalls(t *testing.T) {
	clean(t, func() {
		srv, err := mockserver.Start(mockserver.WithSandboxData())
		if err != nil {
			t.Fatal(err)
		}
		client := newClient(t, srv.URL())
		defer srv.Close()
		defer client.CloseIdleConnections()
		for course, err := range client.Courses.All(t.Context(), nil) {
			if err != nil || course.ID == "" {
				t.Fatal(course, err)
			}
			break // an iterator that is left early holds nothing either
		}
		if _, err := client.Courses.Get(t.Context(), "course_none"); !errors.Is(err, selgora.ErrNotFound) {
			t.Error(err)
		}
		if _, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "ada@example.com"}); err != nil {
			t.Error(err)
		}
	})
}

// TestClientThatGivesUp leaves calls in every place where they can wait.
func TestClientThatGivesUp(t *testing.T) {
	silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	dripping := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond)
		}
	})
	busy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "50")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	for name, handler := range map[string]http.Handler{"for the answer": silent, "for the body": dripping, "for the retry": busy} {
		for _, by := range []string{"attempt timeout", "request timeout", "cancellation"} {
			t.Run(name+"/"+by, func(t *testing.T) {
				clean(t, func() {
					server := httptest.NewServer(handler)
					defer server.Close()
					opts := []selgora.RequestOption{selgora.WithRequestRetries(1)}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					timeout := 30 * time.Second
					switch by {
					case "attempt timeout":
						timeout = 20 * time.Millisecond
						opts = append(opts, selgora.WithRequestTimeout(time.Second))
					case "request timeout":
						opts = append(opts, selgora.WithRequestTimeout(20*time.Millisecond))
					case "cancellation":
						time.AfterFunc(20*time.Millisecond, cancel)
					}
					client := newClient(t, server.URL+"/v1", selgora.WithAttemptTimeout(timeout))
					defer client.CloseIdleConnections()
					if _, err := client.Courses.Get(ctx, "course_1", opts...); err == nil {
						t.Error("no error")
					}
				})
			})
		}
	}
}

// TestClientThatQueues ends calls that wait for a slot or a token.
func TestClientThatQueues(t *testing.T) {
	clean(t, func() {
		srv, err := mockserver.Start()
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		client := newClient(t, srv.URL(), selgora.WithRateLimit(selgora.RateLimit{PerMinute: 2, Concurrent: 1}))
		defer client.CloseIdleConnections()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		for range 16 {
			go func() {
				_, err := client.Account.Get(ctx)
				ended <- err
			}()
		}
		<-ended // one went through, the others wait
		cancel()
		for range 15 {
			<-ended
		}
	})
}

// TestClientWhoseServerGoes keeps connections open on the client's side only.
func TestClientWhoseServerGoes(t *testing.T) {
	clean(t, func() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan struct{})
		go func() {
			defer close(served)
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				conn.Close()
			}
		}()
		client := newClient(t, "http://"+listener.Addr().String()+"/v1", selgora.WithoutRateLimit())
		for range 20 {
			if _, err := client.Account.Get(t.Context()); err == nil {
				t.Error("no error")
			}
		}
		listener.Close()
		<-served
		client.CloseIdleConnections()
	})
}
