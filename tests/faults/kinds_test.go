package faults_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
)

// target is what one call is about. Every call has objects of its own: a request that was given up and arrives late
// must not meet another call's work.
type target struct {
	mark string // in every name, address and id of the call's objects
	id   string // of an object whose id cannot be chosen
	more string // of a second one
}

func (o target) email() string { return o.mark + "@example.com" }

// A kind is one kind of call, and how the fake's state tells that it was done.
type kind struct {
	operation mockserver.Operation
	once      bool // a POST that is not repeated
	prepare   func(srv *mockserver.Server, o *target)
	call      func(ctx context.Context, c *selgora.Client, o target) error
	// effect says how often the change was made. It is nil for calls that change nothing.
	effect func(s *state, o target) int
}

// errWrong is an answer of success that does not say what it should.
var errWrong = errors.New("wrong answer")

// expect makes a call's result from its error and from whether its answer is right.
func expect(err error, right func() bool) error {
	if err == nil && !right() {
		return errWrong
	}
	return err
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// changed tells an old value from the new one, and both from anything else.
func changed[T comparable](value, before, after T) int {
	switch value {
	case after:
		return 1
	case before:
		return 0
	}
	return -1
}

const (
	courseID = "course_shared"
	eventID  = "event_shared"
	quiet    = "email.clicked" // an event that the load does not cause
)

func kinds() []kind {
	return slices.Concat(courseKinds(), enrollmentKinds(), contactKinds(), eventKinds(), webhookKinds())
}

func addCourse(srv *mockserver.Server, o *target) {
	o.id = srv.AddCourse(mockserver.Course{ID: "course_" + o.mark, Title: "Course " + o.mark, Price: "1"}).ID
}

func courseKinds() []kind {
	return []kind{
		{operation: mockserver.CoursesList,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Courses.List(ctx, &selgora.CourseListParams{Limit: 3})
				return expect(err, func() bool { return page.Data[0].ID == courseID && page.Meta.CurrentPage == 1 })
			}},
		{operation: mockserver.CoursesGet, prepare: addCourse,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				course, err := c.Courses.Get(ctx, o.id)
				return expect(err, func() bool { return course.ID == o.id && course.Title == "Course "+o.mark })
			}},
		{operation: mockserver.CoursesCreate, once: true,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				course, err := c.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "New " + o.mark})
				return expect(err, func() bool { return course.ID != "" && course.Title == "New "+o.mark })
			},
			effect: func(s *state, o target) int { return s.titles["New "+o.mark] }},
		{operation: mockserver.CoursesUpdate, prepare: addCourse,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				price := money.MustParse("49.99")
				course, err := c.Courses.Update(ctx, o.id, &selgora.CourseUpdateParams{Price: selgora.Set(price)})
				return expect(err, func() bool { return course.ID == o.id && course.Price == price })
			},
			effect: func(s *state, o target) int { return changed(s.courses[o.id].Price, "1", "49.99") }},
		{operation: mockserver.CoursesDelete, prepare: addCourse,
			call:   func(ctx context.Context, c *selgora.Client, o target) error { return c.Courses.Delete(ctx, o.id) },
			effect: func(s *state, o target) int { return yes(s.courses[o.id].ID == "") }},
		{operation: mockserver.AccountGet,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				account, err := c.Account.Get(ctx)
				return expect(err, func() bool { return account.ID != "" })
			}},
	}
}

func addEnrollment(srv *mockserver.Server, o *target) {
	o.id = srv.AddEnrollment(mockserver.Enrollment{ID: "enr_" + o.mark, CourseID: courseID, UserEmail: o.email()}).ID
}

const batchOf = 5

