package selgora

import "github.com/selgora/selgora-go/internal/jsonx"

// Opt is a parameter that can be left out, set to any value (its zero value
// too) or, where the API allows it, set to null. The zero Opt is left out.
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

// Null returns a parameter that is sent as JSON null. A field that the API
// cannot null refuses it before anything is sent.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and whether there is one: false when the parameter is
// left out or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// IsNull reports whether the parameter is sent as null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsZero reports whether the parameter is left out; encoding/json asks it for
// fields tagged omitzero.
func (o Opt[T]) IsZero() bool { return o.state == optAbsent }

// MarshalJSON returns the value's JSON, or null where there is none.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return jsonx.Marshal(o.value)
}
