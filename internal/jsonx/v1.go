//go:build !(go1.27 && goexperiment.jsonv2)

package jsonx

import (
	"bytes"
	"encoding/json"
	"sync"
)

// Unmarshal decodes exactly one JSON value from data into v.
func Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// UnmarshalNew is [Unmarshal] for a v that points to a zero value and that
// nobody looks at if it fails.
func UnmarshalNew(data []byte, v any) error { return json.Unmarshal(data, v) }

// encoder keeps a buffer and what writes to it together.
type encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

// maxPooledBuffer keeps one huge value from staying in memory for ever.
const maxPooledBuffer = 64 << 10

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}}

// Marshal returns v as compact JSON, not escaped for HTML, without a newline.
func Marshal(v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	if err := e.enc.Encode(v); err != nil {
		return nil, err // the encoder may repeat its error: leave it to the collector
	}
	out := bytes.Clone(bytes.TrimSuffix(e.buf.Bytes(), []byte("\n")))
	if e.buf.Cap() <= maxPooledBuffer {
		e.buf.Reset()
		encoders.Put(e)
	}
	return out, nil
}
