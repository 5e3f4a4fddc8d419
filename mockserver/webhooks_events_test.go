package mockserver_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

var webhookStart = time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)

const webhookSecret = "whsec_of_a_test"

// scene is an account with a course of two lessons and a contact in it, an
// hour old.
type scene struct {
	t       *testing.T
	srv     *mockserver.Server
	client  *selgora.Client
	format  webhook.Format
	course  mockserver.Course
	contact mockserver.Contact
	now     time.Time
	before  time.Time
}

func newScene(t *testing.T, format webhook.Format) *scene {
	srv := mockserver.New(t, mockserver.WithClock(webhookStart))
	s := &scene{t: t, srv: srv, client: srv.Client(), format: format, before: webhookStart}
	s.course = srv.AddCourse(mockserver.Course{
		Title: "Watercolour", Description: "Washes & <more>", Price: "49.99", Lessons: []mockserver.Lesson{{Title: "One"}, {Title: "Two"}},
	})
	s.contact = srv.AddContact(mockserver.Contact{
		Email: "Ada@example.com", FirstName: "Ada", Tags: []string{"lead"}, Source: "landing_page",
		CustomFields: json.RawMessage(`{"company":"Söhne & <Co>","size":1.0,"7":true}`),
	})
	srv.Advance(time.Hour)
	s.now = srv.Now()
	return s
}

func (s *scene) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) enroll() *selgora.Enrollment {
	s.t.Helper()
	e, err := s.client.Enrollments.Create(s.t.Context(), &selgora.EnrollmentCreateParams{CourseID: s.course.ID, Email: s.contact.Email})
	s.check(err)
	return e
}

// order places an order for the course and something else.
func (s *scene) order() mockserver.Order {
	price := int64(1500)
	return s.srv.CreateOrder(mockserver.OrderParams{CustomerEmail: s.contact.Email, Products: []mockserver.Product{
		{CourseID: s.course.ID}, {ID: "prod_456", Name: "Brushes", Price: &price},
	}})
}

func (s *scene) subscription() mockserver.Subscription {
	return s.srv.CreateSubscription(mockserver.SubscriptionParams{CustomerEmail: s.contact.Email, Amount: 9700})
}

func (s *scene) email() mockserver.Email {
	return s.srv.SendEmail(mockserver.EmailParams{To: s.contact.Email, Subject: "Welcome", Campaign: "welcome_series"})
}

// wantCourse is the scene's course as webhooks show it.
func (s *scene) wantCourse() webhook.Course {
	return webhook.Course{
		ID: s.course.ID, Title: "Watercolour", Slug: "watercolour", Description: "Washes & <more>", Status: "draft",
		Price: money.MustParse("49.99"), Currency: "USD", LessonsCount: 2, CreatedAt: s.before, UpdatedAt: s.before,
	}
}

