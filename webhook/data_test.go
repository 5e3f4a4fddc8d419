package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func TestTypes(t *testing.T) {
	want := strings.Fields(`contact.created contact.deleted contact.unsubscribed contact.updated
		course.completed course.created course.deleted course.enrolled course.published course.updated
		email.clicked email.opened email.sent enrollment.cancelled enrollment.completed enrollment.created
		lesson.completed order.completed order.created order.refunded
		payment.completed payment.failed payment.refunded
		subscription.cancelled subscription.created subscription.updated`)
	if diff := cmp.Diff(want, webhook.Types()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func date(y int, m time.Month, d, hour, minute, sec int) time.Time {
	return time.Date(y, m, d, hour, minute, sec, 0, time.UTC)
}

func ptr[T any](v T) *T { return &v }

// decodes reads data as the type's struct and compares.
func decodes[T any](t *testing.T, eventType webhook.EventType[T], data string, want T) {
	t.Helper()
	t.Run(fmt.Sprint(eventType, " ", data[:min(20, len(data))]), func(t *testing.T) {
		event := &webhook.Event{ID: "e", Type: string(eventType), Data: json.RawMessage(data)}
		got, err := webhook.DataAs[T](event)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&want, got, cmpopts.EquateComparable(money.Decimal{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// The data as the guides print it, and the API objects of the types that the
// API guide only names.
func TestDataOfEveryType(t *testing.T) {
	at := date(2024, 11, 15, 10, 0, 0)
	decodes(t, webhook.OrderCreated, `{"order_id":"ord_123","customer_email":"customer@example.com","amount":19700,"currency":"USD","status":"pending","contact_id":"con_456"}`,
		webhook.OrderCreatedData{OrderID: "ord_123", CustomerEmail: "customer@example.com", Amount: 19700, Currency: "USD", Status: "pending", ContactID: "con_456"})
	decodes(t, webhook.OrderCompleted, `{"order_id":"ord_123","customer_email":"customer@example.com","products":[{"id":"prod_456","name":"Complete Course","price":19700}],"payment_method":"card"}`,
		webhook.OrderCompletedData{OrderID: "ord_123", CustomerEmail: "customer@example.com", PaymentMethod: "card",
			Products: []webhook.Product{{ID: "prod_456", Name: "Complete Course", Price: 19700}}})
	decodes(t, webhook.OrderCompleted, `{"amount":19700,"order_id":"test_123","contact_id":null}`, webhook.OrderCompletedData{OrderID: "test_123", Amount: 19700})
	decodes(t, webhook.OrderRefunded, `{"order_id":"ord_123","refund_amount":19700,"reason":"requested_by_customer","contact_id":"con_456"}`,
		webhook.OrderRefundedData{OrderID: "ord_123", RefundAmount: 19700, Reason: "requested_by_customer", ContactID: "con_456"})
	decodes(t, webhook.ContactDeleted, `{"contact_id":"con_456","email":"deleted@example.com","deleted_at":"2024-11-15T10:00:00Z"}`,
		webhook.ContactDeletedData{ContactID: "con_456", Email: "deleted@example.com", DeletedAt: at})
	decodes(t, webhook.SubscriptionCreated, `{"subscription_id":"sub_789","customer_email":"customer@example.com","plan":"monthly","amount":9700,"next_billing_date":"2024-12-15","contact_id":"con_456"}`,
		webhook.SubscriptionCreatedData{SubscriptionID: "sub_789", CustomerEmail: "customer@example.com", Plan: "monthly", Amount: 9700,
			NextBillingDate: webhook.Date{Year: 2024, Month: 12, Day: 15}, ContactID: "con_456"})
	decodes(t, webhook.SubscriptionUpdated, `{"subscription_id":"sub_789","changes":{"plan":{"from":"monthly","to":"annual"},"amount":{"from":9700,"to":97000},"next_billing_date":{"from":null,"to":"2025-12-15"}},"contact_id":"con_456"}`,
		webhook.SubscriptionUpdatedData{SubscriptionID: "sub_789", ContactID: "con_456", Changes: webhook.SubscriptionChanges{
			Plan: &webhook.Change[string]{From: "monthly", To: "annual"}, Amount: &webhook.Change[int64]{From: 9700, To: 97000},
			NextBillingDate: &webhook.Change[webhook.Date]{To: webhook.Date{Year: 2025, Month: 12, Day: 15}}}})
	decodes(t, webhook.SubscriptionCancelled, `{"subscription_id":"sub_789","cancelled_at":"2024-11-15T10:00:00Z","reason":"voluntary","feedback":"Too expensive","contact_id":"con_456"}`,
		webhook.SubscriptionCancelledData{SubscriptionID: "sub_789", CancelledAt: at, Reason: "voluntary", Feedback: "Too expensive", ContactID: "con_456"})
	decodes(t, webhook.CourseEnrolled, `{"contact_id":"con_456","course_id":"course_123","enrolled_at":"2024-11-15T10:00:00Z"}`,
		webhook.CourseEnrolledData{ContactID: "con_456", CourseID: "course_123", EnrolledAt: at})
	decodes(t, webhook.CourseCompleted, `{"contact_id":"con_456","course_id":"course_123","completed_at":"2024-11-15T10:00:00Z","completion_rate":100,"time_spent_minutes":480,"contact_email":"s@example.com","course_name":"Go"}`,
		webhook.CourseCompletedData{ContactID: "con_456", CourseID: "course_123", CompletedAt: at, CompletionRate: 100, TimeSpentMinutes: 480, ContactEmail: "s@example.com", CourseName: "Go"})
	decodes(t, webhook.LessonCompleted, `{"contact_id":"con_456","lesson_id":"lesson_789","course_id":"course_123","quiz_score":95}`,
		webhook.LessonCompletedData{ContactID: "con_456", LessonID: "lesson_789", CourseID: "course_123", QuizScore: ptr(95.0)})
	decodes(t, webhook.LessonCompleted, `{"lesson_id":"lesson_789","quiz_score":null}`, webhook.LessonCompletedData{LessonID: "lesson_789"})
	decodes(t, webhook.EmailSent, `{"email_id":"em_123","to":"customer@example.com","subject":"Welcome to Selgora","campaign":"welcome_series","contact_id":"con_456"}`,
		webhook.EmailSentData{EmailID: "em_123", To: "customer@example.com", Subject: "Welcome to Selgora", Campaign: "welcome_series", ContactID: "con_456"})
	decodes(t, webhook.EmailOpened, `{"email_id":"em_123","opened_at":"2024-11-15T10:30:00Z","ip_address":"192.168.1.1","user_agent":"Mozilla/5.0...","contact_id":"con_456"}`,
		webhook.EmailOpenedData{EmailID: "em_123", OpenedAt: date(2024, 11, 15, 10, 30, 0), IPAddress: "192.168.1.1", UserAgent: "Mozilla/5.0...", ContactID: "con_456"})
	decodes(t, webhook.EmailClicked, `{"email_id":"em_123","link":"https://selgora.com/offer","clicked_at":"2024-11-15T10:35:00Z","contact_id":"con_456"}`,
		webhook.EmailClickedData{EmailID: "em_123", Link: "https://selgora.com/offer", ClickedAt: date(2024, 11, 15, 10, 35, 0), ContactID: "con_456"})

	course := webhook.Course{ID: "course_abc123", Title: "T", Slug: "t", Description: "D", Status: "published", Price: money.MustParse("49.99"),
		Currency: "USD", EnrolledCount: 1250, LessonsCount: 18, CreatedAt: date(2024, 1, 15, 10, 30, 0), UpdatedAt: date(2024, 3, 20, 14, 45, 0)}
	courseJSON := `{"course":{"id":"course_abc123","title":"T","slug":"t","description":"D","status":"published","price":49.99,"currency":"USD","enrolled_count":1250,"lessons_count":18,"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-03-20T14:45:00Z"}}`
	decodes(t, webhook.CourseCreated, courseJSON, webhook.CourseCreatedData{Course: course})
	decodes(t, webhook.CourseUpdated, courseJSON, webhook.CourseUpdatedData{Course: course})
	decodes(t, webhook.CourseDeleted, courseJSON, webhook.CourseDeletedData{Course: course})
	decodes(t, webhook.CoursePublished, courseJSON, webhook.CoursePublishedData{Course: course})

	enrollment := webhook.Enrollment{ID: "enr_xyz789", CourseID: "course_abc123", UserEmail: "student@example.com", CreatedAt: date(2024, 3, 21, 10, 29, 55)}
	decodes(t, webhook.EnrollmentCreated, `{"enrollment":{"id":"enr_xyz789","course_id":"course_abc123","user_email":"student@example.com","created_at":"2024-03-21T10:29:55Z"}}`,
		webhook.EnrollmentCreatedData{Enrollment: enrollment})
	enrollment.Status, enrollment.UpdatedAt = "cancelled", at
	decodes(t, webhook.EnrollmentCancelled, `{"enrollment":{"id":"enr_xyz789","course_id":"course_abc123","user_email":"student@example.com","status":"cancelled","created_at":"2024-03-21T10:29:55Z","updated_at":"2024-11-15T10:00:00Z","completed_at":null}}`,
		webhook.EnrollmentCancelledData{Enrollment: enrollment})
	enrollment.Status, enrollment.CompletedAt = "completed", at
	decodes(t, webhook.EnrollmentCompleted, `{"enrollment":{"id":"enr_xyz789","course_id":"course_abc123","user_email":"student@example.com","status":"completed","created_at":"2024-03-21T10:29:55Z","updated_at":"2024-11-15T10:00:00Z","completed_at":"2024-11-15T10:00:00Z"}}`,
		webhook.EnrollmentCompletedData{Enrollment: enrollment})

	payment := webhook.Payment{ID: "pay_1", OrderID: "ord_1", CustomerEmail: "c@example.com", Amount: 19700, Currency: "USD", Status: "failed", FailureReason: "card_declined", CreatedAt: at}
	paymentJSON := `{"payment":{"id":"pay_1","order_id":"ord_1","customer_email":"c@example.com","amount":19700,"currency":"USD","status":"failed","failure_reason":"card_declined","created_at":"2024-11-15T10:00:00Z"}}`
	decodes(t, webhook.PaymentCompleted, paymentJSON, webhook.PaymentCompletedData{Payment: payment})
	decodes(t, webhook.PaymentFailed, paymentJSON, webhook.PaymentFailedData{Payment: payment})
	decodes(t, webhook.PaymentRefunded, paymentJSON, webhook.PaymentRefundedData{Payment: payment})
}

func raw(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

func TestContactEventsInBothShapes(t *testing.T) {
	const nested = `{"contact":{"id":"con_456","email":"new@example.com","first_name":"John","last_name":null,"tags":["lead"],
		"custom_fields":{"n":12345678901234567890,"x":1.0},"lifetime_value":497.50,"last_activity":null,"source":"landing_page","subscribed":false,
		"created_at":"2024-03-21T10:29:55Z","updated_at":"2024-11-15T10:00:00Z"}}`
	full := webhook.ContactData{ContactID: "con_456", Email: "new@example.com", FirstName: "John", Tags: []string{"lead"}, Source: "landing_page",
		CustomFields: raw("n", "12345678901234567890", "x", "1.0"), LifetimeValue: money.MustParse("497.5"), Subscribed: ptr(false),
		CreatedAt: date(2024, 3, 21, 10, 29, 55), UpdatedAt: date(2024, 11, 15, 10, 0, 0)}
	decodes(t, webhook.ContactCreated, nested, full)
	decodes(t, webhook.ContactUpdated, nested, full)
	decodes(t, webhook.ContactUnsubscribed, nested, full)

	decodes(t, webhook.ContactCreated, `{"contact_id":"con_456","email":"new@example.com","source":"landing_page","tags":["lead"],"custom_fields":{}}`,
		webhook.ContactCreatedData{ContactID: "con_456", Email: "new@example.com", Source: "landing_page", Tags: []string{"lead"}, CustomFields: raw()})
	decodes(t, webhook.ContactUpdated, `{"contact_id":"con_456","changes":{"tags":{"added":["customer"],"removed":["lead"]},"custom_fields":{"company":"New Company"},
		"email":{"from":"a@example.com","to":"b@example.com"},"first_name":{"from":null,"to":"Jane"},"subscribed":{"from":true,"to":false}}}`,
		webhook.ContactUpdatedData{ContactID: "con_456", Changes: &webhook.ContactChanges{
			Tags: &webhook.TagChanges{Added: []string{"customer"}, Removed: []string{"lead"}}, CustomFields: raw("company", `"New Company"`),
			Email: &webhook.Change[string]{From: "a@example.com", To: "b@example.com"}, FirstName: &webhook.Change[string]{To: "Jane"},
			Subscribed: &webhook.Change[bool]{From: true}}})
	decodes(t, webhook.ContactUnsubscribed, `{"contact_id":"con_456","contact":null}`, webhook.ContactUnsubscribedData{ContactID: "con_456"})

	var direct webhook.ContactData
	if err := json.Unmarshal([]byte(nested), &direct); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full, direct, cmpopts.EquateComparable(money.Decimal{})); diff != "" {
		t.Errorf("through encoding/json (-want +got)\n%s", diff)
	}
	flat, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	decodes(t, webhook.ContactCreated, string(flat), full)
}

// Every sample fills its struct: no field of it that JSON has goes unread.
func TestSamplesFillTheirStructs(t *testing.T) {
	check := func(name string, decode func(*webhook.Event) (any, error)) {
		for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
			event, err := webhook.ParseUnverified(webhooktest.Sample(format, name))
			if err != nil {
				t.Fatal(err)
			}
			data, err := decode(event)
			if err != nil {
				t.Errorf("%s in %s: %v", name, format, err)
				continue
			}
			if reflect.ValueOf(data).Elem().IsZero() {
				t.Errorf("%s in %s: nothing was read of %s", name, format, event.Data)
			}
		}
	}
	checked := 0
	every(func(name string, decode func(*webhook.Event) (any, error)) { check(name, decode); checked++ })
	if checked != len(webhook.Types()) {
		t.Errorf("%d types checked of %d", checked, len(webhook.Types()))
	}
}

// every calls fn with each type and how its data is decoded.
func every(fn func(string, func(*webhook.Event) (any, error))) {
	one(fn, webhook.CourseCreated)
	one(fn, webhook.CourseUpdated)
	one(fn, webhook.CourseDeleted)
	one(fn, webhook.CoursePublished)
	one(fn, webhook.CourseEnrolled)
	one(fn, webhook.CourseCompleted)
	one(fn, webhook.EnrollmentCreated)
	one(fn, webhook.EnrollmentCompleted)
	one(fn, webhook.EnrollmentCancelled)
	one(fn, webhook.PaymentCompleted)
	one(fn, webhook.PaymentFailed)
	one(fn, webhook.PaymentRefunded)
	one(fn, webhook.OrderCreated)
	one(fn, webhook.OrderCompleted)
	one(fn, webhook.OrderRefunded)
	one(fn, webhook.ContactCreated)
	one(fn, webhook.ContactUpdated)
	one(fn, webhook.ContactDeleted)
	one(fn, webhook.ContactUnsubscribed)
	one(fn, webhook.SubscriptionCreated)
	one(fn, webhook.SubscriptionUpdated)
	one(fn, webhook.SubscriptionCancelled)
	one(fn, webhook.LessonCompleted)
	one(fn, webhook.EmailSent)
	one(fn, webhook.EmailOpened)
	one(fn, webhook.EmailClicked)
}

func one[T any](fn func(string, func(*webhook.Event) (any, error)), eventType webhook.EventType[T]) {
	fn(eventType.String(), func(e *webhook.Event) (any, error) { return webhook.DataAs[T](e) })
}

func TestDataAsRefuses(t *testing.T) {
	event := func(eventType, data string) *webhook.Event {
		return &webhook.Event{ID: "evt_1", Type: eventType, Data: json.RawMessage(data)}
	}
	refuse := func(name string, err error, words ...string) {
		t.Helper()
		if !errors.Is(err, webhook.ErrMalformedPayload) {
			t.Errorf("%s: %v", name, err)
			return
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: the error does not name %q: %v", name, word, err)
			}
		}
	}
	_, err := webhook.DataAs[webhook.OrderCreatedData](nil)
	refuse("nil event", err)
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("order.created", ""))
	refuse("no data", err, "order.created", "evt_1")
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("order.created", `{"amount":"197"}`))
	refuse("a string for a number", err, "amount")
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("order.created", `{"amount":197.5}`))
	refuse("a fraction of a minor unit", err, "amount")
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("order.created", `[]`))
	refuse("an array", err)
	_, err = webhook.DataAs[webhook.SubscriptionCreatedData](event("subscription.created", `{"next_billing_date":"2024-02-30"}`))
	refuse("a day that is none", err, "2024-02-30")
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("course.enrolled", `{}`))
	refuse("another type's struct", err, "OrderCreatedData", "course.enrolled")
	_, err = webhook.DataAs[webhook.OrderCreatedData](event("quiz.passed", `{}`))
	refuse("a known struct for an unknown type", err)

	type mine struct{ Amount json.Number }
	if got, err := webhook.DataAs[mine](event("order.created", `{"amount":19700}`)); err != nil || got.Amount != "19700" {
		t.Errorf("a struct of one's own: %v, %v", got, err)
	}
	if got, err := webhook.DataAs[map[string]any](event("quiz.passed", `{"score":1}`)); err != nil || len(*got) != 1 {
		t.Errorf("a map: %v, %v", got, err)
	}
	if got, err := webhook.DataAs[webhook.OrderCreatedData](event("order.created", `{"later":{"addition":[1]},"order_id":"o"}`)); err != nil || got.OrderID != "o" {
		t.Errorf("unknown fields: %v, %v", got, err)
	}
}

