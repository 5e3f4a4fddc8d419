package leaks_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func start(t *testing.T, opts ...mockserver.Option) *mockserver.Server {
	t.Helper()
	srv, err := mockserver.Start(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

func TestFakeThatIsNotUsed(t *testing.T) {
	clean(t, func() {
		srv := start(t, mockserver.WithSandboxData())
		// Without a port and without work it runs nothing, so that even one that nobody closes leaves nothing.
		if err := goleak.Find(goleak.IgnoreCurrent()); err != nil {
			t.Error(err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	clean(t, func() { start(t, mockserver.WithSandboxData()) })
}

// TestFakeClosedUnderRequests closes the fake while requests wait in it.
func TestFakeClosedUnderRequests(t *testing.T) {
	for _, door := range []string{"in-process", "tcp"} {
		t.Run(door, func(t *testing.T) {
			clean(t, func() {
				srv := start(t)
				base := "https://api.selgora.com/v1"
				hc := srv.HTTPClient()
				if door == "tcp" {
					transport := &http.Transport{}
					defer transport.CloseIdleConnections()
					hc, base = &http.Client{Transport: transport}, srv.URL()
				}
				srv.Inject(mockserver.Fault{Delay: time.Hour, Times: 8}, mockserver.Fault{SlowBody: time.Hour, Times: 8})
				var requests sync.WaitGroup
				var answered atomic.Int64
				for range 16 {
					requests.Go(func() {
						req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/account", nil)
						if err != nil {
							t.Error(err)
							return
						}
						req.Header.Set("Authorization", "Bearer test_key_123")
						resp, err := hc.Do(req)
						if err == nil {
							_, err = io.ReadAll(resp.Body)
							resp.Body.Close()
						}
						if err == nil {
							answered.Add(1)
						}
					})
				}
				for len(srv.Requests()) < 16 {
					time.Sleep(time.Millisecond)
				}
				srv.Close()
				requests.Wait()
				if answered.Load() != 0 {
					t.Errorf("%d requests were answered by a server that is closed", answered.Load())
				}
			})
		})
	}
}

// TestFakeClosedUnderDeliveries closes the fake while a receiver is slow, others have failed and wait for their retry,
// and one was given up in the middle.
func TestFakeClosedUnderDeliveries(t *testing.T) {
	clean(t, func() {
		srv := start(t)
		entered := make(chan struct{}, 100)
		srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			entered <- struct{}{}
			<-r.Context().Done()
		}))
		srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
		srv.AddWebhook("http://127.0.0.1:1/refused")
		client := srv.Client()
		for i := range 10 {
			if _, err := client.Courses.Create(t.Context(), &selgora.CourseCreateParams{Title: fmt.Sprint("Course ", i)}); err != nil {
				t.Error(err)
			}
		}
		<-entered
		srv.Close()
	})
}

// TestFakesInParallel has a thousand fakes at once, each with calls over both doors and a webhook.
func TestFakesInParallel(t *testing.T) {
	clean(t, func() {
		t.Run("all", func(t *testing.T) {
			for i := range 1000 {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					t.Parallel()
					srv := mockserver.New(t)
					received := make(chan struct{}, 1)
					srv.DeliverTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { received <- struct{}{} }),
						mockserver.WebhookEvents("course.created"))
					clients := []*selgora.Client{srv.Client()}
					if i%10 == 0 { // ports and connections are scarce
						overTCP := newClient(t, srv.URL())
						t.Cleanup(overTCP.CloseIdleConnections)
						clients = append(clients, overTCP)
					}
					title := fmt.Sprint("Course ", i)
					created, err := clients[0].Courses.Create(t.Context(), &selgora.CourseCreateParams{Title: title})
					if err != nil {
						t.Fatal(err)
					}
					<-received
					for _, client := range clients {
						page, err := client.Courses.List(t.Context(), nil)
						if err != nil || page.Meta.TotalCount != 1 || page.Data[0].Title != title {
							t.Errorf("%+v, %v", page, err)
						}
						if err := client.Courses.Delete(t.Context(), created.ID); err != nil && !errors.Is(err, selgora.ErrNotFound) {
							t.Error(err)
						}
						srv.AddCourse(mockserver.Course{ID: created.ID, Title: title}) // for the other client
					}
				})
			}
		})
	})
}
