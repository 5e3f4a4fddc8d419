package selgora

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"
)

// EventService provides access to the calendar: webinars, office hours and other
// dates that people register for. The API guide documents List, Create and
// Register. Webhook events are in package webhook.
type EventService struct{ core *core }

var (
	listEvents        = route{operation: "events.list", method: http.MethodGet, template: "/events"}
	getEvent          = route{operation: "events.get", method: http.MethodGet, template: "/events/{id}"}
	createEvent       = route{operation: "events.create", method: http.MethodPost, template: "/events"}
	updateEvent       = route{operation: "events.update", method: http.MethodPatch, template: "/events/{id}"}
	deleteEvent       = route{operation: "events.delete", method: http.MethodDelete, template: "/events/{id}"}
	registerForEvent  = route{operation: "events.register", method: http.MethodPost, template: "/events/{id}/registrations"}
	listRegistrations = route{operation: "events.registrations", method: http.MethodGet, template: "/events/{id}/registrations"}
)

// Event is a calendar event with all its occurrences. Status, Occurrences,
// RegistrationsCount, CreatedAt and UpdatedAt are in neither guide.
type Event struct {
	ID                 string      `json:"id"`
	Title              string      `json:"title"`
	StartTime          time.Time   `json:"start_time,omitzero"` // of the first occurrence
	DurationMinutes    int         `json:"duration_minutes"`
	Recurring          *Recurrence `json:"recurring,omitzero"` // nil for an event that happens once
	Status             EventStatus `json:"status,omitzero"`
	Occurrences        []time.Time `json:"occurrences,omitzero"` // when each starts
	RegistrationsCount int         `json:"registrations_count"`
	CreatedAt          time.Time   `json:"created_at,omitzero"`
	UpdatedAt          time.Time   `json:"updated_at,omitzero"`
}

// Recurrence says how an event repeats. A monthly event on the 31st falls on the
// last day of shorter months.
type Recurrence struct {
	Frequency Frequency `json:"frequency"`
	Count     int       `json:"count"` // occurrences in all, 1 to 365
}

// Frequency is how often an event repeats. Values other than the constants pass
// through.
type Frequency string

// The frequencies. The API guide shows only "weekly".
const (
	Daily   Frequency = "daily"
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
)

// EventStatus says whether an event, with all its occurrences, is still to come.
// Values other than the constants pass through.
type EventStatus string

// The statuses of an event. The API guide shows only "upcoming".
const (
	EventUpcoming  EventStatus = "upcoming"
	EventLive      EventStatus = "live"
	EventPast      EventStatus = "past"
	EventCancelled EventStatus = "cancelled"
)

