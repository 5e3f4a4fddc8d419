package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOrderLife(t *testing.T) {
	s, _ := newStore(t)
	names := record(s)
	course := must[Course](t)(s.CreateCourse(input[CourseInput](t, `{"title":"Go","price":49.99}`)))
	o := must[Order](t)(s.CreateOrder(input[OrderInput](t, `{"customer_email":"a@b.co","products":[{"course_id":"`+course.ID+`"},{"name":"Mug","price":1200}]}`)))
	if o.Amount != 6199 || o.Currency != "USD" || o.Products[0].Name != "Go" || o.Products[0].ID == "" || o.Status != OrderPending {
		t.Errorf("%+v", o)
	}
	failed := must[Payment](t)(s.FailPayment(PaymentInput{OrderID: Some(o.ID)}))
	if failed.Amount != 6199 || failed.FailureReason != "card_declined" {
		t.Errorf("%+v", failed)
	}
	o = must[Order](t)(s.CompleteOrder(o.ID))
	c, _ := s.FindContact("a@b.co")
	if o.Status != OrderCompleted || c.LifetimeValue.String() != "61.99" || c.Source != SourceOrder || c.LastActivity.IsZero() {
		t.Errorf("%+v, %+v", o, c)
	}
	if p, _ := s.ListEnrollments(EnrollmentFilter{CourseID: course.ID}, ListParams{}); p.Meta.TotalCount != 1 {
		t.Error("the customer is not enrolled")
	}
	if _, err := s.CompleteOrder(o.ID); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	o = must[Order](t)(s.RefundOrder(o.ID, RefundInput{Amount: Some[int64](199)}))
	if _, err := s.RefundOrder(o.ID, RefundInput{Amount: Some[int64](6001)}); !errors.Is(err, ErrValidation) {
		t.Errorf("refunding more than is left: %v", err)
	}
	o = must[Order](t)(s.RefundOrder(o.ID, RefundInput{}))
	c, _ = s.FindContact("a@b.co")
	if o.Refunded != 6199 || c.LifetimeValue.String() != "0" {
		t.Errorf("%+v, %v", o, c.LifetimeValue)
	}
	if _, err := s.RefundOrder(o.ID, RefundInput{}); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	want := []string{
		"CourseCreated", "OrderCreated", "PaymentFailed", "ContactCreated", "PaymentCompleted", "OrderWasCompleted", "EnrollmentCreated",
		"PaymentWasRefunded", "OrderWasRefunded", "PaymentWasRefunded", "OrderWasRefunded",
	}
	if diff := cmp.Diff(want, *names); diff != "" {
		t.Error(diff)
	}
}

