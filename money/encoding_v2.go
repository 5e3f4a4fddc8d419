//go:build go1.27 && goexperiment.jsonv2

package money

import "encoding/json/jsontext"

// MarshalJSONTo is MarshalJSON for encoding/json/v2, which asks this method, and not MarshalText, for the names of an
// object too: there, and only there, the number is written as a string.
func (d Decimal) MarshalJSONTo(enc *jsontext.Encoder) error {
	buf := enc.AvailableBuffer()
	// An object's names are the members at even positions.
	if kind, length := enc.StackIndex(enc.StackDepth()); kind == jsontext.KindBeginObject && length%2 == 0 {
		buf = append(buf, '"')
		buf = append(d.append(buf), '"')
	} else {
		buf = d.append(buf)
	}
	return enc.WriteValue(buf)
}
