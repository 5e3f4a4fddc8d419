package delivery

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
)

// Config is what an [Engine] needs.
type Config struct {
	// Clock tells when retries are due.
	Clock *clock.Clock
	// Endpoint returns an endpoint as it is now, false if it is gone. It is
	// asked before each attempt, so that a retry is signed with a secret that
	// was rotated meanwhile and follows a changed URL.
	Endpoint func(id string) (Endpoint, bool)
	// AllowExternal sends to any address, with names looked up.
	AllowExternal bool
	// Transport makes the requests to URLs; nil is one that uses no proxy and
	// a connection of its own for each request, which no stale one can spoil.
	Transport http.RoundTripper
	// LogBytes is about how much memory the log of finished deliveries may
	// take before the oldest are dropped. Zero means 64 MiB.
	LogBytes int
}

const defaultLogBytes = 64 << 20

// Engine delivers messages. Each endpoint has a queue of its own and, while
// there is something in it, one goroutine; an idle engine has none.
type Engine struct {
	cfg    Config
	client http.Client
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup // one for each worker

	mu      sync.Mutex
	lanes   map[string]*lane
	log     log
	active  int           // attempts that are due or under way
	release func()        // of the clock, while some are
	idle    chan struct{} // closed when none are left; nil while nobody waits
	closed  bool
}

// New returns an engine. Close it when it is not needed any more.
func New(cfg Config) *Engine {
	if cfg.LogBytes == 0 {
		cfg.LogBytes = defaultLogBytes
	}
	if cfg.Transport == nil {
		dial := &dialer{external: cfg.AllowExternal}
		cfg.Transport = &http.Transport{
			DialContext:            dial.dial,
			DisableKeepAlives:      true,
			DisableCompression:     true,
			TLSHandshakeTimeout:    Timeout,
			MaxResponseHeaderBytes: 256 << 10,
		}
	}
	e := &Engine{
		cfg:   cfg,
		lanes: make(map[string]*lane),
		client: http.Client{
			Transport:     cfg.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		log: newLog(cfg.LogBytes),
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Send queues messages for their endpoints, in this order, and returns at
// once. After Close it does nothing.
func (e *Engine) Send(messages ...Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	for _, m := range messages {
		r := &record{Message: m, status: Pending}
		e.log.add(r)
		e.lane(m.EndpointID).first(e, r)
	}
}

// SetTarget says how the endpoint with this id is reached.
func (e *Engine) SetTarget(id string, t Target) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lane(id).setTarget(t)
}

// Wait returns once no attempt is due or under way: nil, or the error of ctx.
// It does not wait for retries whose time has not come. What a reordering
// endpoint holds back is sent.
func (e *Engine) Wait(ctx context.Context) error {
	for {
		e.mu.Lock()
		for _, l := range e.lanes {
			l.flush(e)
		}
		if e.active == 0 {
			e.mu.Unlock()
			return nil
		}
		if e.idle == nil {
			e.idle = make(chan struct{})
		}
		idle := e.idle
		e.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Track counts work that leads to messages as something under way, for Wait
// and for the clock, until the returned function is called.
func (e *Engine) Track() (done func()) {
	e.mu.Lock()
	e.begin()
	e.mu.Unlock()
	return sync.OnceFunc(func() {
		e.mu.Lock()
		e.done()
		e.mu.Unlock()
	})
}

// begin and done count what is due or under way.
func (e *Engine) begin() {
	if e.active++; e.active == 1 {
		e.release = e.cfg.Clock.Hold()
	}
}

func (e *Engine) done() {
	if e.active--; e.active > 0 {
		return
	}
	e.release()
	if e.idle != nil {
		close(e.idle)
		e.idle = nil
	}
}

// Reset forgets all deliveries, also those that are not finished, and all
// targets. Requests that are under way are not called back, but leave no trace.
func (e *Engine) Reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.lanes {
		l.drop(e)
	}
	e.lanes = make(map[string]*lane)
	e.log.reset()
}

// Close ends all deliveries: requests under way are broken off, and no retry
// follows. It returns when no goroutine of the engine is left, except for
// handlers that do not return though their request's context has ended. The
// log can still be read.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, l := range e.lanes {
		l.drop(e)
	}
	e.mu.Unlock()
	e.cancel()
	e.wg.Wait()
	e.client.CloseIdleConnections()
}

// lane returns the lane of an endpoint.
func (e *Engine) lane(id string) *lane {
	l := e.lanes[id]
	if l == nil {
		l = &lane{}
		e.lanes[id] = l
	}
	return l
}

// outcome is how an attempt ended.
type outcome struct {
	Attempt
	verdict Status // Pending if it is to be tried again
}

// settle notes how an attempt ended and sees to what follows from it.
func (e *Engine) settle(l *lane, it item, o outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.done()
	r := it.record
	if r.dropped {
		return
	}
	o.Retry, o.Repeated = it.retry, it.repeated
	r.attempts = append(r.attempts, o.Attempt)
	defer e.log.grown(r)
	if it.repeated || e.closed {
		return
	}
	r.next = time.Time{}
	more := it.retry < len(schedule)
	switch {
	case r.status == Succeeded: // this was the late retry, which changes nothing
		return
	case o.verdict == Pending && !more:
		r.status = Failed
	default:
		r.status = o.verdict
	}
	late := r.status == Succeeded && l.hazards.LateRetry
	if r.status == Pending || late && more {
		r.next = o.At.Add(schedule[it.retry])
		r.timer = e.cfg.Clock.At(r.next, func() { e.retry(l, item{record: r, retry: it.retry + 1}) })
	}
}

// retry queues a retry whose time has come.
func (e *Engine) retry(l *lane, it item) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if it.record.dropped || e.closed {
		return
	}
	it.record.next, it.record.timer = time.Time{}, nil
	l.push(e, it)
}
