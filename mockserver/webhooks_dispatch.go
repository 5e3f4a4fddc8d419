package mockserver

import (
	"slices"
	"sync"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/payload"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// dispatcher turns the changes of the store into deliveries, in the order of
// the changes. The calls that make them only put them in its queue; the rest
// is done by one goroutine that is there while the queue is not empty.
type dispatcher struct {
	store  *store.Store
	engine *delivery.Engine
	clock  *clock.Clock
	keep   int // deliveries in the log of each endpoint

	mu      sync.Mutex
	idle    *sync.Cond // the queue is empty and nobody works on it
	queue   []store.Change
	working bool
	closed  bool
	added   map[string]int // deliveries since the log of an endpoint was trimmed
	targets targets
}

func newDispatcher(st *store.Store, c *clock.Clock, cfg webhookConfig) *dispatcher {
	d := &dispatcher{store: st, clock: c, keep: cfg.log, added: make(map[string]int)}
	d.idle = sync.NewCond(&d.mu)
	d.engine = delivery.New(delivery.Config{
		Clock:         c,
		Endpoint:      d.endpoint,
		Attempted:     d.attempted,
		AllowExternal: cfg.external,
		Transport:     cfg.transport,
	})
	st.SetSink(d.changed)
	return d
}

func (d *dispatcher) close() {
	d.mu.Lock()
	d.closed = true
	d.queue = nil
	d.settle()
	d.mu.Unlock()
	d.engine.Close()
}

// changed takes a change. It is called by the store, under its lock.
func (d *dispatcher) changed(c store.Change) {
	if len(c.Webhooks) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.queue = append(d.queue, c)
	if !d.working {
		d.working = true
		go d.work(d.engine.Track())
	}
}

func (d *dispatcher) work(done func()) {
	defer done()
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.queue) > 0 {
		batch := d.queue
		d.queue = nil
		d.mu.Unlock()
		for _, c := range batch {
			for _, e := range payload.Of(c) {
				d.announce(e, c.Webhooks)
			}
		}
		d.mu.Lock()
	}
	d.working = false
	d.idle.Broadcast()
}

// settle waits until every change so far is in the log. The lock is held.
func (d *dispatcher) settle() {
	for d.working {
		d.idle.Wait()
	}
}

// flush waits until every change so far is in the log of deliveries. It does
// not wait for endpoints.
func (d *dispatcher) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settle()
}

// announce sends an event to the endpoints that want it.
func (d *dispatcher) announce(e payload.Event, webhooks []store.Webhook) {
	id := ""
	bodies := make(map[string]string, 2)
	for i := range webhooks {
		w := &webhooks[i]
		if !w.Wants(e.Type) {
			continue
		}
		if id == "" {
			id = d.store.NewEventID()
		}
		body, made := bodies[w.Format]
		if !made {
			var err error
			if body, err = e.Body(id, delivery.Format(w.Format)); err != nil {
				return // the data was checked where it came in
			}
			bodies[w.Format] = body
		}
		// The error says that the endpoint is gone by now.
		_, _ = d.send(store.DeliveryInput{WebhookID: w.ID, EventID: id, Event: e.Type, RequestBody: body, CreatedAt: e.At})
	}
}

// send enters a delivery in the log and begins it.
func (d *dispatcher) send(in store.DeliveryInput) (store.Delivery, error) {
	in.NextAttemptAt = d.clock.Now()
	entry, err := d.store.AddDelivery(in)
	if err != nil {
		return entry, err
	}
	d.mu.Lock()
	d.added[in.WebhookID]++
	trim := d.added[in.WebhookID] > d.keep/8
	if trim {
		delete(d.added, in.WebhookID)
	}
	d.mu.Unlock()
	if trim { // now and then, because it looks at the whole log
		d.store.TrimDeliveries(in.WebhookID, d.keep)
	}
	d.engine.Send(message(entry))
	return entry, nil
}

func message(d store.Delivery) delivery.Message {
	return delivery.Message{ID: d.ID, EndpointID: d.WebhookID, Body: d.RequestBody}
}

// attempted enters an attempt in the log. It fails if the log has been reset
// meanwhile.
func (d *dispatcher) attempted(m delivery.Message, a delivery.Attempt) {
	_, _ = d.store.AddAttempt(m.ID, store.Attempt{
		At:             a.At,
		ResponseCode:   a.StatusCode,
		ResponseTimeMS: int(a.Duration.Milliseconds()),
		ResponseBody:   string(a.Response),
		Error:          a.Error,
	}, string(a.Status), a.Next)
}

// endpoint finds an endpoint as it is now.
func (d *dispatcher) endpoint(id string) (delivery.Endpoint, bool) {
	w, err := d.store.GetWebhook(id)
	if err != nil {
		return delivery.Endpoint{}, false
	}
	handler, hazards := d.targets.find(w.ID, w.URL)
	return delivery.Endpoint{
		URL:      w.URL,
		Format:   delivery.Format(w.Format),
		Secret:   string(w.Secret),
		Disabled: w.Status != store.WebhookActive,
		Handler:  handler,
		Hazards:  hazards,
	}, true
}

// sendTest sends an event with made-up data to one endpoint, whatever it is
// subscribed to.
func (d *dispatcher) sendTest(webhookID, eventType string) (store.Delivery, error) {
	d.flush()
	w, err := d.store.GetWebhook(webhookID)
	if err != nil {
		return store.Delivery{}, err
	}
	e, ok := payload.Sample(eventType, d.clock.Now())
	if !ok {
		return store.Delivery{}, &store.ValidationError{Fields: map[string]string{"event": store.CheckEventType(eventType)}}
	}
	id := d.store.NewEventID()
	body, err := e.Body(id, delivery.Format(w.Format))
	if err != nil {
		return store.Delivery{}, err
	}
	return d.send(store.DeliveryInput{WebhookID: w.ID, EventID: id, Event: e.Type, RequestBody: body})
}

// resend delivers an event once more, with the same bytes.
func (d *dispatcher) resend(webhookID, deliveryID string) (store.Delivery, error) {
	d.flush()
	old, err := d.store.GetDelivery(webhookID, deliveryID)
	if err != nil {
		return store.Delivery{}, err
	}
	return d.send(store.DeliveryInput{WebhookID: webhookID, EventID: old.EventID, Event: old.Event, RequestBody: old.RequestBody})
}

// rewind goes over to another state of the store: what was on its way in the
// old one is forgotten, what is pending in the new one goes on.
func (d *dispatcher) rewind(change func()) {
	d.mu.Lock()
	d.queue = nil
	d.settle()
	d.mu.Unlock()
	d.engine.Reset()
	change()
	d.resume()
}

// resume goes on with the deliveries that the log says are pending, in the
// order in which they are due.
func (d *dispatcher) resume() {
	pending := d.store.Deliveries(store.DeliveryPending)
	slices.SortStableFunc(pending, func(a, b store.Delivery) int { return a.NextAttemptAt.Compare(b.NextAttemptAt) })
	for _, entry := range pending {
		next := entry.NextAttemptAt
		if next.IsZero() {
			next = d.clock.Now()
		}
		d.engine.Resume(message(entry), len(entry.Attempts), next)
	}
}
