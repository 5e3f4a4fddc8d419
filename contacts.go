package selgora

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/selgora/selgora-go/money"
)

// ContactService is the account's contacts. The API guide documents List,
// Upsert and AddTags.
type ContactService struct{ core *core }

// Contact is a person known to the account. Source is in the webhook guide;
// Subscribed, CreatedAt and UpdatedAt are in neither.
type Contact struct {
	ID            string                     `json:"id"`
	Email         string                     `json:"email"`
	FirstName     string                     `json:"first_name"`
	LastName      string                     `json:"last_name"`
	Tags          []string                   `json:"tags"`
	CustomFields  map[string]json.RawMessage `json:"custom_fields"`  // any JSON, exactly as it was sent
	LifetimeValue money.Decimal              `json:"lifetime_value"` // in major units
	LastActivity  time.Time                  `json:"last_activity"`  // zero before any activity
	Source        string                     `json:"source"`
	Subscribed    bool                       `json:"subscribed"`
	CreatedAt     time.Time                  `json:"created_at"`
	UpdatedAt     time.Time                  `json:"updated_at"`
}

// ContactListParams selects a page of contacts. The zero value is the first
// page of all of them.
type ContactListParams struct {
	Tag          string    // only those with this tag; "" is any
	CreatedAfter time.Time // only those created after it; the zero time is any
	Page         int       // from 1; 0 is the first
	Limit        int       // 1 to 100 per page; 0 is the server's default, and 100 for All
}

// ContactUpsertParams describes a contact to create or change. What is left
// out stays as it is.
type ContactUpsertParams struct {
	Email     string        `json:"email"`               // required; the key, without regard to case
	FirstName Opt[string]   `json:"first_name,omitzero"` // null clears it
	LastName  Opt[string]   `json:"last_name,omitzero"`  // null clears it
	Tags      Opt[[]string] `json:"tags,omitzero"`       // replaces the whole set
	// CustomFields is merged into the contact's by key; the value null deletes
	// a key. Each value is JSON and comes back exactly as it was sent.
	CustomFields map[string]json.RawMessage `json:"custom_fields,omitempty"`
}

func (p *ContactListParams) query() listQuery {
	if p == nil {
		p = &ContactListParams{}
	}
	q := listQuery{name: "ContactListParams", page: p.Page, limit: p.Limit}
	q.filters.add("tag", p.Tag)
	if !p.CreatedAfter.IsZero() {
		q.problem = checkTime("ContactListParams.CreatedAfter", p.CreatedAfter)
		q.filters.add("created_after", wireTime(p.CreatedAfter).Format(time.RFC3339))
	}
	return q
}

func (p *ContactUpsertParams) validate() error {
	if p == nil {
		return &ParamError{"ContactUpsertParams", "is nil"}
	}
	if strings.TrimSpace(p.Email) == "" {
		return &ParamError{"ContactUpsertParams.Email", "is required"}
	}
	tags, _ := p.Tags.Get()
	if err := checkTags("ContactUpsertParams.Tags", tags); err != nil {
		return err
	}
	for name, value := range p.CustomFields {
		if !json.Valid(value) {
			return &ParamError{fmt.Sprintf("ContactUpsertParams.CustomFields[%q]", name), "is not valid JSON"}
		}
	}
	return refuseNull("ContactUpsertParams", nullable{"Tags", p.Tags.IsNull()})
}

// wire returns the parameters as they are sent: no tags are an empty list, not
// null.
func (p *ContactUpsertParams) wire() ContactUpsertParams {
	w := *p
	if tags, ok := w.Tags.Get(); ok && tags == nil {
		w.Tags = Set([]string{})
	}
	return w
}

func checkTags(field string, tags []string) error {
	for i, tag := range tags {
		if strings.TrimSpace(tag) == "" {
			return &ParamError{fmt.Sprintf("%s[%d]", field, i), "is blank"}
		}
	}
	return nil
}

// List returns one page of contacts, oldest first. Documented in the API
// guide; CreatedAfter on the provider's getting-started page.
func (s *ContactService) List(ctx context.Context, params *ContactListParams, opts ...RequestOption) (*Page[Contact], error) {
	return listPage[Contact](ctx, s.core, pathOf("contacts"), params.query(), opts)
}

// All iterates over the contacts that params selects, oldest first. Documented
// in the API guide.
func (s *ContactService) All(ctx context.Context, params *ContactListParams, opts ...RequestOption) iter.Seq2[*Contact, error] {
	return all[Contact](ctx, s.core, pathOf("contacts"), params.query(), opts)
}

// Get returns a contact. Not documented in the guides.
func (s *ContactService) Get(ctx context.Context, id string, opts ...RequestOption) (*Contact, error) {
	return fetch[Contact](ctx, s.core, request{method: http.MethodGet, path: pathOf("contacts", id)}, opts)
}

// Upsert creates the contact of an e-mail address (status 201, see
// [WithResponse]) or changes the one there is (200). It is repeated like a PUT:
// doing it twice is doing it once. Documented in the API guide.
func (s *ContactService) Upsert(ctx context.Context, params *ContactUpsertParams, opts ...RequestOption) (*Contact, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Contact](ctx, s.core, request{method: http.MethodPost, path: pathOf("contacts"), body: params.wire(), repeatable: true}, opts)
}

// AddTags adds tags to a contact, leaves those it has, and returns it. It is
// repeated like a PUT. Documented in the API guide, without its answer.
func (s *ContactService) AddTags(ctx context.Context, id string, tags []string, opts ...RequestOption) (*Contact, error) {
	if len(tags) == 0 {
		return nil, s.core.refuse(&ParamError{"tags", "are none"}, opts)
	}
	if err := checkTags("tags", tags); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	body := struct {
		Tags []string `json:"tags"`
	}{tags}
	return fetch[Contact](ctx, s.core, request{method: http.MethodPost, path: pathOf("contacts", id, "tags"), body: body, repeatable: true}, opts)
}

// Delete removes a contact. When an earlier attempt of the same call may have
// done it already, a "not found" is success. Not documented in the guides.
func (s *ContactService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, request{method: http.MethodDelete, path: pathOf("contacts", id)}, nil, opts)
}
