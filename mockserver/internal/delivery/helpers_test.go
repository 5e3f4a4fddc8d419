package delivery_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

var start = time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)

// bench is an engine with endpoints that a test names.
type bench struct {
	*delivery.Engine
	clock *clock.Clock

	mu        sync.Mutex
	endpoints map[string]delivery.Endpoint
	sent      int
}

func newBench(t *testing.T, change func(*delivery.Config)) *bench {
	b := &bench{clock: clock.New(start), endpoints: make(map[string]delivery.Endpoint)}
	cfg := delivery.Config{Clock: b.clock, Endpoint: b.endpoint}
	if change != nil {
		change(&cfg)
	}
	b.Engine = delivery.New(cfg)
	t.Cleanup(b.close)
	return b
}

func (b *bench) close() {
	b.Engine.Close()
	b.clock.Close()
}

func (b *bench) endpoint(id string) (delivery.Endpoint, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.endpoints[id]
	return e, ok
}

func (b *bench) put(e delivery.Endpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endpoints[e.ID] = e
}

// handle makes an endpoint of a handler.
func (b *bench) handle(id string, h http.HandlerFunc, hazards ...delivery.Hazards) {
	b.put(delivery.Endpoint{ID: id, URL: "https://receiver.invalid/hooks?x=1", Format: delivery.FormatAPI, Secret: "s3cret"})
	target := delivery.Target{Handler: h}
	if len(hazards) > 0 {
		target.Hazards = hazards[0]
	}
	b.SetTarget(id, target)
}

// send sends one message per body to an endpoint.
func (b *bench) send(endpoint string, bodies ...string) {
	for _, body := range bodies {
		b.mu.Lock()
		b.sent++
		id := fmt.Sprintf("dlv_%d", b.sent)
		b.mu.Unlock()
		b.Send(delivery.Message{
			ID: id, EndpointID: endpoint, EventID: "evt_" + body, EventType: "order.created", CreatedAt: b.clock.Now(),
			Body: func() ([]byte, error) { return []byte(body), nil },
		})
	}
}

func (b *bench) wait(t *testing.T) {
	t.Helper()
	if err := b.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// only returns the one delivery in the log.
func (b *bench) only(t *testing.T) delivery.Delivery {
	t.Helper()
	all := b.Deliveries()
	if len(all) != 1 {
		t.Fatalf("%d deliveries in the log, want 1", len(all))
	}
	return all[0]
}

// request is what a receiver saw.
type request struct {
	At     time.Duration // since start
	Body   string
	Retry  string
	ID     string
	Signed bool
}

// receiver notes requests and answers with the statuses in turn, the last one
// for ever.
type receiver struct {
	b        *bench
	statuses []int

	mu   sync.Mutex
	seen []request
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, request{
		At:     r.b.clock.Now().Sub(start),
		Body:   string(body),
		Retry:  q.Header.Get("X-Selgora-Retry"),
		ID:     q.Header.Get("X-Selgora-Delivery"),
		Signed: q.Header.Get("X-Selgora-Signature") == delivery.Sign(delivery.FormatAPI, "s3cret", body),
	})
	status := http.StatusOK
	if n := len(r.statuses); n > 0 {
		status = r.statuses[min(len(r.seen), n)-1]
	}
	w.WriteHeader(status)
}

func (r *receiver) bodies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var bodies []string
	for _, q := range r.seen {
		bodies = append(bodies, q.Body)
	}
	return bodies
}
