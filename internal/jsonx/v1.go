//go:build !(go1.27 && goexperiment.jsonv2)

package jsonx

import (
	"bytes"
	"encoding/json"
)

// Unmarshal decodes exactly one JSON value from data into v.
func Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// Marshal returns v as compact JSON, not escaped for HTML, without a newline.
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
