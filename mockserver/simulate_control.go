package mockserver

import (
	"encoding/json"
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

var simulateControls = []controlEndpoint{
	{"POST", "/_mock/simulate/events", `sends an event of any type, {"type": "order.completed", "data": {…}}`, false, simulateEvent},
	{"POST", "/_mock/simulate/orders", "places an order: customer_email, products or amount, currency, payment_method", false,
		simulated((*store.Store).CreateOrder, orderOf)},
	{"POST", "/_mock/simulate/orders/{id}/complete", "pays an order and enrolls in its courses", false,
		simulatedOf((*store.Store).CompleteOrder, orderOf)},
	{"POST", "/_mock/simulate/orders/{id}/refund", "refunds an order: amount, reason", false,
		simulatedOn((*store.Store).RefundOrder, orderOf)},
	{"POST", "/_mock/simulate/payments/complete", "makes a payment that succeeds: order_id, or customer_email and amount", false,
		simulated((*store.Store).CompletePayment, paymentOf)},
	{"POST", "/_mock/simulate/payments/fail", "makes a payment that fails: the same, and failure_reason", false,
		simulated((*store.Store).FailPayment, paymentOf)},
	{"POST", "/_mock/simulate/payments/{id}/refund", "refunds a payment: amount, reason", false,
		simulatedOn((*store.Store).RefundPayment, paymentOf)},
	{"POST", "/_mock/simulate/subscriptions", "starts a subscription: customer_email, amount, plan, currency, next_billing_date", false,
		simulated((*store.Store).CreateSubscription, subscriptionOf)},
	{"POST", "/_mock/simulate/subscriptions/{id}/update", "changes a subscription: plan, amount, next_billing_date", false,
		simulatedOn((*store.Store).UpdateSubscription, subscriptionOf)},
	{"POST", "/_mock/simulate/subscriptions/{id}/cancel", "ends a subscription: reason, feedback", false,
		simulatedOn((*store.Store).CancelSubscription, subscriptionOf)},
	{"POST", "/_mock/simulate/lessons/complete", "completes a lesson: enrollment_id, or course_id and user_email; lesson_id, quiz_score, minutes", false,
		simulated((*store.Store).CompleteLesson, rendered)},
	{"POST", "/_mock/simulate/enrollments/{id}/complete", "completes all that is left of a course", false,
		simulatedOf((*store.Store).CompleteEnrollment, rendered)},
	{"POST", "/_mock/simulate/emails", "sends an e-mail: to, subject, campaign", false,
		simulated((*store.Store).SendEmail, emailOf)},
	{"POST", "/_mock/simulate/emails/{id}/open", "opens an e-mail: ip_address, user_agent", false,
		simulatedOn((*store.Store).OpenEmail, emailOf)},
	{"POST", "/_mock/simulate/emails/{id}/click", "clicks a link in an e-mail: link", false,
		simulatedOn((*store.Store).ClickEmail, emailOf)},
	{"POST", "/_mock/simulate/contacts/{id}/unsubscribe", "has a contact unsubscribe from e-mail", false,
		simulatedOf(unsubscribe, rendered)},
	{"POST", "/_mock/simulate/contacts/{id}/resubscribe", "has a contact subscribe again", false,
		simulatedOf(resubscribe, rendered)},
	{"POST", "/_mock/simulate/courses/{id}/publish", "publishes a course", false,
		simulatedOf((*store.Store).PublishCourse, rendered)},
	{"POST", "/_mock/simulate/courses/{id}/lessons", `appends lessons to a course, {"titles": ["…"]}`, false,
		simulatedOn(addLessons, rendered)},
}

func unsubscribe(s *store.Store, id string) (store.Contact, error) { return s.SetSubscribed(id, false) }
func resubscribe(s *store.Store, id string) (store.Contact, error) { return s.SetSubscribed(id, true) }

// lessonTitles names lessons to append to a course.
type lessonTitles struct {
	Titles []string `json:"titles"`
}

func addLessons(s *store.Store, id string, in lessonTitles) (store.Course, error) {
	return s.AddLessons(id, in.Titles...)
}

// simulated, simulatedOn and simulatedOf answer with what a method of the
// store returns: one that takes an input, one that takes an id too, and one
// that takes an id alone.
func simulated[In, Row, Out any](do func(*store.Store, In) (Row, error), show func(Row) Out) func(*Server, *call) *reply {
	return simulatedOn(func(st *store.Store, _ string, in In) (Row, error) { return do(st, in) }, show)
}

func simulatedOf[Row, Out any](do func(*store.Store, string) (Row, error), show func(Row) Out) func(*Server, *call) *reply {
	return simulatedOn(func(st *store.Store, id string, _ struct{}) (Row, error) { return do(st, id) }, show)
}

func simulatedOn[In, Row, Out any](do func(*store.Store, string, In) (Row, error), show func(Row) Out) func(*Server, *call) *reply {
	return func(s *Server, c *call) *reply {
		in, bad := controlInput[In](c)
		if bad != nil {
			return bad
		}
		row, err := do(s.store, c.ids[0], in)
		if err != nil {
			return failure(err)
		}
		return jsonReply(http.StatusOK, show(row))
	}
}

// rendered shows an object as the API does.
func rendered[T store.Renderer](object T) json.RawMessage { return object.AppendJSON(nil) }

func simulateEvent(s *Server, c *call) *reply {
	in, bad := controlInput[struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	}](c)
	switch {
	case bad != nil:
		return bad
	case in.Type == "":
		return failure(&store.ValidationError{Fields: map[string]string{"type": "is required"}})
	case in.Data == nil:
		in.Data = json.RawMessage("{}")
	}
	s.store.Announce(store.Announced{Type: in.Type, Data: in.Data})
	return done()
}
