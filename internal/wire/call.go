package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// MaxKept is how much of an unsuccessful response's body is kept beyond the
// attempt that it came in.
const MaxKept = 64 << 10

// call is one call under way. The stages below the retry loop, and the hooks of
// the loop, find it by the context.
type call struct {
	Request
	client *Client

	turns    int // of the retry loop
	attempts int // requests sent, redirects included
	fate     Fate
	furthest Fate   // of all attempts
	effect   Effect // of all attempts
	earlier  Effect // of those before the last
	err      error  // of the last attempt
	reply    Reply
	body     *buffer // of the last response
	trace    connTrace
	queries  sentQueries

	interrupted bool // another attempt was due, and the context has ended before it
	overMaxWait bool // another attempt was due, after a wait that is too long

	cred      *Credential
	redact    func(string) string
	watch     bool // somebody wants to know the times
	lastEnded time.Time
}

// Reply is a response.
type Reply struct {
	*http.Response               // nil: none came. Its body has been read
	Body           []byte        // as far as it was read
	RetryAfter     time.Duration // the wait that it asks for
}

// Outcome is what became of a call.
type Outcome struct {
	Reply               // the last response, of whichever attempt
	Fate         Fate   // of the last attempt: Responded and Cut say that Reply is its response
	Sent         bool   // something may have left this machine
	Effect       Effect // of the whole call; EffectNone for a read
	Attempts     int
	Err          error // what ended the last attempt; with Responded, why its response is of no use
	Interrupted  error // the context's error, where the context ended the call
	OverMaxWait  bool  // the response asks for a wait longer than Config.MaxWait
	EarlierMayDo bool  // an attempt before the last may have had the effect
	Redact       func(string) string

	queries sentQueries
	body    *buffer
}

// Close makes the body's buffer free for other calls.
func (o *Outcome) Close() { o.body.free() }

type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

func newCall(ctx context.Context, c *Client, r Request) *call {
	return &call{
		Request: r, client: c, body: newBuffer(), effect: EffectNone,
		redact: func(s string) string { return s }, queries: sentQueries{own: r.Query},
		watch: r.Watcher != nil || c.logs(ctx),
	}
}

func (c *call) newURL() *url.URL { return c.Path.url(c.client.BaseURL, c.Query) }

// ownHeader returns the caller's fields, which http.Client has to know: a jar
// adds to its cookies, and a CheckRedirect may look at all.
func (c *call) ownHeader() http.Header {
	if len(c.Header) == 0 {
		return http.Header{}
	}
	return c.Header.Clone()
}

// begin starts an attempt.
func (c *call) begin() {
	c.interrupted = false
	c.trace.reset()
	c.reply.Body = c.keep(c.reply.Body) // the buffer is needed again
	c.body.reset()
}

// end records what became of the attempt.
func (c *call) end(fate Fate, err error) {
	c.fate, c.err = fate, err
	c.furthest = max(c.furthest, fate)
	effect, _ := verdict(fate, c.status())
	c.earlier, c.effect = c.effect, combine(c.effect, effect)
	if c.watch {
		c.lastEnded = time.Now()
	}
}

// status is the last attempt's, 0 where it had no response.
func (c *call) status() int {
	if c.fate < Cut {
		return 0
	}
	return c.reply.StatusCode
}

// askedWait returns the wait that the last attempt's response asks for.
func (c *call) askedWait() (time.Duration, bool) {
	return c.body.wait, c.fate == Responded && c.body.asked
}

// use makes the call hide a credential; a key that it replaces stays secret.
func (c *call) use(cred *Credential) {
	switch before := c.redact; {
	case c.cred == nil:
		c.redact = cred.redact
	case c.cred != cred:
		c.redact = func(s string) string { return before(cred.redact(s)) }
	}
	c.cred = cred
}

// outcome sums the attempts up.
func (c *call) outcome(ctx context.Context, err error) Outcome {
	o := Outcome{
		Reply: c.reply, Fate: c.fate, Sent: c.furthest > Unsent, Attempts: c.attempts,
		Effect: c.effect, EarlierMayDo: c.earlier != EffectNone, Err: c.err,
		OverMaxWait: c.overMaxWait, Redact: c.redact, queries: c.queries, body: c.body,
	}
	if c.Method == http.MethodGet || c.Method == http.MethodHead {
		o.Effect = EffectNone
	}
	switch {
	case c.fate != Responded || c.interrupted:
	case c.body.err != nil:
		o.Err = c.body.err
	case err != nil:
		o.Err = err // http.Client's own: a redirect
	}
	if ended := ctx.Err(); ended != nil && (c.interrupted || o.Err != nil) {
		o.Interrupted = ended
		if o.Err != nil && !errors.Is(o.Err, ended) {
			o.Err = fmt.Errorf("%w: %w", ended, o.Err) // a transport has words of its own for it
		}
	}
	if o.Err != nil {
		o.Err = o.Clean(o.Err)
	}
	return o
}

// clean returns err without what nobody may read: keys and queries.
func (c *call) clean(err error) error {
	if err == nil {
		return nil
	}
	return withoutSecrets(err, c.queries, c.redact)
}

// keep returns what is kept of a body when its buffer goes. The key is replaced
// first: half of one is still a secret.
func (c *call) keep(body []byte) []byte {
	if body == nil {
		return nil
	}
	text := c.redact(string(body))
	return []byte(text[:min(len(text), MaxKept)])
}

// connTrace records, from whichever goroutine of the transport, how far the
// last request of a call got. A hook that comes late, for an attempt given up,
// can only make the next look sent that was not, and so keep it from a retry.
type connTrace struct{ asked, connected atomic.Bool }

func (t *connTrace) reset() {
	t.asked.Store(false)
	t.connected.Store(false)
}

func (t *connTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.asked.Store(true) },
		// Whoever has a connection may have written to it.
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	}
}

// provenUnsent reports whether the transport told what it did, and that it had
// no connection.
func (t *connTrace) provenUnsent() bool { return t.asked.Load() && !t.connected.Load() }

// timeoutError is an attempt that took longer than it may. It is no
// context.DeadlineExceeded: that is the caller's own deadline.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string {
	return "no complete response within the attempt timeout of " + e.after.String()
}

// interimError is a response of a status that ends no call.
type interimError struct{ status int }

func (e *interimError) Error() string {
	if e.status == http.StatusSwitchingProtocols {
		return "the server switched to another protocol, unasked (101)"
	}
	return fmt.Sprintf("the transport returned a response of status %d, which ends no call", e.status)
}

// TooLargeError is a body over Config.MaxResponseBytes.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("response too large: more than %d bytes", e.Limit)
}

// Clean returns err without the keys and the queries of the call.
func (o *Outcome) Clean(err error) error { return withoutSecrets(err, o.queries, o.Redact) }
