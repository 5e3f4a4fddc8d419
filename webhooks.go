package selgora

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// WebhookService provides access to the endpoints to which Selgora sends
// webhooks. The API guide documents Create; the webhook guide shows test events
// and the log of deliveries, in the dashboard. To receive webhooks, use package
// webhook.
type WebhookService struct{ core *core }

var (
	listWebhooks   = route{operation: "webhooks.list", method: http.MethodGet, template: "/webhooks"}
	getWebhook     = route{operation: "webhooks.get", method: http.MethodGet, template: "/webhooks/{id}"}
	createWebhook  = route{operation: "webhooks.create", method: http.MethodPost, template: "/webhooks"}
	updateWebhook  = route{operation: "webhooks.update", method: http.MethodPatch, template: "/webhooks/{id}"}
	deleteWebhook  = route{operation: "webhooks.delete", method: http.MethodDelete, template: "/webhooks/{id}"}
	sendTestEvent  = route{operation: "webhooks.send_test", method: http.MethodPost, template: "/webhooks/{id}/test"}
	listDeliveries = route{operation: "webhooks.deliveries", method: http.MethodGet, template: "/webhooks/{id}/deliveries"}
	resendDelivery = route{operation: "webhooks.resend", method: http.MethodPost, template: "/webhooks/{id}/deliveries/{delivery_id}/resend"}
)

// WebhookAllEvents subscribes an endpoint to every type of event.
const WebhookAllEvents = "*"

