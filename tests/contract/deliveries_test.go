package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

// A receiver holds every request that it gets to the document.
type receiver struct {
	t        *testing.T
	document *document
	format   webhook.Format

	mu      sync.Mutex
	seen    map[string]int
	retries int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(request.Body)
	if err != nil {
		r.t.Error(err)
		return
	}
	event, err := webhook.ParseUnverified(body)
	if err != nil {
		r.t.Errorf("%v: %s", err, body)
		return
	}
	var payload any
	if err := json.Unmarshal(body, &payload); err != nil {
		r.t.Error(err)
	}
	if err := checkValue(variant(r.t, r.document.payload(r.t, event.Type), r.format), payload); err != nil {
		r.t.Errorf("%s as %s is %v\n  body: %s", event.Type, r.format, err, body)
	}
	r.checkHeaders(event.Type, request.Header)
	r.seen[event.Type]++
	if request.Header.Get("X-Selgora-Retry") != "" {
		r.retries++
	}
	if event.Type == "course.deleted" && r.retries == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (r *receiver) checkHeaders(eventType string, header http.Header) {
	for _, parameter := range r.document.model.Webhooks.GetOrZero(eventType).Post.Parameters {
		text := header.Get(parameter.Name)
		if text == "" {
			if parameter.Required != nil && *parameter.Required {
				r.t.Errorf("%s as %s has no %s", eventType, r.format, parameter.Name)
			}
			continue
		}
		var value any = text
		if number, err := strconv.Atoi(text); err == nil {
			value = number
		}
		if err := checkValue(parameter.Schema.Schema(), value); err != nil {
			r.t.Errorf("%s as %s: the header %s: %s is %v", eventType, r.format, parameter.Name, text, err)
		}
	}
}

// TestEveryDeliveryOfTheFake causes all events by their natural actions and holds what is sent to the document.
func TestEveryDeliveryOfTheFake(t *testing.T) {
	t.Parallel()
	d := load(t)
	srv := mockserver.New(t)
	var receivers []*receiver
	for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
		r := &receiver{t: t, document: d, format: format, seen: map[string]int{}}
		receivers = append(receivers, r)
		srv.DeliverTo(r, mockserver.WebhookFormat(mockserver.Format(format)))
	}
	causeEverything(t, srv)
	if err := srv.WaitDeliveries(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv.Advance(36 * time.Hour)
	for _, r := range receivers {
		r.mu.Lock()
		for _, eventType := range webhook.Types() {
			if r.seen[eventType] == 0 {
				t.Errorf("%s was never sent as %s", eventType, r.format)
			}
		}
		if r.retries == 0 {
			t.Errorf("nothing was sent again as %s", r.format)
		}
		r.mu.Unlock()
	}
}

func causeEverything(t *testing.T, srv *mockserver.Server) {
	t.Helper()
	ctx, client := t.Context(), srv.Client()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	course, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Studio", Price: money.MustParse("49.99")})
	must(err)
	srv.PublishCourse(course.ID)
	_, err = client.Courses.Update(ctx, course.ID, &selgora.CourseUpdateParams{Price: selgora.Set(money.MustParse("59"))})
	must(err)
	srv.AddLessons(course.ID, "One", "Two")
	enrollment, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: course.ID, Email: "ada@example.com"})
	must(err)
	score := 95
	srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: enrollment.ID, QuizScore: &score})
	srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: enrollment.ID})
	second, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: course.ID, Email: "grace@example.com"})
	must(err)
	_, err = client.Enrollments.Cancel(ctx, second.ID)
	must(err)

	contact, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "emmy@example.com", FirstName: selgora.Set("Emmy"), Tags: selgora.Set([]string{"lead"}),
		CustomFields: map[string]any{"a": json.RawMessage(`{"b":[1.0,"<",null]}`)},
	})
	must(err)
	_, err = client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "emmy@example.com", FirstName: selgora.Null[string](), Tags: selgora.Set([]string{"customer"}),
		CustomFields: map[string]any{"a": nil, "c": 1},
	})
	must(err)
	srv.UnsubscribeContact(contact.ID)
	srv.ResubscribeContact(contact.ID)

	// Once for a contact, once for a person who is none.
	for _, email := range []string{"emmy@example.com", "nobody@example.com"} {
		price := int64(4900)
		order := srv.CreateOrder(mockserver.OrderParams{CustomerEmail: email, Products: []mockserver.Product{{Name: "Book", Price: &price}, {CourseID: course.ID}}})
		srv.CompleteOrder(order.ID)
		srv.RefundOrder(order.ID, mockserver.Refund{Amount: 100})
		srv.FailPayment(mockserver.PaymentParams{CustomerEmail: email, Amount: 100})
		payment := srv.CompletePayment(mockserver.PaymentParams{CustomerEmail: email, Amount: 100, Currency: "JPY"})
		srv.RefundPayment(payment.ID, mockserver.Refund{})
		subscription := srv.CreateSubscription(mockserver.SubscriptionParams{CustomerEmail: email, Amount: 9700})
		srv.UpdateSubscription(subscription.ID, mockserver.SubscriptionChange{Plan: "annual", Amount: new(int64(90000)), NextBillingDate: "2999-12-31"})
		srv.CancelSubscription(subscription.ID, mockserver.Cancellation{})
		mail := srv.SendEmail(mockserver.EmailParams{To: email, Subject: "Hello"})
		srv.OpenEmail(mail.ID, mockserver.Opening{})
		srv.ClickEmail(mail.ID, "https://shop.example.com/")
	}
	must(client.Contacts.Delete(ctx, contact.ID))
	must(client.Courses.Delete(ctx, course.ID))
}
