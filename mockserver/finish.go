package mockserver

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// finish completes an answer with what every answer has, and notes it.
func (s *Server) finish(c *call, r *reply) {
	now := s.clock.Now()
	if !hasBody(r.status) {
		r.body = nil
	}
	r.date = now
	told := time.Duration(0)
	if r.header != nil {
		told = retryAfter(r.header, now)
	}
	s.journal.finish(c, r, told, now)
	s.log(c, r)
}

// hasBody tells whether HTTP allows a body with the status.
func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// fill sets the headers of the answer: those that every answer has, and over
// them its own.
func (r *reply) fill(h http.Header, c *call) {
	values := make([]string, 0, 7)
	set := func(name, value string) {
		values = append(values, value)
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	set("Date", r.date.Format(http.TimeFormat))
	if hasBody(r.status) {
		set("Content-Type", jsonType)
		set("Content-Length", strconv.Itoa(len(r.body)))
	}
	if c.id != "" {
		set("X-Request-Id", c.id)
	}
	if c.usage.limit != 0 {
		set("X-Ratelimit-Limit", strconv.Itoa(c.usage.limit))
		set("X-Ratelimit-Remaining", strconv.Itoa(c.usage.remaining))
		set("X-Ratelimit-Reset", strconv.FormatInt(c.usage.reset, 10))
	}
	for name, values := range r.header {
		h[http.CanonicalHeaderKey(name)] = values
	}
}

// log writes the request's line. Addresses and names may be in the query, so
// it is left out with the bodies.
func (s *Server) log(c *call, r *reply) {
	level := slog.LevelInfo
	if r.status == 0 || r.status >= http.StatusInternalServerError || c.fault != nil {
		level = slog.LevelWarn
	}
	if s.cfg.logger == nil || !s.cfg.logger.Enabled(c.ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("id", c.id),
		slog.String("method", c.request.Method),
		slog.String("path", redactText(c.request.URL.EscapedPath(), bearer(c.request.Header))),
		slog.Int("status", r.status),
		slog.Duration("duration", s.clock.Now().Sub(c.at)),
	}
	if c.key != nil {
		attrs = append(attrs, slog.String("key", c.key.label))
	}
	if c.fault != nil {
		attrs = append(attrs, slog.String("fault", c.fault.String()))
	}
	if r.problem != "" {
		attrs = append(attrs, slog.String("problem", r.problem))
	}
	s.cfg.logger.LogAttrs(c.ctx, level, "request", attrs...)
}
