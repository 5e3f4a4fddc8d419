package delivery

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
)

// holdBack is how long a reordering endpoint waits for more to reorder.
const holdBack = time.Second

// lane is the queue of one endpoint. Everything in it is under the engine's
// lock.
type lane struct {
	Target
	hazards Hazards
	queue   []item
	workers int

	held      []item // first attempts that wait to be reordered
	holdTimer *clock.Timer
	rng       *rand.Rand
	spoil     int // signatures left to spoil; negative is all
}

// item is one attempt to make.
type item struct {
	record   *record
	retry    int
	repeated bool
}

func (l *lane) setTarget(t Target) {
	l.Target, l.hazards = t, t.Hazards
	l.rng = rand.New(rand.NewPCG(t.Hazards.Seed, 0))
	l.spoil = t.Hazards.BadSignatures
}

// first queues the first attempt of a record.
func (l *lane) first(e *Engine, r *record) {
	it := item{record: r}
	if l.hazards.Reorder < 2 {
		l.pushFirst(e, it)
		return
	}
	l.held = append(l.held, it)
	if len(l.held) >= l.hazards.Reorder {
		l.flush(e)
		return
	}
	if l.holdTimer == nil {
		l.holdTimer = e.cfg.Clock.At(e.cfg.Clock.Now().Add(holdBack), func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			l.flush(e)
		})
	}
}

// flush queues what was held back, in another order.
func (l *lane) flush(e *Engine) {
	if l.holdTimer != nil {
		l.holdTimer.Stop()
		l.holdTimer = nil
	}
	held := l.held
	l.held = nil
	if len(held) > 1 {
		came := slices.Clone(held)
		l.rng.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		if slices.Equal(held, came) { // the one shuffle that is none
			slices.Reverse(held)
		}
	}
	for _, it := range held {
		l.pushFirst(e, it)
	}
}

func (l *lane) pushFirst(e *Engine, it item) {
	l.push(e, it)
	for range l.hazards.Duplicates {
		l.push(e, item{record: it.record, repeated: true})
	}
}

// push queues an attempt and sees that somebody makes it.
func (l *lane) push(e *Engine, it item) {
	if it.record.dropped || e.closed {
		return
	}
	e.begin()
	l.queue = append(l.queue, it)
	if l.workers < max(l.hazards.Concurrency, 1) {
		l.workers++
		e.wg.Add(1)
		go e.work(l)
	}
}

// pop takes the next attempt, or ends the worker that asks.
func (l *lane) pop(e *Engine) (item, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(l.queue) == 0 || l.workers > max(l.hazards.Concurrency, 1) {
		l.workers--
		if len(l.queue) == 0 {
			l.queue = nil
		}
		return item{}, false
	}
	it := l.queue[0]
	l.queue[0] = item{}
	l.queue = l.queue[1:]
	return it, true
}

// drop forgets everything that has not begun.
func (l *lane) drop(e *Engine) {
	for range l.queue {
		e.done()
	}
	l.queue, l.held = nil, nil
	if l.holdTimer != nil {
		l.holdTimer.Stop()
		l.holdTimer = nil
	}
}

// work makes the attempts of a lane until none are left.
func (e *Engine) work(l *lane) {
	for {
		it, ok := l.pop(e)
		if !ok {
			e.wg.Done()
			return
		}
		if !e.attempt(l, it) {
			return // another goroutine goes on in place of this one
		}
	}
}
