package selgora

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/wire"
)

// Sentinels for [errors.Is]. An [*Error] matches the sentinel for its status, if
// there is one. They speak of the last attempt of a call alone.
var (
	// ErrBadRequest matches a 400: the request was malformed or a query
	// parameter was of the wrong type or out of range.
	ErrBadRequest = errors.New("selgora: bad request")
	// ErrUnauthorized matches a 401: an unknown key, a key for another
	// environment, or a key without the permission (the API guide lists all of
	// these under 401).
	ErrUnauthorized = errors.New("selgora: unauthorized")
	// ErrForbidden matches a 403. No guide documents it.
	ErrForbidden = errors.New("selgora: forbidden")
	// ErrNotFound matches a 404.
	ErrNotFound = errors.New("selgora: not found")
	// ErrConflict matches a 409: the object's state forbids the call. No guide
	// documents it.
	ErrConflict = errors.New("selgora: conflict")
	// ErrValidation matches a 422; [Error.Fields] says what is wrong with which
	// field. No guide documents it.
	ErrValidation = errors.New("selgora: validation failed")
	// ErrRateLimited matches a 429 and a [*RateLimitWaitError]: the last attempt
	// was refused. An earlier attempt may still have had an effect; [EffectOf]
	// reports that.
	ErrRateLimited = errors.New("selgora: rate limited")
	// ErrServer matches every 5xx.
	ErrServer = errors.New("selgora: server error")

	// ErrNotSent matches the error of a call that never left this machine: bad
	// parameters, no connection, a context that ended before the request was
	// sent. Such a call had no effect and can be repeated safely. (A GET may have
	// arrived all the same, since net/http itself repeats one if a reused
	// connection breaks.)
	ErrNotSent = errors.New("selgora: request not sent")
	// ErrResponseTooLarge matches a response larger than [WithMaxResponseBytes]
	// allows.
	ErrResponseTooLarge = errors.New("selgora: response too large")
)

// Effect says whether a call was carried out. The zero value is EffectUnknown.
type Effect uint8

// The effects of a call.
const (
	// EffectUnknown means that the call may have been carried out. Look first,
	// or repeat it only if doing it twice does no harm.
	EffectUnknown = Effect(wire.EffectUnknown)
	// EffectNone means that the call was not carried out, or that it only reads:
	// it can be repeated.
	EffectNone = Effect(wire.EffectNone)
	// EffectDone means that the call was carried out, even if its response
	// cannot be used: do not repeat it.
	EffectDone = Effect(wire.EffectDone)
)

// String returns "unknown", "none" or "done".
func (e Effect) String() string {
	switch e {
	case EffectNone:
		return "none"
	case EffectDone:
		return "done"
	}
	return "unknown"
}

// EffectOf reports whether the call that returned err was carried out, by any of
// its attempts, and so whether it may be repeated. It returns EffectDone for nil,
// and EffectUnknown for an error that does not come from this package.
func EffectOf(err error) Effect {
	if err == nil {
		return EffectDone
	}
	var of interface{ effectOfCall() Effect }
	if errors.As(err, &of) {
		return of.effectOfCall()
	}
	if errors.Is(err, ErrNotSent) {
		return EffectNone
	}
	return EffectUnknown
}

// clause is what an error's text says about the effect, unless it goes without
// saying.
func (e Effect) clause() string {
	switch e {
	case EffectDone:
		return "; the call was carried out"
	case EffectUnknown:
		return "; the call may have been carried out"
	}
	return ""
}

// Error is an unsuccessful response: any status other than 2xx, or a 2xx whose
// body was cut short or is not the expected JSON. Get it with [errors.As]:
//
//	var e *selgora.Error
//	if errors.As(err, &e) && e.StatusCode == 422 { fmt.Println(e.Fields) }
//
// It is always the response to the last attempt. The API guide documents the
// statuses and the form of the body; no guide documents Fields and RequestID.
// Should the server repeat the API key, it is replaced in Message, Fields and
// Body.
type Error struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Message is the server's message in one line, at most 4 KiB of it, or a
	// short description of what arrived instead.
	Message string
	// Fields maps the name of a field to what is wrong with it: the first
	// hundred, at most 1 KiB each. It is normally nil except after a 422.
	Fields map[string]string
	// RequestID is the response's X-Request-Id, empty if there was none.
	RequestID string
	// RetryAfter is how long the server asks to wait: by the Retry-After header
	// field or the body's retry_after, 0 for not at all, 60 s (the guide's
	// default) for a 429 that names no time, at most the largest Duration.
	RetryAfter time.Duration
	// Attempts is how many HTTP round trips the call made, redirects included.
	Attempts int
	// Method and Path are those of the request; the path is relative to the
	// base URL and has no query.
	Method string
	Path   string
	// Body is the response's raw body, as far as it could be read and at most
	// 64 KiB of it.
	Body []byte

	cause  error
	note   string // what the client made of it
	effect Effect // EffectUnknown as well in one that a user made
	known  bool   // effect is the call's
}

