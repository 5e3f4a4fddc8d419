package store

import (
	"strconv"
	"time"
)

// EventSeed is a calendar event as a seed file holds it.
type EventSeed struct {
	ID              Opt[string]    `json:"id"`
	Title           Opt[string]    `json:"title"`
	StartTime       Opt[time.Time] `json:"start_time"`
	DurationMinutes Opt[int]       `json:"duration_minutes"`
	Recurring       Opt[Recurring] `json:"recurring"`
	Cancelled       Opt[bool]      `json:"cancelled"` // default: false; any other status follows from the clock
	CreatedAt       Opt[time.Time] `json:"created_at"`
	UpdatedAt       Opt[time.Time] `json:"updated_at"`
}

// RegistrationSeed is a registration as a seed file holds it.
type RegistrationSeed struct {
	ID        Opt[string]    `json:"id"`
	EventID   Opt[string]    `json:"event_id"`
	Email     Opt[string]    `json:"email"`
	Name      Opt[string]    `json:"name"`
	CreatedAt Opt[time.Time] `json:"created_at"`
}

// WebhookSeed is an endpoint as a seed file holds it, with its secret.
type WebhookSeed struct {
	ID        Opt[string]    `json:"id"`
	URL       Opt[string]    `json:"url"`
	Events    Opt[[]string]  `json:"events"` // default: all
	Status    Opt[string]    `json:"status"` // default: active
	Format    Opt[string]    `json:"format"` // default: dashboard
	Secret    Opt[string]    `json:"secret"` // default: generated
	CreatedAt Opt[time.Time] `json:"created_at"`
	UpdatedAt Opt[time.Time] `json:"updated_at"`
}

// DeliverySeed is a delivery as a seed file holds it.
type DeliverySeed struct {
	ID            Opt[string]        `json:"id"`
	WebhookID     Opt[string]        `json:"webhook_id"`
	EventID       Opt[string]        `json:"event_id"`
	Event         Opt[string]        `json:"event"`
	Status        Opt[string]        `json:"status"` // default: succeeded
	Attempts      Opt[[]AttemptSeed] `json:"attempts"`
	RequestBody   Opt[string]        `json:"request_body"`
	NextAttemptAt Opt[time.Time]     `json:"next_attempt_at"`
	CreatedAt     Opt[time.Time]     `json:"created_at"`
}

// AttemptSeed is an attempt of a delivery as a seed file holds it.
type AttemptSeed struct {
	At             Opt[time.Time] `json:"at"`
	ResponseCode   Opt[int]       `json:"response_code"`
	ResponseTimeMS Opt[int]       `json:"response_time_ms"`
	ResponseBody   Opt[string]    `json:"response_body"`
	Error          Opt[string]    `json:"error"`
}

func (st *state) seedEvent(p *problems, in EventSeed, now time.Time) *row[Event] {
	e := Event{ID: seedID(st, p, in.ID, prefixEvent, &st.events)}
	e.CreatedAt, e.UpdatedAt = seedTimes(p, in.CreatedAt, in.UpdatedAt, now)
	need(p, "title", in.Title)
	need(p, "start_time", in.StartTime)
	need(p, "duration_minutes", in.DurationMinutes)
	e.apply(p, EventChange{
		Title: in.Title, StartTime: in.StartTime, DurationMinutes: in.DurationMinutes, Recurring: in.Recurring,
	})
	if may(p, "cancelled", in.Cancelled) {
		e.Cancelled = in.Cancelled.Value
	}
	if len(*p) > 0 {
		return nil
	}
	return st.addEvent(e, st.advancedTo)
}

