package selgora

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentinels for [errors.Is]. An [*Error] matches the one of its status;
// statuses without a sentinel of their own match none.
var (
	// ErrBadRequest matches a 400: the request was malformed or a query
	// parameter was of the wrong type or out of range.
	ErrBadRequest = errors.New("selgora: bad request")
	// ErrUnauthorized matches a 401: no key, an unknown key, a key of another
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
	// ErrRateLimited matches a 429 and a [*RateLimitWaitError].
	ErrRateLimited = errors.New("selgora: rate limited")
	// ErrServer matches every 5xx.
	ErrServer = errors.New("selgora: server error")

	// ErrNotSent matches an error of a call of which nothing left this machine:
	// bad parameters, no connection, a context that ended in the local queue.
	// Such a call certainly had no effect and can be repeated safely. (A GET may
	// have arrived all the same: net/http sends one again by itself when a kept
	// connection breaks. It changes nothing.)
	ErrNotSent = errors.New("selgora: request not sent")
	// ErrResponseTooLarge matches an answer over the cap of
	// [WithMaxResponseBytes]. The call may have had its effect.
	ErrResponseTooLarge = errors.New("selgora: response too large")
)

// Error is an answer of the API that is not the success the call expects: any
// status other than 2xx, or a 2xx whose body is not the JSON that was due.
// Get it with [errors.As]:
//
//	var e *selgora.Error
//	if errors.As(err, &e) && e.StatusCode == 422 { fmt.Println(e.Fields) }
//
// The statuses and the form of the body are in the API guide, except for
// Fields and RequestID, which no guide documents. Whatever the API key is, it
// is replaced in Message, Fields and Body should the server repeat it.
type Error struct {
	// StatusCode is the HTTP status of the last answer.
	StatusCode int
	// Message is the server's own message; when it gave none that can be
	// read, a short description of what arrived instead.
	Message string
	// Fields maps the name of a field to what is wrong with it. It is nil
	// except, normally, on a 422.
	Fields map[string]string
	// RequestID is the X-Request-Id of the answer, empty if there was none.
	RequestID string
	// RetryAfter is how long the server asks to wait before the next try, from
	// the Retry-After header or the body's retry_after. It is 0 when the
	// server asked for nothing, and the largest Duration when it asked for
	// more than a Duration can hold. A 429 that names no time has 60 s, the
	// guide's default.
	RetryAfter time.Duration
	// Attempts is how many HTTP round trips the call made, redirects included.
	Attempts int
	// Method and Path are those of the request; the path is relative to the
	// base URL and has no query.
	Method string
	Path   string
	// Body is the raw body of the answer, as far as it could be read.
	Body []byte

	cause error
}

// maxErrorText bounds what a server's words take in an error's text: it ends
// up in logs, and the server may send as many as it likes.
const maxErrorText = 4 << 10

// Error describes the answer in one line: method, path, status, message, the
// fields in alphabetical order, the request id and the number of attempts.
// Message and fields are cut short after a few kilobytes; the struct has all.
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
	text := shorten(b.String())
	if e.RequestID != "" {
		text += " [request " + shorten(e.RequestID) + "]"
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", e.Attempts)
	}
	return text
}

func shorten(text string) string {
	if len(text) <= maxErrorText {
		return text
	}
	return strings.ToValidUTF8(text[:maxErrorText], "") + "…"
}

// Is reports whether target is the sentinel of the answer's status.
func (e *Error) Is(target error) bool {
	sentinel := statusSentinel(e.StatusCode)
	return sentinel != nil && target == sentinel
}

// Unwrap returns what kept a 2xx answer from being read, such as a JSON error
// or [ErrResponseTooLarge]; nil for other statuses.
func (e *Error) Unwrap() error { return e.cause }

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

// ParamError is an argument refused before anything was sent. It matches
// [ErrNotSent].
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

// RateLimitWaitError says that the client's own rate limiter would have to
// hold a request back for longer than [WithMaxRetryAfter] allows, or than the
// context lasts. Nothing was sent for that attempt. It matches
// [ErrRateLimited] and, unless an earlier attempt of the call was sent,
// [ErrNotSent].
type RateLimitWaitError struct {
	// Wait is how long it would take until the request could be sent.
	Wait time.Duration

	sentBefore bool // an earlier attempt of the same call left this machine
}

// Error gives the wait.
func (e *RateLimitWaitError) Error() string {
	return "selgora: the rate limit allows the next request in " + e.Wait.Round(time.Millisecond).String()
}

// Is reports whether target is [ErrRateLimited] or [ErrNotSent].
func (e *RateLimitWaitError) Is(target error) bool {
	return target == ErrRateLimited || (target == ErrNotSent && !e.sentBefore)
}

// callError is a call that ended without an answer to its last attempt.
type callError struct {
	method, path string
	attempts     int
	sent         bool   // some attempt may have left this machine
	err          error  // what ended it, redacted
	last         *Error // the last answer of an earlier attempt, or nil
}

func (e *callError) Error() string {
	msg := "selgora: " + e.method + " " + e.path + ": " + strings.TrimPrefix(e.err.Error(), "selgora: ")
	if e.attempts > 1 {
		msg += " after " + strconv.Itoa(e.attempts) + " attempts"
	}
	if e.last != nil {
		msg += " (last answer: " + strconv.Itoa(e.last.StatusCode) + " " + shorten(e.last.Message) + ")"
	}
	return msg
}

func (e *callError) Is(target error) bool { return target == ErrNotSent && !e.sent }

func (e *callError) Unwrap() []error {
	if e.last == nil {
		return []error{e.err}
	}
	return []error{e.err, e.last}
}