// wantContact is the scene's contact as the API guide's format shows it.
func (s *scene) wantContact() webhook.ContactData {
	yes := true
	return webhook.ContactData{
		ContactID: s.contact.ID, Email: "Ada@example.com", Source: "landing_page", Tags: []string{"lead"}, FirstName: "Ada",
		// As JavaScript prints them: 1.0 is 1.
		CustomFields: map[string]json.RawMessage{"7": raw("true"), "company": raw(`"Söhne & <Co>"`), "size": raw("1")},
		Subscribed:   &yes, CreatedAt: s.before, UpdatedAt: s.before,
	}
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

// cause is what makes an event of one type, and what is then received.
type cause struct {
	name string
	run  func(*testing.T, webhook.Format)
}

// causes is one line of the table. The action returns the data that is to be
// received.
func causes[T any](name webhook.EventType[T], user func(*scene) string, action func(*scene) T) cause {
	return cause{string(name), func(t *testing.T, format webhook.Format) {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t, format)
			type receipt struct {
				event webhook.Event
				data  T
			}
			var got []receipt
			router := webhook.NewRouter()
			s.check(webhook.On(router, name, func(_ context.Context, e *webhook.Event, data *T) error {
				got = append(got, receipt{*e, *data})
				return nil
			}))
			verifier, err := webhook.NewVerifier(webhookSecret)
			s.check(err)
			handler, err := webhook.NewHandler(router, verifier)
			s.check(err)
			hook := s.srv.DeliverTo(handler, mockserver.WebhookEvents(string(name)), mockserver.WebhookSecret(webhookSecret),
				mockserver.WebhookFormat(mockserver.Format(format)))
			want := action(s)
			s.check(s.srv.WaitDeliveries(t.Context()))

			if len(got) != 1 {
				t.Fatalf("received %d events, want 1; the log: %+v", len(got), s.srv.Deliveries())
			}
			e := got[0].event
			if diff := cmp.Diff(want, got[0].data, cmp.Comparer(func(a, b money.Decimal) bool { return a == b })); diff != "" {
				t.Errorf("data (-want +got):\n%s\nbody: %s", diff, e.Body)
			}
			wantUser := ""
			if format == webhook.FormatAPI {
				wantUser = user(s)
			}
			if e.Type != string(name) || e.Format != format || !strings.HasPrefix(e.ID, "evt_") || !e.CreatedAt.Equal(s.now) || e.UserID != wantUser || e.Retry != 0 {
				t.Errorf("envelope: type %s, format %s, id %s, created at %v, user %q, retry %d", e.Type, e.Format, e.ID, e.CreatedAt, e.UserID, e.Retry)
			}
			log := s.srv.Deliveries()
			if len(log) != 1 || log[0].Status != mockserver.DeliverySucceeded || log[0].ID != e.DeliveryID || log[0].EventID != e.ID ||
				log[0].WebhookID != hook.ID || log[0].Event != e.Type || string(log[0].RequestBody) != string(e.Body) {
				t.Errorf("log: %+v", log)
			}
		})
	}}
}

