package webhook

import "time"

// SubscriptionCreatedData is the data of subscription.created (webhook guide).
type SubscriptionCreatedData struct {
	SubscriptionID string `json:"subscription_id"`
	CustomerEmail  string `json:"customer_email"`
	// Plan is the billing period, "monthly" or "annual" in the guide.
	Plan string `json:"plan"`
	// Amount is in minor units: 9700 is 97.00.
	Amount          int64 `json:"amount"`
	NextBillingDate Date  `json:"next_billing_date"`
	// ContactID is the customer's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}

// SubscriptionUpdatedData is the data of subscription.updated (webhook guide).
type SubscriptionUpdatedData struct {
	SubscriptionID string              `json:"subscription_id"`
	Changes        SubscriptionChanges `json:"changes"`
	// ContactID is the customer's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}

// SubscriptionChanges says what a subscription.updated event changed (webhook
// guide, which shows the plan; the rest is undocumented). Fields that did not
// change are nil; further ones are in the event's raw data.
type SubscriptionChanges struct {
	Plan *Change[string] `json:"plan,omitempty"`
	// Amount is in minor units.
	Amount          *Change[int64]  `json:"amount,omitempty"`
	NextBillingDate *Change[Date]   `json:"next_billing_date,omitempty"`
	Status          *Change[string] `json:"status,omitempty"`
}

// SubscriptionCancelledData is the data of subscription.cancelled (webhook
// guide).
type SubscriptionCancelledData struct {
	SubscriptionID string    `json:"subscription_id"`
	CancelledAt    time.Time `json:"cancelled_at,omitzero"`
	// Reason is "voluntary" in the guide.
	Reason   string `json:"reason"`
	Feedback string `json:"feedback"`
	// ContactID is the customer's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}
