package payload

import "github.com/selgora/selgora-go/mockserver/internal/store"

type contactDeleted struct {
	ContactID string `json:"contact_id"`
	Email     string `json:"email"`
	DeletedAt string `json:"deleted_at"`
}

type tagChanges struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// change is how the webhook guide shows a value that has changed.
type change struct {
	From any `json:"from"`
	To   any `json:"to"`
}

func ofContact(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.ContactCreated:
		flat := object{
			{"contact_id", f.Contact.ID}, {"email", f.Contact.Email}, {"source", f.Contact.Source},
			{"tags", list(f.Contact.Tags)}, {"custom_fields", raw(f.Contact.CustomFields)},
		}
		return []Event{{Type: "contact.created", Contact: f.Contact.ID, Data: nested("contact", f.Contact), Flat: flat}}
	case store.ContactUpdated:
		data := nested("contact", f.After)
		updated := Event{
			Type: "contact.updated", Contact: f.After.ID, Data: data,
			Flat: object{{"contact_id", f.After.ID}, {"changes", contactChanges(f.Changes)}},
		}
		if f.Unsubscribed {
			return []Event{{Type: "contact.unsubscribed", Contact: f.After.ID, Data: data}, updated}
		}
		return []Event{updated}
	case store.ContactDeleted:
		return []Event{{
			Type: "contact.deleted", Contact: f.Contact.ID,
			Data: contactDeleted{f.Contact.ID, f.Contact.Email, stamp(c.At)},
		}}
	}
	return nil
}

func contactChanges(c store.ContactChanges) object {
	changes := object{}
	if len(c.TagsAdded)+len(c.TagsRemoved) > 0 {
		changes = append(changes, field{"tags", tagChanges{list(c.TagsAdded), list(c.TagsRemoved)}})
	}
	if len(c.CustomFields) > 0 {
		changes = append(changes, field{"custom_fields", raw(c.CustomFields)})
	}
	return append(changes, scalars(c.Scalars)...)
}

func scalars(s []store.Scalar) object {
	changes := object{}
	for _, x := range s {
		changes = append(changes, field{x.Name, change{x.From, x.To}})
	}
	return changes
}

// list makes an empty list of none, where encoding/json would write null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
