package clock

import (
	"container/heap"
	"time"
)

// Advance moves the time forward by d and returns when everything that fell
// due on the way is done. Each function runs at its own time, which [Clock.Now]
// reads until the function and all that it left under a [Clock.Hold] are
// finished; what they schedule runs too if it falls due before the end. At
// return the time is exactly d later than at the call, whatever real time went
// by. Zero and less run what is due at this moment; the time stops at the end
// of the year 9999. Calls at the same time take turns and add up.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beginRun()
	target := c.now()
	if d > 0 {
		target = clamp(target.Add(d))
	}
	c.frozen = true
	defer func() {
		c.frozen = false
		c.set(target)
		c.endRun()
	}()
	for {
		// Also before the first step: work begun earlier belongs to an earlier time.
		for c.holds > 0 && !c.closed {
			c.changed.Wait()
		}
		if len(c.queue) == 0 || c.queue[0].due.After(target) {
			return
		}
		next := heap.Pop(&c.queue).(*Timer)
		if next.due.After(c.last) {
			c.last = next.due
		}
		c.call(next.fn)
	}
}

// tick runs what real time has made due.
func (c *Clock) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running { // whoever runs now sets the timer again at its end
		return
	}
	c.beginRun()
	defer c.endRun()
	for len(c.queue) > 0 && !c.queue[0].due.After(c.now()) {
		c.call(heap.Pop(&c.queue).(*Timer).fn)
	}
}

func (c *Clock) beginRun() {
	for c.running {
		c.changed.Wait()
	}
	c.running = true
}

func (c *Clock) endRun() {
	c.running = false
	c.arm()
	c.changed.Broadcast()
}

// call runs fn without the lock.
func (c *Clock) call(fn func()) {
	c.mu.Unlock()
	defer c.mu.Lock()
	fn()
}

// arm sets the timer for the head of the queue.
func (c *Clock) arm() {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if len(c.queue) == 0 || c.running {
		return
	}
	wait := max(c.queue[0].due.Sub(c.now()), time.Duration(0))
	c.timer = time.AfterFunc(wait, c.tick)
}
