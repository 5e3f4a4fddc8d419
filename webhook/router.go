package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
)

// A HandlerFunc handles an event of any type. A nil error means that the event
// is done; with any other the provider is asked to deliver it again.
type HandlerFunc func(ctx context.Context, event *Event) error

// A Middleware wraps the handling of every event.
type Middleware func(next HandlerFunc) HandlerFunc

// A Router calls the handlers registered for an event's type. Register with
// [On] and the methods, then hand it to [NewHandler], or call Handle yourself
// with events from your own queue. It is safe for concurrent use; the zero
// value is an empty router.
type Router struct {
	mu         sync.Mutex
	routes     []route
	unknown    []HandlerFunc
	onError    []func(context.Context, *Event, error)
	middleware []Middleware
	mistakes   []error
	table      atomic.Pointer[table] // set by the first event
}

// A route is a handler for one type, or for all if its type is empty.
type route struct {
	eventType string
	handle    HandlerFunc
}

// table is what a router looks up, made once so that routing takes no lock.
type table struct {
	handle  HandlerFunc
	onError []func(context.Context, *Event, error)
}

// NewRouter returns an empty router. It answers every event with success.
func NewRouter() *Router { return &Router{} }

// On calls fn for each event of type t, with its data decoded. Several
// handlers of one type run in the order in which they were registered, each
// with its own copy of the data, all of them whatever the others return; their
// errors are joined. Data that does not fit T is [ErrMalformedPayload].
//
// The error (a nil router or function, an empty type, or [ErrRouterInUse] once
// the router has routed an event, which is logged too) may be ignored during
// set-up: [NewHandler] reports it again.
func On[T any](r *Router, t EventType[T], fn func(ctx context.Context, event *Event, data *T) error) error {
	if fn == nil {
		return r.register("On", "handler function is nil", nil)
	}
	if strings.TrimSpace(string(t)) == "" {
		return r.register("On", "event type is empty", nil)
	}
	return r.register("On", "", func() {
		r.routes = append(r.routes, route{string(t), func(ctx context.Context, event *Event) error {
			data, err := DataAs[T](event)
			if err != nil {
				return err
			}
			return fn(ctx, event, data)
		}})
	})
}

// OnAny calls fn for each event, also of unknown types, in the order of its
// registration among those of [On]. For the error see [On].
func (r *Router) OnAny(fn HandlerFunc) error {
	return r.register("OnAny", missing(fn == nil, "handler function"), func() {
		r.routes = append(r.routes, route{"", fn})
	})
}

// OnUnknown calls fn for each event whose type nothing was registered for with
// [On], after the handlers of OnAny. Without it such an event is a success. For
// the error see [On].
func (r *Router) OnUnknown(fn HandlerFunc) error {
	return r.register("OnUnknown", missing(fn == nil, "handler function"), func() {
		r.unknown = append(r.unknown, fn)
	})
}

// OnError calls fn each time an event fails, with the joined errors of its
// handlers and before the provider gets its answer: for error trackers. For
// the error see [On].
func (r *Router) OnError(fn func(ctx context.Context, event *Event, err error)) error {
	return r.register("OnError", missing(fn == nil, "function"), func() {
		r.onError = append(r.onError, fn)
	})
}

// Use wraps the handling of every event, all its handlers together. The first
// middleware is the outermost. For the error see [On].
func (r *Router) Use(middleware ...Middleware) error {
	for _, m := range middleware {
		if m == nil {
			return r.register("Use", "middleware is nil", nil)
		}
	}
	return r.register("Use", "", func() { r.middleware = append(r.middleware, middleware...) })
}

func missing(isNil bool, what string) string {
	if isNil {
		return what + " is nil"
	}
	return ""
}

// register runs add unless there is a mistake or the router is in use. The
// router remembers every error for NewHandler.
func (r *Router) register(method, mistake string, add func()) error {
	if r == nil {
		return fmt.Errorf("webhook: %s: router is nil", method)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.table.Load() != nil {
		// Nobody is likely to look at the result this late.
		err := fmt.Errorf("%w: %s must come before the first event", ErrRouterInUse, method)
		slog.Default().Error(err.Error())
		return err
	}
	if mistake != "" {
		err := fmt.Errorf("webhook: %s: %s", method, mistake)
		r.mistakes = append(r.mistakes, err)
		return err
	}
	add()
	return nil
}

// err returns the mistakes made in registering.
func (r *Router) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.mistakes...)
}

// Handle runs the handlers for an event and returns their joined errors. A
// panic becomes a [*PanicError]. From the first call on nothing more can be
// registered. [NewHandler] calls it; call it yourself for events that come
// from a queue of your own (see [Enqueue]).
func (r *Router) Handle(ctx context.Context, event *Event) error {
	if r == nil || event == nil {
		return errors.New("webhook: Handle: router or event is nil")
	}
	t := r.table.Load()
	if t == nil {
		t = r.freeze()
	}
	err := safely(func() error { return t.handle(ctx, event) })
	if err != nil {
		t.report(ctx, event, err)
	}
	return err
}

// report runs every error function, also after one that panics.
func (t *table) report(ctx context.Context, event *Event, err error) {
	for _, fn := range t.onError {
		if failed := safely(func() error { fn(ctx, event, err); return nil }); failed != nil {
			slog.Default().ErrorContext(ctx, "webhook: OnError function failed", "error", failed)
		}
	}
}

func (r *Router) freeze() *table {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.table.Load(); t != nil {
		return t
	}
	t := &table{handle: r.dispatcher(), onError: r.onError}
	for i := len(r.middleware) - 1; i >= 0; i-- {
		t.handle = wrap(r.middleware[i], t.handle)
	}
	r.table.Store(t)
	return t
}

// wrap keeps a middleware that returns nil, or panics, from taking the events
// of the whole receiver with it: each event fails with the reason.
func wrap(m Middleware, next HandlerFunc) (h HandlerFunc) {
	err := safely(func() error { h = m(next); return nil })
	if err == nil && h == nil {
		err = errors.New("webhook: middleware returned a nil handler")
	}
	if err != nil {
		return func(context.Context, *Event) error { return err }
	}
	return h
}

// dispatcher returns the function that runs the handlers of an event's type.
func (r *Router) dispatcher() HandlerFunc {
	byType := make(map[string][]HandlerFunc)
	for _, route := range r.routes {
		if route.eventType != "" {
			byType[route.eventType] = nil
		}
	}
	var other []HandlerFunc
	for _, route := range r.routes {
		if route.eventType != "" {
			byType[route.eventType] = append(byType[route.eventType], route.handle)
			continue
		}
		for eventType := range byType {
			byType[eventType] = append(byType[eventType], route.handle)
		}
		other = append(other, route.handle)
	}
	other = append(other, r.unknown...)
	return func(ctx context.Context, event *Event) error {
		handlers, ok := byType[event.Type]
		if !ok {
			handlers = other
		}
		var errs []error
		for _, handle := range handlers {
			if err := safely(func() error { return handle(ctx, event) }); err != nil {
				errs = append(errs, err)
			}
		}
		if len(errs) == 1 {
			return errs[0]
		}
		return errors.Join(errs...)
	}
}
