package mockserver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// consumer is a receiver with the dedup of package webhook that answers a
// third of all requests with 500: half of these before the event is handled,
// half after, so that an event which is done comes again.
type consumer struct {
	handler http.Handler

	mu        sync.Mutex
	rng       *rand.Rand
	processed map[string]int // by event
}

func newConsumer(t testing.TB, seed uint64) *consumer {
	c := &consumer{rng: rand.New(rand.NewPCG(seed, 99)), processed: make(map[string]int)}
	router := webhook.NewRouter()
	router.OnAny(func(_ context.Context, e *webhook.Event) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.processed[e.ID]++
		return nil
	})
	c.handler = receiver(t, router)
	return c
}

func (c *consumer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	luck := c.rng.IntN(6)
	c.mu.Unlock()
	switch luck {
	case 0:
		w.WriteHeader(http.StatusInternalServerError)
	case 1:
		c.handler.ServeHTTP(deaf{}, r)
		w.WriteHeader(http.StatusInternalServerError)
	default:
		c.handler.ServeHTTP(w, r)
	}
}

// deaf is where an answer gets lost.
type deaf struct{}

func (deaf) Header() http.Header         { return make(http.Header) }
func (deaf) Write(p []byte) (int, error) { return len(p), nil }
func (deaf) WriteHeader(int)             {}

const loadEvents, loadEndpoints, loadSenders = 10_000, 20, 4

// load sends 10 000 events to 20 endpoints that fail at random, from several
// goroutines, and accounts for each of the deliveries. Each event goes to one
// of the endpoints, or to all of them.
func load(t testing.TB, toAll bool) {
	srv, err := mockserver.Start(mockserver.WithClock(webhookStart))
	if err != nil {
		t.Fatal(err)
	}
	types := webhook.Types()[:loadEndpoints]
	consumers := make(map[string]*consumer)
	for i, name := range types {
		opts := []mockserver.WebhookOption{
			mockserver.WebhookSecret(webhookSecret),
			mockserver.WebhookFormat([]mockserver.Format{mockserver.FormatAPI, mockserver.FormatDashboard}[i%2]),
		}
		if !toAll {
			opts = append(opts, mockserver.WebhookEvents(name))
		}
		c := newConsumer(t, uint64(i))
		consumers[srv.DeliverTo(c, opts...).ID] = c
	}
	var wg sync.WaitGroup
	for s := range loadSenders {
		wg.Go(func() {
			for i := range loadEvents / loadSenders {
				srv.Emit(types[i%len(types)], map[string]int{"sender": s, "number": i})
			}
		})
	}
	wg.Wait()
	srv.Advance(35 * time.Hour)
	if err := srv.WaitDeliveries(t.Context()); err != nil {
		t.Fatal(err)
	}

	want := loadEvents
	if toAll {
		want *= loadEndpoints
	}
	log := srv.Deliveries()
	if len(log) != want {
		t.Errorf("%d deliveries in the log, want %d", len(log), want)
	}
	counts := make(map[string]int)
	for _, d := range log {
		times := consumers[d.WebhookID].processed[d.EventID]
		last := d.Attempts[len(d.Attempts)-1]
		switch {
		case times > 1:
			t.Fatalf("%s was processed %d times", d.ID, times)
		case d.Status == mockserver.DeliverySucceeded && times == 1 && last.StatusCode == http.StatusOK:
			counts[fmt.Sprintf("succeeded at attempt %d", len(d.Attempts))]++
		case d.Status == mockserver.DeliveryFailed && len(d.Attempts) == 6 && last.StatusCode == http.StatusInternalServerError:
			counts["failed after six attempts"]++
			if times == 1 {
				counts["of these processed, with the answer lost"]++
			}
		default:
			t.Fatalf("%s: %v after %d attempts, processed %d times", d.ID, d.Status, len(d.Attempts), times)
		}
	}
	t.Logf("%v", counts)
	if counts["failed after six attempts"] == 0 || counts["succeeded at attempt 6"] == 0 {
		t.Error("the receivers did not fail often enough to show anything")
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}

// The bubble shows that no goroutine is left after Close: it would not end.
func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { load(t, false) })
}

// BenchmarkLoad sends each event to all endpoints: 200 000 deliveries, some
// 300 000 requests.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, true)
	}
}
