package store

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/nearest"
)

// Statuses of an endpoint.
const (
	WebhookActive   = "active"
	WebhookDisabled = "disabled"
)

// Formats of what an endpoint is sent.
const (
	FormatAPI       = "api"       // the API guide's envelope and signature
	FormatDashboard = "dashboard" // the webhook guide's
)

// AllEvents subscribes to every type of event.
const AllEvents = "*"

// EventTypes are the types of events that webhooks are sent for, in the order of the guides.
var EventTypes = []string{
	"course.created", "course.updated", "course.deleted", "course.published",
	"enrollment.created", "enrollment.completed", "enrollment.cancelled",
	"payment.completed", "payment.failed", "payment.refunded",
	"contact.created", "contact.updated", "contact.unsubscribed", "contact.deleted",
	"order.created", "order.completed", "order.refunded",
	"subscription.created", "subscription.updated", "subscription.cancelled",
	"course.enrolled", "course.completed", "lesson.completed",
	"email.sent", "email.opened", "email.clicked",
}

// Webhook is an endpoint as the API shows it, with its secret, which the API shows once.
type Webhook struct {
	ID        string
	URL       string
	Events    []string
	Status    string
	Format    string
	Secret    Secret
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Wants reports whether the endpoint is active and subscribed to a type of event.
func (w *Webhook) Wants(eventType string) bool {
	return w.Status == WebhookActive && (slices.Contains(w.Events, eventType) || slices.Contains(w.Events, AllEvents))
}

// WebhookInput creates an endpoint.
type WebhookInput struct {
	URL    Opt[string]   `json:"url,omitzero"`
	Events Opt[[]string] `json:"events,omitzero"`
	Secret Opt[string]   `json:"secret,omitzero"`
	Format Opt[string]   `json:"format,omitzero"`
}

// WebhookChange updates an endpoint; what is absent stays.
type WebhookChange struct {
	URL    Opt[string]   `json:"url,omitzero"`
	Events Opt[[]string] `json:"events,omitzero"`
	Status Opt[string]   `json:"status,omitzero"`
	Secret Opt[string]   `json:"secret,omitzero"`
	Format Opt[string]   `json:"format,omitzero"`
}

// AppendJSON implements Renderer. It leaves the secret out.
func (w Webhook) AppendJSON(dst []byte) []byte { return w.append(dst, false) }

// AppendJSONWithSecret is AppendJSON with the secret, for the one answer that shows it.
func (w Webhook) AppendJSONWithSecret(dst []byte) []byte { return w.append(dst, true) }

func (w Webhook) append(dst []byte, secret bool) []byte {
	o := newObject(dst)
	o.str("id", w.ID)
	o.str("url", w.URL)
	o.strs("events", w.Events)
	o.str("status", w.Status)
	o.str("format", w.Format)
	if secret {
		o.str("secret", string(w.Secret))
	}
	o.time("created_at", w.CreatedAt)
	o.time("updated_at", w.UpdatedAt)
	return o.end()
}

var webhookSchema = schema[Webhook]{
	resource: "webhook",
	id:       func(w *Webhook) string { return w.ID },
	created:  func(w *Webhook) time.Time { return w.CreatedAt },
}

// ListWebhooks returns a page of endpoints.
func (s *Store) ListWebhooks(p ListParams) (Page[Webhook], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return list(&s.st.webhooks, filter{}, p)
}

// GetWebhook returns an endpoint.
func (s *Store) GetWebhook(id string) (Webhook, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.webhooks.get(id))
}

