package webhook

import (
	"context"
	"runtime/debug"
)

// safely runs code of the user and turns a panic into an error.
func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return fn()
}

// start runs code of the user in a goroutine of its own, so that runtime.Goexit
// ends that one and nothing else. The channel gets the outcome when fn has
// really ended.
func start(fn func() error) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := ErrHandlerExited
		defer func() { done <- err }()
		err = safely(fn)
	}()
	return done
}

// apart is start for a caller that waits for the end, however long it takes.
func apart(fn func() error) error { return <-start(fn) }

// bounded is apart for a caller that waits until ctx is done and no longer,
// also where fn ignores its context.
func bounded(ctx context.Context, fn func() error) error {
	done := start(fn)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	default:
		return context.Cause(ctx)
	}
}
