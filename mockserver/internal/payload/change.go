package payload

import (
	"encoding/json"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Of returns the events of both guides that a change causes, in the order in
// which they are sent.
func Of(c store.Change) []Event {
	var events []Event
	switch f := c.Fact.(type) {
	case store.CourseCreated:
		events = []Event{{Type: "course.created", Data: nested("course", f.Course)}}
	case store.CourseUpdated:
		data := nested("course", f.After)
		if f.Published {
			events = append(events, Event{Type: "course.published", Data: data})
		}
		events = append(events, Event{Type: "course.updated", Data: data})
	case store.CourseDeleted:
		events = []Event{{Type: "course.deleted", Data: nested("course", f.Course)}}
	case store.ContactCreated, store.ContactUpdated, store.ContactDeleted:
		events = ofContact(c)
	case store.EnrollmentCreated, store.EnrollmentWasCompleted, store.EnrollmentWasCancelled, store.LessonCompleted:
		events = ofEnrollment(c)
	case store.OrderCreated, store.OrderWasCompleted, store.OrderWasRefunded:
		events = ofOrder(c)
	case store.PaymentCompleted:
		events = []Event{{Type: "payment.completed", Contact: contactID(f.Contact), Data: nested("payment", f.Payment)}}
	case store.PaymentFailed:
		events = []Event{{Type: "payment.failed", Contact: contactID(f.Contact), Data: nested("payment", f.Payment)}}
	case store.PaymentWasRefunded:
		events = []Event{{Type: "payment.refunded", Contact: contactID(f.Contact), Data: nested("payment", f.Payment)}}
	case store.SubscriptionCreated, store.SubscriptionUpdated, store.SubscriptionWasCancelled:
		events = ofSubscription(c)
	case store.EmailSent, store.EmailOpened, store.EmailClicked:
		events = ofEmail(c)
	case store.Announced:
		events = []Event{{Type: f.Type, Data: json.RawMessage(f.Data)}}
	}
	for i := range events {
		events[i].At = c.At
	}
	return events
}
