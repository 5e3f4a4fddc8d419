package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A Handler is an [http.Handler] that receives events. It answers a prober's
// GET and HEAD with an empty 200, verifies every POST before anything else is
// done with it, and answers in a way that makes the provider deliver again
// whatever is not done: see [Reason] for the status codes. An event that was
// handled before, and one of a type without a handler, is a 200.
//
// Make one with [NewHandler]. It is safe for concurrent use.
type Handler struct {
	settings
	router   *Router
	verifier *Verifier
	life     *lifecycle
	pool     *pool
}

// NewHandler returns a Handler that verifies with v and calls the handlers of
// r. It returns an error, all mistakes joined, for a nil router or verifier,
// for mistakes made in registering on the router, and for options that make no
// sense, alone or together. Nothing needs to be closed if it is never used;
// [Handler.Shutdown] ends it in order.
func NewHandler(r *Router, v *Verifier, opts ...Option) (*Handler, error) {
	s, err := newSettings(opts)
	errs := []error{err}
	if v == nil || len(v.keys) == 0 {
		errs = append(errs, fmt.Errorf("webhook: NewHandler: verifier has no secret: %w", ErrEmptySecret))
	}
	if r != nil {
		errs = append(errs, r.err())
	} else if s.mode != modeEnqueue {
		errs = append(errs, errors.New("webhook: NewHandler: router is nil"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	h := &Handler{settings: s, router: r, verifier: v, life: newLifecycle()}
	h.pool = newPool(h)
	return h, nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
	case http.MethodGet, http.MethodHead:
		w.WriteHeader(http.StatusOK)
		return
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		h.answer(w, r, nil, verdict{ReasonMethod, fmt.Errorf("webhook: method is %.20q, not POST", r.Method)})
		return
	}
	deadline := time.Now().Add(h.answerWithin())
	event, v := h.receive(w, r, deadline)
	if event != nil {
		h.notify(func(o Observer) { o.Received(r.Context(), event) })
		v = h.accept(r, event, deadline)
	}
	h.answer(w, r, event, v)
}

// answerWithin bounds the whole of a request.
func (h *Handler) answerWithin() time.Duration {
	if h.mode == modeAsync {
		return DefaultHandlerTimeout
	}
	return h.timeout
}

// receive returns a verified event, or why there is none.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request, deadline time.Time) (*Event, verdict) {
	if h.life.isClosed() {
		return nil, verdict{ReasonShutdown, ErrShutdown}
	}
	body, err := h.body(w, r, deadline)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, verdict{ReasonTooLarge, err}
	case err != nil:
		return nil, verdict{ReasonBody, err}
	}
	event, err := h.verifier.parseWithHeader(body, r.Header)
	switch {
	case errors.Is(err, ErrMalformedPayload):
		return nil, verdict{ReasonPayload, err}
	case err != nil:
		return nil, verdict{ReasonSignature, err}
	}
	return event, verdict{}
}

// Shutdown ends the handler in order: from now on requests are answered 503,
// and it returns nil when every event under way is finished: handlers have
// returned, also those that outlived their answer, and every event that
// [Async] accepted was handled or given to [OnDeadLetter]. Shut the
// [http.Server] down too, before or after.
//
// If ctx ends first, the contexts of running handlers end with [ErrShutdown],
// what Async accepted and has not finished goes to OnDeadLetter, and Shutdown
// returns an error that wraps the context's. It may be called again to wait
// longer, and any number of times.
func (h *Handler) Shutdown(ctx context.Context) error {
	idle := h.life.close()
	select {
	case <-idle:
		return nil
	default:
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	letters := h.pool.abort()
	unfinished := h.life.count()
	if unfinished == 0 && letters == 0 {
		return nil
	}
	return fmt.Errorf("webhook: shutdown: %w (%d events given to the dead-letter function, %d handlers still running)",
		context.Cause(ctx), letters, unfinished)
}
