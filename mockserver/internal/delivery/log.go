package delivery

import (
	"bytes"
	"slices"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/clock"
)

// record is a delivery with what the engine needs to know about it. All but
// the message is under the engine's lock.
type record struct {
	Message
	status   Status
	attempts []Attempt
	next     time.Time
	timer    *clock.Timer
	bodySize int // 0 before the first attempt
	size     int // as counted by the log
	dropped  bool
}

// recordSize and attemptSize are about what these take without their bodies.
const (
	recordSize  = 400
	attemptSize = 150
)

// log holds the deliveries in the order of their creation, and drops the
// oldest finished ones when they take too much memory. Everything in it is
// under the engine's lock.
type log struct {
	budget     int
	limit      int // drop down to the budget when size exceeds this
	size       int
	all        []*record
	byID       map[string]*record
	byEndpoint map[string][]*record
}

func newLog(budget int) log {
	l := log{budget: budget}
	l.reset()
	return l
}

func (l *log) reset() {
	for _, r := range l.all {
		r.drop()
	}
	*l = log{budget: l.budget, limit: l.budget, byID: make(map[string]*record), byEndpoint: make(map[string][]*record)}
}

// drop keeps a record from being worked on.
func (r *record) drop() {
	r.dropped = true
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
}

func (l *log) add(r *record) {
	l.all = append(l.all, r)
	l.byID[r.ID] = r
	l.byEndpoint[r.EndpointID] = append(l.byEndpoint[r.EndpointID], r)
	l.grown(r)
}

// grown counts a record anew after it was changed.
func (l *log) grown(r *record) {
	size := recordSize + r.bodySize
	for i := range r.attempts {
		size += attemptSize + len(r.attempts[i].Response)
	}
	l.size += size - r.size
	r.size = size
	if l.size > l.limit {
		l.trim()
	}
}

// trim drops the oldest records that nothing is to happen to any more.
func (l *log) trim() {
	for _, r := range l.all {
		if l.size <= l.budget {
			break
		}
		if r.status != Pending && r.timer == nil {
			r.dropped = true
			l.size -= r.size
			delete(l.byID, r.ID)
		}
	}
	gone := func(r *record) bool { return r.dropped }
	l.all = slices.DeleteFunc(l.all, gone)
	for id, records := range l.byEndpoint {
		if records = slices.DeleteFunc(records, gone); len(records) > 0 {
			l.byEndpoint[id] = records
		} else {
			delete(l.byEndpoint, id)
		}
	}
	// Some more may come before the next trim, so that not each costs one.
	l.limit = max(l.size, l.budget) + l.budget/8
}

// Deliveries returns the log, oldest first.
func (e *Engine) Deliveries() []Delivery {
	e.mu.Lock()
	records := slices.Clone(e.log.all)
	e.mu.Unlock()
	return e.show(records)
}

// Page returns a part of the log of one endpoint, oldest first, and how many
// deliveries there are in all. An offset past the end gives none.
func (e *Engine) Page(endpointID string, offset, limit int) (page []Delivery, total int) {
	e.mu.Lock()
	records := e.log.byEndpoint[endpointID]
	total = len(records)
	from := min(max(offset, 0), total)
	records = slices.Clone(records[from:min(from+max(limit, 0), total)])
	e.mu.Unlock()
	return e.show(records), total
}

// Delivery returns an entry of the log.
func (e *Engine) Delivery(id string) (Delivery, bool) {
	e.mu.Lock()
	r := e.log.byID[id]
	e.mu.Unlock()
	if r == nil {
		return Delivery{}, false
	}
	return e.show([]*record{r})[0], true
}

// show copies records. Their bodies are made outside the lock.
func (e *Engine) show(records []*record) []Delivery {
	shown := make([]Delivery, len(records))
	for i, r := range records {
		if body, err := r.Body(); err == nil {
			shown[i].Body = bytes.Clone(body)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, r := range records {
		d := &shown[i]
		d.ID, d.EndpointID, d.EventID, d.EventType = r.ID, r.EndpointID, r.EventID, r.EventType
		d.Status, d.CreatedAt, d.NextAttemptAt = r.status, r.CreatedAt, r.next
		d.Attempts = slices.Clone(r.attempts)
		for j := range d.Attempts {
			d.Attempts[j].Response = bytes.Clone(d.Attempts[j].Response)
		}
	}
	return shown
}

// Record adds a delivery to the log that is finished already.
func (e *Engine) Record(m Message, status Status, attempts ...Attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log.add(&record{Message: m, status: status, attempts: attempts})
}