func TestDate(t *testing.T) {
	day := webhook.Date{Year: 2024, Month: time.December, Day: 15}
	for _, bad := range []string{"", "2024-12", "2024-12-15T00:00:00Z", "15.12.2024", "2024-13-01", "2024-00-10", "2023-02-29", "2024-1-01", " 2024-12-15", "20241215"} {
		if d, err := webhook.ParseDate(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
	if d, err := webhook.ParseDate("2024-12-15"); err != nil || d != day {
		t.Errorf("%v, %v", d, err)
	}
	if d, err := webhook.ParseDate("2024-02-29"); err != nil || d.Day != 29 {
		t.Errorf("leap day: %v, %v", d, err)
	}
	type holder struct {
		D webhook.Date `json:"d"`
	}
	for _, text := range []string{`{"d":"2024-12-15"}`, `{"d":"0001-01-01"}`, `{"d":""}`} {
		var h holder
		if err := json.Unmarshal([]byte(text), &h); err != nil {
			t.Fatal(err)
		}
		if back, err := json.Marshal(h); err != nil || string(back) != text {
			t.Errorf("%s came back as %s, %v", text, back, err)
		}
	}
	var null holder
	if err := json.Unmarshal([]byte(`{"d":null}`), &null); err != nil || !null.D.IsZero() || null.D.String() != "" || !null.D.In(nil).IsZero() {
		t.Errorf("null: %+v, %v", null, err)
	}
	if day.IsZero() || !day.In(nil).Equal(date(2024, 12, 15, 0, 0, 0)) {
		t.Errorf("in UTC: %v", day.In(nil))
	}
	zone := time.FixedZone("east", 3600)
	if got := day.In(zone); !got.Equal(date(2024, 12, 14, 23, 0, 0)) {
		t.Errorf("in the east: %v", got)
	}
}
