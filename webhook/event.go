package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// A Format is one of the two forms in which the provider sends events. A
// receiver takes both without being told.
type Format string

const (
	// FormatAPI is the form of the API guide: the envelope
	// {"id", "type", "created_at", "data"} and a bare hex signature.
	FormatAPI Format = "api"
	// FormatDashboard is the form of the webhook guide: the envelope
	// {"event", "created_at", "data"} and a signature after "sha256=".
	FormatDashboard Format = "dashboard"
)

// An Event is a received webhook event, verified unless it came from
// [ParseUnverified].
type Event struct {
	// ID identifies the event; a repeated delivery has the same. It is the
	// envelope's id or, where that has none, the SHA-256 of the raw body in
	// lower-case hex. It is never empty.
	ID string
	// Type is the event's type, such as "order.completed". Compare it with
	// string(OrderCompleted). It is never empty, and may be a type that this
	// package does not know.
	Type string
	// CreatedAt is when the event happened. It is zero when the envelope has
	// no created_at or one that is not an RFC 3339 time.
	CreatedAt time.Time
	// UserID is the user_id of the envelope, the id of the contact that the
	// event is about; empty when there is none. Only a code sample of the API
	// guide shows it.
	UserID string
	// Format is the form of the envelope.
	Format Format
	// Data is the raw data, whose form depends on Type: decode it with
	// [DataAs]. It is nil when the envelope has none. It shares memory with
	// Body.
	Data json.RawMessage
	// Body is the whole body as it arrived, the bytes that were signed. Do
	// not change it.
	Body []byte

	// SecretIndex says which secret made the signature: 0 for the current
	// one, 1 for the first previous one and so on; -1 if nothing was
	// verified. When it is never above 0 any more, a rotation is over.
	SecretIndex int
	// DeliveryID is the X-Selgora-Delivery header, the same for all attempts
	// of one delivery; empty when absent. No guide documents it, and it is
	// not signed: use it in logs, not in decisions.
	DeliveryID string
	// Retry is the number of the retry, 1 to 5, from the X-Selgora-Retry
	// header; 0 on the first attempt and when the header is absent or not a
	// number. The webhook guide mentions such a header without naming it. It
	// is not signed.
	Retry int
}

// Parse verifies payload as [Verifier.Verify] does, then reads its envelope.
// Nothing of the payload is looked at before the signature is known to be
// good. A payload that is not an event is [ErrMalformedPayload]. The event
// refers to payload, which must not be changed afterward.
func (v *Verifier) Parse(payload []byte, signature string) (*Event, error) {
	index, err := v.match(payload, signature)
	if err != nil {
		return nil, err
	}
	event, err := parseEnvelope(payload)
	if err != nil {
		return nil, err
	}
	event.SecretIndex = index
	return event, nil
}

// ParseUnverified reads the envelope of a body without any check of where it
// comes from. It is for bodies that were verified before, such as those in
// your own queue or dead-letter store; never use it on a request.
func ParseUnverified(payload []byte) (*Event, error) {
	event, err := parseEnvelope(payload)
	if err != nil {
		return nil, err
	}
	event.SecretIndex = -1
	return event, nil
}

// envelope holds the raw members of both forms; of a repeated member the last
// one counts, as in JavaScript and encoding/json.
type envelope struct {
	id, kind, event, createdAt, userID, data []byte
}

func (v *envelope) member(key, value []byte) {
	name := key[1 : len(key)-1]
	for _, c := range name {
		if c == '\\' {
			name = []byte(text(key))
			break
		}
	}
	switch string(name) {
	case "id":
		v.id = value
	case "type":
		v.kind = value
	case "event":
		v.event = value
	case "created_at":
		v.createdAt = value
	case "user_id":
		v.userID = value
	case "data":
		v.data = value
	}
}

func parseEnvelope(body []byte) (*Event, error) {
	var raw envelope
	if !scanObject(body, raw.member) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMalformedPayload)
	}
	event := &Event{ID: scalar(raw.id), UserID: scalar(raw.userID), Format: FormatAPI, Body: body}
	if event.Type = typeName(raw.kind); event.Type == "" {
		event.Type, event.Format = typeName(raw.event), FormatDashboard
	}
	if event.Type == "" {
		return nil, fmt.Errorf("%w: neither type nor event names the type", ErrMalformedPayload)
	}
	if event.ID == "" {
		event.ID = bodyID(body)
	}
	if at := text(raw.createdAt); at != "" {
		// A time that cannot be read is no reason to refuse the event.
		event.CreatedAt, _ = time.Parse(time.RFC3339, at)
	}
	if len(raw.data) > 0 && string(raw.data) != "null" {
		event.Data = raw.data
	}
	return event, nil
}

func bodyID(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// typeName returns the name in raw, for a known type the constant's string so
// that nothing is allocated.
func typeName(raw []byte) string {
	if len(raw) > 2 {
		if known, ok := catalog[string(raw[1:len(raw)-1])]; ok && raw[0] == '"' {
			return known.name
		}
	}
	return notBlank(text(raw))
}

// scalar returns a string's text, or a number as it is written: an id may
// become a number without ceasing to identify.
func scalar(raw []byte) string {
	if len(raw) == 0 || raw[0] == '"' {
		return notBlank(text(raw))
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw)
	}
	return ""
}

func notBlank(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// text returns the text of a raw JSON string, and "" for any other value.
func text(raw []byte) string {
	if len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	plain := raw[1 : len(raw)-1]
	for _, c := range plain {
		if c == '\\' || c >= utf8.RuneSelf {
			var s string
			_ = jsonx.Unmarshal(raw, &s) // raw is a valid JSON string
			return s
		}
	}
	return string(plain)
}
