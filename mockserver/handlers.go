package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// answer makes the reply from what the store returned.
func answer[T store.Renderer](status int, object T, err error) *reply {
	if err != nil {
		return failure(err)
	}
	return &reply{status: status, body: render(object.AppendJSON)}
}

// scratch holds buffers to render into, so that an answer takes no more memory
// than it has bytes: the journal keeps it.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

func render(appendJSON func([]byte) []byte) []byte {
	buffer := scratch.Get().(*[]byte)
	*buffer = appendJSON((*buffer)[:0])
	body := bytes.Clone(*buffer)
	scratch.Put(buffer)
	return body
}

// failure makes the reply from the store's error.
func failure(err error) *reply {
	var (
		invalid  *store.ValidationError
		param    *store.ParamError
		missing  *store.NotFoundError
		conflict *store.ConflictError
	)
	switch {
	case errors.As(err, &invalid):
		return errorReply(http.StatusUnprocessableEntity, errorBody{Error: "Validation failed", Fields: invalid.Fields})
	case errors.As(err, &param):
		return errorf(http.StatusBadRequest, "%s", param.Error())
	case errors.As(err, &missing):
		return errorf(http.StatusNotFound, "%s", missing.Error())
	case errors.As(err, &conflict):
		return errorf(http.StatusConflict, "%s", conflict.Message)
	}
	return errorf(http.StatusInternalServerError, "the fake failed: %v", err)
}

// input decodes the body's fields. The store's inputs take any JSON and
// report wrong types with everything else that is wrong.
func input[T any](c *call) (T, *reply) {
	var in T
	if err := json.Unmarshal(c.fields, &in); err != nil {
		return in, errorf(http.StatusBadRequest, "malformed JSON: %v", err)
	}
	return in, nil
}

// paging reads the parameters that every list has.
func paging(c *call) (store.ListParams, *reply) {
	page, bad := wholeNumber(c, "page", 0)
	if bad != nil {
		return store.ListParams{}, bad
	}
	limit, bad := wholeNumber(c, "limit", store.MaxLimit)
	return store.ListParams{Page: page, Limit: limit}, bad
}

// wholeNumber reads a parameter that is a number from 1 to most, where most is
// not 0. An absent one is 0.
func wholeNumber(c *call, name string, most int) (int, *reply) {
	if !c.query.Has(name) {
		return 0, nil
	}
	text := c.query.Get(name)
	n, err := strconv.Atoi(text)
	if err == nil && n >= 1 && (most == 0 || n <= most) {
		return n, nil
	}
	if most == 0 {
		return 0, errorf(http.StatusBadRequest, "the parameter %s must be a whole number from 1, not %q", name, text)
	}
	return 0, errorf(http.StatusBadRequest, "the parameter %s must be a whole number from 1 to %d, not %q", name, most, text)
}

// text reads a parameter that must not be empty if it is there: an empty one
// is most often a variable that was forgotten, and would not filter.
func text(c *call, name string) (string, *reply) {
	if c.query.Has(name) && c.query.Get(name) == "" {
		return "", errorf(http.StatusBadRequest, "the parameter %s is empty", name)
	}
	return c.query.Get(name), nil
}

// moment reads a parameter that is a time; the zero time if it is absent.
func moment(c *call, name string) (time.Time, *reply) {
	if !c.query.Has(name) {
		return time.Time{}, nil
	}
	value := c.query.Get(name)
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, errorf(http.StatusBadRequest, "the parameter %s must be a time such as 2024-03-25T14:00:00Z, not %q", name, value)
	}
	return t, nil
}

// createdOr200 is the status of a call that returns what is there already
// instead of making it twice.
func createdOr200(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}