// CreateWebhook adds an endpoint, in the format of the API guide unless the input says otherwise, and reports whether
// its secret was generated, which is when the answer shows it.
func (s *Store) CreateWebhook(in WebhookInput) (w Webhook, generated bool, err error) {
	now := s.begin()
	defer s.end()
	w = Webhook{Status: WebhookActive, Format: FormatAPI, CreatedAt: now, UpdatedAt: now}
	var p problems
	need(&p, "url", in.URL)
	need(&p, "events", in.Events)
	w.apply(&p, WebhookChange{URL: in.URL, Events: in.Events, Secret: in.Secret, Format: in.Format})
	if err := p.err(); err != nil {
		return Webhook{}, false, err
	}
	w.ID = nextFor(s.st, prefixWebhook, &s.st.webhooks)
	generated = w.Secret == ""
	if generated {
		w.Secret = s.st.makeSecret(w.ID)
	}
	s.st.webhooks.insert(w, s.st.nextSeq())
	s.st.endpoints = nil
	return w, generated, nil
}

// UpdateWebhook changes an endpoint. A call that changes nothing leaves updated_at alone.
func (s *Store) UpdateWebhook(id string, ch WebhookChange) (Webhook, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.webhooks.get(id)
	if err != nil {
		return Webhook{}, err
	}
	w := old.v
	var p problems
	w.apply(&p, ch)
	if err := p.err(); err != nil {
		return Webhook{}, err
	}
	if w.sameContent(&old.v) {
		return w, nil
	}
	w.UpdatedAt = now
	s.st.webhooks.replace(old, w)
	s.st.endpoints = nil
	return w, nil
}

// DeleteWebhook removes an endpoint. What was delivered to it stays in the log of all deliveries.
func (s *Store) DeleteWebhook(id string) (Deleted, error) {
	s.begin()
	defer s.end()
	r, err := s.st.webhooks.get(id)
	if err != nil {
		return Deleted{}, err
	}
	s.st.webhooks.remove(r)
	s.st.endpoints = nil
	return Deleted{id}, nil
}

// apply validates a change and carries it out on w, which is a copy.
func (w *Webhook) apply(p *problems, ch WebhookChange) {
	if may(p, "url", ch.URL) {
		checkURL(p, "url", ch.URL.Value)
		w.URL = ch.URL.Value
	}
	if may(p, "events", ch.Events) || len(ch.Events.Value) > 0 { // one of the wrong type does not hide what is wrong with others
		w.Events = cleanEvents(p, ch.Events.Value)
	}
	if may(p, "status", ch.Status) {
		checkOneOf(p, "status", ch.Status.Value, WebhookActive, WebhookDisabled)
		w.Status = ch.Status.Value
	}
	if may(p, "secret", ch.Secret) {
		checkSecret(p, "secret", ch.Secret.Value)
		w.Secret = Secret(ch.Secret.Value)
	}
	if may(p, "format", ch.Format) {
		checkOneOf(p, "format", ch.Format.Value, FormatAPI, FormatDashboard)
		w.Format = ch.Format.Value
	}
}

func (w *Webhook) sameContent(v *Webhook) bool {
	return w.URL == v.URL && slices.Equal(w.Events, v.Events) && w.Status == v.Status && w.Secret == v.Secret &&
		w.Format == v.Format
}

// cleanEvents leaves out repeated types and reports unknown ones.
func cleanEvents(p *problems, types []string) []string {
	switch {
	case len(types) == 0:
		p.add("events", `must name at least one type of event, or "*"`)
	case len(types) > 100:
		p.add("events", "must name at most 100 types of events")
		return nil
	}
	clean := make([]string, 0, len(types))
	for i, t := range types {
		if problem := CheckEventType(t); problem != "" && t != AllEvents {
			p.add("events["+strconv.Itoa(i)+"]", problem)
		}
		if !slices.Contains(clean, t) {
			clean = append(clean, t)
		}
	}
	return clean
}

// CheckEventType says what is wrong with a type of event, or "".
func CheckEventType(t string) string {
	if slices.Contains(EventTypes, t) {
		return ""
	}
	problem := fmt.Sprintf("%q is not a type of event", t)
	if near := nearest.Name(t, EventTypes); near != "" {
		problem += "; did you mean " + near + "?"
	}
	return problem
}
