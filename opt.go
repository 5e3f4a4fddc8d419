package selgora

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// Opt is a parameter that can be left out, set to any value (even its zero value)
// or, where the API allows it, set to null. The zero Opt is left out.
//
//	selgora.CourseUpdateParams{
//		Price:       selgora.Set(money.Decimal{}),  // free from now on
//		Description: selgora.Null[string](),        // cleared
//		// Title is not mentioned and stays as it is.
//	}
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optSet
)

// Set returns a parameter that is sent with the value v, zero or not.
func Set[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// Null returns a parameter that is sent as JSON null. If the API does not allow
// that for a field, the call is refused before anything is sent.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and reports whether there is one: it is false if the
// parameter is left out or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// IsNull reports whether the parameter is sent as null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsZero reports whether the parameter is left out; encoding/json asks it for
// fields tagged omitzero.
func (o Opt[T]) IsZero() bool { return o.state == optAbsent }

// Equal reports whether both parameters are left out, both null, or both set to
// equal values: by the values' own Equal method where they have one, as times
// and amounts do, otherwise by [reflect.DeepEqual]. Package go-cmp uses it.
func (o Opt[T]) Equal(other Opt[T]) bool {
	if o.state != other.state || o.state != optSet {
		return o.state == other.state
	}
	if v, ok := any(o.value).(interface{ Equal(T) bool }); ok {
		return v.Equal(other.value)
	}
	return reflect.DeepEqual(o.value, other.value)
}

// String returns the value as %v prints it, "null", or "(left out)".
func (o Opt[T]) String() string {
	switch o.state {
	case optAbsent:
		return "(left out)"
	case optNull:
		return "null"
	}
	return fmt.Sprint(o.value)
}

// UnmarshalJSON sets the parameter to the value, or to null. A missing field
// leaves it out, so parameters survive a round trip through JSON, except that a
// value that is itself encoded as null, such as a nil pointer, comes back as null.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		*o = Null[T]()
		return nil
	}
	var v T
	if err := jsonx.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Set(v)
	return nil
}

// MarshalJSON returns the value's JSON, or null if there is none.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return jsonx.Marshal(o.value)
}
