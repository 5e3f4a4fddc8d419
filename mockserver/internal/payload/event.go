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
	// Data is the data in both formats, unless Flat is set.
	Data any
	// Flat is the data in the dashboard's format, of the two types that both
	// guides describe; nil for all others.
	Flat any
}

// Body returns the bytes to send.
func (e Event) Body(id string, format delivery.Format) (string, error) {
	envelope := object{{"id", id}, {"type", e.Type}, {"created_at", stamp(e.At)}, {"user_id", orNull(e.Contact)}, {"data", e.Data}}
	if format == delivery.FormatDashboard {
		data := e.Data
		if e.Flat != nil {
			data = e.Flat
		}
		envelope = object{{"id", id}, {"event", e.Type}, {"created_at", stamp(e.At)}, {"data", data}}
	}
	text, err := appendValue(nil, envelope)
	if err != nil {
		return "", fmt.Errorf("the data of %s cannot be encoded: %w", e.Type, err)
	}
	// Undoes what encoding/json escapes, and much more.
	body, err := jsstringify.Append(nil, text)
	return string(body), err
}

// object is a JSON object. Unlike in a struct, values that are JSON already
// may be nested as deeply in it as encoding/json allows for them alone.
type object []field

type field struct {
	name  string
	value any // an object, JSON, or what encoding/json takes
}

func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case json.RawMessage:
		return append(dst, v...), nil
	case object:
		dst = append(dst, '{')
		for i, f := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendValue(dst, f.name); err != nil {
				return dst, err
			}
			if dst, err = appendValue(append(dst, ':'), f.value); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	}
	text, err := json.Marshal(v)
	return append(dst, text...), err
}

// stamp is how all times are written.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// raw is an object as the API shows it.
func raw(r store.Renderer) json.RawMessage { return r.AppendJSON(nil) }

// nested puts an object under its name, as the API guide does.
func nested(name string, r store.Renderer) object { return object{{name, raw(r)}} }

// contactID returns the id of a contact, "" without one.
func contactID(c *store.Contact) string {
	if c == nil {
		return ""
	}
	return c.ID
}
