package selgora_test

import (
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

func TestEventBadParams(t *testing.T) {
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	event := selgora.EventCreateParams{Title: "Q&A", StartTime: start, DurationMinutes: 60}
	withEvent := func(change func(*selgora.EventCreateParams)) func(ctx, cl) error {
		p := event
		change(&p)
		return func(x ctx, c cl) error { return err2(c.Events.Create(x, &p)) }
	}
	eventUpdate := func(p selgora.EventUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Events.Update(x, "event_1", &p)) }
	}
	checkRefused(t, []refused{
		{"EventCreateParams", func(x ctx, c cl) error { return err2(c.Events.Create(x, nil)) }},
		{"EventCreateParams.Title", withEvent(func(p *selgora.EventCreateParams) { p.Title = "" })},
		{"EventCreateParams.StartTime", withEvent(func(p *selgora.EventCreateParams) { p.StartTime = time.Time{} })},
		{"EventCreateParams.StartTime", withEvent(func(p *selgora.EventCreateParams) { p.StartTime = late })},
		{"EventCreateParams.DurationMinutes", withEvent(func(p *selgora.EventCreateParams) { p.DurationMinutes = 0 })},
		{"EventCreateParams.DurationMinutes", withEvent(func(p *selgora.EventCreateParams) { p.DurationMinutes = 1441 })},
		{"EventCreateParams.Recurring.Frequency", withEvent(func(p *selgora.EventCreateParams) { p.Recurring = &selgora.Recurrence{Count: 1} })},
		{"EventCreateParams.Recurring.Count", withEvent(func(p *selgora.EventCreateParams) {
			p.Recurring = &selgora.Recurrence{Frequency: selgora.Daily, Count: 366}
		})},
		{"EventUpdateParams", func(x ctx, c cl) error { return err2(c.Events.Update(x, "event_1", nil)) }},
		{"EventUpdateParams.Title", eventUpdate(selgora.EventUpdateParams{Title: selgora.Set("")})},
		{"EventUpdateParams.Title", eventUpdate(selgora.EventUpdateParams{Title: selgora.Null[string]()})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(time.Time{})})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(late)})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC))})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Null[time.Time]()})},
		{"EventUpdateParams.DurationMinutes", eventUpdate(selgora.EventUpdateParams{DurationMinutes: selgora.Set(-1)})},
		{"EventUpdateParams.DurationMinutes", eventUpdate(selgora.EventUpdateParams{DurationMinutes: selgora.Null[int]()})},
		{"EventUpdateParams.Recurring.Frequency", eventUpdate(selgora.EventUpdateParams{Recurring: selgora.Set(selgora.Recurrence{})})},
		{"EventUpdateParams.Recurring.Count", eventUpdate(selgora.EventUpdateParams{Recurring: selgora.Set(selgora.Recurrence{Frequency: selgora.Weekly})})},
		{"EventRegisterParams", func(x ctx, c cl) error { return err2(c.Events.Register(x, "event_1", nil)) }},
		{"EventRegisterParams.Email", func(x ctx, c cl) error {
			return err2(c.Events.Register(x, "event_1", &selgora.EventRegisterParams{Name: "A"}))
		}},
		{"EventListParams.Limit", func(x ctx, c cl) error { return err2(c.Events.List(x, &selgora.EventListParams{Limit: 101})) }},
		{"EventListParams.Limit", func(x ctx, c cl) error { return first(c.Events.All(x, &selgora.EventListParams{Limit: 101})) }},
		{"RegistrationListParams.Limit", func(x ctx, c cl) error {
			return err2(c.Events.Registrations(x, "event_1", &selgora.RegistrationListParams{Limit: 101}))
		}},
		{"RegistrationListParams.Page", func(x ctx, c cl) error {
			return err2(c.Events.Registrations(x, "event_1", &selgora.RegistrationListParams{Page: -1}))
		}},
	})
}

func TestEventRefusedIDs(t *testing.T) {
	checkRefusedIDs(t, "id",
		func(x ctx, c cl, id string) error { return err2(c.Events.Get(x, id)) },
		func(x ctx, c cl, id string) error { return err2(c.Events.Update(x, id, &selgora.EventUpdateParams{})) },
		func(x ctx, c cl, id string) error { return c.Events.Delete(x, id) },
		func(x ctx, c cl, id string) error {
			return err2(c.Events.Register(x, id, &selgora.EventRegisterParams{Email: "a@example.com"}))
		},
		func(x ctx, c cl, id string) error { return err2(c.Events.Registrations(x, id, nil)) },
		func(x ctx, c cl, id string) error { return first(c.Events.AllRegistrations(x, id, nil)) },
	)
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestEventAbsentZeroAndNull(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	checkBodies(t, []sentBody{
		{"event create", func(x ctx, c cl) error {
			return err2(c.Events.Create(x, &selgora.EventCreateParams{Title: "Q", StartTime: time.Date(2025, 3, 1, 19, 0, 0, 999, berlin), DurationMinutes: 60}))
		}, `{"title":"Q","start_time":"2025-03-01T18:00:00Z","duration_minutes":60}`},
		{"event create, recurring", func(x ctx, c cl) error {
			return err2(c.Events.Create(x, &selgora.EventCreateParams{Title: "Q", StartTime: time.Date(2025, 3, 1, 19, 0, 0, 0, time.UTC), DurationMinutes: 60, Recurring: &selgora.Recurrence{Frequency: selgora.Weekly, Count: 12}}))
		}, `{"title":"Q","start_time":"2025-03-01T19:00:00Z","duration_minutes":60,"recurring":{"frequency":"weekly","count":12}}`},
		{"event update, nothing", func(x ctx, c cl) error { return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{})) }, `{}`},
		{"event update, null", func(x ctx, c cl) error {
			return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{Recurring: selgora.Null[selgora.Recurrence]()}))
		}, `{"recurring":null}`},
		{"event update, all", func(x ctx, c cl) error {
			return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{Title: selgora.Set("Q"), StartTime: selgora.Set(time.Date(2025, 3, 1, 19, 0, 0, 5e8, berlin)), DurationMinutes: selgora.Set(1), Recurring: selgora.Set(selgora.Recurrence{Frequency: selgora.Monthly, Count: 1})}))
		}, `{"title":"Q","start_time":"2025-03-01T18:00:00Z","duration_minutes":1,"recurring":{"frequency":"monthly","count":1}}`},
		{"registration", func(x ctx, c cl) error {
			return err2(c.Events.Register(x, "x", &selgora.EventRegisterParams{Email: "a@example.com"}))
		}, `{"email":"a@example.com"}`},
	})
}

func TestEventListQueries(t *testing.T) {
	checkQueries(t, []query{
		{"/v1/events", func(x ctx, c cl) error { return err2(c.Events.List(x, nil)) }},
		{"/v1/events?status=upcoming", func(x ctx, c cl) error {
			return err2(c.Events.List(x, &selgora.EventListParams{Status: selgora.EventUpcoming}))
		}},
		{"/v1/events?page=1&limit=100", func(x ctx, c cl) error { return first(c.Events.All(x, nil)) }},
		{"/v1/events/e/registrations", func(x ctx, c cl) error { return err2(c.Events.Registrations(x, "e", nil)) }},
		{"/v1/events/e/registrations?page=1&limit=100", func(x ctx, c cl) error { return first(c.Events.AllRegistrations(x, "e", nil)) }},
	})
}