// maxErrorText bounds an error's text: it ends up in logs.
const maxErrorText = 4 << 10

// newError makes the error of a call whose last attempt had a response.
func newError(r request, path wire.Path, o *wire.Outcome) *Error {
	message, fields := o.Problem()
	e := &Error{
		StatusCode: o.StatusCode,
		Message:    message,
		Fields:     fields,
		RequestID:  wire.OneLine(o.Redact(wire.Field(o.Header, "X-Request-Id"))),
		RetryAfter: o.RetryAfter,
		Attempts:   o.Attempts,
		Method:     r.method,
		Path:       o.Redact(path.Below),
		Body:       keptBody(o),
		effect:     Effect(o.Effect),
		known:      true,
	}
	if r.batched != nil {
		e.shorten()
	}
	return e
}

// Error describes the response in one line: method, path, status, message, the
// fields in alphabetical order, the request id, the number of attempts, and
// whether the call was, or may have been, carried out.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "selgora: %s %s: %d", e.Method, e.Path, e.StatusCode)
	message := e.Message
	if status := http.StatusText(e.StatusCode); status != "" {
		b.WriteString(" " + status)
		// Many messages start with the status's own words.
		message = strings.TrimPrefix(message, status+": ")
	}
	if message != "" {
		b.WriteString(": " + message)
	}
	for i, name := range slices.Sorted(maps.Keys(e.Fields)) {
		if i == 0 {
			b.WriteString(" (")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(name + ": " + e.Fields[name])
		if i == len(e.Fields)-1 {
			b.WriteString(")")
		}
	}
	text := wire.Shorten(b.String(), maxErrorText)
	if e.note != "" {
		text += "; " + e.note
	}
	if e.RequestID != "" {
		text += " [request " + wire.Shorten(e.RequestID, maxErrorText/4) + "]"
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", e.Attempts)
	}
	if e.known {
		text += e.effect.clause()
	}
	return wire.OneLine(text)
}

// Is reports whether target is the sentinel for the response's status.
func (e *Error) Is(target error) bool {
	sentinel := statusSentinel(e.StatusCode)
	return sentinel != nil && target == sentinel
}

// Unwrap returns what made the response unusable, such as a JSON error, a broken
// connection or [ErrResponseTooLarge]. It returns nil if the status alone makes
// it an error.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) effectOfCall() Effect {
	if e.known {
		return e.effect
	}
	return Effect(wire.StatusEffect(e.StatusCode))
}

func statusSentinel(status int) error {
	switch status {
	case http.StatusBadRequest:
		return ErrBadRequest
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusUnprocessableEntity:
		return ErrValidation
	case http.StatusTooManyRequests:
		return ErrRateLimited
	}
	if status >= 500 && status <= 599 {
		return ErrServer
	}
	return nil
}

// ParamError is an argument that was refused before anything was sent. It
// matches [ErrNotSent].
type ParamError struct {
	// Field names the argument, such as "CourseListParams.Limit" or "id".
	Field string
	// Problem says what is wrong with its value.
	Problem string
}

// Error names the field and the problem.
func (e *ParamError) Error() string { return "selgora: " + e.Field + ": " + e.Problem }

// Is reports whether target is [ErrNotSent].
func (e *ParamError) Is(target error) bool { return target == ErrNotSent }