func enrollmentKinds() []kind {
	return []kind{
		{operation: mockserver.EnrollmentsList,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Enrollments.List(ctx, &selgora.EnrollmentListParams{CourseID: courseID, Limit: 2})
				return expect(err, func() bool { return len(page.Data) == 2 && page.Data[0].CourseID == courseID })
			}},
		{operation: mockserver.EnrollmentsGet, prepare: addEnrollment,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				enrollment, err := c.Enrollments.Get(ctx, o.id)
				return expect(err, func() bool { return enrollment.UserEmail == o.email() })
			}},
		{operation: mockserver.EnrollmentsProgress, prepare: addEnrollment,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				progress, err := c.Enrollments.Progress(ctx, o.id)
				return expect(err, func() bool { return progress.EnrollmentID == o.id })
			}},
		{operation: mockserver.EnrollmentsCreate, once: true,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				enrollment, err := c.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: courseID, Email: o.email()})
				return expect(err, func() bool { return enrollment.UserEmail == o.email() })
			},
			effect: func(s *state, o target) int { return s.enrolled[o.email()] }},
		{operation: mockserver.EnrollmentsCreateBatch, once: true,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				p := &selgora.EnrollmentCreateBatchParams{CourseID: courseID}
				for i := range batchOf {
					p.Emails = append(p.Emails, fmt.Sprintf("%d.%s", i, o.email()))
				}
				result, err := c.Enrollments.CreateBatch(ctx, p)
				return expect(err, func() bool { return result.Count(selgora.BatchEnrolled) == batchOf })
			},
			effect: func(s *state, o target) int {
				done := 0
				for i := range batchOf {
					done += s.enrolled[fmt.Sprintf("%d.%s", i, o.email())]
				}
				if done%batchOf != 0 {
					return -1
				}
				return done / batchOf
			}},
		{operation: mockserver.EnrollmentsCancel, prepare: addEnrollment,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				enrollment, err := c.Enrollments.Cancel(ctx, o.id)
				return expect(err, func() bool { return enrollment.Status == selgora.EnrollmentCancelled })
			},
			effect: func(s *state, o target) int { return changed(s.enrollments[o.id].Status, "active", "cancelled") }},
	}
}

func addContact(srv *mockserver.Server, o *target) {
	o.id = srv.AddContact(mockserver.Contact{ID: "con_" + o.mark, Email: o.email(), Tags: []string{"old"}}).ID
}

func contactKinds() []kind {
	return []kind{
		{operation: mockserver.ContactsList,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Contacts.List(ctx, &selgora.ContactListParams{Limit: 3})
				return expect(err, func() bool { return len(page.Data) > 0 && page.Meta.CurrentPage == 1 })
			}},
		{operation: mockserver.ContactsGet, prepare: addContact,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				contact, err := c.Contacts.Get(ctx, o.id)
				return expect(err, func() bool { return contact.Email == o.email() })
			}},
		{operation: mockserver.ContactsUpsert,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				contact, err := c.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: o.email(), FirstName: selgora.Set("Ada")})
				return expect(err, func() bool { return contact.Email == o.email() && contact.FirstName == "Ada" })
			},
			effect: func(s *state, o target) int {
				if contacts := s.contacts[o.email()]; len(contacts) == 1 {
					return changed(contacts[0].FirstName, "-", "Ada")
				}
				return len(s.contacts[o.email()])
			}},
		{operation: mockserver.ContactsAddTags, prepare: addContact,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				contact, err := c.Contacts.AddTags(ctx, o.id, []string{"vip"})
				return expect(err, func() bool { return slices.Equal(contact.Tags, []string{"old", "vip"}) })
			},
			effect: func(s *state, o target) int {
				return changed(fmt.Sprint(s.contacts[o.email()][0].Tags), "[old]", "[old vip]")
			}},
		{operation: mockserver.ContactsDelete, prepare: addContact,
			call:   func(ctx context.Context, c *selgora.Client, o target) error { return c.Contacts.Delete(ctx, o.id) },
			effect: func(s *state, o target) int { return 1 - len(s.contacts[o.email()]) }},
	}
}

// start is when the events take place.
var start = time.Date(2999, 1, 31, 14, 0, 0, 0, time.UTC)

func addEvent(srv *mockserver.Server, o *target) {
	o.id = srv.AddEvent(mockserver.Event{ID: "event_" + o.mark, Title: "Event " + o.mark, StartTime: start, DurationMinutes: 60}).ID
}

