package mockserver

import (
	"context"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// DeliveryStatus is what became of a delivery.
type DeliveryStatus string

// The statuses of a delivery.
const (
	// DeliveryPending means that an attempt is under way or to come.
	DeliveryPending DeliveryStatus = "pending"
	// DeliverySucceeded means that an attempt was answered with 2xx.
	DeliverySucceeded DeliveryStatus = "succeeded"
	// DeliveryFailed means that an attempt was answered with 4xx, which ends a
	// delivery, or that all six attempts are used up.
	DeliveryFailed DeliveryStatus = "failed"
	// DeliveryBlocked means that the address is not one that is sent to; see
	// [AllowExternalWebhooks].
	DeliveryBlocked DeliveryStatus = "blocked"
)

// Delivery is one event on its way to one endpoint, as the log shows it. The
// webhook guide describes such a log as a part of the dashboard.
type Delivery struct {
	ID        string
	WebhookID string
	EventID   string
	Event     string // the type
	Status    DeliveryStatus
	Attempts  []DeliveryAttempt
	// RequestBody holds the bytes that were signed and sent, the same with
	// each attempt.
	RequestBody []byte
	// NextAttemptAt is when the next attempt is due, zero if none is.
	NextAttemptAt time.Time
	CreatedAt     time.Time
}

// DeliveryAttempt is one request of a delivery.
type DeliveryAttempt struct {
	At time.Time
	// StatusCode is the answer's, 0 if there was none.
	StatusCode int
	// Duration is in real time, to the millisecond; the server's clock may
	// stand meanwhile.
	Duration time.Duration
	// Response is the first 64 KiB of the answer's body.
	Response []byte
	// Error says why there is no answer, or why it is not whole.
	Error string
}

func newDelivery(d store.Delivery) Delivery {
	shown := Delivery{
		ID: d.ID, WebhookID: d.WebhookID, EventID: d.EventID, Event: d.Event, Status: DeliveryStatus(d.Status),
		RequestBody: []byte(d.RequestBody), NextAttemptAt: d.NextAttemptAt, CreatedAt: d.CreatedAt,
	}
	for _, a := range d.Attempts {
		shown.Attempts = append(shown.Attempts, DeliveryAttempt{
			At: a.At, StatusCode: a.ResponseCode, Duration: time.Duration(a.ResponseTimeMS) * time.Millisecond,
			Response: []byte(a.ResponseBody), Error: a.Error,
		})
	}
	return shown
}

// Deliveries returns the log of all deliveries, oldest first. Every change
// that was made before the call is in it; the attempts may still be under way,
// which [Server.WaitDeliveries] waits for.
func (s *Server) Deliveries() []Delivery {
	s.outbox.flush()
	entries := s.store.Deliveries("")
	shown := make([]Delivery, len(entries))
	for i, d := range entries {
		shown[i] = newDelivery(d)
	}
	return shown
}

// WaitDeliveries returns when every attempt that is due has been made, also
// those for events that receivers have caused meanwhile, or with the error of
// the context. Retries that are due later are not waited for:
// [Server.Advance] is, which makes them.
func (s *Server) WaitDeliveries(ctx context.Context) error {
	return s.outbox.engine.Wait(ctx)
}

// SendTestEvent sends an event of a type to an endpoint, with made-up data and
// whether or not it is subscribed to the type. The webhook guide describes
// this as a part of the dashboard.
func (s *Server) SendTestEvent(webhookID, eventType string) Delivery {
	d, err := s.outbox.sendTest(webhookID, eventType)
	return reported(s, "SendTestEvent", newDelivery(d), err)
}

// Resend delivers an event to an endpoint once more: the same event with the
// same bytes, as a new delivery with six attempts of its own.
func (s *Server) Resend(webhookID, deliveryID string) Delivery {
	d, err := s.outbox.resend(webhookID, deliveryID)
	return reported(s, "Resend", newDelivery(d), err)
}
