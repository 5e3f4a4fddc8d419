package mockserver

import (
	"errors"
	"net/http"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Format is the way in which an endpoint is spoken to: its envelope and its
// signature. The two guides differ in both.
type Format string

const (
	// FormatAPI is the API guide's: {"id", "type", "created_at", "data"}, and
	// a signature of bare hexadecimal digits.
	FormatAPI Format = "api"
	// FormatDashboard is the webhook guide's: {"event", "created_at", "data"},
	// here with an "id" too, since its samples read one, and a signature that
	// starts with "sha256=".
	FormatDashboard Format = "dashboard"
)

// Webhook is an endpoint that events are sent to, as it was when it was
// returned.
type Webhook struct {
	ID     string
	URL    string
	Events []string // types, or "*" for all
	Format Format
	// Active is false for a disabled endpoint, which is sent nothing.
	Active    bool
	CreatedAt time.Time
	UpdatedAt time.Time

	secret func() string // a function, so that fmt does not print it
}

// Secret returns what deliveries are signed with.
func (w Webhook) Secret() string {
	if w.secret == nil {
		return ""
	}
	return w.secret()
}

func newWebhook(w store.Webhook) Webhook {
	return Webhook{
		ID: w.ID, URL: w.URL, Events: w.Events, Format: Format(w.Format), Active: w.Status == store.WebhookActive,
		CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
		secret: func() string { return string(w.Secret) },
	}
}

// WebhookOption changes how an endpoint is set up; see [Server.AddWebhook] and
// [Server.DeliverTo].
type WebhookOption func(*webhookSetup)

type webhookSetup struct {
	input   store.WebhookInput
	hazards delivery.Hazards
}

// WebhookEvents subscribes the endpoint to types of events, such as
// "order.completed". The default is all of them.
func WebhookEvents(types ...string) WebhookOption {
	return func(s *webhookSetup) { s.input.Events = store.Some(types) }
}

// WebhookSecret sets what deliveries are signed with. The default is generated;
// [Webhook.Secret] tells it.
func WebhookSecret(secret string) WebhookOption {
	return func(s *webhookSetup) { s.input.Secret = store.Some(secret) }
}

// WebhookFormat sets the way in which the endpoint is spoken to. The default
// is [FormatDashboard].
func WebhookFormat(format Format) WebhookOption {
	return func(s *webhookSetup) { s.input.Format = store.Some(string(format)) }
}

// AddWebhook adds an endpoint the way the webhook guide describes: in the
// dashboard. The URL is an HTTPS one, or an HTTP one on loopback. Endpoints
// can also be added through the API, which is documented in the API guide. A
// mistake is reported as that of [Server.Inject] is; the result is then empty.
func (s *Server) AddWebhook(url string, opts ...WebhookOption) Webhook {
	if t := s.report.t; t != nil {
		t.Helper()
	}
	w, err := s.addWebhook(url, opts)
	return reported(s, "AddWebhook", w, err)
}

// DeliverTo adds an endpoint whose requests go straight to a handler, without
// a port. Its URL stands for the handler and leads nowhere; any endpoint that
// is given the same URL, also through the API, reaches the handler too. A
// handler has the same five seconds as a server; its panics are taken for
// broken connections and shown in the log. A mistake is reported as that of
// [Server.Inject] is; the result is then empty.
//
// A handler that calls [Server.Advance] or [Server.WaitDeliveries] waits for
// itself, until its five seconds are over.
func (s *Server) DeliverTo(handler http.Handler, opts ...WebhookOption) Webhook {
	if t := s.report.t; t != nil {
		t.Helper()
	}
	if handler == nil {
		return reported(s, "DeliverTo", Webhook{}, errors.New("the handler is nil"))
	}
	url := s.outbox.targets.name(handler)
	w, err := s.addWebhook(url, opts)
	if err != nil {
		s.outbox.targets.forget(url)
	}
	return reported(s, "DeliverTo", w, err)
}

func (s *Server) addWebhook(url string, opts []WebhookOption) (Webhook, error) {
	setup := newWebhookSetup(delivery.Hazards{})
	setup.input.URL = store.Some(url)
	for _, o := range opts {
		if o != nil {
			o(&setup)
		}
	}
	w, _, err := s.createWebhook(setup)
	return newWebhook(w), err
}

// newWebhookSetup is an endpoint as the dashboard makes it, for all events.
func newWebhookSetup(h delivery.Hazards) webhookSetup {
	return webhookSetup{hazards: h, input: store.WebhookInput{
		Events: store.Some([]string{store.AllEvents}), Format: store.Some(store.FormatDashboard),
	}}
}

// createWebhook reports whether the secret was generated.
func (s *Server) createWebhook(setup webhookSetup) (w store.Webhook, generated bool, err error) {
	if err := checkHazards(setup.hazards); err != nil {
		return w, false, err
	}
	w, generated, err = s.store.CreateWebhook(setup.input)
	if err == nil {
		s.outbox.targets.endanger(w.ID, w.URL, setup.hazards)
	}
	return w, generated, err
}

// Webhooks returns all endpoints, oldest first.
func (s *Server) Webhooks() []Webhook { return all(s.store.ListWebhooks, newWebhook) }

// DisableWebhook keeps an endpoint from being sent anything. Deliveries that
// are not finished fail when their next attempt is due.
func (s *Server) DisableWebhook(id string) Webhook {
	return s.changeWebhook("DisableWebhook", id, store.WebhookChange{Status: store.Some(store.WebhookDisabled)})
}

// EnableWebhook lets a disabled endpoint be sent events again, those from now
// on.
func (s *Server) EnableWebhook(id string) Webhook {
	return s.changeWebhook("EnableWebhook", id, store.WebhookChange{Status: store.Some(store.WebhookActive)})
}

// RotateWebhookSecret gives an endpoint another secret: what is sent from now
// on is signed with it, retries included.
func (s *Server) RotateWebhookSecret(id, secret string) Webhook {
	return s.changeWebhook("RotateWebhookSecret", id, store.WebhookChange{Secret: store.Some(secret)})
}

func (s *Server) changeWebhook(call, id string, change store.WebhookChange) Webhook {
	w, err := s.store.UpdateWebhook(id, change)
	return reported(s, call, newWebhook(w), err)
}

// RemoveWebhook removes an endpoint. The log of its deliveries stays.
func (s *Server) RemoveWebhook(id string) {
	deleted, err := s.store.DeleteWebhook(id)
	reported(s, "RemoveWebhook", deleted, err)
}

// reported passes a result on, or reports the error and returns none.
func reported[T any](s *Server, call string, result T, err error) T {
	if err != nil {
		if t := s.report.t; t != nil {
			t.Helper()
		}
		s.report.failf("%s: %v", call, err)
		var none T
		return none
	}
	return result
}
