package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// What is kept of a server's words: as many as a person reads.
const (
	maxMessage   = 4 << 10
	maxFieldText = 1 << 10
	maxFields    = 100
)

// Problem reads what an unsuccessful response says of itself: its message, or
// a description of what arrived instead, and what is wrong with which field.
func (o *Outcome) Problem() (message string, fields map[string]string) {
	var parsed errorBody
	if err := jsonx.Unmarshal(o.Body, &parsed); err != nil {
		parsed = errorBody{} // the decoders differ in what they leave behind
	}
	message = Shorten(OneLine(o.Redact(parsed.message())), maxMessage)
	if message == "" {
		message = o.describe()
	}
	return message, parsed.fields(o.Redact)
}

// OneLine returns a text without what a log or a terminal takes for more than
// text: each control character and line separator becomes a space.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// Shorten cuts a text after so many bytes.
func Shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// isObject reports whether a JSON text starts like an object.
func isObject(raw []byte) bool {
	trimmed := bytes.TrimLeft(raw, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

// HoldsOnlyNull reports whether body is an envelope with nothing in it.
func HoldsOnlyNull(body []byte) bool {
	var members map[string]json.RawMessage
	return jsonx.Unmarshal(body, &members) == nil && len(members) == 1 && string(members["data"]) == "null"
}

// errorBody is every form of error body that the client understands.
type errorBody struct {
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
	Fields  json.RawMessage `json:"fields"`
}

// message reads "error" as a string or as an object with a message or code,
// and a "message" at the top where "error" says nothing.
func (b *errorBody) message() string {
	if isObject(b.Error) {
		var object struct {
			Message json.RawMessage `json:"message"`
			Code    json.RawMessage `json:"code"`
		}
		jsonx.Unmarshal(b.Error, &object) // what cannot be read stays empty
		message, code := text(object.Message), text(object.Code)
		if message != "" && code != "" {
			return message + " (" + code + ")"
		}
		if message+code != "" {
			return message + code
		}
	}
	message := text(b.Error)
	if other := text(b.Message); other != "" && (message == "" || !isString(b.Error)) {
		return other
	}
	return message
}

func isString(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

func (b *errorBody) fields(redact func(string) string) map[string]string {
	var problems map[string]json.RawMessage
	if jsonx.Unmarshal(b.Fields, &problems) != nil || len(problems) == 0 {
		return nil
	}
	fields := make(map[string]string, min(len(problems), maxFields))
	for i, name := range slices.Sorted(maps.Keys(problems)) {
		if i == maxFields {
			break
		}
		fields[Shorten(OneLine(redact(name)), maxFieldText)] = Shorten(OneLine(redact(text(problems[name]))), maxFieldText)
	}
	return fields
}

// text returns a JSON string's content, or any other value as it stands.
func text(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if jsonx.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// describe says what arrived instead of the API's error object.
func (o *Outcome) describe() string {
	if location := Field(o.Header, "Location"); location != "" && o.StatusCode/100 == 3 {
		return "redirect not followed: only GET requests follow redirects, within the same scheme, host and port and at most ten times"
	}
	return "the body is " + o.Kind()
}

// Kind names a body for a message.
func (o *Outcome) Kind() string {
	switch trimmed := bytes.TrimSpace(o.Body); {
	case len(trimmed) == 0:
		return "empty"
	case HoldsOnlyNull(trimmed):
		return "an envelope with null as its data"
	case trimmed[0] == '{' && json.Valid(trimmed):
		return "a JSON object without a message"
	case json.Valid(trimmed):
		return "JSON but not an object"
	}
	mediaType, _, err := mime.ParseMediaType(Field(o.Header, "Content-Type"))
	if err != nil || strings.Contains(mediaType, "json") {
		return fmt.Sprintf("not valid JSON (%d bytes)", len(o.Body))
	}
	return fmt.Sprintf("%s, not JSON (%d bytes)", mediaType, len(o.Body))
}
