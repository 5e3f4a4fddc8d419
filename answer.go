package selgora

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// defaultRateLimitWait is what the guide's sample waits after a 429 that names
// no time.
const defaultRateLimitWait = 60 * time.Second

// errNoJSON is the cause of an Error for a 2xx that holds no object.
var errNoJSON = errors.New("not a JSON object")

// errorBody is every form of error body that the client understands.
type errorBody struct {
	Error      json.RawMessage `json:"error"`
	Message    json.RawMessage `json:"message"`
	Fields     json.RawMessage `json:"fields"`
	RetryAfter json.RawMessage `json:"retry_after"`
}

// newError turns the last answer into the typed error, and returns the wait
// that it asks for, if any.
func (c *call) newError(resp *http.Response) (e *Error, wait time.Duration, asked bool) {
	body, redact := c.body.data, c.redact
	e = &Error{
		StatusCode: resp.StatusCode,
		RequestID:  redact(headerValue(resp.Header, "X-Request-Id")),
		Attempts:   c.attempts,
		Method:     c.method,
		Path:       redact(c.path),
		Body:       []byte(redact(string(body))),
	}
	var parsed errorBody
	if err := jsonx.Unmarshal(body, &parsed); err != nil {
		parsed = errorBody{} // the decoders differ in what they leave behind
	}
	e.Message = redact(errorMessage(parsed))
	e.Fields = errorFields(parsed.Fields, redact)
	if e.Message == "" {
		e.Message = describe(resp, body)
	}
	wait, asked = parseRetryAfter(resp.Header, time.Now())
	if !asked {
		wait, asked = parseRetryAfterField(parsed.RetryAfter)
	}
	if !asked && e.StatusCode == http.StatusTooManyRequests {
		wait, asked = defaultRateLimitWait, true
	}
	e.RetryAfter = wait
	return e, wait, asked
}

// errorMessage reads "error" as a string or as an object with a message or
// code, and a "message" at the top where there is no "error".
func errorMessage(b errorBody) string {
	var object struct {
		Message json.RawMessage `json:"message"`
		Code    json.RawMessage `json:"code"`
	}
	if jsonx.Unmarshal(b.Error, &object) == nil {
		message, code := text(object.Message), text(object.Code)
		if message != "" && code != "" {
			return message + " (" + code + ")"
		}
		return message + code
	}
	if message := text(b.Error); message != "" {
		return message
	}
	return text(b.Message)
}

func errorFields(raw json.RawMessage, redact func(string) string) map[string]string {
	var problems map[string]json.RawMessage
	if jsonx.Unmarshal(raw, &problems) != nil || len(problems) == 0 {
		return nil
	}
	fields := make(map[string]string, len(problems))
	for name, problem := range problems {
		fields[redact(name)] = redact(text(problem))
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
func describe(resp *http.Response, body []byte) string {
	if location := headerValue(resp.Header, "Location"); location != "" && resp.StatusCode/100 == 3 {
		return "redirect not followed: only a GET is, within the same scheme, host and port and ten times at most"
	}
	return "the body is " + kind(resp, body)
}

// unusable says why a success cannot be decoded.
func unusable(resp *http.Response, body []byte, err error) string {
	switch {
	case errors.Is(err, errNoJSON):
		return "the body is " + kind(resp, body)
	case json.Valid(body):
		return err.Error()
	}
	return "the body is " + kind(resp, body) + ": " + err.Error()
}

// kind names a body for a message.
func kind(resp *http.Response, body []byte) string {
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0:
		return "empty"
	case holdsOnlyNull(trimmed):
		return "an envelope with null as its data"
	case trimmed[0] == '{' && json.Valid(trimmed):
		return "a JSON object without a message"
	case json.Valid(trimmed):
		return "JSON but not an object"
	}
	mediaType, _, err := mime.ParseMediaType(headerValue(resp.Header, "Content-Type"))
	if err != nil || strings.Contains(mediaType, "json") {
		return fmt.Sprintf("not valid JSON (%d bytes)", len(body))
	}
	return fmt.Sprintf("%s, not JSON (%d bytes)", mediaType, len(body))
}

// isObject reports whether body starts like a JSON object.
func isObject(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

var dataName = []byte(`data"`) // without the quote before, which is everywhere

// decodeObject decodes a single object, bare or under "data". Only a body that
// may have the word in it, as a name or deep inside, is looked into twice.
func decodeObject(body []byte, out any) error {
	if !isObject(body) {
		return errNoJSON
	}
	if bytes.Contains(body, dataName) {
		var wrapper struct {
			Data json.RawMessage `json:"data"`
		}
		if err := jsonx.Unmarshal(body, &wrapper); err != nil {
			return err
		}
		switch {
		case isObject(wrapper.Data):
			body = wrapper.Data
		case holdsOnlyNull(body):
			return errNoJSON
		}
	}
	return jsonx.UnmarshalNew(body, out)
}

// holdsOnlyNull reports whether body is an envelope with nothing in it.
func holdsOnlyNull(body []byte) bool {
	var members map[string]json.RawMessage
	return jsonx.Unmarshal(body, &members) == nil && len(members) == 1 && string(members["data"]) == "null"
}

// decodeWhole decodes an object as it stands.
func decodeWhole(body []byte, out any) error {
	if !isObject(body) {
		return errNoJSON
	}
	return jsonx.UnmarshalNew(body, out)
}

// checkOut refuses what nothing can be decoded into.
func checkOut(out any) error {
	if out == nil {
		return nil
	}
	if v := reflect.ValueOf(out); v.Kind() != reflect.Pointer {
		return &ParamError{"out", fmt.Sprintf("is a %T, not a pointer", out)}
	} else if v.IsNil() {
		return &ParamError{"out", fmt.Sprintf("is a nil %T", out)}
	}
	return nil
}

// decodeAny decodes any JSON value, for [Client.Do].
func decodeAny(body []byte, out any) error { return jsonx.Unmarshal(body, out) }