func eventKinds() []kind {
	return []kind{
		{operation: mockserver.EventsList,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Events.List(ctx, &selgora.EventListParams{Limit: 1})
				return expect(err, func() bool { return page.Data[0].ID == eventID })
			}},
		{operation: mockserver.EventsGet, prepare: addEvent,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				event, err := c.Events.Get(ctx, o.id)
				return expect(err, func() bool { return event.StartTime.Equal(start) })
			}},
		{operation: mockserver.EventsCreate, once: true,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				event, err := c.Events.Create(ctx, &selgora.EventCreateParams{Title: "New " + o.mark, StartTime: start, DurationMinutes: 30})
				return expect(err, func() bool { return event.Title == "New "+o.mark })
			},
			effect: func(s *state, o target) int { return s.eventTitles["New "+o.mark] }},
		{operation: mockserver.EventsUpdate, prepare: addEvent,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				event, err := c.Events.Update(ctx, o.id, &selgora.EventUpdateParams{DurationMinutes: selgora.Set(90)})
				return expect(err, func() bool { return event.DurationMinutes == 90 })
			},
			effect: func(s *state, o target) int { return changed(s.events[o.id].DurationMinutes, 60, 90) }},
		{operation: mockserver.EventsDelete, prepare: addEvent,
			call:   func(ctx context.Context, c *selgora.Client, o target) error { return c.Events.Delete(ctx, o.id) },
			effect: func(s *state, o target) int { return yes(s.events[o.id].Cancelled) }},
		{operation: mockserver.EventsRegister, once: true, prepare: addEvent,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				registration, err := c.Events.Register(ctx, o.id, &selgora.EventRegisterParams{Email: o.email()})
				return expect(err, func() bool { return registration.EventID == o.id })
			},
			effect: func(s *state, o target) int { return len(s.srv.Registrations(o.id)) }},
		{operation: mockserver.EventsRegistrations,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Events.Registrations(ctx, eventID, nil)
				return expect(err, func() bool { return len(page.Data) == 1 })
			}},
	}
}

func hookURL(o target) string { return "https://hooks.example.com/" + o.mark }

// addWebhook adds an endpoint that nothing is sent to: its log alone counts.
func addWebhook(srv *mockserver.Server, o *target) {
	o.id = srv.AddWebhook(hookURL(*o), mockserver.WebhookEvents(quiet)).ID
}

func webhookKinds() []kind {
	return []kind{
		{operation: mockserver.WebhooksList,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Webhooks.List(ctx, &selgora.WebhookListParams{Limit: 3})
				return expect(err, func() bool { return len(page.Data) > 0 && page.Data[0].URL != "" })
			}},
		{operation: mockserver.WebhooksGet, prepare: addWebhook,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				webhook, err := c.Webhooks.Get(ctx, o.id)
				return expect(err, func() bool { return webhook.URL == hookURL(o) })
			}},
		{operation: mockserver.WebhooksCreate, once: true,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				webhook, err := c.Webhooks.Create(ctx, &selgora.WebhookCreateParams{URL: hookURL(o), Events: []string{quiet}})
				return expect(err, func() bool { return webhook.URL == hookURL(o) && !webhook.Secret.IsZero() })
			},
			effect: func(s *state, o target) int { return s.urls[hookURL(o)] }},
		{operation: mockserver.WebhooksUpdate, prepare: addWebhook,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				webhook, err := c.Webhooks.Update(ctx, o.id, &selgora.WebhookUpdateParams{Status: selgora.Set(selgora.WebhookDisabled)})
				return expect(err, func() bool { return webhook.Status == selgora.WebhookDisabled })
			},
			effect: func(s *state, o target) int { return yes(!s.webhooks[o.id].Active) }},
		{operation: mockserver.WebhooksDelete, prepare: addWebhook,
			call:   func(ctx context.Context, c *selgora.Client, o target) error { return c.Webhooks.Delete(ctx, o.id) },
			effect: func(s *state, o target) int { return yes(s.webhooks[o.id].ID == "") }},
		{operation: mockserver.WebhooksSendTest, once: true, prepare: addWebhook,
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				delivery, err := c.Webhooks.SendTest(ctx, o.id, quiet)
				return expect(err, func() bool { return delivery.WebhookID == o.id })
			},
			effect: func(s *state, o target) int { return s.deliveries[o.id] }},
		{operation: mockserver.WebhooksDeliveries,
			prepare: func(srv *mockserver.Server, o *target) {
				addWebhook(srv, o)
				o.more = srv.SendTestEvent(o.id, quiet).ID
			},
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				page, err := c.Webhooks.Deliveries(ctx, o.id, nil)
				return expect(err, func() bool { return len(page.Data) == 1 && page.Data[0].ID == o.more })
			}},
		{operation: mockserver.WebhooksResend, once: true,
			prepare: func(srv *mockserver.Server, o *target) {
				addWebhook(srv, o)
				o.more = srv.SendTestEvent(o.id, quiet).ID
			},
			call: func(ctx context.Context, c *selgora.Client, o target) error {
				delivery, err := c.Webhooks.Resend(ctx, o.id, o.more)
				return expect(err, func() bool { return delivery.WebhookID == o.id && delivery.ID != o.more })
			},
			effect: func(s *state, o target) int { return s.deliveries[o.id] - 1 }},
	}
}
