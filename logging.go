package selgora

import (
	"log/slog"
	"net/http"
	"time"
)

// logAttempt writes one debug record for one attempt. It never logs headers,
// bodies or queries: keys and people's addresses are in them.
func (core *core) logAttempt(c *call, resp *http.Response, err error, took, waited time.Duration) {
	ctx := c.Context
	if core.logger == nil || !core.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("method", c.method),
		slog.String("path", c.redact(c.path)),
		slog.Int("attempt", c.attempts),
		slog.Duration("duration", took),
		slog.Duration("wait", waited))
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
		if id := headerValue(resp.Header, "X-Request-Id"); id != "" {
			attrs = append(attrs, slog.String("request_id", c.redact(id)))
		}
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", c.redact(err.Error())))
	}
	core.logger.LogAttrs(ctx, slog.LevelDebug, "selgora: attempt", attrs...)
}