// Webhook is an endpoint. No guide shows the object.
type Webhook struct {
	ID     string        `json:"id"`
	URL    string        `json:"url"`
	Events []string      `json:"events,omitzero"` // types such as "order.completed", or WebhookAllEvents
	Status WebhookStatus `json:"status,omitzero"`
	Format WebhookFormat `json:"format,omitzero"`
	// Secret is the signing secret. It is set only in the response to a Create
	// that gave none, and cannot be read again: store what Reveal returns.
	Secret    Secret    `json:"secret,omitzero"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// Secret is the signing secret of a webhook endpoint. Neither fmt, under any verb,
// nor log/slog nor encoding/json shows it: they write "[redacted]", or "" for an
// empty one, and fmt a pointer for one in an unexported field. [NewSecret] makes a
// secret, and [Secret.Reveal] returns its text, to store it or to verify with it:
//
//	verifier, err := webhook.NewVerifier(created.Secret.Reveal())
//
// The zero value is an empty secret. Compare secrets with Equal; == does not
// compile.
type Secret struct {
	_ [0]func()
	// Behind a pointer, since fmt calls no methods on unexported fields but
	// prints what it finds there: an address, not the text.
	text *string
}

// hiddenSecret stands for a secret that is not shown.
const hiddenSecret = "[redacted]"

// NewSecret returns the secret with the given text, byte for byte.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the secret's text, or "" for an empty one.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty; encoding/json asks it for fields
// tagged omitzero.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether both secrets have the same text. Package go-cmp uses it.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hiddenSecret
}

// Format prints what String returns, under every verb.
func (s Secret) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), s.String())
}

// LogValue logs what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns what String returns, for encoding/json and others. To store
// a secret, store what [Secret.Reveal] returns.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the secret to text, for encoding/json and others. The text
// "[redacted]" makes it empty, so that nobody signs or verifies with that.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == hiddenSecret {
		text = nil
	}
	*s = NewSecret(string(text))
	return nil
}

// WebhookStatus says whether an endpoint gets deliveries. Values other than the
// constants pass through.
type WebhookStatus string

// The statuses of an endpoint. No guide documents "disabled".
const (
	WebhookActive   WebhookStatus = "active"
	WebhookDisabled WebhookStatus = "disabled"
)

// WebhookFormat is the format in which an endpoint gets its events; each of the
// two guides describes its own. Values other than the constants pass through.
type WebhookFormat string

// The formats. The zero value of a parameter leaves the choice to the server,
// which uses WebhookFormatAPI for endpoints created through the API.
const (
	// WebhookFormatAPI is the API guide's: its envelope, and a bare signature.
	WebhookFormatAPI WebhookFormat = "api"
	// WebhookFormatDashboard is the webhook guide's: its envelope, and a
	// signature with a prefix.
	WebhookFormatDashboard WebhookFormat = "dashboard"
)

// Delivery is one event on its way to one endpoint, with every attempt. The
// webhook guide describes what the log in the dashboard shows.
type Delivery struct {
	ID            string            `json:"id"`
	WebhookID     string            `json:"webhook_id"`
	EventID       string            `json:"event_id"`
	Event         string            `json:"event"` // its type
	Status        DeliveryStatus    `json:"status,omitzero"`
	Attempts      []DeliveryAttempt `json:"attempts,omitzero"`
	RequestBody   string            `json:"request_body"`             // the bytes that are sent
	NextAttemptAt time.Time         `json:"next_attempt_at,omitzero"` // zero if there will be none
	CreatedAt     time.Time         `json:"created_at,omitzero"`
}

// DeliveryStatus says what became of a delivery. Values other than the constants
// pass through.
type DeliveryStatus string

// The statuses of a delivery. They are in neither guide.
const (
	DeliveryPending   DeliveryStatus = "pending"
	DeliverySucceeded DeliveryStatus = "succeeded"
	DeliveryFailed    DeliveryStatus = "failed"
	DeliveryBlocked   DeliveryStatus = "blocked" // not delivered: the address is not allowed
)

// DeliveryAttempt is one attempt at a delivery.
type DeliveryAttempt struct {
	At             time.Time `json:"at,omitzero"`
	ResponseCode   int       `json:"response_code,omitzero"` // 0 if there was no response
	ResponseTimeMS int       `json:"response_time_ms"`
	ResponseBody   string    `json:"response_body"`
	Error          string    `json:"error,omitzero"` // "" if there was a response
}

// WebhookListParams selects a page of endpoints. The zero value is the first
// page.
type WebhookListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for All and Pages
}

// DeliveryListParams selects a page of deliveries. The zero value is the first
// page.
type DeliveryListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for AllDeliveries
}

// WebhookCreateParams describes a new endpoint.
type WebhookCreateParams struct {
	URL    string        `json:"url"`             // required, https
	Events []string      `json:"events"`          // required: types, or WebhookAllEvents
	Secret Secret        `json:"secret,omitzero"` // from NewSecret; if empty, the server makes one
	Format WebhookFormat `json:"format,omitzero"` // not documented in the guides
}

// WebhookUpdateParams describes changes: what is left out stays as it is. Nothing
// can be null.
type WebhookUpdateParams struct {
	URL    Opt[string]        `json:"url,omitzero"`
	Events Opt[[]string]      `json:"events,omitzero"`
	Status Opt[WebhookStatus] `json:"status,omitzero"`
	Secret Opt[Secret]        `json:"secret,omitzero"`
	Format Opt[WebhookFormat] `json:"format,omitzero"`
}

func (p *WebhookListParams) query() listQuery {
	if p == nil {
		p = &WebhookListParams{}
	}
	return listQuery{name: "WebhookListParams", page: p.Page, limit: p.Limit}
}

func (p *DeliveryListParams) query() listQuery {
	if p == nil {
		p = &DeliveryListParams{}
	}
	return listQuery{name: "DeliveryListParams", page: p.Page, limit: p.Limit}
}

func (p *WebhookCreateParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"WebhookCreateParams", "is nil"}
	case strings.TrimSpace(p.URL) == "":
		return &ParamError{"WebhookCreateParams.URL", "is required"}
	case len(p.Events) == 0:
		return &ParamError{"WebhookCreateParams.Events", "is required"}
	case !p.Secret.IsZero() && strings.TrimSpace(p.Secret.Reveal()) == "":
		return &ParamError{"WebhookCreateParams.Secret", "is blank"}
	}
	return nil
}

// wire returns the parameters as they are sent: with the secret's text.
func (p *WebhookCreateParams) wire() any {
	return struct {
		*WebhookCreateParams
		Secret string `json:"secret,omitzero"`
	}{p, p.Secret.Reveal()}
}

func (p *WebhookUpdateParams) validate() error {
	if p == nil {
		return &ParamError{"WebhookUpdateParams", "is nil"}
	}
	if u, ok := p.URL.Get(); ok && strings.TrimSpace(u) == "" {
		return &ParamError{"WebhookUpdateParams.URL", "is blank"}
	}
	if events, ok := p.Events.Get(); ok && len(events) == 0 {
		return &ParamError{"WebhookUpdateParams.Events", "is empty; disable the endpoint instead"}
	}
	if secret, ok := p.Secret.Get(); ok && strings.TrimSpace(secret.Reveal()) == "" {
		return &ParamError{"WebhookUpdateParams.Secret", "is blank"}
	}
	return refuseNull("WebhookUpdateParams", nullable{"URL", p.URL.IsNull()}, nullable{"Events", p.Events.IsNull()},
		nullable{"Status", p.Status.IsNull()}, nullable{"Secret", p.Secret.IsNull()}, nullable{"Format", p.Format.IsNull()})
}

// wire returns the parameters as they are sent: with the secret's text, which is
// empty only if there is none.
func (p *WebhookUpdateParams) wire() any {
	secret, _ := p.Secret.Get()
	return struct {
		*WebhookUpdateParams
		Secret string `json:"secret,omitzero"`
	}{p, secret.Reveal()}
}

// List returns one page of endpoints, oldest first. Not documented in the
// guides.
func (s *WebhookService) List(ctx context.Context, params *WebhookListParams, opts ...RequestOption) (*Page[Webhook], error) {
	return listPage[Webhook](ctx, s.core, listWebhooks.at(), params.query(), opts)
}

// All iterates over the endpoints, oldest first, starting at params.Page; see
// [CourseService.All]. Not documented in the guides.
func (s *WebhookService) All(ctx context.Context, params *WebhookListParams, opts ...RequestOption) iter.Seq2[*Webhook, error] {
	return all(s.Pages(ctx, params, opts...))
}

// Pages iterates over the pages of All; see [CourseService.Pages]. Not
// documented in the guides.
func (s *WebhookService) Pages(ctx context.Context, params *WebhookListParams, opts ...RequestOption) iter.Seq2[*Page[Webhook], error] {
	return pages[Webhook](ctx, s.core, listWebhooks.at(), params.query(), opts)
}

// Get returns an endpoint, without its secret. Not documented in the guides.
func (s *WebhookService) Get(ctx context.Context, id string, opts ...RequestOption) (*Webhook, error) {
	return fetch[Webhook](ctx, s.core, getWebhook.at(id), opts)
}

// Create creates an endpoint. Documented in the API guide, without its response.
func (s *WebhookService) Create(ctx context.Context, params *WebhookCreateParams, opts ...RequestOption) (*Webhook, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Webhook](ctx, s.core, createWebhook.at().with(params.wire()), opts)
}

// Update changes what params sets and returns the whole endpoint. Not
// documented in the guides.
func (s *WebhookService) Update(ctx context.Context, id string, params *WebhookUpdateParams, opts ...RequestOption) (*Webhook, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Webhook](ctx, s.core, updateWebhook.at(id).with(params.wire()), opts)
}

// Delete deletes an endpoint. If an earlier attempt of the same call may already
// have done so, a 404 is a success. Not documented in the guides.
func (s *WebhookService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, deleteWebhook.at(id), nil, opts)
}

// SendTest sends the endpoint an event of the given type with sample data, and
// returns its delivery, which may still be under way. The webhook guide documents
// this only in the dashboard.
func (s *WebhookService) SendTest(ctx context.Context, id, eventType string, opts ...RequestOption) (*Delivery, error) {
	if strings.TrimSpace(eventType) == "" {
		return nil, s.core.refuse(&ParamError{"eventType", "is required"}, opts)
	}
	body := struct {
		Event string `json:"event"`
	}{eventType}
	return fetch[Delivery](ctx, s.core, sendTestEvent.at(id).with(body), opts)
}

// Deliveries returns one page of an endpoint's log, oldest first. The webhook
// guide documents the log only in the dashboard.
func (s *WebhookService) Deliveries(ctx context.Context, id string, params *DeliveryListParams, opts ...RequestOption) (*Page[Delivery], error) {
	return listPage[Delivery](ctx, s.core, listDeliveries.at(id), params.query(), opts)
}

// AllDeliveries iterates over an endpoint's log, oldest first, starting at
// params.Page; see [CourseService.All]. The webhook guide documents the log only
// in the dashboard.
func (s *WebhookService) AllDeliveries(ctx context.Context, id string, params *DeliveryListParams, opts ...RequestOption) iter.Seq2[*Delivery, error] {
	return all(pages[Delivery](ctx, s.core, listDeliveries.at(id), params.query(), opts))
}

// Resend sends an event from the log once more, with the same bytes, and returns
// its delivery. Not documented in the guides.
func (s *WebhookService) Resend(ctx context.Context, id, deliveryID string, opts ...RequestOption) (*Delivery, error) {
	return fetch[Delivery](ctx, s.core, resendDelivery.at(id, deliveryID), opts)
}
