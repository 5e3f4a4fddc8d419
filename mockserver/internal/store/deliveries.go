package store

import (
	"slices"
	"time"
)

// Statuses of a delivery.
const (
	DeliveryPending   = "pending"
	DeliverySucceeded = "succeeded"
	DeliveryFailed    = "failed"
	DeliveryBlocked   = "blocked"
)

var deliveryStatuses = []string{DeliveryPending, DeliverySucceeded, DeliveryFailed, DeliveryBlocked}

// Delivery is a webhook event on its way to an endpoint, as the API shows it in the log.
type Delivery struct {
	ID            string
	WebhookID     string
	EventID       string
	Event         string // the type
	Status        string
	Attempts      []Attempt
	RequestBody   string    // the bytes that were signed
	NextAttemptAt time.Time // zero if there is none, which the API shows as null
	CreatedAt     time.Time
}

// Attempt is one request of a delivery. Where no answer came, ResponseCode is 0 and Error says why; the API shows null
// for what is missing.
type Attempt struct {
	At             time.Time
	ResponseCode   int
	ResponseTimeMS int
	ResponseBody   string
	Error          string
}

// DeliveryInput enters a delivery in the log. Empty ids are generated, an empty Status is DeliveryPending, and a zero
// CreatedAt is now.
type DeliveryInput struct {
	ID            string
	WebhookID     string
	EventID       string
	Event         string
	Status        string
	RequestBody   string
	NextAttemptAt time.Time
	CreatedAt     time.Time
}

// AppendJSON implements Renderer.
func (a Attempt) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.time("at", a.At)
	if a.ResponseCode == 0 {
		o.null("response_code")
	} else {
		o.int("response_code", a.ResponseCode)
	}
	o.int("response_time_ms", a.ResponseTimeMS)
	if a.ResponseCode == 0 {
		o.null("response_body")
	} else {
		o.str("response_body", a.ResponseBody)
	}
	o.strOrNull("error", a.Error)
	return o.end()
}

// AppendJSON implements Renderer.
func (d Delivery) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", d.ID)
	o.str("webhook_id", d.WebhookID)
	o.str("event_id", d.EventID)
	o.str("event", d.Event)
	o.str("status", d.Status)
	o.key("attempts")
	o.b = appendList(o.b, d.Attempts)
	o.str("request_body", d.RequestBody)
	o.time("next_attempt_at", d.NextAttemptAt)
	o.time("created_at", d.CreatedAt)
	return o.end()
}

var deliverySchema = schema[Delivery]{
	resource: "delivery",
	id:       func(d *Delivery) string { return d.ID },
	created:  func(d *Delivery) time.Time { return d.CreatedAt },
	groups: func(d *Delivery, to []group) []group {
		return append(to, group{kind: 'w', a: d.WebhookID}, statusGroup(d.Status))
	},
}

// ListDeliveries returns a page of an endpoint's log.
func (s *Store) ListDeliveries(webhookID string, p ListParams) (Page[Delivery], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.st.webhooks.get(webhookID); err != nil {
		return Page[Delivery]{}, err
	}
	return list(&s.st.deliveries, filter{group: &group{kind: 'w', a: webhookID}}, p)
}

// GetDelivery returns a delivery from an endpoint's log.
func (s *Store) GetDelivery(webhookID, id string) (Delivery, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.st.webhooks.get(webhookID); err != nil {
		return Delivery{}, err
	}
	r, err := s.st.deliveries.get(id)
	if err == nil && r.v.WebhookID != webhookID {
		return Delivery{}, &NotFoundError{"delivery", id}
	}
	return value(r, err)
}

// Deliveries returns the whole log, also of endpoints that are gone, or the part of it with a status.
func (s *Store) Deliveries(status string) []Delivery {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := []Delivery{}
	add := func(r *row[Delivery]) bool { all = append(all, r.v); return true }
	if status == "" {
		s.st.deliveries.each(add)
	} else {
		s.st.deliveries.eachIn(statusGroup(status), add)
	}
	return all
}

// AddDelivery enters a delivery in the log.
func (s *Store) AddDelivery(in DeliveryInput) (Delivery, error) {
	now := s.begin()
	defer s.end()
	st := s.st
	d := Delivery{
		ID: in.ID, WebhookID: in.WebhookID, EventID: in.EventID, Event: in.Event, Status: in.Status,
		RequestBody: in.RequestBody, NextAttemptAt: in.NextAttemptAt, CreatedAt: wholeSeconds(in.CreatedAt),
	}
	if d.Status == "" {
		d.Status = DeliveryPending
	}
	if d.CreatedAt.IsZero() {
		d.CreatedAt = now
	}
	var p problems
	checkOneOf(&p, "status", d.Status, deliveryStatuses...)
	if _, err := st.webhooks.get(d.WebhookID); err != nil {
		return Delivery{}, err
	}
	if _, err := st.deliveries.get(d.ID); err == nil {
		p.add("id", "is taken")
	}
	if err := p.err(); err != nil {
		return Delivery{}, err
	}
	if d.ID == "" {
		d.ID = nextFor(st, prefixDelivery, &st.deliveries)
	}
	if d.EventID == "" {
		d.EventID = st.next(prefixEmission, nil)
	}
	st.deliveries.insert(d, st.nextSeq())
	return d, nil
}

// AddAttempt enters an attempt, with what the delivery has come to by it.
func (s *Store) AddAttempt(deliveryID string, a Attempt, status string, next time.Time) (Delivery, error) {
	s.begin()
	defer s.end()
	old, err := s.st.deliveries.get(deliveryID)
	if err != nil {
		return Delivery{}, err
	}
	var p problems
	checkOneOf(&p, "status", status, deliveryStatuses...)
	if err := p.err(); err != nil {
		return Delivery{}, err
	}
	d := old.v
	a.At = wholeSeconds(a.At)
	d.Attempts = append(slices.Clip(d.Attempts), a)
	d.Status = status
	d.NextAttemptAt = time.Time{}
	if !next.IsZero() {
		d.NextAttemptAt = wholeSeconds(next)
	}
	s.st.deliveries.replace(old, d)
	return d, nil
}

// TrimDeliveries drops the oldest finished deliveries until at most keep of an endpoint's deliveries are left.
func (s *Store) TrimDeliveries(webhookID string, keep int) {
	s.begin()
	defer s.end()
	var rows []*row[Delivery]
	s.st.deliveries.eachIn(group{kind: 'w', a: webhookID}, func(r *row[Delivery]) bool {
		rows = append(rows, r)
		return true
	})
	excess := len(rows) - keep
	for _, r := range rows {
		if excess <= 0 {
			return
		}
		if r.v.Status != DeliveryPending {
			s.st.deliveries.remove(r)
			excess--
		}
	}
}

// NewEventID gives out the id of a webhook event.
func (s *Store) NewEventID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.next(prefixEmission, nil)
}

// NewDeliveryID gives out the id of a delivery.
func (s *Store) NewDeliveryID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return nextFor(s.st, prefixDelivery, &s.st.deliveries)
}
