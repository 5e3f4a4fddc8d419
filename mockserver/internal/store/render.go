package store

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Renderer is what every object of the API implements: it appends itself as the JSON that the API answers, byte for
// byte. encoding/json must not be used on the way, because it rewrites what MarshalJSON returns: it compacts custom
// fields and escapes <, >, & and U+2028 in them.
type Renderer interface{ AppendJSON(dst []byte) []byte }

// object appends the members of one JSON object.
type object struct {
	b     []byte
	comma bool
}

func newObject(dst []byte) object { return object{b: append(dst, '{')} }

func (o *object) end() []byte { return append(o.b, '}') }

func (o *object) key(name string) {
	o.separate()
	o.b = appendString(o.b, name)
	o.b = append(o.b, ':')
}

// rawKey is key for a name that is written as JSON writes it.
func (o *object) rawKey(name string) {
	o.separate()
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

func (o *object) separate() {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
}

func (o *object) str(name, v string)          { o.key(name); o.b = appendString(o.b, v) }
func (o *object) num(name string, v int64)    { o.key(name); o.b = strconv.AppendInt(o.b, v, 10) }
func (o *object) int(name string, v int)      { o.num(name, int64(v)) }
func (o *object) bool(name string, v bool)    { o.key(name); o.b = strconv.AppendBool(o.b, v) }
func (o *object) null(name string)            { o.key(name); o.b = append(o.b, "null"...) }
func (o *object) obj(name string, r Renderer) { o.key(name); o.b = r.AppendJSON(o.b) }

// strOrNull appends v, or null for the empty string.
func (o *object) strOrNull(name, v string) {
	if v == "" {
		o.null(name)
		return
	}
	o.str(name, v)
}

// time appends t, or null for the zero time.
func (o *object) time(name string, t time.Time) {
	if t.IsZero() {
		o.null(name)
		return
	}
	o.key(name)
	o.b = appendTime(o.b, t)
}

// strs appends an array, never null.
func (o *object) strs(name string, v []string) {
	o.key(name)
	o.b = append(o.b, '[')
	for i, s := range v {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendString(o.b, s)
	}
	o.b = append(o.b, ']')
}

// appendList appends an array of objects, never null.
func appendList[T Renderer](b []byte, items []T) []byte {
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = items[i].AppendJSON(b)
	}
	return append(b, ']')
}

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339)
	return append(b, '"')
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, escaping only what JSON must: the quote, the backslash and control
// characters. Bytes that are not UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&0xF])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// Deleted is the answer to a deletion: {"id": …, "deleted": true}.
type Deleted struct{ ID string }

// AppendJSON implements Renderer.
func (d Deleted) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", d.ID)
	o.bool("deleted", true)
	return o.end()
}