func TestEveryEventIsReceived(t *testing.T) {
	nobody := func(*scene) string { return "" }
	ada := func(s *scene) string { return s.contact.ID }
	table := []cause{
		causes(webhook.CourseCreated, nobody, func(s *scene) webhook.CourseCreatedData {
			c, err := s.client.Courses.Create(s.t.Context(), &selgora.CourseCreateParams{Title: "Oils", Price: money.MustParse("0.5"), Currency: "EUR"})
			s.check(err)
			return webhook.CourseCreatedData{Course: webhook.Course{
				ID: c.ID, Title: "Oils", Slug: "oils", Status: "draft", Price: money.MustParse("0.5"), Currency: "EUR", CreatedAt: s.now, UpdatedAt: s.now,
			}}
		}),
		causes(webhook.CourseUpdated, nobody, func(s *scene) webhook.CourseUpdatedData {
			_, err := s.client.Courses.Update(s.t.Context(), s.course.ID, &selgora.CourseUpdateParams{Price: selgora.Set(money.MustParse("0"))})
			s.check(err)
			c := s.wantCourse()
			c.Price, c.UpdatedAt = money.Decimal{}, s.now
			return webhook.CourseUpdatedData{Course: c}
		}),
		causes(webhook.CourseDeleted, nobody, func(s *scene) webhook.CourseDeletedData {
			s.check(s.client.Courses.Delete(s.t.Context(), s.course.ID))
			return webhook.CourseDeletedData{Course: s.wantCourse()}
		}),
		causes(webhook.CoursePublished, nobody, func(s *scene) webhook.CoursePublishedData {
			s.srv.PublishCourse(s.course.ID)
			c := s.wantCourse()
			c.Status, c.UpdatedAt = "published", s.now
			return webhook.CoursePublishedData{Course: c}
		}),
		causes(webhook.EnrollmentCreated, ada, func(s *scene) webhook.EnrollmentCreatedData {
			e := s.enroll()
			return webhook.EnrollmentCreatedData{Enrollment: webhook.Enrollment{
				ID: e.ID, CourseID: s.course.ID, UserEmail: "Ada@example.com", Status: "active", CreatedAt: s.now, UpdatedAt: s.now,
			}}
		}),
		causes(webhook.EnrollmentCompleted, ada, func(s *scene) webhook.EnrollmentCompletedData {
			e := s.srv.CompleteEnrollment(s.enroll().ID)
			return webhook.EnrollmentCompletedData{Enrollment: webhook.Enrollment{
				ID: e.ID, CourseID: s.course.ID, UserEmail: "Ada@example.com", Status: "completed", CreatedAt: s.now, UpdatedAt: s.now, CompletedAt: s.now,
			}}
		}),
		causes(webhook.EnrollmentCancelled, ada, func(s *scene) webhook.EnrollmentCancelledData {
			e := s.enroll()
			_, err := s.client.Enrollments.Cancel(s.t.Context(), e.ID)
			s.check(err)
			return webhook.EnrollmentCancelledData{Enrollment: webhook.Enrollment{
				ID: e.ID, CourseID: s.course.ID, UserEmail: "Ada@example.com", Status: "cancelled", CreatedAt: s.now, UpdatedAt: s.now,
			}}
		}),
		causes(webhook.PaymentCompleted, ada, func(s *scene) webhook.PaymentCompletedData {
			p := s.srv.CompletePayment(mockserver.PaymentParams{CustomerEmail: s.contact.Email, Amount: 19700})
			return webhook.PaymentCompletedData{Payment: webhook.Payment{
				ID: p.ID, CustomerEmail: "Ada@example.com", Amount: 19700, Currency: "USD", Status: "completed", CreatedAt: s.now,
			}}
		}),
		causes(webhook.PaymentFailed, ada, func(s *scene) webhook.PaymentFailedData {
			o := s.order()
			p := s.srv.FailPayment(mockserver.PaymentParams{OrderID: o.ID, FailureReason: "insufficient_funds"})
			return webhook.PaymentFailedData{Payment: webhook.Payment{
				ID: p.ID, OrderID: o.ID, CustomerEmail: "Ada@example.com", Amount: 6499, Currency: "USD", Status: "failed",
				FailureReason: "insufficient_funds", CreatedAt: s.now,
			}}
		}),
		causes(webhook.PaymentRefunded, ada, func(s *scene) webhook.PaymentRefundedData {
			o := s.order()
			p := s.srv.CompletePayment(mockserver.PaymentParams{OrderID: o.ID})
			s.srv.RefundPayment(p.ID, mockserver.Refund{Amount: 499})
			return webhook.PaymentRefundedData{Payment: webhook.Payment{
				ID: p.ID, OrderID: o.ID, CustomerEmail: "Ada@example.com", Amount: 6499, Currency: "USD", Status: "refunded", CreatedAt: s.now,
			}}
		}),
		causes(webhook.ContactUnsubscribed, ada, func(s *scene) webhook.ContactUnsubscribedData {
			s.srv.UnsubscribeContact(s.contact.ID)
			c, no := s.wantContact(), false
			c.Subscribed, c.UpdatedAt = &no, s.now
			return c
		}),
		causes(webhook.OrderCreated, ada, func(s *scene) webhook.OrderCreatedData {
			o := s.order()
			return webhook.OrderCreatedData{OrderID: o.ID, CustomerEmail: "Ada@example.com", Amount: 6499, Currency: "USD", Status: "pending", ContactID: s.contact.ID}
		}),
		causes(webhook.OrderCompleted, ada, func(s *scene) webhook.OrderCompletedData {
			o := s.srv.CompleteOrder(s.order().ID)
			return webhook.OrderCompletedData{
				OrderID: o.ID, CustomerEmail: "Ada@example.com", Amount: 6499, PaymentMethod: "card", ContactID: s.contact.ID,
				Products: []webhook.Product{{ID: o.Products[0].ID, Name: "Watercolour", Price: 4999}, {ID: "prod_456", Name: "Brushes", Price: 1500}},
			}
		}),
		causes(webhook.OrderRefunded, ada, func(s *scene) webhook.OrderRefundedData {
			o := s.srv.CompleteOrder(s.order().ID)
			s.srv.RefundOrder(o.ID, mockserver.Refund{Amount: 1500, Reason: "damaged"})
			return webhook.OrderRefundedData{OrderID: o.ID, RefundAmount: 1500, Reason: "damaged", ContactID: s.contact.ID}
		}),
		causes(webhook.ContactCreated, func(s *scene) string { return s.srv.Contacts()[1].ID }, func(s *scene) webhook.ContactCreatedData {
			c, err := s.client.Contacts.Upsert(s.t.Context(), &selgora.ContactUpsertParams{
				Email: "new@example.com", LastName: selgora.Set("New"), Tags: selgora.Set([]string{"a", "b"}),
				CustomFields: map[string]any{"big": raw("12345678901234567890")},
			})
			s.check(err)
			want := webhook.ContactData{
				ContactID: c.ID, Email: "new@example.com", Source: "api", Tags: []string{"a", "b"},
				CustomFields: map[string]json.RawMessage{"big": raw("12345678901234567000")},
			}
			if s.format == webhook.FormatAPI {
				yes := true
				want.LastName, want.Subscribed, want.CreatedAt, want.UpdatedAt = "New", &yes, s.now, s.now
			}
			return want
		}),
		causes(webhook.ContactUpdated, ada, func(s *scene) webhook.ContactUpdatedData {
			_, err := s.client.Contacts.Upsert(s.t.Context(), &selgora.ContactUpsertParams{
				Email: "ada@EXAMPLE.com", FirstName: selgora.Set("Augusta"), Tags: selgora.Set([]string{"customer"}),
				CustomFields: map[string]any{"company": raw(`"New"`), "7": raw("null")},
			})
			s.check(err)
			if s.format == webhook.FormatAPI {
				want := s.wantContact()
				want.FirstName, want.Tags, want.UpdatedAt = "Augusta", []string{"customer"}, s.now
				want.CustomFields = map[string]json.RawMessage{"company": raw(`"New"`), "size": raw("1")}
				return want
			}
			return webhook.ContactData{ContactID: s.contact.ID, Changes: &webhook.ContactChanges{
				Tags:         &webhook.TagChanges{Added: []string{"customer"}, Removed: []string{"lead"}},
				CustomFields: map[string]json.RawMessage{"company": raw(`"New"`), "7": raw("null")},
				FirstName:    &webhook.Change[string]{From: "Ada", To: "Augusta"},
			}}
		}),
		causes(webhook.ContactDeleted, ada, func(s *scene) webhook.ContactDeletedData {
			s.check(s.client.Contacts.Delete(s.t.Context(), s.contact.ID))
			return webhook.ContactDeletedData{ContactID: s.contact.ID, Email: "Ada@example.com", DeletedAt: s.now}
		}),
		causes(webhook.SubscriptionCreated, ada, func(s *scene) webhook.SubscriptionCreatedData {
			sub := s.subscription()
			return webhook.SubscriptionCreatedData{
				SubscriptionID: sub.ID, CustomerEmail: "Ada@example.com", Plan: "monthly", Amount: 9700,
				NextBillingDate: webhook.Date{Year: 2025, Month: time.April, Day: 1}, ContactID: s.contact.ID,
			}
		}),
		causes(webhook.SubscriptionUpdated, ada, func(s *scene) webhook.SubscriptionUpdatedData {
			sub, amount := s.subscription(), int64(97000)
			s.srv.UpdateSubscription(sub.ID, mockserver.SubscriptionChange{Plan: "annual", Amount: &amount})
			return webhook.SubscriptionUpdatedData{SubscriptionID: sub.ID, ContactID: s.contact.ID, Changes: webhook.SubscriptionChanges{
				Plan:   &webhook.Change[string]{From: "monthly", To: "annual"},
				Amount: &webhook.Change[int64]{From: 9700, To: 97000},
			}}
		}),
		causes(webhook.SubscriptionCancelled, ada, func(s *scene) webhook.SubscriptionCancelledData {
			sub := s.srv.CancelSubscription(s.subscription().ID, mockserver.Cancellation{Feedback: "Too expensive"})
			return webhook.SubscriptionCancelledData{
				SubscriptionID: sub.ID, CancelledAt: s.now, Reason: "voluntary", Feedback: "Too expensive", ContactID: s.contact.ID,
			}
		}),
		causes(webhook.CourseEnrolled, ada, func(s *scene) webhook.CourseEnrolledData {
			s.enroll()
			return webhook.CourseEnrolledData{ContactID: s.contact.ID, CourseID: s.course.ID, EnrolledAt: s.now}
		}),
		causes(webhook.CourseCompleted, ada, func(s *scene) webhook.CourseCompletedData {
			e := s.enroll()
			s.srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID, Minutes: 100})
			s.srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID})
			return webhook.CourseCompletedData{
				ContactID: s.contact.ID, CourseID: s.course.ID, CompletedAt: s.now, CompletionRate: 100, TimeSpentMinutes: 120,
				ContactEmail: "Ada@example.com", CourseName: "Watercolour",
			}
		}),
		causes(webhook.LessonCompleted, ada, func(s *scene) webhook.LessonCompletedData {
			s.enroll()
			score, points := 95, 95.0
			s.srv.CompleteLesson(mockserver.LessonCompletion{CourseID: s.course.ID, UserEmail: "ada@example.com", LessonID: s.course.Lessons[1].ID, QuizScore: &score})
			return webhook.LessonCompletedData{ContactID: s.contact.ID, LessonID: s.course.Lessons[1].ID, CourseID: s.course.ID, QuizScore: &points}
		}),
		causes(webhook.EmailSent, ada, func(s *scene) webhook.EmailSentData {
			m := s.email()
			return webhook.EmailSentData{EmailID: m.ID, To: "Ada@example.com", Subject: "Welcome", Campaign: "welcome_series", ContactID: s.contact.ID}
		}),
		causes(webhook.EmailOpened, ada, func(s *scene) webhook.EmailOpenedData {
			m := s.email()
			s.srv.OpenEmail(m.ID, mockserver.Opening{IPAddress: "198.51.100.7", UserAgent: "Mail/1"})
			return webhook.EmailOpenedData{EmailID: m.ID, OpenedAt: s.now, IPAddress: "198.51.100.7", UserAgent: "Mail/1", ContactID: s.contact.ID}
		}),
		causes(webhook.EmailClicked, ada, func(s *scene) webhook.EmailClickedData {
			m := s.email()
			s.srv.ClickEmail(m.ID, "https://example.com/offer?a=1&b=2")
			return webhook.EmailClickedData{EmailID: m.ID, Link: "https://example.com/offer?a=1&b=2", ClickedAt: s.now, ContactID: s.contact.ID}
		}),
	}
	covered := make(map[string]bool)
	for _, c := range table {
		covered[c.name] = true
		for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
			t.Run(c.name+"/"+string(format), func(t *testing.T) {
				t.Parallel()
				c.run(t, format)
			})
		}
	}
	for _, name := range webhook.Types() {
		if !covered[name] {
			t.Errorf("nothing causes %s", name)
		}
	}
}

