package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/selgora/selgora-go"
)

// countingServer is a real server, and a transport that counts its dials.
func countingServer(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *http.Transport, *atomic.Int64) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dials := new(atomic.Int64)
	tr := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return server, tr, dials
}

// Calls that end well and badly go over one connection.
func TestConnectionsAreReused(t *testing.T) {
	bodies := []struct {
		status int
		body   string
	}{
		{200, courseJSON}, {404, `{"error":"no"}`}, {503, strings.Repeat("busy ", 20000)}, {200, "<html>"}, {200, ""},
		{422, `{"fields":{"title":"bad"}}`}, {429, `{"retry_after":0}`}, {500, ""},
	}
	var n atomic.Int64
	server, tr, dials := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		b := bodies[int(n.Add(1))%len(bodies)]
		w.WriteHeader(b.status)
		w.Write([]byte(b.body))
	})
	client := newClient(t, selgora.WithBaseURL(server.URL), selgora.WithHTTPClient(&http.Client{Transport: tr}),
		selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0))
	for range 100 {
		getCourse(t.Context(), client)
	}
	if dials.Load() != 1 || n.Load() < 100 {
		t.Errorf("%d dials for %d attempts, want 1", dials.Load(), n.Load())
	}
}

// What the callers share a transport for goes on, whatever a call comes to.
func TestGivingUpLeavesIdleConnections(t *testing.T) {
	server, tr, dials := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	hc := &http.Client{Transport: tr}
	client := newClient(t, selgora.WithBaseURL(server.URL+"/v1"), selgora.WithHTTPClient(hc), selgora.WithRetryWait(0, 0))
	theirs := func() {
		t.Helper()
		resp, err := hc.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	theirs()
	asError(t, getCourse(t.Context(), client))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := getCourse(canceled, client); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	client.CloseIdleConnections() // not its own
	theirs()
	if dials.Load() != 1 {
		t.Errorf("%d dials, want 1: idle connections were closed", dials.Load())
	}
}

// The client's own connections are its to close.
func TestCloseIdleConnections(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(courseJSON)) }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := newClient(t, selgora.WithBaseURL(server.URL))
	for i, want := range []int64{1, 1, 2} {
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		if opened.Load() != want {
			t.Errorf("call %d: %d connections, want %d", i+1, opened.Load(), want)
		}
		if i == 1 {
			client.CloseIdleConnections()
		}
	}
	client.CloseIdleConnections()
}

// The pool is as large as the number of requests at once.
func TestPoolHoldsConcurrency(t *testing.T) {
	const concurrent = 40
	var opened atomic.Int64
	var gate sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gate.Done()
		gate.Wait()
		w.Write([]byte(courseJSON))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := newClient(t, selgora.WithBaseURL(server.URL),
		selgora.WithRateLimit(selgora.RateLimit{Concurrent: concurrent, PerMinute: 1000, PerHour: 1000}))
	defer client.CloseIdleConnections()
	for range 3 {
		gate.Add(concurrent)
		var wg sync.WaitGroup
		for range concurrent {
			wg.Go(func() {
				if err := getCourse(t.Context(), client); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if opened.Load() != concurrent {
		t.Errorf("%d connections for 3 × %d requests, want %d", opened.Load(), concurrent, concurrent)
	}
}

// Many goroutines, every kind of call and response, one client. Each must see
// its own response.
func TestConcurrentUse(t *testing.T) {
	client := newClient(t, selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0), selgora.WithLogger(debugLogger(new(logBuffer))),
		selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return testKey, nil }),
		inProcess(func(req *http.Request) (*http.Response, error) {
			id := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
			if req.Header.Get("X-Fail") != "" {
				return respond(req, 404, `{"error":"no `+id+`"}`), nil
			}
			return respond(req, 200, `{"id":"`+id+`","title":"`+strings.Repeat(id, 50)+`","data":[],"meta":{"total_pages":1}}`), nil
		}))
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Go(func() {
			for n := range 20 {
				id := "c" + strings.Repeat("x", g) + strings.Repeat("y", n)
				var resp selgora.Response
				course, err := client.Courses.Get(t.Context(), id, selgora.WithResponse(&resp))
				if err != nil || course.ID != id || course.Title != strings.Repeat(id, 50) || !strings.Contains(string(resp.Body), `"`+id+`"`) {
					t.Errorf("%s: %+v, %v", id, course, err)
				}
				_, err = client.Courses.Update(t.Context(), id, &selgora.CourseUpdateParams{}, selgora.WithHeader("X-Fail", "1"))
				var e *selgora.Error
				if !errors.As(err, &e) || e.Message != "no "+id {
					t.Errorf("%s: %v", id, err)
				}
				for _, err := range client.Courses.All(t.Context(), nil) {
					t.Error(err)
				}
				if err := client.Courses.Delete(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
