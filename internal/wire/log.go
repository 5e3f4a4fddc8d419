package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// times are those of an attempt. Where nobody wants to know them, the clock is
// not looked at.
type times struct {
	queued  time.Time
	backoff time.Duration
}

func (c *call) startTimes() times {
	if !c.watch {
		return times{}
	}
	t := times{queued: time.Now()}
	if !c.lastEnded.IsZero() {
		t.backoff = t.queued.Sub(c.lastEnded)
	}
	return t
}

// watched is an attempt that somebody wants to know about.
type watched struct {
	AttemptStart
	ctx   context.Context
	begun time.Time
}

func (c *call) startWatching(ctx context.Context, header http.Header, t times) (context.Context, watched) {
	if !c.watch {
		return ctx, watched{}
	}
	w := watched{
		AttemptStart: AttemptStart{Number: c.attempts, Wait: time.Since(t.queued), Backoff: t.backoff, Header: header},
		begun:        time.Now(),
	}
	if c.Watcher != nil {
		if watching := c.Watcher.StartAttempt(ctx, w.AttemptStart); watching != nil {
			ctx = watching
		}
	}
	w.ctx = ctx
	return ctx, w
}

// tell hands on what became of an attempt.
func (c *call) tell(w watched) {
	if !c.watch || w.ctx == nil { // nil: not sent
		return
	}
	end := AttemptEnd{
		AttemptStart: w.AttemptStart, Duration: time.Since(w.begun),
		StatusCode: c.status(), Err: c.clean(c.err),
	}
	if end.StatusCode != 0 {
		end.RequestID = c.redact(Field(c.reply.Response.Header, "X-Request-Id"))
	}
	if c.client.logs(w.ctx) {
		c.log(w.ctx, end)
	}
	if c.Watcher != nil {
		c.Watcher.EndAttempt(w.ctx, end)
	}
}

func (c *Client) logs(ctx context.Context) bool {
	return c.Logger != nil && c.Logger.Enabled(ctx, slog.LevelDebug)
}

// log writes one debug record for an attempt. It never logs header fields,
// bodies or queries: keys and people's addresses are in them.
func (c *call) log(ctx context.Context, end AttemptEnd) {
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("method", c.Method),
		slog.String("path", c.redact(c.Path.Below)),
		slog.Int("attempt", end.Number),
		slog.Duration("duration", end.Duration),
		slog.Duration("wait", end.Wait+end.Backoff))
	if end.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", end.StatusCode))
	}
	if end.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", end.RequestID))
	}
	if end.Err != nil {
		attrs = append(attrs, slog.String("error", end.Err.Error()))
	}
	c.client.Logger.LogAttrs(ctx, slog.LevelDebug, "selgora: attempt", attrs...)
}
