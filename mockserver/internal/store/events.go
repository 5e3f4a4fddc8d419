package store

import (
	"fmt"
	"slices"
	"time"
)

// Statuses of a calendar event. All but the last follow from the clock.
const (
	EventUpcoming  = "upcoming" // not live, and an occurrence is still to come
	EventLive      = "live"
	EventPast      = "past"
	EventCancelled = "cancelled"
)

var eventStatuses = []string{EventUpcoming, EventLive, EventPast, EventCancelled}

// Event is a calendar event as the API shows it, with all its occurrences.
type Event struct {
	ID                 string
	Title              string
	StartTime          time.Time
	DurationMinutes    int
	Recurring          *Recurring // nil for an event that takes place once
	Status             string
	Cancelled          bool
	RegistrationsCount int
	CreatedAt          time.Time
	UpdatedAt          time.Time
}

// EventInput creates an event.
type EventInput struct {
	Title           Opt[string]    `json:"title,omitzero"`
	StartTime       Opt[time.Time] `json:"start_time,omitzero"`
	DurationMinutes Opt[int]       `json:"duration_minutes,omitzero"`
	Recurring       Opt[Recurring] `json:"recurring,omitzero"` // null for none
}

// EventChange updates an event; what is absent stays.
type EventChange EventInput

// AppendJSON implements Renderer.
func (e Event) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", e.ID)
	o.str("title", e.Title)
	o.time("start_time", e.StartTime)
	o.int("duration_minutes", e.DurationMinutes)
	if e.Recurring == nil {
		o.null("recurring")
	} else {
		o.obj("recurring", *e.Recurring)
	}
	o.str("status", e.Status)
	o.key("occurrences")
	o.b = append(o.b, '[')
	for i := range e.count() {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendTime(o.b, e.occurrence(i))
	}
	o.b = append(o.b, ']')
	o.int("registrations_count", e.RegistrationsCount)
	o.time("created_at", e.CreatedAt)
	o.time("updated_at", e.UpdatedAt)
	return o.end()
}

var eventSchema = schema[Event]{
	resource: "event",
	id:       func(e *Event) string { return e.ID },
	created:  func(e *Event) time.Time { return e.CreatedAt },
	groups:   func(e *Event, to []group) []group { return append(to, statusGroup(e.Status)) },
}

func statusGroup(status string) group { return group{kind: 's', a: status} }

// ListEvents returns a page of calendar events, of one status unless it is empty.
func (s *Store) ListEvents(status string, p ListParams) (Page[Event], error) {
	by := filter{}
	if status != "" {
		if !slices.Contains(eventStatuses, status) {
			return Page[Event]{}, unknownStatus(eventStatuses)
		}
		g := statusGroup(status)
		by.group = &g
	}
	// Reading may move events on to their present status, so it needs the same lock as writing.
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.advance(s.now())
	return list(&s.st.events, by, p)
}

// GetEvent returns a calendar event.
func (s *Store) GetEvent(id string) (Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.advance(s.now())
	return value(s.st.events.get(id))
}

// CreateEvent adds a calendar event, also one that lies in the past.
func (s *Store) CreateEvent(in EventInput) (Event, error) {
	now := s.begin()
	defer s.end()
	e := Event{CreatedAt: now, UpdatedAt: now}
	var p problems
	need(&p, "title", in.Title)
	need(&p, "start_time", in.StartTime)
	need(&p, "duration_minutes", in.DurationMinutes)
	e.apply(&p, EventChange(in))
	if err := p.err(); err != nil {
		return Event{}, err
	}
	e.ID = nextFor(s.st, prefixEvent, &s.st.events)
	return s.st.addEvent(e, now).v, nil
}

// UpdateEvent changes a calendar event. A call that changes nothing leaves updated_at alone; a canceled event stays
// canceled.
func (s *Store) UpdateEvent(id string, ch EventChange) (Event, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.events.get(id)
	if err != nil {
		return Event{}, err
	}
	e := old.v
	var p problems
	e.apply(&p, ch)
	if err := p.err(); err != nil {
		return Event{}, err
	}
	if e.sameContent(&old.v) {
		return old.v, nil
	}
	e.UpdatedAt = now
	return s.st.saveEvent(old, e, now).v, nil
}

