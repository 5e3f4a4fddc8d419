package store

import "time"

// Statuses of a subscription.
const (
	SubscriptionActive    = "active"
	SubscriptionCancelled = "cancelled"
)

// SourceSubscription is the source of a contact that a subscription made.
const SourceSubscription = "subscription"

// Subscription is a subscription; it has no place in the API.
type Subscription struct {
	ID              string    `json:"id"`
	CustomerEmail   string    `json:"customer_email"`
	Plan            string    `json:"plan"`
	Amount          int64     `json:"amount"` // minor units
	Currency        string    `json:"currency"`
	NextBillingDate string    `json:"next_billing_date"` // 2006-01-02
	Status          string    `json:"status"`
	CancelReason    string    `json:"cancel_reason,omitzero"`
	Feedback        string    `json:"feedback,omitzero"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	CancelledAt     time.Time `json:"cancelled_at,omitzero"` // zero until cancelled
}

// SubscriptionInput starts a subscription.
type SubscriptionInput struct {
	CustomerEmail   Opt[string] `json:"customer_email,omitzero"`
	Plan            Opt[string] `json:"plan,omitzero"` // default: monthly
	Amount          Opt[int64]  `json:"amount,omitzero"`
	Currency        Opt[string] `json:"currency,omitzero"`          // default: USD
	NextBillingDate Opt[string] `json:"next_billing_date,omitzero"` // default: follows from the plan
}

// SubscriptionChange updates a subscription; what is absent stays.
type SubscriptionChange struct {
	Plan            Opt[string] `json:"plan,omitzero"`
	Amount          Opt[int64]  `json:"amount,omitzero"`
	NextBillingDate Opt[string] `json:"next_billing_date,omitzero"`
}

// CancellationInput says why a subscription ends.
type CancellationInput struct {
	Reason   Opt[string] `json:"reason,omitzero"` // default: voluntary
	Feedback Opt[string] `json:"feedback,omitzero"`
}

var subscriptionSchema = schema[Subscription]{
	resource: "subscription",
	id:       func(s *Subscription) string { return s.ID },
	created:  func(s *Subscription) time.Time { return s.CreatedAt },
}

// GetSubscription returns a subscription.
func (s *Store) GetSubscription(id string) (Subscription, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.subscriptions.get(id))
}

// CreateSubscription starts a subscription; the customer becomes a contact.
func (s *Store) CreateSubscription(in SubscriptionInput) (Subscription, error) {
	now := s.begin()
	defer s.end()
	sub := Subscription{
		CustomerEmail: in.CustomerEmail.Value, Plan: "monthly", Currency: "USD", Status: SubscriptionActive,
		CreatedAt: now, UpdatedAt: now,
	}
	var p problems
	needEmail(&p, "customer_email", in.CustomerEmail)
	need(&p, "amount", in.Amount)
	sub.apply(&p, SubscriptionChange{Plan: in.Plan, Amount: in.Amount, NextBillingDate: in.NextBillingDate})
	if may(&p, "currency", in.Currency) {
		checkCurrency(&p, "currency", in.Currency.Value)
		sub.Currency = in.Currency.Value
	}
	if err := p.err(); err != nil {
		return Subscription{}, err
	}
	if sub.NextBillingDate == "" {
		sub.NextBillingDate = nextBilling(sub.Plan, now).Format(time.DateOnly)
	}
	sub.ID = nextFor(s.st, prefixSubscription, &s.st.subscriptions)
	contact := s.person(sub.CustomerEmail, SourceSubscription, now, CauseSimulation)
	r := s.st.subscriptions.insert(sub, s.st.nextSeq())
	s.emit(now, CauseSimulation, SubscriptionCreated{&r.v, contact})
	return sub, nil
}

// UpdateSubscription changes an active subscription.
func (s *Store) UpdateSubscription(id string, ch SubscriptionChange) (Subscription, error) {
	now := s.begin()
	defer s.end()
	old, err := s.activeSubscription(id)
	if err != nil {
		return Subscription{}, err
	}
	sub := old.v
	var p problems
	changes := sub.apply(&p, ch)
	if err := p.err(); err != nil || changes == nil {
		return old.v, err
	}
	sub.UpdatedAt = now
	r := s.st.subscriptions.replace(old, sub)
	s.emit(now, CauseSimulation, SubscriptionUpdated{&old.v, &r.v, s.st.contact(sub.CustomerEmail), changes})
	return sub, nil
}

// CancelSubscription ends an active subscription.
func (s *Store) CancelSubscription(id string, in CancellationInput) (Subscription, error) {
	now := s.begin()
	defer s.end()
	old, err := s.activeSubscription(id)
	if err != nil {
		return Subscription{}, err
	}
	sub := old.v
	sub.CancelReason = "voluntary"
	var p problems
	if may(&p, "reason", in.Reason) {
		checkText(&p, "reason", in.Reason.Value, maxName)
		sub.CancelReason = in.Reason.Value
	}
	if mayNull(&p, "feedback", in.Feedback) {
		checkText(&p, "feedback", in.Feedback.Value, 0)
		sub.Feedback = in.Feedback.Value
	}
	if err := p.err(); err != nil {
		return Subscription{}, err
	}
	sub.Status, sub.UpdatedAt, sub.CancelledAt = SubscriptionCancelled, now, now
	r := s.st.subscriptions.replace(old, sub)
	s.emit(now, CauseSimulation, SubscriptionWasCancelled{&r.v, s.st.contact(sub.CustomerEmail)})
	return sub, nil
}

func (s *Store) activeSubscription(id string) (*row[Subscription], error) {
	r, err := s.st.subscriptions.get(id)
	if err == nil && r.v.Status != SubscriptionActive {
		return nil, &ConflictError{"the subscription is " + r.v.Status}
	}
	return r, err
}

// apply validates a change, carries it out on s, which is a copy, and returns what it changed.
func (s *Subscription) apply(p *problems, ch SubscriptionChange) []Scalar {
	var changes ContactChanges
	if may(p, "plan", ch.Plan) {
		checkTitle(p, "plan", ch.Plan.Value)
		changes.scalar("plan", s.Plan, ch.Plan.Value)
		s.Plan = ch.Plan.Value
	}
	if may(p, "amount", ch.Amount) {
		checkAmount(p, "amount", ch.Amount.Value)
		changes.scalar("amount", s.Amount, ch.Amount.Value)
		s.Amount = ch.Amount.Value
	}
	if may(p, "next_billing_date", ch.NextBillingDate) {
		checkDate(p, "next_billing_date", ch.NextBillingDate.Value)
		changes.scalar("next_billing_date", s.NextBillingDate, ch.NextBillingDate.Value)
		s.NextBillingDate = ch.NextBillingDate.Value
	}
	return changes.Scalars
}

// nextBilling is one period of the plan later; a plan of an unknown name is taken to be monthly.
func nextBilling(plan string, now time.Time) time.Time {
	switch plan {
	case "weekly":
		return now.AddDate(0, 0, 7)
	case "quarterly":
		return addMonths(now, 3)
	case "annual", "annually", "yearly":
		return addMonths(now, 12)
	}
	return addMonths(now, 1)
}
