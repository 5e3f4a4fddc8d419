package selgora

import (
	"log/slog"
	"net/http"
	"time"
)

// stopwatch takes the times of an attempt for its record. Without a logger it
// does not look at the clock.
type stopwatch struct {
	on              bool
	waited          time.Duration // before the attempt was due
	queued, started time.Time
}

func (core *core) newStopwatch(c *call) stopwatch {
	if core.logger == nil || !core.logger.Enabled(c.Context, slog.LevelDebug) {
		return stopwatch{}
	}
	return stopwatch{on: true, waited: c.loop.RetryWaitMin, queued: time.Now()}
}

func (w *stopwatch) sent() {
	if w.on {
		w.started = time.Now()
		w.waited += w.started.Sub(w.queued)
	}
}

// logAttempt writes one debug record for one attempt. It never logs headers,
// bodies or queries: keys and people's addresses are in them.
func (core *core) logAttempt(c *call, resp *http.Response, err error, watch stopwatch) {
	if !watch.on {
		return
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("method", c.method),
		slog.String("path", c.redact(c.path)),
		slog.Int("attempt", c.attempts),
		slog.Duration("duration", time.Since(watch.started)),
		slog.Duration("wait", watch.waited))
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
		if id := headerValue(resp.Header, "X-Request-Id"); id != "" {
			attrs = append(attrs, slog.String("request_id", c.redact(id)))
		}
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", c.redact(err.Error())))
	}
	core.logger.LogAttrs(c.Context, slog.LevelDebug, "selgora: attempt", attrs...)
}
