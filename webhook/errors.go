package webhook

import (
	"errors"
	"fmt"
)

// Errors of verifying and parsing, for [errors.Is]. None of them, nor any
// error that wraps them, holds a secret, a signature or a MAC.
var (
	// ErrEmptySecret: a signing secret is empty or blank, or none was given.
	ErrEmptySecret = errors.New("webhook: signing secret is empty")
	// ErrMissingSignature: the signature is empty or the header is absent.
	ErrMissingSignature = errors.New("webhook: signature is missing")
	// ErrMalformedSignature: the signature is neither 64 hex digits nor
	// "sha256=" followed by 64 hex digits, or there is more than one.
	ErrMalformedSignature = errors.New("webhook: signature is malformed")
	// ErrSignatureMismatch: the signature was made with another secret or
	// for another body.
	ErrSignatureMismatch = errors.New("webhook: signature does not match")
	// ErrTooLarge: the body is larger than the limit.
	ErrTooLarge = errors.New("webhook: body is too large")
	// ErrMalformedPayload: the body is not an event, or its data does not
	// fit the type it is decoded into.
	ErrMalformedPayload = errors.New("webhook: payload is malformed")
)

// Errors of routing and handling.
var (
	// ErrRouterInUse: something was registered on a [Router] that has
	// already routed an event.
	ErrRouterInUse = errors.New("webhook: router is already in use")
	// ErrShutdown is why a handler's context ends when [Handler.Shutdown]
	// runs out of time.
	ErrShutdown = errors.New("webhook: receiver is shutting down")
	// ErrHandlerTimeout is the cause ([context.Cause]) of a handler's
	// context when [HandlerTimeout] has passed.
	ErrHandlerTimeout = errors.New("webhook: handler timed out")
	// ErrLeaseLost: a claim on an event has run out or belongs to somebody
	// else. A [Store] returns it; it is also the cause of the context of a
	// handler that loses its claim.
	ErrLeaseLost = errors.New("webhook: lease on the event is lost")
	// ErrHandlerExited: a handler ended its goroutine (runtime.Goexit, as
	// testing.T.FailNow does) instead of returning.
	ErrHandlerExited = errors.New("webhook: handler exited its goroutine without returning")
)

// A PanicError is the error of a handler, store or hook that panicked.
type PanicError struct {
	// Value is what it panicked with.
	Value any
	// Stack is the stack of the goroutine at the panic, as [debug.Stack]
	// formats it.
	Stack []byte
}

// Error names the value; the stack is in the field.
func (e *PanicError) Error() string { return fmt.Sprintf("webhook: panic: %v", e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
