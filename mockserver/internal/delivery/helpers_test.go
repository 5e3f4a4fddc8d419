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

// bench is an engine with endpoints that a test names, and a log.
type bench struct {
	*delivery.Engine
	clock *clock.Clock

	mu        sync.Mutex
	endpoints map[string]delivery.Endpoint
	log       []*entry
	byID      map[string]*entry
}

// entry is a delivery in the log.
type entry struct {
	delivery.Message
	Status        delivery.Status
	NextAttemptAt time.Time
	Attempts      []delivery.Attempt
}

func newBench(t *testing.T, change func(*delivery.Config)) *bench {
	b := &bench{clock: clock.New(start), endpoints: make(map[string]delivery.Endpoint), byID: make(map[string]*entry)}
	cfg := delivery.Config{Clock: b.clock, Endpoint: b.endpoint, Attempted: b.attempted}
	if change != nil {
		change(&cfg)
	}
	b.Engine = delivery.New(cfg)
	t.Cleanup(func() {
		b.Engine.Close()
		b.clock.Close()
	})
	return b
}

func (b *bench) endpoint(id string) (delivery.Endpoint, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.endpoints[id]
	return e, ok
}

func (b *bench) put(id string, e delivery.Endpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endpoints[id] = e
}

// handle makes an endpoint of a handler.
func (b *bench) handle(id string, h http.HandlerFunc, hazards ...delivery.Hazards) {
	e := delivery.Endpoint{URL: "https://receiver.invalid/hooks?x=1", Format: delivery.FormatAPI, Secret: "s3cret", Handler: h}
	if len(hazards) > 0 {
		e.Hazards = hazards[0]
	}
	b.put(id, e)
}

// send sends one message per body to an endpoint.
func (b *bench) send(endpoint string, bodies ...string) {
	for _, body := range bodies {
		b.mu.Lock()
		m := delivery.Message{ID: fmt.Sprintf("dlv_%d", len(b.log)+1), EndpointID: endpoint, Body: body}
		e := &entry{Message: m, Status: delivery.Pending}
		b.log, b.byID[m.ID] = append(b.log, e), e
		b.mu.Unlock()
		b.Send(m)
	}
}

func (b *bench) attempted(m delivery.Message, a delivery.Attempt) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.byID[m.ID]; e != nil {
		e.Attempts = append(e.Attempts, a)
		e.Status, e.NextAttemptAt = a.Status, a.Next
	}
}

func (b *bench) wait(t *testing.T) {
	t.Helper()
	if err := b.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// deliveries returns the log.
func (b *bench) deliveries() []entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []entry
	for _, e := range b.log {
		all = append(all, *e)
	}
	return all
}

// only returns the one delivery in the log.
func (b *bench) only(t *testing.T) entry {
	t.Helper()
	all := b.deliveries()
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
		Signed: q.Header.Get("X-Selgora-Signature") == delivery.Sign(delivery.FormatAPI, "s3cret", string(body)),
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
