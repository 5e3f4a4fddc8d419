package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Opt is a field of an input: absent (the zero value), null, or a value. Decoding JSON into it never fails: a value of
// the wrong type is remembered and reported by the call it is passed to, together with everything else that is wrong.
type Opt[T any] struct {
	Value T
	Set   bool // a value or null was given
	Null  bool // null was given

	bad []fault
}

// fault is a problem at a path below a field.
type fault struct{ path, problem string }

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Set: true} }

// Null returns an Opt that holds null.
func Null[T any]() Opt[T] { return Opt[T]{Set: true, Null: true} }

// given reports whether o holds a usable value.
func (o Opt[T]) given() bool { return o.Set && !o.Null && o.bad == nil }

// IsZero reports whether the field is absent, for omitzero.
func (o Opt[T]) IsZero() bool { return !o.Set }

// UnmarshalJSON implements json.Unmarshaler.
func (o *Opt[T]) UnmarshalJSON(raw []byte) error {
	*o = Opt[T]{Set: true}
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		o.Null = true
		return nil
	}
	o.bad = decodeInto(raw, &o.Value)
	return nil
}

// decodeInto reads one JSON value into one of the types that inputs are made of.
func decodeInto(raw []byte, into any) []fault {
	one := func(problem string) []fault { return []fault{{"", problem}} }
	switch v := into.(type) {
	case *string:
		if raw[0] != '"' || !decodeString(raw, v) {
			return one("must be a string")
		}
	case *bool:
		if json.Unmarshal(raw, v) != nil {
			return one("must be true or false")
		}
	case *int:
		return decodeInt(raw, v)
	case *int64:
		n := 0
		bad := decodeInt(raw, &n)
		*v = int64(n)
		return bad
	case *Decimal:
		if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
			return one("must be a number")
		}
		d, err := ParseDecimal(string(raw))
		if err != nil {
			return one(err.Error())
		}
		*v = d
	case *time.Time:
		var s string
		if raw[0] != '"' || json.Unmarshal(raw, &s) != nil || v.UnmarshalText([]byte(s)) != nil {
			return one("must be a time such as 2024-03-25T14:00:00Z")
		}
	case *[]string:
		return decodeStrings(raw, v)
	case interface{ decode([]byte) []fault }:
		return v.decode(raw)
	default:
		if err := json.Unmarshal(raw, into); err != nil {
			return one(fmt.Sprintf("cannot be read: %v", err))
		}
	}
	return nil
}

// decodeString reads a JSON string, which most often says what it is without a look at every character.
func decodeString(raw []byte, v *string) bool {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		*v = string(raw[1 : len(raw)-1])
		return true
	}
	return json.Unmarshal(raw, v) == nil
}

func decodeInt(raw []byte, v *int) []fault {
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		f, ferr := strconv.ParseFloat(string(raw), 64)
		switch {
		case ferr != nil || raw[0] == '"':
			return []fault{{"", "must be a whole number"}}
		case f != math.Trunc(f) || math.Abs(f) > 1<<53:
			return []fault{{"", "must be a whole number, not " + string(raw)}}
		}
		n = int(f)
	}
	*v = n
	return nil
}

func decodeStrings(raw []byte, v *[]string) []fault {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return []fault{{"", "must be an array of strings"}}
	}
	var bad []fault
	*v = make([]string, len(items))
	for i, item := range items {
		if item[0] != '"' || json.Unmarshal(item, &(*v)[i]) != nil {
			bad = append(bad, fault{"[" + strconv.Itoa(i) + "]", "must be a string"})
		}
	}
	return bad
}
