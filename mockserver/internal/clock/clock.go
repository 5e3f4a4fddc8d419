package clock

import (
	"container/heap"
	"sync"
	"time"
)

// latest is where a clock stops being moved: RFC 3339 has no later year.
var latest = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// Clock tells a virtual time and runs functions when it reaches theirs. Make
// one with [New]. Its methods are safe for concurrent use.
type Clock struct {
	mu      sync.Mutex
	changed *sync.Cond // a run ended, the last hold was released, or the clock was closed

	followWall bool      // elapsed time is read off the wall clock, which counts a suspended machine's sleep
	origin     time.Time // the real instant at which the virtual time was base
	base       time.Time
	last       time.Time // the latest reading given out; the wall clock may step back, this one does not

	frozen  bool // Advance is stepping: the time is base and does not run
	running bool // one goroutine at a time runs functions
	holds   int
	closed  bool

	queue queue
	seq   uint64
	timer *time.Timer // set for the head of the queue; nil while there is none, so that an idle clock costs nothing
}

// New returns a clock that starts at start and runs on with real time. The
// zero time means the real time, and to follow it also across a suspended
// machine and corrections of the system clock (but never backwards).
func New(start time.Time) *Clock {
	c := &Clock{origin: time.Now(), base: start.Round(0).UTC()}
	if start.IsZero() {
		c.followWall = true
		c.base = c.origin.Round(0).UTC()
	}
	c.base = clamp(c.base)
	c.last = c.base
	c.changed = sync.NewCond(&c.mu)
	return c
}

// Now returns the virtual time, in UTC and without a monotonic reading. It
// never goes backwards.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.frozen {
		if now := clamp(c.base.Add(c.elapsed())); now.After(c.last) {
			c.last = now
		}
	}
	return c.last
}

func (c *Clock) elapsed() time.Duration {
	real := time.Now()
	if c.followWall {
		return real.Round(0).Sub(c.origin.Round(0))
	}
	return real.Sub(c.origin)
}

// set makes t the virtual time of this real instant.
func (c *Clock) set(t time.Time) {
	c.origin, c.base, c.last = time.Now(), t, t
}

// At runs fn once the virtual time has reached t, which may be past already:
// on a goroutine of its own when real time gets there, or on the one that
// calls [Clock.Advance]. Functions run one after the other in order of their
// times, and of their scheduling where these are equal; fn must hand anything
// long over to another goroutine, under a [Clock.Hold]. On a closed clock fn
// never runs.
func (c *Clock) At(t time.Time, fn func()) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := &Timer{clock: c, due: t.Round(0).UTC(), seq: c.seq, fn: fn, index: -1}
	c.seq++
	if c.closed {
		return timer
	}
	heap.Push(&c.queue, timer)
	if timer.index == 0 {
		c.arm()
	}
	return timer
}

// Hold marks work that belongs to the present moment: [Clock.Advance] does not
// move the time on before every hold is released. It does not stop real time.
// The returned function releases the hold; calling it again does nothing.
func (c *Clock) Hold() (release func()) {
	c.mu.Lock()
	c.holds++
	c.mu.Unlock()
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.holds--; c.holds == 0 {
			c.changed.Broadcast()
		}
	})
}

// Pending returns how many functions wait for their time.
func (c *Clock) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// Close drops every function that has not begun and waits for one that is
// running. The time can still be read and moved afterward.
func (c *Clock) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, timer := range c.queue {
		timer.index = -1
	}
	c.queue = nil
	c.arm()
	c.changed.Broadcast()
	for c.running {
		c.changed.Wait()
	}
}

func clamp(t time.Time) time.Time {
	if t.After(latest) {
		return latest
	}
	return t
}
