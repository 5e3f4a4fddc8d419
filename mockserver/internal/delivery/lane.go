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
	hazards  Hazards
	queue    []item
	underway map[*job]int // attempts that have begun
	workers  int

	held      []item // first attempts that wait to be reordered
	holdTimer *clock.Timer
	rng       *rand.Rand
	spoil     int // signatures left to spoil; negative is all
}

// item is one attempt to make.
type item struct {
	job      *job
	retry    int
	repeated bool
}

// live makes a lane live with other hazards, if they are others.
func (l *lane) live(h Hazards) {
	if l.hazards == h && l.rng != nil {
		return
	}
	l.hazards = h
	l.rng = rand.New(rand.NewPCG(h.Seed, 0))
	l.spoil = h.BadSignatures
}

// first queues the first attempt of a job.
func (l *lane) first(e *Engine, j *job) {
	if e.closed {
		return
	}
	it := item{job: j}
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
		l.push(e, item{job: it.job, repeated: true})
	}
}

// push queues an attempt and sees that somebody makes it.
func (l *lane) push(e *Engine, it item) {
	if it.job.dropped || e.closed {
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
	if l.underway == nil {
		l.underway = make(map[*job]int)
	}
	l.underway[it.job]++
	return it, true
}

// empty forgets everything that has not begun.
func (l *lane) empty(e *Engine) {
	for range l.queue {
		e.done()
	}
	l.queue, l.held = nil, nil
	if l.holdTimer != nil {
		l.holdTimer.Stop()
		l.holdTimer = nil
	}
}

// drop forgets also what has begun.
func (l *lane) drop(e *Engine) {
	l.empty(e)
	for j := range l.underway {
		j.dropped = true
	}
}

// over notes that an attempt is not under way any more.
func (l *lane) over(it item) {
	if l.underway[it.job]--; l.underway[it.job] == 0 {
		delete(l.underway, it.job)
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
