//go:build go1.27 && goexperiment.jsonv2

package jsonx

import (
	jsonv1 "encoding/json"
	"encoding/json/jsontext"
	json "encoding/json/v2"
)

var (
	decodeOptions = json.JoinOptions(jsonv1.DefaultOptionsV1())
	encodeOptions = json.JoinOptions(jsonv1.DefaultOptionsV1(),
		jsontext.EscapeForHTML(false), jsontext.EscapeForJS(false), json.Deterministic(true))
)

// Unmarshal decodes exactly one JSON value from data into v.
func Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v, decodeOptions) }

// Marshal returns v as compact JSON, not escaped for HTML, without a newline.
func Marshal(v any) ([]byte, error) { return json.Marshal(v, encodeOptions) }
