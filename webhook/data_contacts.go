package webhook

import (
	"encoding/json"
	"time"

	"github.com/selgora/selgora-go/internal/jsonx"
	"github.com/selgora/selgora-go/money"
)

// ContactData is the data of contact.created, contact.updated and
// contact.unsubscribed, whichever shape it arrives in: a full API contact
// under "contact" (API guide) or flat fields (webhook guide). What the shape
// at hand does not have is zero. It encodes in the flat shape.
type ContactData struct {
	// ContactID is "contact_id" in the flat shape, "id" in the other.
	ContactID string `json:"contact_id"`
	Email     string `json:"email,omitempty"`
	// Source says where the contact came from, such as "landing_page".
	Source string   `json:"source,omitempty"`
	Tags   []string `json:"tags,omitempty"`
	// CustomFields holds each field's JSON as it arrived.
	CustomFields map[string]json.RawMessage `json:"custom_fields,omitempty"`
	// Changes says what contact.updated changed; only the flat shape has it.
	Changes *ContactChanges `json:"changes,omitempty"`

	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	// LifetimeValue is in major units: 497 is 497.00.
	LifetimeValue money.Decimal `json:"lifetime_value,omitzero"`
	// LastActivity is zero before any activity.
	LastActivity time.Time `json:"last_activity,omitzero"`
	// Subscribed is nil when the shape does not say; undocumented.
	Subscribed *bool     `json:"subscribed,omitempty"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
	UpdatedAt  time.Time `json:"updated_at,omitzero"`
}

// The data of the contact events that come in two shapes is one struct.
type (
	ContactCreatedData      = ContactData
	ContactUpdatedData      = ContactData
	ContactUnsubscribedData = ContactData
)

// ContactChanges says what a contact.updated event changed (webhook guide,
// which shows tags and custom fields; the rest is undocumented). Fields that
// did not change are nil; further ones are in the event's raw data.
type ContactChanges struct {
	Tags *TagChanges `json:"tags,omitempty"`
	// CustomFields holds the new value of each field that changed.
	CustomFields map[string]json.RawMessage `json:"custom_fields,omitempty"`
	Email        *Change[string]            `json:"email,omitempty"`
	FirstName    *Change[string]            `json:"first_name,omitempty"`
	LastName     *Change[string]            `json:"last_name,omitempty"`
	Source       *Change[string]            `json:"source,omitempty"`
	Subscribed   *Change[bool]              `json:"subscribed,omitempty"`
}

// TagChanges are the tags that a contact gained and lost (webhook guide).
type TagChanges struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// Change is a value before and after (webhook guide, for subscriptions). A
// JSON null on either side is the zero value.
type Change[T any] struct {
	From T `json:"from"`
	To   T `json:"to"`
}

// ContactDeletedData is the data of contact.deleted (webhook guide).
type ContactDeletedData struct {
	ContactID string    `json:"contact_id"`
	Email     string    `json:"email"`
	DeletedAt time.Time `json:"deleted_at,omitzero"`
}

// UnmarshalJSON takes both shapes.
func (c *ContactData) UnmarshalJSON(data []byte) error { return c.decode(data) }

func (c *ContactData) decode(data []byte) error {
	type flat ContactData // without the method
	type nested struct {
		*flat
		ID string `json:"id"`
	}
	var contact flat
	shapes := struct {
		*flat
		Contact nested `json:"contact"`
	}{flat: &contact, Contact: nested{flat: &contact}}
	if err := jsonx.Unmarshal(data, &shapes); err != nil {
		return err
	}
	*c = ContactData(contact)
	if c.ContactID == "" {
		c.ContactID = shapes.Contact.ID
	}
	return nil
}
