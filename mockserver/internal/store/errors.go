package store

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Sentinels for errors.Is; each stands for one of the typed errors below.
var (
	ErrNotFound   = errors.New("not found")
	ErrConflict   = errors.New("conflict")
	ErrValidation = errors.New("validation failed")
	ErrParam      = errors.New("bad parameter")
)

// ValidationError lists everything that is wrong with an input, by the field's name in the API ("tags[2]",
// "recurring.count"). The API answers it with 422.
type ValidationError struct{ Fields map[string]string }

func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString("validation failed")
	sep := ": "
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		b.WriteString(sep + name + " " + e.Fields[name])
		sep = "; "
	}
	return b.String()
}

// Is reports that a ValidationError is ErrValidation.
func (e *ValidationError) Is(target error) bool { return target == ErrValidation }

// NotFoundError says that there is no object of the kind Resource ("course") under ID. The API answers it with 404.
type NotFoundError struct{ Resource, ID string }

func (e *NotFoundError) Error() string { return "no " + e.Resource + ` with id "` + e.ID + `"` }

// Is reports that a NotFoundError is ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// ConflictError says why the state of an object forbids a call. The API answers it with 409.
type ConflictError struct{ Message string }

func (e *ConflictError) Error() string { return e.Message }

// Is reports that a ConflictError is ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// ParamError says what is wrong with a parameter of a list. The API answers it with 400.
type ParamError struct{ Param, Problem string }

func (e *ParamError) Error() string { return e.Param + " " + e.Problem }

// Is reports that a ParamError is ErrParam.
func (e *ParamError) Is(target error) bool { return target == ErrParam }
