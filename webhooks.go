package selgora

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"
)

// WebhookService is the endpoints to which Selgora sends its webhooks. The API
// guide documents Create; the webhook guide has test events and the log of
// deliveries in the dashboard. To receive webhooks, use package webhook.
type WebhookService struct{ core *core }

// WebhookAllEvents subscribes an endpoint to every type of event.
const WebhookAllEvents = "*"

// Webhook is an endpoint. Its secret is not shown by %v, %+v, %#v, %s and %q,
// and not logged by log/slog; JSON has it.
type Webhook struct {
	ID     string        `json:"id"`
	URL    string        `json:"url"`
	Events []string      `json:"events"` // types such as "order.completed", or WebhookAllEvents
	Status WebhookStatus `json:"status"`
	Format WebhookFormat `json:"format"`
	// Secret is the signing secret. It is there only in the answer to a Create
	// that gave none, and nowhere again: keep it.
	Secret    string    `json:"secret,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// WebhookStatus says whether an endpoint gets deliveries. Other values than
// the constants pass through.
type WebhookStatus string

// The statuses of an endpoint. No guide documents "disabled".
const (
	WebhookActive   WebhookStatus = "active"
	WebhookDisabled WebhookStatus = "disabled"
)

// WebhookFormat is the form in which an endpoint gets its events: the two
// guides describe different ones. Other values than the constants pass through.
type WebhookFormat string

// The formats. The zero value of a parameter leaves the choice to the server,
// which takes WebhookFormatAPI for endpoints made through the API.
const (
	// WebhookFormatAPI is the envelope and bare signature of the API guide.
	WebhookFormatAPI WebhookFormat = "api"
	// WebhookFormatDashboard is the envelope and prefixed signature of the
	// webhook guide.
	WebhookFormatDashboard WebhookFormat = "dashboard"
)

// Delivery is one event on its way to one endpoint, with every attempt. The
// webhook guide names what its log shows.
type Delivery struct {
	ID            string            `json:"id"`
	WebhookID     string            `json:"webhook_id"`
	EventID       string            `json:"event_id"`
	Event         string            `json:"event"` // its type
	Status        DeliveryStatus    `json:"status"`
	Attempts      []DeliveryAttempt `json:"attempts"`
	RequestBody   string            `json:"request_body"`    // the bytes that are sent
	NextAttemptAt time.Time         `json:"next_attempt_at"` // zero when there is none to come
	CreatedAt     time.Time         `json:"created_at"`
}

// DeliveryStatus is what became of a delivery. Other values than the constants
// pass through.
type DeliveryStatus string

// The statuses of a delivery. They are in neither guide.
const (
	DeliveryPending   DeliveryStatus = "pending"
	DeliverySucceeded DeliveryStatus = "succeeded"
	DeliveryFailed    DeliveryStatus = "failed"
	DeliveryBlocked   DeliveryStatus = "blocked" // the address is not delivered to
)

// DeliveryAttempt is one try of a delivery.
type DeliveryAttempt struct {
	At             time.Time `json:"at"`
	ResponseCode   int       `json:"response_code"` // 0 when there was no answer
	ResponseTimeMS int       `json:"response_time_ms"`
	ResponseBody   string    `json:"response_body"`
	Error          string    `json:"error"` // "" when there was an answer
}

// WebhookListParams selects a page of endpoints. The zero value is the first
// page.
type WebhookListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for All
}

// DeliveryListParams selects a page of deliveries. The zero value is the first
// page.
type DeliveryListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for AllDeliveries
}

// WebhookCreateParams describes a new endpoint. Its secret is not shown by %v,
// %+v, %#v, %s and %q, and not logged by log/slog.
type WebhookCreateParams struct {
	URL    string        `json:"url"`             // required, https
	Events []string      `json:"events"`          // required: types, or WebhookAllEvents
	Secret string        `json:"secret,omitzero"` // "" lets the server make one
	Format WebhookFormat `json:"format,omitzero"` // not documented in the guides
}

// WebhookUpdateParams changes what is set in it and leaves the rest; nothing
// can be null. Its secret is not shown by %v, %+v, %#v, %s and %q, and not
// logged by log/slog.
type WebhookUpdateParams struct {
	URL    Opt[string]        `json:"url,omitzero"`
	Events Opt[[]string]      `json:"events,omitzero"`
	Status Opt[WebhookStatus] `json:"status,omitzero"`
	Secret Opt[string]        `json:"secret,omitzero"`
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
	case p.Secret != "" && strings.TrimSpace(p.Secret) == "":
		return &ParamError{"WebhookCreateParams.Secret", "is blank"}
	}
	return nil
}

func (p *WebhookUpdateParams) validate() error {
	if p == nil {
		return &ParamError{"WebhookUpdateParams", "is nil"}
	}
	if u, ok := p.URL.Get(); ok && strings.TrimSpace(u) == "" {
		return &ParamError{"WebhookUpdateParams.URL", "is blank"}
	}
	if events, ok := p.Events.Get(); ok && len(events) == 0 {
		return &ParamError{"WebhookUpdateParams.Events", "are none; disable the endpoint instead"}
	}
	if secret, ok := p.Secret.Get(); ok && strings.TrimSpace(secret) == "" {
		return &ParamError{"WebhookUpdateParams.Secret", "is blank"}
	}
	return refuseNull("WebhookUpdateParams", nullable{"URL", p.URL.IsNull()}, nullable{"Events", p.Events.IsNull()},
		nullable{"Status", p.Status.IsNull()}, nullable{"Secret", p.Secret.IsNull()}, nullable{"Format", p.Format.IsNull()})
}

// List returns one page of endpoints, oldest first. Not documented in the
// guides.
func (s *WebhookService) List(ctx context.Context, params *WebhookListParams, opts ...RequestOption) (*Page[Webhook], error) {
	return listPage[Webhook](ctx, s.core, pathOf("webhooks"), params.query(), opts)
}

// All iterates over the endpoints, oldest first. Not documented in the guides.
func (s *WebhookService) All(ctx context.Context, params *WebhookListParams, opts ...RequestOption) iter.Seq2[*Webhook, error] {
	return all[Webhook](ctx, s.core, pathOf("webhooks"), params.query(), opts)
}

// Get returns an endpoint, without its secret. Not documented in the guides.
func (s *WebhookService) Get(ctx context.Context, id string, opts ...RequestOption) (*Webhook, error) {
	return fetch[Webhook](ctx, s.core, request{method: http.MethodGet, path: pathOf("webhooks", id)}, opts)
}

// Create makes an endpoint. Documented in the API guide, without its answer.
func (s *WebhookService) Create(ctx context.Context, params *WebhookCreateParams, opts ...RequestOption) (*Webhook, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Webhook](ctx, s.core, request{method: http.MethodPost, path: pathOf("webhooks"), body: params}, opts)
}

// Update changes what params sets and returns the whole endpoint. Not
// documented in the guides.
func (s *WebhookService) Update(ctx context.Context, id string, params *WebhookUpdateParams, opts ...RequestOption) (*Webhook, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Webhook](ctx, s.core, request{method: http.MethodPatch, path: pathOf("webhooks", id), body: params}, opts)
}

// Delete removes an endpoint. When an earlier attempt of the same call may
// have done it already, a "not found" is success. Not documented in the guides.
func (s *WebhookService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, request{method: http.MethodDelete, path: pathOf("webhooks", id)}, nil, opts)
}

// SendTest sends the endpoint an event of the given type with sample data, and
// returns its delivery, which may still be under way. The webhook guide has it
// in the dashboard only.
func (s *WebhookService) SendTest(ctx context.Context, id, eventType string, opts ...RequestOption) (*Delivery, error) {
	if strings.TrimSpace(eventType) == "" {
		return nil, s.core.refuse(&ParamError{"eventType", "is required"}, opts)
	}
	body := struct {
		Event string `json:"event"`
	}{eventType}
	return fetch[Delivery](ctx, s.core, request{method: http.MethodPost, path: pathOf("webhooks", id, "test"), body: body}, opts)
}

// Deliveries returns one page of an endpoint's log, oldest first. The webhook
// guide has it in the dashboard only.
func (s *WebhookService) Deliveries(ctx context.Context, id string, params *DeliveryListParams, opts ...RequestOption) (*Page[Delivery], error) {
	return listPage[Delivery](ctx, s.core, pathOf("webhooks", id, "deliveries"), params.query(), opts)
}

// AllDeliveries iterates over an endpoint's log, oldest first. The webhook
// guide has it in the dashboard only.
func (s *WebhookService) AllDeliveries(ctx context.Context, id string, params *DeliveryListParams, opts ...RequestOption) iter.Seq2[*Delivery, error] {
	return all[Delivery](ctx, s.core, pathOf("webhooks", id, "deliveries"), params.query(), opts)
}

// Resend sends an event of the log once more, with the same bytes, and returns
// its delivery. Not documented in the guides.
func (s *WebhookService) Resend(ctx context.Context, id, deliveryID string, opts ...RequestOption) (*Delivery, error) {
	return fetch[Delivery](ctx, s.core, request{method: http.MethodPost, path: pathOf("webhooks", id, "deliveries", deliveryID, "resend")}, opts)
}
