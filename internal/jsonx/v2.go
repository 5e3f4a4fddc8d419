//go:build go1.27 && goexperiment.jsonv2

package jsonx

import (
	jsonv1 "encoding/json"
	"encoding/json/jsontext"
	json "encoding/json/v2"
	"reflect"
)

var (
	decodeOptions = json.JoinOptions(jsonv1.DefaultOptionsV1())
	// Without looking through the whole input before anything is decoded.
	newOptions    = json.JoinOptions(decodeOptions, jsonv1.ReportErrorsWithLegacySemantics(false))
	encodeOptions = json.JoinOptions(jsonv1.DefaultOptionsV1(),
		jsontext.EscapeForHTML(false), jsontext.EscapeForJS(false), json.Deterministic(true))
)

// Unmarshal decodes exactly one JSON value from data into v.
func Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v, decodeOptions) }

// UnmarshalNew is [Unmarshal] for a v that points to a zero value and that
// nobody looks at if it fails: it saves reading the input twice. The error is
// the same.
func UnmarshalNew(data []byte, v any) error {
	if json.Unmarshal(data, v, newOptions) == nil {
		return nil
	}
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && !p.IsNil() {
		p.Elem().SetZero() // of what was read before the error
	}
	return Unmarshal(data, v)
}

// Marshal returns v as compact JSON, not escaped for HTML, without a newline.
func Marshal(v any) ([]byte, error) { return json.Marshal(v, encodeOptions) }
