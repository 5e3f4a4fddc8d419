package payload

import "github.com/selgora/selgora-go/mockserver/internal/store"

type subscriptionCreated struct {
	SubscriptionID  string `json:"subscription_id"`
	CustomerEmail   string `json:"customer_email"`
	Plan            string `json:"plan"`
	Amount          int64  `json:"amount"`
	NextBillingDate string `json:"next_billing_date"`
	ContactID       string `json:"contact_id,omitempty"`
}

type subscriptionCancelled struct {
	SubscriptionID string `json:"subscription_id"`
	CancelledAt    string `json:"cancelled_at"`
	Reason         string `json:"reason"`
	Feedback       string `json:"feedback"`
	ContactID      string `json:"contact_id,omitempty"`
}

func ofSubscription(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.SubscriptionCreated:
		s, who := f.Subscription, contactID(f.Contact)
		return []Event{{Type: "subscription.created", Contact: who, Data: subscriptionCreated{
			s.ID, s.CustomerEmail, s.Plan, s.Amount, s.NextBillingDate, who,
		}}}
	case store.SubscriptionUpdated:
		who := contactID(f.Contact)
		data := object{{"subscription_id", f.After.ID}, {"changes", scalars(f.Changes)}}
		if who != "" {
			data = append(data, field{"contact_id", who})
		}
		return []Event{{Type: "subscription.updated", Contact: who, Data: data}}
	case store.SubscriptionWasCancelled:
		s, who := f.Subscription, contactID(f.Contact)
		return []Event{{Type: "subscription.cancelled", Contact: who, Data: subscriptionCancelled{
			s.ID, stamp(s.CancelledAt), s.CancelReason, s.Feedback, who,
		}}}
	}
	return nil
}
