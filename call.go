package selgora

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/selgora/selgora-go/internal/jsonx"
	"github.com/selgora/selgora-go/internal/wire"
)

// route is an operation of the API.
type route struct {
	operation string
	method    string
	template  string // below the base URL
	// repeatable marks a POST that can be repeated without changing anything
	// further; the other methods of the API are so by themselves.
	repeatable bool
}

// request is a call of a route: what a service method knows of it.
type request struct {
	route
	ids   [2]string
	n     int    // of ids
	query string // encoded, without the question mark
	body  any    // encoded as JSON; nil for none
	// batched is set for a request of a batch: it waits as long as the context
	// lasts, takes any 2xx, and its errors are kept short.
	batched *departure
	// decode takes the outcome by value: its address would put it on the heap.
	decode func(o wire.Outcome, out any) error
}

// at returns the call of a route for the ids in its path.
func (r route) at(ids ...string) request {
	req := request{route: r, decode: decodeObject}
	req.n = copy(req.ids[:], ids)
	return req
}

// with returns the call with a body.
func (r request) with(body any) request {
	r.body = body
	return r
}

// fetch makes a call that is responded to with an object.
func fetch[T any](ctx context.Context, core *core, r request, opts []RequestOption) (*T, error) {
	out := new(T)
	if err := core.do(ctx, r, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

// do makes the call and decodes a success into out; nil discards it.
func (core *core) do(ctx context.Context, r request, out any, opts []RequestOption) error {
	o, err := core.requestOptions(opts)
	if err != nil {
		return err
	}
	return core.doWith(ctx, r, o, out)
}

// doWith is do with the options settled.
func (core *core) doWith(ctx context.Context, r request, o requestOptions, out any) error {
	path, err := core.wire.Expand(r.template, r.ids[:r.n]...)
	if err != nil {
		return segmentError(err)
	}
	return core.send(ctx, r, path, o, out)
}

// send makes the call on a path.
func (core *core) send(ctx context.Context, r request, path wire.Path, o requestOptions, out any) error {
	if ctx == nil {
		return &ParamError{"ctx", "is nil"}
	}
	body, err := encodeBody(r.body)
	if err != nil {
		return err
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	call := wire.Request{
		Method: r.method, Path: path, Query: r.query, Body: body, Header: o.header,
		MaxRetries: o.maxRetries, Patient: r.batched != nil,
		Repeatable: r.repeatable || r.method != http.MethodPost || o.retryUnsafe,
	}
	ctx, trace := core.startTrace(ctx, r.route)
	if trace != nil {
		call.Watcher = trace.watcher()
	}
	if r.batched != nil {
		r.batched.next, call.Watcher = call.Watcher, r.batched
	}
	outcome := core.wire.Do(ctx, call)
	defer outcome.Close()
	err = core.result(r, path, &outcome, out)
	o.response.fill(&outcome)
	trace.end(ctx, &outcome, err)
	return err
}

// result decodes a success into out, or makes the error of a failure.
func (core *core) result(r request, path wire.Path, o *wire.Outcome, out any) error {
	switch {
	case o.Fate == wire.Responded && o.StatusCode/100 == 2 && o.Err == nil:
		if out == nil {
			return nil
		}
		err := r.decode(*o, out)
		if err == nil {
			return nil
		}
		e := newError(r, path, o)
		e.cause = o.Clean(err)
		e.Message = "the response cannot be used: " + unusable(o, e.cause)
		return e
	case o.Fate == wire.Responded && o.StatusCode == http.StatusNotFound && r.method == http.MethodDelete && out == nil && o.EarlierMayDo:
		return nil // an attempt before has done it
	case o.Fate >= wire.Cut:
		e := newError(r, path, o)
		if o.Err != nil {
			e.cause = publicError(o.Err)
			e.Message = broken(o, e.cause)
		}
		if o.OverMaxWait {
			e.note = fmt.Sprintf("it asks to wait for %v, and WithMaxWait allows %v", o.RetryAfter, core.maxWait)
		}
		if o.Interrupted != nil && o.Err == nil {
			return newCallError(r, path, o, e)
		}
		return e
	}
	return newCallError(r, path, o, publicError(o.Err))
}

// publicError returns err with this package's own types for those of the
// inside.
func publicError(err error) error {
	var wait *wire.WaitError
	if errors.As(err, &wait) {
		return &RateLimitWaitError{Wait: wait.Wait, maxWait: wait.MaxWait, deadline: wait.Deadline}
	}
	var large *wire.TooLargeError
	if errors.As(err, &large) {
		return fmt.Errorf("%w: more than %d bytes", ErrResponseTooLarge, large.Limit)
	}
	return err
}

// keptBody returns what is kept of a body. It is cut last, since half a key is
// not recognized.
func keptBody(o *wire.Outcome) []byte {
	body := []byte(o.Redact(string(o.Body)))
	if len(body) > wire.MaxKept {
		body = bytes.Clone(body[:wire.MaxKept])
	}
	return body
}

// Response shows the last response of a call, of whichever attempt; see
// [WithResponse]. The zero value means that there was none.
type Response struct {
	// StatusCode is the HTTP status, 0 if there was no response.
	StatusCode int
	// Header is a copy of the response's header. Like Body, it never contains
	// the API key.
	Header http.Header
	// RequestID is the response's X-Request-Id, empty if there was none.
	RequestID string
	// RateLimit is what the response says about the hour's budget.
	RateLimit RateLimitStatus
	// Attempts is how many HTTP round trips the call made, redirects included.
	Attempts int
	// Body is the raw body, as far as it was read: at most 64 KiB if another
	// attempt followed. Should the server repeat the API key in it, the key is
	// replaced.
	Body []byte
}

// fill shows the last response of a call, of whichever attempt.
func (r *Response) fill(o *wire.Outcome) {
	if r == nil {
		return
	}
	*r = Response{Attempts: o.Attempts}
	if o.Response == nil {
		return
	}
	r.StatusCode = o.StatusCode
	r.Header = o.Header.Clone()
	for _, values := range r.Header {
		for i, value := range values {
			values[i] = o.Redact(value)
		}
	}
	r.RequestID = wire.Field(r.Header, "X-Request-Id")
	r.RateLimit = RateLimitStatus(wire.ParseRateLimit(r.Header))
	r.Body = []byte(o.Redact(string(o.Body)))
}

// encodeBody returns what is sent, in memory of its own.
func encodeBody(v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		if !json.Valid(v) {
			return nil, &ParamError{"body", "is not valid JSON"}
		}
		return bytes.Clone(v), nil // the transport may read it when the caller has it back
	case json.Marshaler:
	case []byte, io.Reader:
		return nil, &ParamError{"body", fmt.Sprintf("is a %T, which has no JSON of its own; pass the text as a json.RawMessage, or the value that it encodes", v)}
	}
	body, err := jsonx.Marshal(v)
	if err != nil {
		return nil, &ParamError{"body", "cannot be encoded as JSON: " + err.Error()}
	}
	return body, nil
}

// broken says what kept a response from being used.
func broken(o *wire.Outcome, cause error) string {
	text := strings.TrimPrefix(cause.Error(), "selgora: ")
	switch {
	case o.StatusCode/100 == 3:
		return "redirect not followed: " + text
	case o.Fate == wire.Cut:
		return "the response did not come whole: " + text
	}
	return text
}

// unusable says why a success cannot be decoded.
func unusable(o *wire.Outcome, err error) string {
	switch {
	case errors.Is(err, errNoJSON):
		return "the body is " + o.Kind()
	case json.Valid(o.Body):
		return err.Error()
	}
	return "the body is " + o.Kind() + ": " + err.Error()
}

// errNoJSON is the cause of an Error for a 2xx that holds no object.
var errNoJSON = errors.New("not a JSON object")

// isObject reports whether body starts like a JSON object.
func isObject(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

var dataName = []byte(`data"`) // without the quote before, which is everywhere

// decodeObject decodes a single object, bare or alone under "data". Only a body
// that may have the word in it, as a name or deep inside, is looked into twice.
func decodeObject(o wire.Outcome, out any) error {
	body := o.Body
	if !isObject(body) {
		return errNoJSON
	}
	if bytes.Contains(body, dataName) {
		var envelope struct {
			ID   json.RawMessage `json:"id"`
			Data json.RawMessage `json:"data"`
		}
		if err := jsonx.Unmarshal(body, &envelope); err != nil {
			return err
		}
		switch {
		case envelope.ID != nil: // the object itself, with a field that is not known
		case isObject(envelope.Data):
			body = envelope.Data
		case wire.HoldsOnlyNull(body):
			return errNoJSON
		}
	}
	return jsonx.UnmarshalNew(body, out)
}

// decodeWhole decodes an object as it stands.
func decodeWhole(o wire.Outcome, out any) error {
	if !isObject(o.Body) {
		return errNoJSON
	}
	return jsonx.UnmarshalNew(o.Body, out)
}

// decodeAny decodes any JSON value, for [Client.Do].
func decodeAny(o wire.Outcome, out any) error { return jsonx.Unmarshal(o.Body, out) }

// checkOut refuses what nothing can be decoded into.
func checkOut(out any) error {
	if out == nil {
		return nil
	}
	if v := reflect.ValueOf(out); v.Kind() != reflect.Pointer {
		return &ParamError{"out", fmt.Sprintf("is a %T, not a pointer", out)}
	} else if v.IsNil() {
		return &ParamError{"out", fmt.Sprintf("is a nil %T", out)}
	}
	return nil
}

// refuse ends a call whose arguments cannot be right. It looks at the options
// nevertheless, so that a [Response] does not show the call before.
func (core *core) refuse(problem error, opts []RequestOption) error {
	if _, err := core.requestOptions(opts); core == nil {
		return err
	}
	return problem
}

// nullable is a parameter that the API cannot null, and whether it is null.
type nullable struct {
	field  string
	isNull bool
}

func refuseNull(params string, fields ...nullable) error {
	for _, f := range fields {
		if f.isNull {
			return &ParamError{params + "." + f.field, "cannot be null"}
		}
	}
	return nil
}

// segmentError names the argument that cannot stand in a path.
func segmentError(err error) error {
	var s *wire.SegmentError
	if !errors.As(err, &s) {
		return err
	}
	if s.Index > 0 {
		return &ParamError{"second id", s.Problem}
	}
	return &ParamError{"id", s.Problem}
}