// A deleted contact's enrollments stay, and their events go on naming whom they
// are about, also in an account that was exported; one who is back has the new
// id.
func TestEventsAfterTheContactIsGone(t *testing.T) {
	type event struct {
		Type   string
		UserID string `json:"user_id"`
		Data   struct {
			ContactID string `json:"contact_id"`
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, webhook.FormatAPI)
		c, _ := catch(s.srv, mockserver.WebhookFormat(mockserver.FormatAPI),
			mockserver.WebhookEvents("lesson.completed", "course.completed", "enrollment.completed"))
		e := s.enroll()
		s.check(s.client.Contacts.Delete(t.Context(), s.contact.ID))
		s.check(s.srv.Import(s.srv.Export()))
		snapshot := s.srv.Snapshot()
		id := s.contact.ID
		for range 2 {
			c.bodies = nil
			s.srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID})
			s.srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID})
			wait(t, s.srv)
			var got []event
			for _, body := range c.bodies {
				var e event
				s.check(json.Unmarshal([]byte(body), &e))
				got = append(got, e)
			}
			want := []event{{Type: "lesson.completed"}, {Type: "lesson.completed"}, {Type: "enrollment.completed"}, {Type: "course.completed"}}
			for i := range want {
				want[i].UserID = id
				if want[i].Type != "enrollment.completed" {
					want[i].Data.ContactID = id
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("events of %s (-want +got):\n%s", id, diff)
			}
			s.srv.Restore(snapshot)
			id = s.srv.AddContact(mockserver.Contact{Email: s.contact.Email}).ID
		}
	})
}
