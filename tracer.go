package selgora

import (
	"context"
	"net/http"
	"time"

	"github.com/selgora/selgora-go/internal/wire"
)

// Tracer is told about each call of a client; see [WithTracer]. It can start a
// span, or count and measure. A Tracer that also implements [AttemptTracer] is
// told about each attempt. It must be safe for concurrent use, and never sees the
// API key, a body or a query.
type Tracer interface {
	// StartCall is called when a call's parameters have been checked, before it
	// does anything else. The call runs under the context that StartCall returns.
	StartCall(ctx context.Context, start CallStart) context.Context
	// EndCall is called with that context when the call has ended.
	EndCall(ctx context.Context, end CallEnd)
}

// AttemptTracer is what a [Tracer] implements to be told about each attempt:
// each request that is sent, retries and redirects included.
type AttemptTracer interface {
	// StartAttempt is called when an attempt has its permit and is about to be
	// sent. The attempt runs under the context that StartAttempt returns.
	StartAttempt(ctx context.Context, start AttemptStart) context.Context
	// EndAttempt is called with that context when the response has been read,
	// or none came.
	EndAttempt(ctx context.Context, end AttemptEnd)
}

// CallStart describes a call.
type CallStart struct {
	Operation string // such as "courses.get"; "do" for [Client.Do]
	Method    string
	Template  string // of the path, such as "/courses/{id}"; "" for Client.Do
	Host      string // with the port, if the base URL has one
}

// CallEnd describes how a call ended.
type CallEnd struct {
	CallStart
	Attempts   int   // round trips, redirects included
	StatusCode int   // of the last attempt's response, 0 if there was none
	Err        error // what the caller gets, nil for success
}

// AttemptStart describes an attempt.
type AttemptStart struct {
	CallStart
	Number  int           // from 1
	Wait    time.Duration // spent waiting for the limiter
	Backoff time.Duration // spent waiting since the previous attempt
	// Header is the request's header without the API key. What StartAttempt adds
	// to it is sent, such as the fields that propagate a trace.
	Header http.Header
}

// AttemptEnd describes how an attempt ended.
type AttemptEnd struct {
	AttemptStart
	Duration   time.Duration // from sending until the end of the response's body
	StatusCode int           // 0 if there was no response
	RequestID  string        // the response's X-Request-Id
	Err        error         // why there is no complete response, or nil
}

// callTrace is a call that a tracer is told about; nil for none.
type callTrace struct {
	tracer   Tracer
	attempts AttemptTracer // nil for a tracer of calls alone
	start    CallStart
}

func (core *core) startTrace(ctx context.Context, r route) (context.Context, *callTrace) {
	if core.tracer == nil {
		return ctx, nil
	}
	t := &callTrace{tracer: core.tracer, start: CallStart{r.operation, r.method, r.template, core.baseURL.Host}}
	t.attempts, _ = core.tracer.(AttemptTracer)
	if traced := t.tracer.StartCall(ctx, t.start); traced != nil {
		ctx = traced
	}
	return ctx, t
}

// watcher returns what the attempts are told to.
func (t *callTrace) watcher() wire.Watcher {
	if t.attempts == nil {
		return nil
	}
	return t
}

func (t *callTrace) StartAttempt(ctx context.Context, a wire.AttemptStart) context.Context {
	return t.attempts.StartAttempt(ctx, t.attemptStart(a))
}

func (t *callTrace) EndAttempt(ctx context.Context, a wire.AttemptEnd) {
	t.attempts.EndAttempt(ctx, AttemptEnd{
		AttemptStart: t.attemptStart(a.AttemptStart), Duration: a.Duration,
		StatusCode: a.StatusCode, RequestID: a.RequestID, Err: a.Err,
	})
}

func (t *callTrace) attemptStart(a wire.AttemptStart) AttemptStart {
	return AttemptStart{CallStart: t.start, Number: a.Number, Wait: a.Wait, Backoff: a.Backoff, Header: a.Header}
}

func (t *callTrace) end(ctx context.Context, o *wire.Outcome, err error) {
	if t == nil {
		return
	}
	end := CallEnd{CallStart: t.start, Attempts: o.Attempts, Err: err}
	if o.Fate >= wire.Cut {
		end.StatusCode = o.StatusCode
	}
	t.tracer.EndCall(ctx, end)
}
