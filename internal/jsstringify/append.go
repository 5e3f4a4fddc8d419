package jsstringify

import "fmt"

// MaxDepth is how deeply arrays and objects may be nested: a little more than
// encoding/json takes, so that what came in through it fits into an envelope.
const MaxDepth = 10_100

// Append appends the canonical form of the JSON text src to dst: no blanks,
// numbers as JavaScript prints them (1.0 is 1, integers beyond 2^53 lose
// digits, 1e400 is null), integer-like keys first and ascending, each key once
// with its last value, raw UTF-8 with as few escapes as possible. Bytes that
// are no UTF-8 become U+FFFD, as in any JavaScript string read from them.
//
// Text that JSON.parse refuses, or that is nested deeper than [MaxDepth], is
// an error that names the offset; dst is returned as it was. Append does not
// change src, which must not overlap the spare capacity of dst.
func Append(dst, src []byte) ([]byte, error) {
	p := parser{src: src}
	v, err := p.document()
	if err != nil {
		return dst, fmt.Errorf("jsstringify: %w at offset %d", err, p.pos)
	}
	return v.append(dst), nil
}

// value is a parsed JSON value: a scalar in its canonical text, or a
// container.
type value struct {
	text    []byte
	kind    byte // '[' or '{'; 0 for a scalar
	elems   []value
	members []member
}

// member is a member of an object; key is the canonical text with its quotes.
type member struct {
	key   []byte
	value value
}

func (v *value) append(dst []byte) []byte {
	switch v.kind {
	case '[':
		dst = append(dst, '[')
		for i := range v.elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.elems[i].append(dst)
		}
		return append(dst, ']')
	case '{':
		dst = append(dst, '{')
		for i := range v.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, v.members[i].key...)
			dst = append(dst, ':')
			dst = v.members[i].value.append(dst)
		}
		return append(dst, '}')
	}
	return append(dst, v.text...)
}
