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
	// Attempted is called after each attempt, one at a time.
	Attempted func(Message, Attempt)
	// AllowExternal sends to any address, with names looked up.
	AllowExternal bool
	// Transport makes the requests to URLs; nil is one that uses no proxy and
	// a connection of its own for each request, which no stale one can spoil.
	Transport http.RoundTripper
}

// Engine delivers messages. Each endpoint has a queue of its own and, while
// there is something in it, one goroutine; an idle engine has none.
type Engine struct {
	cfg    Config
	client http.Client
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup // one for each worker

	// report is held while an attempt is reported; taken before mu.
	report sync.Mutex

	mu      sync.Mutex
	lanes   map[string]*lane
	waiting map[*job]struct{} // for the time of a retry
	active  int               // attempts that are due or under way
	release func()            // of the clock, while some are
	idle    chan struct{}     // closed when none are left; nil while nobody waits
	closed  bool
}

// New returns an engine. Close it when it is not needed any more.
func New(cfg Config) *Engine {
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
		cfg:     cfg,
		lanes:   make(map[string]*lane),
		waiting: make(map[*job]struct{}),
		client: http.Client{
			Transport:     cfg.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// job is a message on its way.
type job struct {
	Message
	status  Status
	next    time.Time
	timer   *clock.Timer // for next
	dropped bool         // by Reset
}

// Send queues a message for its endpoint and returns at once. After Close it
// does nothing.
func (e *Engine) Send(m Message) {
	endpoint, _ := e.cfg.Endpoint(m.EndpointID)
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.lane(m.EndpointID)
	l.live(endpoint.Hazards)
	l.first(e, &job{Message: m, status: Pending})
}

// Resume goes on with a delivery after a number of attempts: the next one
// follows at the time given, if there is one left, or at once if that is past.
func (e *Engine) Resume(m Message, attempts int, at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if attempts >= MaxAttempts || e.closed {
		return
	}
	it := item{job: &job{Message: m, status: Pending}, retry: attempts}
	if at.After(e.cfg.Clock.Now()) {
		e.later(it, at)
		return
	}
	e.lane(m.EndpointID).push(e, it) // not by a timer, so that Wait knows of it
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

// Reset forgets all that is not finished. Requests that are under way are not
// called back, but are not reported any more.
func (e *Engine) Reset() {
	e.report.Lock()
	defer e.report.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop()
}

func (e *Engine) drop() {
	for _, l := range e.lanes {
		l.drop(e)
	}
	for j := range e.waiting {
		j.timer.Stop()
		j.dropped = true
	}
	clear(e.waiting)
}

// Close ends all deliveries: requests under way are broken off, and no retry
// follows. It returns when no goroutine of the engine is left, except for
// handlers that do not return though their request's context has ended.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, l := range e.lanes {
		l.empty(e)
	}
	e.mu.Unlock()
	e.cancel()
	e.wg.Wait()
	e.mu.Lock()
	e.drop()
	e.mu.Unlock()
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

// settle notes how an attempt ended, with what would follow from it alone in
// its Status, and sees to what does.
func (e *Engine) settle(l *lane, it item, a Attempt) {
	e.report.Lock()
	defer e.report.Unlock()
	e.mu.Lock()
	dropped := it.job.dropped
	if !dropped {
		e.conclude(l, it, &a)
	}
	e.mu.Unlock()
	if !dropped {
		e.cfg.Attempted(it.job.Message, a)
	}
	e.mu.Lock()
	l.over(it)
	e.done() // after the report, because it lets Wait return and the time go on
	e.mu.Unlock()
}

func (e *Engine) conclude(l *lane, it item, a *Attempt) {
	j := it.job
	if it.repeated || j.status == Succeeded { // a copy or a late retry, which change nothing
		a.Status, a.Next = j.status, j.next
		return
	}
	more := it.retry+1 < MaxAttempts
	if a.Status == Pending && !more {
		a.Status = Failed
	}
	j.status = a.Status
	late := j.status == Succeeded && l.hazards.LateRetry
	if more && (late || j.status == Pending) && !e.closed {
		a.Next = a.At.Add(schedule[it.retry])
		e.later(item{job: j, retry: it.retry + 1}, a.Next)
	}
}

// later queues an attempt when its time has come.
func (e *Engine) later(it item, at time.Time) {
	j := it.job
	e.waiting[j] = struct{}{}
	j.next = at
	j.timer = e.cfg.Clock.At(at, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.waiting, j)
		j.next = time.Time{}
		e.lane(j.EndpointID).push(e, it)
	})
}