func TestPayments(t *testing.T) {
	s, _ := newStore(t)
	o := must[Order](t)(s.CreateOrder(input[OrderInput](t, `{"customer_email":"a@b.co","amount":500,"currency":"JPY"}`)))
	p := must[Payment](t)(s.CompletePayment(PaymentInput{OrderID: Some(o.ID)}))
	if got := must[Order](t)(s.GetOrder(o.ID)); got.Status != OrderCompleted || p.OrderID != o.ID {
		t.Errorf("%+v, %+v", got, p)
	}
	if _, err := s.CompletePayment(PaymentInput{OrderID: Some(o.ID)}); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	p = must[Payment](t)(s.RefundPayment(p.ID, RefundInput{}))
	if got := must[Order](t)(s.GetOrder(o.ID)); got.Status != OrderRefunded || p.Status != PaymentRefunded {
		t.Errorf("%+v, %+v", got, p)
	}
	alone := must[Payment](t)(s.CompletePayment(input[PaymentInput](t, `{"customer_email":"a@b.co","amount":700}`)))
	want := `{"id":"` + alone.ID + `","order_id":null,"customer_email":"a@b.co","amount":700,"currency":"USD","status":"completed",` +
		`"failure_reason":null,"created_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(alone.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	for doc, want := range map[string]map[string]string{
		`{}`: {"customer_email": "must not be blank", "amount": "is required"},
		`{"order_id":"ord_x","amount":1}`: {
			"order_id": `there is no order with id "ord_x"`, "amount": "must be left out of a payment for an order, which has its own",
		},
	} {
		_, err := s.FailPayment(input[PaymentInput](t, doc))
		if doc == `{}` {
			want["customer_email"] = "is required"
		}
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
}

func TestSubscriptionLife(t *testing.T) {
	s, clock := newStore(t)
	clock.t = time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)
	var facts []Fact
	s.SetSink(func(c Change) { facts = append(facts, c.Fact) })
	sub := must[Subscription](t)(s.CreateSubscription(input[SubscriptionInput](t, `{"customer_email":"a@b.co","amount":9700}`)))
	if sub.NextBillingDate != "2024-02-29" || sub.Plan != "monthly" {
		t.Errorf("%+v", sub)
	}
	sub = must[Subscription](t)(s.UpdateSubscription(sub.ID, input[SubscriptionChange](t, `{"plan":"annual","amount":9700}`)))
	if diff := cmp.Diff([]Scalar{{"plan", "monthly", "annual"}}, facts[len(facts)-1].(SubscriptionUpdated).Changes); diff != "" {
		t.Error(diff)
	}
	n := len(facts)
	must[Subscription](t)(s.UpdateSubscription(sub.ID, SubscriptionChange{Plan: Some("annual")}))
	if len(facts) != n {
		t.Error("an update that changes nothing is reported")
	}
	sub = must[Subscription](t)(s.CancelSubscription(sub.ID, CancellationInput{Feedback: Some("Too expensive")}))
	if sub.CancelReason != "voluntary" || sub.CancelledAt != clock.t {
		t.Errorf("%+v", sub)
	}
	if _, err := s.CancelSubscription(sub.ID, CancellationInput{}); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
}

func TestEmails(t *testing.T) {
	s, clock := newStore(t)
	names := record(s)
	if _, _, err := s.UpsertContact(ContactInput{Email: Some("a@b.co")}); err != nil {
		t.Fatal(err)
	}
	e := must[Email](t)(s.SendEmail(input[EmailInput](t, `{"to":"A@b.co","subject":"Hi","campaign":"welcome"}`)))
	clock.t = clock.t.Add(time.Hour)
	must[Email](t)(s.OpenEmail(e.ID, OpeningInput{}))
	must[Email](t)(s.ClickEmail(e.ID, ClickInput{Link: Some("https://example.com/offer")}))
	if c, _ := s.FindContact("a@b.co"); !c.LastActivity.Equal(clock.t) {
		t.Errorf("last_activity is %v", c.LastActivity)
	}
	if _, err := s.OpenEmail(e.ID, OpeningInput{IPAddress: Some("1.2.3")}); !errors.Is(err, ErrValidation) {
		t.Error(err)
	}
	if _, err := s.ClickEmail(e.ID, ClickInput{Link: Some("offer")}); !errors.Is(err, ErrValidation) {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"ContactCreated", "EmailSent", "EmailOpened", "EmailClicked"}, *names); diff != "" {
		t.Error(diff)
	}
}

func TestLessonConflicts(t *testing.T) {
	s, _ := newStore(t)
	empty := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Empty")}))
	e, _, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(empty.ID), UserEmail: Some("a@b.co")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CompleteLesson(LessonInput{EnrollmentID: Some(e.ID)}); !errors.Is(err, ErrConflict) {
		t.Errorf("a course without lessons: %v", err)
	}
	if done := must[Enrollment](t)(s.CompleteEnrollment(e.ID)); done.Status != EnrollmentCompleted {
		t.Errorf("%+v", done)
	}
	course := must[Course](t)(s.AddCourse(CourseSeed{Title: Some("Go"), LessonsCount: Some(2)}))
	e, _, _ = s.CreateEnrollment(EnrollmentInput{CourseID: Some(course.ID), UserEmail: Some("a@b.co")})
	first := LessonInput{EnrollmentID: Some(e.ID), LessonID: Some(course.Lessons[0].ID)}
	must[Enrollment](t)(s.CompleteLesson(first))
	if again := must[Enrollment](t)(s.CompleteLesson(first)); len(again.LessonsDone) != 1 {
		t.Errorf("%+v", again)
	}
	_, err = s.CompleteLesson(input[LessonInput](t, `{"enrollment_id":"`+e.ID+`","lesson_id":"lesson_x","quiz_score":101,"minutes":-1}`))
	want := map[string]string{
		"lesson_id": `the course has no lesson with id "lesson_x"`, "quiz_score": "must be between 0 and 100", "minutes": "must be between 0 and 1440",
	}
	if diff := cmp.Diff(want, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	if _, err := s.CancelEnrollment(e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CompleteLesson(LessonInput{EnrollmentID: Some(e.ID)}); !errors.Is(err, ErrConflict) {
		t.Errorf("a canceled enrollment: %v", err)
	}
	if _, err := s.CompleteLesson(LessonInput{CourseID: Some(course.ID), UserEmail: Some("no@b.co")}); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody who is not enrolled: %v", err)
	}
}
