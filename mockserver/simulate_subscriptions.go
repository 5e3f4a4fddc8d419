package mockserver

import (
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Subscription is a subscription as the simulations return it. The amount is
// in minor units.
type Subscription struct {
	ID              string    `json:"id"`
	CustomerEmail   string    `json:"customer_email"`
	Plan            string    `json:"plan"`
	Amount          int64     `json:"amount"`
	Currency        string    `json:"currency"`
	NextBillingDate string    `json:"next_billing_date"` // such as 2024-12-15
	Status          string    `json:"status"`            // active or cancelled
	CancelReason    string    `json:"cancel_reason"`
	Feedback        string    `json:"feedback"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	CancelledAt     time.Time `json:"cancelled_at,omitzero"`
}

// SubscriptionParams starts a subscription; see [Server.CreateSubscription].
// CustomerEmail is required.
type SubscriptionParams struct {
	CustomerEmail string `json:"customer_email,omitzero"`
	// Plan is by default "monthly".
	Plan     string `json:"plan,omitzero"`
	Amount   int64  `json:"amount"`            // minor units
	Currency string `json:"currency,omitzero"` // by default USD
	// NextBillingDate follows from the plan by default.
	NextBillingDate string `json:"next_billing_date,omitzero"`
}

// SubscriptionChange changes a subscription; see [Server.UpdateSubscription].
// Zero fields stay as they are.
type SubscriptionChange struct {
	Plan            string `json:"plan,omitzero"`
	Amount          *int64 `json:"amount,omitzero"` // minor units
	NextBillingDate string `json:"next_billing_date,omitzero"`
}

// Cancellation says why a subscription ends; see [Server.CancelSubscription].
type Cancellation struct {
	// Reason is by default "voluntary".
	Reason   string `json:"reason,omitzero"`
	Feedback string `json:"feedback,omitzero"`
}

// CreateSubscription starts a subscription: subscription.created. The customer
// becomes a contact, if there is none.
func (s *Server) CreateSubscription(p SubscriptionParams) Subscription {
	sub, err := simulate(p, s.store.CreateSubscription)
	return reported(s, "CreateSubscription", subscriptionOf(sub), err)
}

// UpdateSubscription changes an active subscription: subscription.updated, if
// anything is different then.
func (s *Server) UpdateSubscription(id string, c SubscriptionChange) Subscription {
	sub, err := simulate(c, with(id, s.store.UpdateSubscription))
	return reported(s, "UpdateSubscription", subscriptionOf(sub), err)
}

// CancelSubscription ends an active subscription: subscription.cancelled.
func (s *Server) CancelSubscription(id string, c Cancellation) Subscription {
	sub, err := simulate(c, with(id, s.store.CancelSubscription))
	return reported(s, "CancelSubscription", subscriptionOf(sub), err)
}

func subscriptionOf(s store.Subscription) Subscription { return Subscription(s) }
