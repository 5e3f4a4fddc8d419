package store

import "time"

// trade is what all simulated objects have in common where a seed is concerned.
type trade[T any] struct {
	table  *table[T]
	prefix string
	check  func(p *problems, v *T, now time.Time)
	id     func(*T) *string
}

// add puts an object in place.
func (t trade[T]) add(st *state, p *problems, v T, now time.Time) *row[T] {
	id := t.id(&v)
	given := Opt[string]{Value: *id, Set: *id != ""}
	*id = seedID(st, p, given, t.prefix, t.table)
	t.check(p, &v, now)
	if len(*p) > 0 {
		return nil
	}
	return t.table.insert(v, st.nextSeq())
}

func (st *state) orderTrade() trade[Order] {
	return trade[Order]{&st.orders, prefixOrder, func(p *problems, o *Order, now time.Time) {
		checkTrade(p, "customer_email", o.CustomerEmail, &o.Currency, o.Amount)
		checkOneOf(p, "status", o.Status, OrderPending, OrderCompleted, OrderRefunded)
		if o.Refunded < 0 || o.Refunded > o.Amount {
			p.add("refunded", "must be between 0 and amount")
		}
		checkMoment(p, "created_at", &o.CreatedAt, now)
		checkMoment(p, "updated_at", &o.UpdatedAt, o.CreatedAt)
	}, func(o *Order) *string { return &o.ID }}
}

func (st *state) paymentTrade() trade[Payment] {
	return trade[Payment]{&st.payments, prefixPayment, func(p *problems, x *Payment, now time.Time) {
		checkTrade(p, "customer_email", x.CustomerEmail, &x.Currency, x.Amount)
		checkOneOf(p, "status", x.Status, PaymentDone, PaymentDeclined, PaymentRefunded)
		if x.Refunded < 0 || x.Refunded > x.Amount {
			p.add("refunded", "must be between 0 and amount")
		}
		checkMoment(p, "created_at", &x.CreatedAt, now)
	}, func(x *Payment) *string { return &x.ID }}
}

func (st *state) subscriptionTrade() trade[Subscription] {
	return trade[Subscription]{&st.subscriptions, prefixSubscription, func(p *problems, s *Subscription, now time.Time) {
		checkTrade(p, "customer_email", s.CustomerEmail, &s.Currency, s.Amount)
		checkTitle(p, "plan", s.Plan)
		checkOneOf(p, "status", s.Status, SubscriptionActive, SubscriptionCancelled)
		checkMoment(p, "created_at", &s.CreatedAt, now)
		checkMoment(p, "updated_at", &s.UpdatedAt, s.CreatedAt)
		if s.Status == SubscriptionCancelled {
			checkMoment(p, "cancelled_at", &s.CancelledAt, s.UpdatedAt)
		}
		if s.NextBillingDate == "" {
			s.NextBillingDate = nextBilling(s.Plan, s.CreatedAt).Format(time.DateOnly)
		}
		checkDate(p, "next_billing_date", s.NextBillingDate)
	}, func(s *Subscription) *string { return &s.ID }}
}

func (st *state) emailTrade() trade[Email] {
	return trade[Email]{&st.emails, prefixEmail, func(p *problems, e *Email, now time.Time) {
		if problem := CheckEmail(e.To); problem != "" {
			p.add("to", problem)
		}
		checkTitle(p, "subject", e.Subject)
		checkMoment(p, "sent_at", &e.SentAt, now)
	}, func(e *Email) *string { return &e.ID }}
}

// checkTrade checks who pays how much.
func checkTrade(p *problems, field, email string, currency *string, amount int64) {
	if problem := CheckEmail(email); problem != "" {
		p.add(field, problem)
	}
	if *currency == "" {
		*currency = "USD"
	}
	checkCurrency(p, "currency", *currency)
	checkAmount(p, "amount", amount)
}

// checkMoment normalizes a time, which by default is another.
func checkMoment(p *problems, field string, t *time.Time, otherwise time.Time) {
	if t.IsZero() {
		*t = otherwise
	}
	checkTime(p, field, *t)
	*t = wholeSeconds(*t)
}
