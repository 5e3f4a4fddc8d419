package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// watched is the way to a fake that limits as the API does. It takes time, and
// writes down when requests arrive.
type watched struct {
	next    http.RoundTripper
	latency time.Duration // half of it before the server, half after
	connect time.Duration // that the first requests take more, before
	first   int           // how many those are

	mu      sync.Mutex
	sent    int
	at      []time.Time
	refused int
}

func (w *watched) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent++
	before := w.latency / 2
	if w.sent <= w.first {
		before += w.connect
	}
	w.mu.Unlock()
	time.Sleep(before)
	w.mu.Lock()
	w.at = append(w.at, time.Now())
	w.mu.Unlock()
	resp, err := w.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		w.mu.Lock()
		w.refused++
		w.mu.Unlock()
	}
	time.Sleep(w.latency / 2)
	return resp, err
}

// fake returns a client with the limits that the fake holds it to.
func fake(t *testing.T, w *watched, limits mockserver.RateLimits, opts ...selgora.Option) *selgora.Client {
	server := mockserver.New(t, mockserver.WithRateLimits(limits), mockserver.WithJournalSize(0))
	server.AddCourse(mockserver.Course{ID: "course_1", Title: "Go"})
	w.next = server.Transport()
	return server.Client(append([]selgora.Option{
		selgora.WithHTTPClient(&http.Client{Transport: w}),
		selgora.WithRateLimit(selgora.RateLimit{PerHour: limits.PerHour, PerMinute: limits.PerMinute, Concurrent: limits.Concurrent}),
		selgora.WithMaxWait(100 * time.Hour),
	}, opts...)...)
}

func (w *watched) check(t *testing.T) {
	t.Helper()
	slices.SortFunc(w.at, time.Time.Compare)
	if most := worst(w.at, time.Minute); most > 100 {
		t.Errorf("%d requests met the server within 60 s", most)
	}
	if w.refused > 0 {
		t.Errorf("%d requests were refused", w.refused)
	}
}

func within(at []time.Time, from, to time.Time) int {
	n := 0
	for _, a := range at {
		if !a.Before(from) && a.Before(to) {
			n++
		}
	}
	return n
}

// work keeps calling with so many workers until the context ends.
func work(ctx context.Context, t *testing.T, client *selgora.Client, workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				if err := getCourse(ctx, client); errors.Is(err, context.DeadlineExceeded) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Steady use gets what the API allows: all of the hour's budget, and of the
// minute's all but what the round trips take, since a request counts until a
// minute after its response came.
func TestSteadyUse(t *testing.T) {
	const hours = 5
	for _, latency := range []time.Duration{10 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second} {
		for _, workers := range []int{10, 32} {
			bubble(t, fmt.Sprintf("hour/%v/%d", latency, workers), func(t *testing.T) {
				w := &watched{latency: latency}
				client := fake(t, w, mockserver.DefaultRateLimits)
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), hours*time.Hour)
				defer cancel()
				work(ctx, t, client, workers)
				w.check(t)
				share := float64(len(w.at)) / (hours * 1000)
				t.Logf("%v, %d workers: %.2f %% of %d hours' budget; by the hour %v", latency, workers, share*100, hours, byHour(w.at, start, hours))
				if share < 0.99 {
					t.Error("less than 99 %")
				}
			})
			bubble(t, fmt.Sprintf("minute/%v/%d", latency, workers), func(t *testing.T) {
				w := &watched{latency: latency}
				client := fake(t, w, mockserver.RateLimits{PerHour: 1e9, PerMinute: 100, Concurrent: 10})
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
				defer cancel()
				work(ctx, t, client, workers)
				w.check(t)
				share := float64(len(w.at)) / (2 * 60 * 100)
				most := time.Minute.Seconds() / (time.Minute + latency).Seconds()
				t.Logf("%v, %d workers: %.2f %% of two hours of the minute's budget, %.2f %% of what can be had", latency, workers, share*100, share/most*100)
				if share < 0.99*most {
					t.Errorf("less than 99 %% of what can be had")
				}
			})
		}
	}
}

