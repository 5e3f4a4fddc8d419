package payload

import (
	"fmt"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Sample returns an event of a type with made-up data, as sending a test event
// does; false for an unknown type.
func Sample(eventType string, now time.Time) (Event, bool) {
	for _, fact := range sampleFacts(now) {
		for _, e := range Of(store.Change{At: now, Fact: fact}) {
			if e.Type == eventType {
				return e, true
			}
		}
	}
	return Event{}, false
}

// sampleFacts are changes that together cause events of every type.
func sampleFacts(now time.Time) []store.Fact {
	const day = 24 * time.Hour
	now = now.UTC().Truncate(time.Second)
	made, score := now.Add(-30*day), 95
	lessons := make([]store.Lesson, 18)
	for i := range lessons {
		lessons[i] = store.Lesson{ID: fmt.Sprintf("lesson_%d", 789+i), Title: fmt.Sprintf("Lesson %d", i+1)}
	}
	course := &store.Course{
		ID: "course_abc123", Title: "Watercolour for Beginners", Slug: "watercolour-for-beginners",
		Description: "Eighteen short lessons.", Price: store.FromMinor(4999, 2), Currency: "USD",
		Status: store.CoursePublished, EnrolledCount: 12, Lessons: lessons, CreatedAt: made, UpdatedAt: now,
	}
	contact := &store.Contact{
		ID: "con_456", Email: "ada@example.com", FirstName: "Ada", LastName: "Byron", Tags: []string{"customer"},
		CustomFields: store.Fields{{Name: "company", JSON: `"Analytical Engines"`}}, LifetimeValue: store.FromMinor(4999, 2),
		LastActivity: now, Source: store.SourceAPI, Subscribed: true, CreatedAt: made, UpdatedAt: now,
	}
	left := *contact
	left.Subscribed = false
	enrollment := store.Enrollment{
		ID: "enr_xyz789", CourseID: course.ID, UserEmail: contact.Email, Status: store.EnrollmentActive,
		CreatedAt: now, UpdatedAt: now, LastActivity: now, MinutesSpent: 480,
	}
	completed, canceled := enrollment, enrollment
	completed.Status, completed.CompletedAt = store.EnrollmentCompleted, now
	canceled.Status = store.EnrollmentCancelled
	order := store.Order{
		ID: "ord_123", CustomerEmail: contact.Email, Status: store.OrderPending, Amount: 4999, Currency: "USD",
		Products:      []store.Product{{ID: "prod_456", Name: course.Title, Price: 4999, CourseID: course.ID}},
		PaymentMethod: "card", CreatedAt: now, UpdatedAt: now,
	}
	payment := func(status, failure string) *store.Payment {
		return &store.Payment{
			ID: "pay_123", OrderID: order.ID, CustomerEmail: order.CustomerEmail, Amount: order.Amount,
			Currency: order.Currency, Status: status, FailureReason: failure, CreatedAt: now,
		}
	}
	subscription := &store.Subscription{
		ID: "sub_789", CustomerEmail: contact.Email, Plan: "monthly", Amount: 990, Currency: "USD",
		NextBillingDate: now.Add(30 * day).Format(time.DateOnly), CancelReason: "voluntary", Feedback: "Too little time",
		CancelledAt: now,
	}
	email := &store.Email{ID: "em_123", To: contact.Email, Subject: "Welcome", Campaign: "welcome_series", SentAt: now}
	return []store.Fact{
		store.CourseCreated{Course: course},
		store.CourseUpdated{Before: course, After: course, Published: true},
		store.CourseDeleted{Course: course},
		store.EnrollmentCreated{Enrollment: &enrollment, Course: course, Contact: contact},
		store.EnrollmentWasCompleted{Enrollment: &completed, Course: course, Contact: contact, Progress: store.Progress{Percentage: 100}},
		store.EnrollmentWasCancelled{Enrollment: &canceled, Course: course, Contact: contact},
		store.LessonCompleted{Enrollment: &enrollment, Course: course, Contact: contact, Lesson: lessons[0], QuizScore: &score},
		store.PaymentCompleted{Payment: payment(store.PaymentDone, ""), Contact: contact},
		store.PaymentFailed{Payment: payment(store.PaymentDeclined, "card_declined"), Contact: contact},
		store.PaymentWasRefunded{Payment: payment(store.PaymentRefunded, ""), Contact: contact, Amount: order.Amount},
		store.ContactCreated{Contact: contact},
		store.ContactUpdated{Before: contact, After: &left, Unsubscribed: true, Changes: store.ContactChanges{
			TagsAdded: []string{"customer"}, TagsRemoved: []string{"lead"}, CustomFields: contact.CustomFields,
			Scalars: []store.Scalar{{Name: "subscribed", From: true, To: false}},
		}},
		store.ContactDeleted{Contact: contact},
		store.OrderCreated{Order: &order, Contact: contact},
		store.OrderWasCompleted{Order: &order, Contact: contact},
		store.OrderWasRefunded{Order: &order, Contact: contact, Amount: order.Amount, Reason: "requested_by_customer"},
		store.SubscriptionCreated{Subscription: subscription, Contact: contact},
		store.SubscriptionUpdated{Before: subscription, After: subscription, Contact: contact,
			Changes: []store.Scalar{{Name: "plan", From: "monthly", To: "annual"}}},
		store.SubscriptionWasCancelled{Subscription: subscription, Contact: contact},
		store.EmailSent{Email: email, Contact: contact},
		store.EmailOpened{Email: email, Contact: contact, IPAddress: "192.0.2.1", UserAgent: "Mozilla/5.0"},
		store.EmailClicked{Email: email, Contact: contact, Link: "https://example.com/offer"},
	}
}