// RateLimitWaitError means that the client's own rate limit, not the server,
// would hold a request back for longer than [WithMaxWait] allows, or past the
// context's deadline. That attempt was not sent. The error matches
// [ErrRateLimited]; [ErrNotSent], unless an earlier attempt of the call was sent;
// and context.DeadlineExceeded, if the deadline is the reason.
type RateLimitWaitError struct {
	// Wait is how long the request would have to wait.
	Wait time.Duration

	maxWait  time.Duration // what WithMaxWait allows
	deadline bool          // the context's deadline is what is too short
	sent     bool          // an earlier attempt of the call was
}

// Error says how long the wait would be, and what bounds it.
func (e *RateLimitWaitError) Error() string {
	text := "selgora: held back by the client's own rate limit, not sent: the next request may go in " + e.Wait.Round(time.Millisecond).String()
	switch {
	case e.deadline:
		return text + ", after the context's deadline"
	case e.maxWait > 0:
		return text + ", and WithMaxWait allows " + e.maxWait.String()
	}
	return text
}

// Is reports whether target is [ErrRateLimited] or, unless an earlier attempt of
// the call was sent, [ErrNotSent].
func (e *RateLimitWaitError) Is(target error) bool {
	return target == ErrRateLimited || target == ErrNotSent && !e.sent
}

// Unwrap returns context.DeadlineExceeded if the wait would go past the
// context's deadline, and nil otherwise.
func (e *RateLimitWaitError) Unwrap() error {
	if e.deadline {
		return context.DeadlineExceeded
	}
	return nil
}

// CallError is a call whose last attempt brought no response, because there was
// no connection or it broke, because of a timeout, because the context ended, or
// because of a wait that would be too long. It matches what ended the call. If the
// context ended while the call waited for its next attempt, it matches both the
// context's error and the [*Error] of the last response.
type CallError struct {
	// Method and Path are those of the request; the path is relative to the
	// base URL and has no query.
	Method string
	Path   string
	// Attempts is how many HTTP round trips the call made, redirects included.
	Attempts int
	// Earlier is the response to an earlier attempt, or nil. [errors.Is] and
	// [errors.As] do not see it, since it may no longer be true.
	Earlier *Error

	err    error
	sent   bool // something may have left this machine
	effect Effect
}

// newCallError makes the error of a call that err ended.
func newCallError(r request, path wire.Path, o *wire.Outcome, err error) *CallError {
	if o.Interrupted != nil && !errors.Is(err, o.Interrupted) {
		err = fmt.Errorf("%w: %w", o.Interrupted, err)
	}
	e := &CallError{
		Method: r.method, Path: o.Redact(path.Below), Attempts: o.Attempts,
		err: err, sent: o.Sent, effect: Effect(o.Effect),
	}
	if o.Fate < wire.Cut && o.Response != nil {
		e.Earlier = newError(r, path, o)
	}
	return e
}

// Error says what ended the call, after how many attempts, what an earlier
// attempt's response was, and whether the call may have been carried out.
func (e *CallError) Error() string {
	text := "selgora: " + e.Method + " " + e.Path
	if e.err != nil { // not one that a user made
		text += ": " + strings.TrimPrefix(e.err.Error(), "selgora: ")
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", e.Attempts)
	}
	if e.Earlier != nil {
		text += fmt.Sprintf(" (an earlier response: %d %s)", e.Earlier.StatusCode, e.Earlier.Message)
	}
	return wire.OneLine(text + e.effect.clause())
}

// Is reports whether target is [ErrNotSent] and no attempt of the call was sent.
func (e *CallError) Is(target error) bool {
	return target == ErrNotSent && !e.sent && e.err != nil // not one that a user made
}

// Unwrap returns what ended the call.
func (e *CallError) Unwrap() error {
	if e.sent && errors.Is(e.err, ErrNotSent) {
		return &sentBefore{e.err}
	}
	return e.err
}

func (e *CallError) effectOfCall() Effect { return e.effect }

// sentBefore is what kept an attempt from being sent, when one before it was.
type sentBefore struct{ err error }

func (e *sentBefore) Error() string { return e.err.Error() }
func (e *sentBefore) Is(target error) bool {
	return target != ErrNotSent && errors.Is(e.err, target)
}

func (e *sentBefore) As(target any) bool {
	if !errors.As(e.err, target) {
		return false
	}
	if wait, ok := target.(**RateLimitWaitError); ok {
		sent := **wait
		sent.sent = true
		*wait = &sent
	}
	return true
}
