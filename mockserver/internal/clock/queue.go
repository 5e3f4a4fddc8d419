package clock

import (
	"container/heap"
	"time"
)

// Timer is a function that waits for its time; see [Clock.At].
type Timer struct {
	clock *Clock
	due   time.Time
	seq   uint64
	fn    func()
	index int // in the queue; -1 once it is out of it
}

// Stop keeps the function from running and reports whether it did so: false
// means that the function has begun, has run, or was stopped before.
func (t *Timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if t.index < 0 {
		return false
	}
	first := t.index == 0
	heap.Remove(&t.clock.queue, t.index)
	if first {
		t.clock.arm()
	}
	return true
}

// queue orders timers by time, then by when they were scheduled.
type queue []*Timer

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].seq < q[j].seq
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	timer := x.(*Timer)
	timer.index = len(*q)
	*q = append(*q, timer)
}

func (q *queue) Pop() any {
	old := *q
	timer := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	timer.index = -1
	return timer
}