// CancelEvent cancels a calendar event; one that is canceled stays as it is.
func (s *Store) CancelEvent(id string) (Event, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.events.get(id)
	if err != nil || old.v.Cancelled {
		return value(old, err)
	}
	e := old.v
	e.Cancelled, e.UpdatedAt = true, now
	return s.st.saveEvent(old, e, now).v, nil
}

// apply validates a change and carries it out on e, which is a copy.
func (e *Event) apply(p *problems, ch EventChange) {
	if may(p, "title", ch.Title) {
		checkTitle(p, "title", ch.Title.Value)
		e.Title = ch.Title.Value
	}
	if may(p, "start_time", ch.StartTime) {
		checkTime(p, "start_time", ch.StartTime.Value)
		e.StartTime = wholeSeconds(ch.StartTime.Value)
	}
	if may(p, "duration_minutes", ch.DurationMinutes) {
		e.DurationMinutes = ch.DurationMinutes.Value
		if e.DurationMinutes < 1 || e.DurationMinutes > maxMinutes {
			p.add("duration_minutes", fmt.Sprintf("must be between 1 and %d, not %d", maxMinutes, e.DurationMinutes))
		}
	}
	switch {
	case mayNull(p, "recurring", ch.Recurring):
		r := ch.Recurring.Value
		r.checkFrequency(p, "recurring")
		r.checkCount(p, "recurring")
		e.Recurring = &r
	case ch.Recurring.Null:
		e.Recurring = nil
	}
}

// sameContent reports whether nothing differs that an update can change.
func (e *Event) sameContent(f *Event) bool {
	sameRecurrence := e.Recurring == f.Recurring ||
		e.Recurring != nil && f.Recurring != nil && *e.Recurring == *f.Recurring
	return e.Title == f.Title && e.StartTime.Equal(f.StartTime) && e.DurationMinutes == f.DurationMinutes && sameRecurrence
}

// addEvent inserts an event, with its status at a moment to which all events have been advanced.
func (st *state) addEvent(e Event, now time.Time) *row[Event] {
	var next int64
	e.Status, next = e.statusAt(now)
	r := st.events.insert(e, st.nextSeq())
	st.expect(r, next)
	return r
}

// saveEvent replaces an event and works out its status anew.
func (st *state) saveEvent(old *row[Event], e Event, now time.Time) *row[Event] {
	if _, next := old.v.statusAt(st.advancedTo); next != 0 {
		st.due.Delete(place{next, old.seq})
	}
	var next int64
	e.Status, next = e.statusAt(now)
	r := st.events.replace(old, e)
	st.expect(r, next)
	return r
}

// expect notes when an event's status changes next.
func (st *state) expect(r *row[Event], next int64) {
	if next != 0 {
		st.due.Set(place{next, r.seq}, r.v.ID)
	}
}

// advance moves on the events whose status has changed since the last call, and touches no other. Only when the clock
// went back, after restoring a later snapshot, are all looked at.
func (st *state) advance(now time.Time) {
	if now.Before(st.advancedTo) {
		st.due = newTree[place, string](place.compare)
		var all []*row[Event]
		st.events.each(func(r *row[Event]) bool { all = append(all, r); return true })
		st.advancedTo = now
		for _, r := range all {
			st.restatus(r)
		}
		return
	}
	st.advancedTo = now
	for st.due.Len() > 0 {
		var first place
		var id string
		st.due.Ascend(0, func(p place, v string) bool { first, id = p, v; return false })
		if first.sec > now.Unix() {
			return
		}
		st.due.Delete(first)
		if r, err := st.events.get(id); err == nil {
			st.restatus(r)
		}
	}
}

// restatus gives an event that expects nothing its status at advancedTo.
func (st *state) restatus(r *row[Event]) {
	status, next := r.v.statusAt(st.advancedTo)
	if status != r.v.Status {
		e := r.v
		e.Status = status
		r = st.events.replace(r, e)
	}
	st.expect(r, next)
}