// Registration is a person's place at an event. No guide shows the object.
type Registration struct {
	ID        string    `json:"id"`
	EventID   string    `json:"event_id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// EventListParams selects a page of events. The zero value is the first page
// of all of them.
type EventListParams struct {
	Status EventStatus // only with this status; "" is any
	Page   int         // from 1; 0 is the first
	Limit  int         // 1 to 100 per page; 0 is the server's default, and 100 for All and Pages
}

// EventCreateParams describes a new event. Times are sent in UTC and whole
// seconds; fractions are cut off.
type EventCreateParams struct {
	Title           string      `json:"title"`              // required
	StartTime       time.Time   `json:"start_time"`         // required
	DurationMinutes int         `json:"duration_minutes"`   // required, 1 to 1440
	Recurring       *Recurrence `json:"recurring,omitzero"` // nil for an event that happens once
}

// EventUpdateParams describes changes: what is left out stays as it is. Only
// Recurring can be null, which makes the event happen once. Times are sent as in
// [EventCreateParams].
type EventUpdateParams struct {
	Title           Opt[string]     `json:"title,omitzero"`
	StartTime       Opt[time.Time]  `json:"start_time,omitzero"`
	DurationMinutes Opt[int]        `json:"duration_minutes,omitzero"` // 1 to 1440
	Recurring       Opt[Recurrence] `json:"recurring,omitzero"`
}

// EventRegisterParams names who registers.
type EventRegisterParams struct {
	Email string `json:"email"` // required
	Name  string `json:"name,omitzero"`
}

// RegistrationListParams selects a page of registrations. The zero value is
// the first page.
type RegistrationListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for AllRegistrations
}

// wireTime returns t as the API represents it.
func wireTime(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (p *EventListParams) query() listQuery {
	if p == nil {
		p = &EventListParams{}
	}
	q := listQuery{name: "EventListParams", page: p.Page, limit: p.Limit}
	q.filters.add("status", string(p.Status))
	return q
}

func (p *RegistrationListParams) query() listQuery {
	if p == nil {
		p = &RegistrationListParams{}
	}
	return listQuery{name: "RegistrationListParams", page: p.Page, limit: p.Limit}
}

func (p *EventCreateParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"EventCreateParams", "is nil"}
	case strings.TrimSpace(p.Title) == "":
		return &ParamError{"EventCreateParams.Title", "is required"}
	case p.StartTime.IsZero():
		return &ParamError{"EventCreateParams.StartTime", "is required"}
	}
	if err := checkTime("EventCreateParams.StartTime", p.StartTime); err != nil {
		return err
	}
	if err := checkDuration("EventCreateParams.DurationMinutes", p.DurationMinutes); err != nil {
		return err
	}
	if p.Recurring != nil {
		return checkRecurrence("EventCreateParams.Recurring", *p.Recurring)
	}
	return nil
}

func (p *EventCreateParams) wire() EventCreateParams {
	w := *p
	w.StartTime = wireTime(w.StartTime)
	return w
}

func (p *EventUpdateParams) validate() error {
	if p == nil {
		return &ParamError{"EventUpdateParams", "is nil"}
	}
	if title, ok := p.Title.Get(); ok && strings.TrimSpace(title) == "" {
		return &ParamError{"EventUpdateParams.Title", "is blank"}
	}
	if start, ok := p.StartTime.Get(); ok {
		if start.IsZero() {
			return &ParamError{"EventUpdateParams.StartTime", "is the zero time"}
		}
		if err := checkTime("EventUpdateParams.StartTime", start); err != nil {
			return err
		}
	}
	if minutes, ok := p.DurationMinutes.Get(); ok {
		if err := checkDuration("EventUpdateParams.DurationMinutes", minutes); err != nil {
			return err
		}
	}
	if recurring, ok := p.Recurring.Get(); ok {
		if err := checkRecurrence("EventUpdateParams.Recurring", recurring); err != nil {
			return err
		}
	}
	return refuseNull("EventUpdateParams", nullable{"Title", p.Title.IsNull()},
		nullable{"StartTime", p.StartTime.IsNull()}, nullable{"DurationMinutes", p.DurationMinutes.IsNull()})
}

func (p *EventUpdateParams) wire() EventUpdateParams {
	w := *p
	if start, ok := w.StartTime.Get(); ok {
		w.StartTime = Set(wireTime(start))
	}
	return w
}

// checkTime refuses the years that RFC 3339 cannot write.
func checkTime(field string, t time.Time) error {
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		return &ParamError{field, fmt.Sprintf("the year %d is out of range 0 to 9999", year)}
	}
	return nil
}

func checkDuration(field string, minutes int) error {
	if minutes < 1 || minutes > 24*60 {
		return &ParamError{field, fmt.Sprintf("%d is out of range 1 to 1440", minutes)}
	}
	return nil
}

func checkRecurrence(field string, r Recurrence) error {
	if r.Frequency == "" {
		return &ParamError{field + ".Frequency", "is required"}
	}
	if r.Count < 1 || r.Count > 365 {
		return &ParamError{field + ".Count", fmt.Sprintf("%d is out of range 1 to 365", r.Count)}
	}
	return nil
}

// List returns one page of events, in order of creation. Documented in the API
// guide.
func (s *EventService) List(ctx context.Context, params *EventListParams, opts ...RequestOption) (*Page[Event], error) {
	return listPage[Event](ctx, s.core, listEvents.at(), params.query(), opts)
}

// All iterates over the events that params selects, in order of creation,
// starting at params.Page; see [CourseService.All]. Documented in the API guide.
func (s *EventService) All(ctx context.Context, params *EventListParams, opts ...RequestOption) iter.Seq2[*Event, error] {
	return all(s.Pages(ctx, params, opts...))
}

// Pages iterates over the pages of All; see [CourseService.Pages]. Documented in
// the API guide.
func (s *EventService) Pages(ctx context.Context, params *EventListParams, opts ...RequestOption) iter.Seq2[*Page[Event], error] {
	return pages[Event](ctx, s.core, listEvents.at(), params.query(), opts)
}

// Get returns an event. Not documented in the guides.
func (s *EventService) Get(ctx context.Context, id string, opts ...RequestOption) (*Event, error) {
	return fetch[Event](ctx, s.core, getEvent.at(id), opts)
}

// Create creates an event, a single one for all its occurrences. Documented in
// the API guide.
func (s *EventService) Create(ctx context.Context, params *EventCreateParams, opts ...RequestOption) (*Event, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Event](ctx, s.core, createEvent.at().with(params.wire()), opts)
}

// Update changes what params sets and returns the whole event. Not documented
// in the guides.
func (s *EventService) Update(ctx context.Context, id string, params *EventUpdateParams, opts ...RequestOption) (*Event, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Event](ctx, s.core, updateEvent.at(id).with(params.wire()), opts)
}

// Delete cancels an event: it stays readable, with the status [EventCancelled].
// If an earlier attempt of the same call may already have done so, a 404 is a
// success. Not documented in the guides.
func (s *EventService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, deleteEvent.at(id), nil, opts)
}

// Register registers a person for an event. For an address that is already
// registered, it returns the existing registration (status 200 instead of 201).
// For a past or canceled event, the error matches [ErrConflict]. Documented in
// the API guide, without its response.
func (s *EventService) Register(ctx context.Context, id string, params *EventRegisterParams, opts ...RequestOption) (*Registration, error) {
	if params == nil {
		return nil, s.core.refuse(&ParamError{"EventRegisterParams", "is nil"}, opts)
	}
	if strings.TrimSpace(params.Email) == "" {
		return nil, s.core.refuse(&ParamError{"EventRegisterParams.Email", "is required"}, opts)
	}
	return fetch[Registration](ctx, s.core, registerForEvent.at(id).with(params), opts)
}

// Registrations returns one page of an event's registrations, oldest first.
// Not documented in the guides.
func (s *EventService) Registrations(ctx context.Context, id string, params *RegistrationListParams, opts ...RequestOption) (*Page[Registration], error) {
	return listPage[Registration](ctx, s.core, listRegistrations.at(id), params.query(), opts)
}

// AllRegistrations iterates over an event's registrations, oldest first, starting
// at params.Page; see [CourseService.All]. Not documented in the guides.
func (s *EventService) AllRegistrations(ctx context.Context, id string, params *RegistrationListParams, opts ...RequestOption) iter.Seq2[*Registration, error] {
	return all(pages[Registration](ctx, s.core, listRegistrations.at(id), params.query(), opts))
}
