package webhook

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

// body reads the body of a request before the deadline passes, however slowly
// the client sends.
func (h *Handler) body(w http.ResponseWriter, r *http.Request, deadline time.Time) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	control := http.NewResponseController(w)
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok {
		if limit := server.ReadTimeout; limit > 0 && limit < time.Until(deadline) {
			return readBody(r.Body, r.ContentLength, h.maxBody) // the server is stricter
		}
	}
	if control.SetReadDeadline(deadline) != nil {
		return h.bodyApart(r, deadline)
	}
	body, err := readBody(r.Body, r.ContentLength, h.maxBody)
	if err == nil {
		// Left in place it would pass for a client that went away.
		_ = control.SetReadDeadline(time.Time{})
	}
	return body, err
}

// bodyApart is body for a connection without read deadlines.
func (h *Handler) bodyApart(r *http.Request, deadline time.Time) ([]byte, error) {
	ctx, stop := context.WithDeadlineCause(r.Context(), deadline, fmt.Errorf("webhook: reading the body: %w", os.ErrDeadlineExceeded))
	defer stop()
	read := make(chan []byte, 1)
	err := bounded(ctx, func() error {
		body, err := readBody(r.Body, r.ContentLength, h.maxBody)
		read <- body
		return err
	})
	if ctx.Err() != nil && err != nil {
		// Closing may wait for the read that is under way.
		go func() { _ = safely(r.Body.Close) }()
	}
	if err != nil {
		return nil, err
	}
	return <-read, nil
}