func (st *state) seedRegistration(p *problems, in RegistrationSeed, now time.Time) *row[Registration] {
	r := Registration{ID: seedID(st, p, in.ID, prefixRegistration, &st.registrations)}
	r.CreatedAt = seedTime(p, "created_at", in.CreatedAt, now)
	needEmail(p, "email", in.Email)
	r.Email = in.Email.Value
	if mayNull(p, "name", in.Name) {
		checkText(p, "name", in.Name.Value, maxName)
		r.Name = in.Name.Value
	}
	var event *row[Event]
	if need(p, "event_id", in.EventID) {
		r.EventID = in.EventID.Value
		found, err := st.events.get(r.EventID)
		if err != nil {
			p.add("event_id", `there is no event with id "`+r.EventID+`"`)
		}
		event = found
	}
	if st.registrations.find(registrationKey(r.EventID, r.Email)) != nil {
		p.add("email", `"`+r.Email+`" is registered for the event already`)
	}
	if len(*p) > 0 {
		return nil
	}
	return st.register(event, r)
}

func (st *state) seedWebhook(p *problems, in WebhookSeed, now time.Time) *row[Webhook] {
	w := Webhook{
		ID:     seedID(st, p, in.ID, prefixWebhook, &st.webhooks),
		Events: []string{AllEvents}, Status: WebhookActive, Format: FormatDashboard,
	}
	w.CreatedAt, w.UpdatedAt = seedTimes(p, in.CreatedAt, in.UpdatedAt, now)
	need(p, "url", in.URL)
	w.apply(p, WebhookChange{
		URL: in.URL, Events: in.Events, Status: in.Status, Secret: in.Secret, Format: in.Format,
	})
	if len(*p) > 0 {
		return nil
	}
	if w.Secret == "" {
		w.Secret = st.makeSecret(w.ID)
	}
	st.endpoints = nil
	return st.webhooks.insert(w, st.nextSeq())
}

func (st *state) seedDelivery(p *problems, in DeliverySeed, now time.Time) *row[Delivery] {
	d := Delivery{ID: seedID(st, p, in.ID, prefixDelivery, &st.deliveries), Status: DeliverySucceeded}
	d.CreatedAt = seedTime(p, "created_at", in.CreatedAt, now)
	d.NextAttemptAt = seedTime(p, "next_attempt_at", in.NextAttemptAt, time.Time{})
	if need(p, "webhook_id", in.WebhookID) {
		d.WebhookID = in.WebhookID.Value
	}
	if need(p, "event", in.Event) {
		d.Event = in.Event.Value
		checkText(p, "event", d.Event, maxName)
	}
	if may(p, "event_id", in.EventID) {
		d.EventID = in.EventID.Value
	} else {
		d.EventID = st.next(prefixEmission, nil)
	}
	if may(p, "status", in.Status) {
		d.Status = in.Status.Value
		checkOneOf(p, "status", d.Status, deliveryStatuses...)
	}
	if may(p, "request_body", in.RequestBody) {
		d.RequestBody = in.RequestBody.Value
	}
	if may(p, "attempts", in.Attempts) {
		for i, a := range in.Attempts.Value {
			d.Attempts = append(d.Attempts, seedAttempt(p, "attempts["+strconv.Itoa(i)+"].", a, d.CreatedAt))
		}
	}
	if len(*p) > 0 {
		return nil
	}
	return st.deliveries.insert(d, st.nextSeq())
}

func seedAttempt(p *problems, at string, in AttemptSeed, made time.Time) Attempt {
	a := Attempt{
		At:             seedTime(p, at+"at", in.At, made),
		ResponseCode:   in.ResponseCode.Value,
		ResponseTimeMS: in.ResponseTimeMS.Value,
		ResponseBody:   in.ResponseBody.Value,
		Error:          in.Error.Value,
	}
	if mayNull(p, at+"response_code", in.ResponseCode) && (a.ResponseCode < 100 || a.ResponseCode > 999) {
		p.add(at+"response_code", "must be an HTTP status")
	}
	if may(p, at+"response_time_ms", in.ResponseTimeMS) && a.ResponseTimeMS < 0 {
		p.add(at+"response_time_ms", "must not be negative")
	}
	mayNull(p, at+"response_body", in.ResponseBody)
	mayNull(p, at+"error", in.Error)
	return a
}
