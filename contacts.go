package selgora

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/jsonx"
	"github.com/selgora/selgora-go/money"
)

// ContactService provides access to contacts. The API guide documents List,
// Upsert and AddTags.
type ContactService struct{ core *core }

var (
	listContacts   = route{operation: "contacts.list", method: http.MethodGet, template: "/contacts"}
	getContact     = route{operation: "contacts.get", method: http.MethodGet, template: "/contacts/{id}"}
	upsertContact  = route{operation: "contacts.upsert", method: http.MethodPost, template: "/contacts", repeatable: true}
	addContactTags = route{operation: "contacts.add_tags", method: http.MethodPost, template: "/contacts/{id}/tags", repeatable: true}
	deleteContact  = route{operation: "contacts.delete", method: http.MethodDelete, template: "/contacts/{id}"}
)

// Contact is a person known to the account. Source is documented in the webhook
// guide; Subscribed, CreatedAt and UpdatedAt are in neither guide.
type Contact struct {
	ID            string                     `json:"id"`
	Email         string                     `json:"email"`
	FirstName     string                     `json:"first_name"`
	LastName      string                     `json:"last_name"`
	Tags          []string                   `json:"tags,omitzero"`
	CustomFields  map[string]json.RawMessage `json:"custom_fields,omitzero"` // any JSON, exactly as it was sent
	LifetimeValue money.Decimal              `json:"lifetime_value"`         // in major units
	LastActivity  time.Time                  `json:"last_activity,omitzero"` // zero before any activity
	Source        string                     `json:"source"`
	Subscribed    bool                       `json:"subscribed"`
	CreatedAt     time.Time                  `json:"created_at,omitzero"`
	UpdatedAt     time.Time                  `json:"updated_at,omitzero"`
}

// ContactListParams selects a page of contacts. The zero value is the first
// page of all of them.
type ContactListParams struct {
	Tag          string    // only those with this tag; "" is any
	CreatedAfter time.Time // only those created after it; the zero time is any
	Page         int       // from 1; 0 is the first
	Limit        int       // 1 to 100 per page; 0 is the server's default, and 100 for All and Pages
}

// ContactUpsertParams describes a contact to create or update. What is left out
// stays as it is.
type ContactUpsertParams struct {
	Email     string        `json:"email"`               // required; the key, without regard to case
	FirstName Opt[string]   `json:"first_name,omitzero"` // null clears it
	LastName  Opt[string]   `json:"last_name,omitzero"`  // null clears it
	Tags      Opt[[]string] `json:"tags,omitzero"`       // replaces the whole set
	// CustomFields is merged into the contact's fields by key. A value is
	// anything that encodes as JSON. One that encodes as null, such as nil or a
	// nil slice, deletes the key. A json.RawMessage is sent exactly as it is, so
	// that big integers and 1.0 keep their digits.
	CustomFields map[string]any `json:"custom_fields,omitempty"`
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
	return refuseNull("ContactUpsertParams", nullable{"Tags", p.Tags.IsNull()})
}

// wire returns the parameters as they are sent: no tags are an empty list, not
// null, and custom fields are encoded.
func (p *ContactUpsertParams) wire() (*ContactUpsertParams, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	w := *p
	if tags, ok := w.Tags.Get(); ok && tags == nil {
		w.Tags = Set([]string{})
	}
	w.CustomFields = make(map[string]any, len(p.CustomFields))
	for name, value := range p.CustomFields {
		text, err := jsonx.Marshal(value)
		if err != nil {
			return nil, &ParamError{fmt.Sprintf("ContactUpsertParams.CustomFields[%q]", name), "cannot be encoded as JSON: " + err.Error()}
		}
		w.CustomFields[name] = json.RawMessage(text)
	}
	return &w, nil
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
	return listPage[Contact](ctx, s.core, listContacts.at(), params.query(), opts)
}

// All iterates over the contacts that params selects, oldest first, starting at
// params.Page; see [CourseService.All]. Documented in the API guide.
func (s *ContactService) All(ctx context.Context, params *ContactListParams, opts ...RequestOption) iter.Seq2[*Contact, error] {
	return all(s.Pages(ctx, params, opts...))
}

// Pages iterates over the pages of All; see [CourseService.Pages]. Documented in
// the API guide.
func (s *ContactService) Pages(ctx context.Context, params *ContactListParams, opts ...RequestOption) iter.Seq2[*Page[Contact], error] {
	return pages[Contact](ctx, s.core, listContacts.at(), params.query(), opts)
}

// Get returns a contact. Not documented in the guides.
func (s *ContactService) Get(ctx context.Context, id string, opts ...RequestOption) (*Contact, error) {
	return fetch[Contact](ctx, s.core, getContact.at(id), opts)
}

// Upsert creates the contact with an e-mail address (status 201, see
// [WithResponse]) or updates the existing one (200). It is repeated like a PUT,
// since doing it twice is the same as doing it once. Documented in the API guide.
func (s *ContactService) Upsert(ctx context.Context, params *ContactUpsertParams, opts ...RequestOption) (*Contact, error) {
	body, err := params.wire()
	if err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Contact](ctx, s.core, upsertContact.at().with(body), opts)
}

// AddTags adds tags to those that a contact has, and returns the contact. It is
// repeated like a PUT. Documented in the API guide, without its response.
func (s *ContactService) AddTags(ctx context.Context, id string, tags []string, opts ...RequestOption) (*Contact, error) {
	if len(tags) == 0 {
		return nil, s.core.refuse(&ParamError{"tags", "is empty"}, opts)
	}
	if err := checkTags("tags", tags); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	body := struct {
		Tags []string `json:"tags"`
	}{tags}
	return fetch[Contact](ctx, s.core, addContactTags.at(id).with(body), opts)
}

// Delete deletes a contact. If an earlier attempt of the same call may already
// have done so, a 404 is a success. Not documented in the guides.
func (s *ContactService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, deleteContact.at(id), nil, opts)
}
