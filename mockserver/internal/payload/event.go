// Package payload makes the bodies of webhook events from the changes of the
// store: which events a change causes, what they say, and their exact bytes.
package payload

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/selgora/selgora-go/internal/jsstringify"
	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Event is a webhook event before it gets its id.
type Event struct {
	Type string
	// At is when it happened.
	At time.Time
	// Contact is the id of the contact whom it is about, "" for none.
	Contact string
	// Data encodes as the data in both formats, unless Flat is set.
	Data any
	// Flat is the data in the dashboard's format, of the two types that both
	// guides describe; nil for all others.
	Flat any
}

// Body returns the bytes to send.
func (e Event) Body(id string, format delivery.Format) (string, error) {
	var envelope any
	if format == delivery.FormatDashboard {
		data := e.Data
		if e.Flat != nil {
			data = e.Flat
		}
		envelope = dashboardEnvelope{id, e.Type, stamp(e.At), data}
	} else {
		envelope = apiEnvelope{id, e.Type, stamp(e.At), orNull(e.Contact), e.Data}
	}
	text, err := json.Marshal(envelope)
	if err != nil {
		return "", fmt.Errorf("the data of %s cannot be encoded: %w", e.Type, err)
	}
	// Undoes what encoding/json escapes, and much more.
	body, err := jsstringify.Append(nil, text)
	return string(body), err
}

type apiEnvelope struct {
	ID        string  `json:"id"`
	Type      string  `json:"type"`
	CreatedAt string  `json:"created_at"`
	UserID    *string `json:"user_id"`
	Data      any     `json:"data"`
}

type dashboardEnvelope struct {
	ID        string `json:"id"`
	Event     string `json:"event"`
	CreatedAt string `json:"created_at"`
	Data      any    `json:"data"`
}

// stamp is how all times are written.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// object is an object as the API shows it.
func object(r store.Renderer) json.RawMessage { return r.AppendJSON(nil) }

// nested puts an object under its name, as the API guide does.
func nested(name string, r store.Renderer) map[string]json.RawMessage {
	return map[string]json.RawMessage{name: object(r)}
}

// contactID returns the id of a contact, "" without one.
func contactID(c *store.Contact) string {
	if c == nil {
		return ""
	}
	return c.ID
}