func byHour(at []time.Time, start time.Time, hours int) []int {
	var n []int
	for h := range hours {
		n = append(n, within(at, start.Add(time.Duration(h)*time.Hour), start.Add(time.Duration(h+1)*time.Hour)))
	}
	return n
}

// A thousand calls in a fresh hour, from sixteen workers.
func TestThousandCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{latency: 300 * time.Millisecond}
		client := fake(t, w, mockserver.DefaultRateLimits)
		start := time.Now()
		jobs := make(chan int, 1000)
		for i := range 1000 {
			jobs <- i
		}
		close(jobs)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range jobs {
					if err := getCourse(t.Context(), client); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		w.check(t)
		t.Logf("1000 calls in %v", time.Since(start))
		if took := time.Since(start); len(w.at) != 1000 || took > 10*time.Minute {
			t.Errorf("%d requests in %v", len(w.at), took)
		}
	})
}

func TestLargeBatches(t *testing.T) {
	for _, tt := range []struct {
		addresses int
		latency   time.Duration
		most      time.Duration
	}{
		{10_000, 300 * time.Millisecond, 65 * time.Second},
		{10_000, time.Second, 75 * time.Second},
		{50_000, 300 * time.Millisecond, 10 * time.Minute},
	} {
		bubble(t, fmt.Sprint(tt.addresses, " at ", tt.latency), func(t *testing.T) {
			w := &watched{latency: tt.latency}
			client := fake(t, w, mockserver.DefaultRateLimits, selgora.WithMaxWait(time.Minute))
			start := time.Now()
			res, err := client.Enrollments.CreateBatch(t.Context(), batchOf(tt.addresses))
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			w.check(t)
			if n := res.Count(selgora.BatchEnrolled); n != tt.addresses || took > tt.most {
				t.Errorf("%d of %d enrolled in %v", n, tt.addresses, took)
			}
			t.Logf("%d addresses at %v: %v", tt.addresses, tt.latency, took)
		})
	}
}

// The first connections take their time, so that the first requests arrive
// long after they were sent, right before those of the next minute.
func TestSlowFirstConnections(t *testing.T) {
	for _, first := range []int{1, 10, 100} {
		bubble(t, fmt.Sprint(first), func(t *testing.T) {
			w := &watched{latency: 10 * time.Millisecond, connect: 2 * time.Second, first: first}
			client := fake(t, w, mockserver.DefaultRateLimits)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
			defer cancel()
			work(ctx, t, client, 16)
			w.check(t)
			t.Logf("%d slow connections: %d requests in 3 hours, at most %d within 60 s", first, len(w.at), worst(w.at, time.Minute))
			if len(w.at) < 2970 {
				t.Error("less than 99 %")
			}
		})
	}
}

// Failures and lost connections count too: what was sent may have arrived.
func TestFailuresKeepToTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mockserver.New(t, mockserver.WithRateLimits(mockserver.DefaultRateLimits), mockserver.WithJournalSize(0))
		server.AddCourse(mockserver.Course{ID: "course_1", Title: "Go"})
		server.Inject(
			mockserver.Fault{Status: 503, Probability: 0.05},
			mockserver.Fault{Reset: true, Probability: 0.05},
			mockserver.Fault{Truncate: true, Probability: 0.05},
		)
		w := &watched{next: server.Transport(), latency: 300 * time.Millisecond}
		client := server.Client(selgora.WithHTTPClient(&http.Client{Transport: w}),
			selgora.WithRateLimit(selgora.RateLimit{}), selgora.WithMaxWait(100*time.Hour), selgora.WithMaxRetries(20))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		work(ctx, t, client, 16)
		w.check(t)
		t.Logf("%d requests in 3 hours", len(w.at))
		if len(w.at) < 2900 {
			t.Error("less than 96 %")
		}
	})
}
