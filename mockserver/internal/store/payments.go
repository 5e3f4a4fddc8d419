package store

import "time"

// Statuses of a payment.
const (
	PaymentDone     = "completed"
	PaymentDeclined = "failed"
	PaymentRefunded = "refunded" // as a whole or in part
)

// Payment is a payment; the API shows it in webhooks only. Amounts are in minor units.
type Payment struct {
	ID            string    `json:"id"`
	OrderID       string    `json:"order_id,omitzero"` // "" for none, which webhooks show as null
	CustomerEmail string    `json:"customer_email"`
	Amount        int64     `json:"amount"`
	Currency      string    `json:"currency"`
	Status        string    `json:"status"`
	FailureReason string    `json:"failure_reason,omitzero"` // "" for none, which webhooks show as null
	Refunded      int64     `json:"refunded,omitzero"`
	CreatedAt     time.Time `json:"created_at"`
}

// PaymentInput makes a payment, for an order or by itself.
type PaymentInput struct {
	OrderID       Opt[string] `json:"order_id,omitzero"`
	CustomerEmail Opt[string] `json:"customer_email,omitzero"` // not with an order
	Amount        Opt[int64]  `json:"amount,omitzero"`         // not with an order
	Currency      Opt[string] `json:"currency,omitzero"`       // not with an order; default: USD
	FailureReason Opt[string] `json:"failure_reason,omitzero"` // for a failed one; default: card_declined
}

// AppendJSON implements Renderer.
func (p Payment) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", p.ID)
	o.strOrNull("order_id", p.OrderID)
	o.str("customer_email", p.CustomerEmail)
	o.num("amount", p.Amount)
	o.str("currency", p.Currency)
	o.str("status", p.Status)
	o.strOrNull("failure_reason", p.FailureReason)
	o.time("created_at", p.CreatedAt)
	return o.end()
}

var paymentSchema = schema[Payment]{
	resource: "payment",
	id:       func(p *Payment) string { return p.ID },
	created:  func(p *Payment) time.Time { return p.CreatedAt },
	groups: func(p *Payment, to []group) []group {
		if p.OrderID == "" {
			return to
		}
		return append(to, group{kind: 'o', a: p.OrderID})
	},
}

// GetPayment returns a payment.
func (s *Store) GetPayment(id string) (Payment, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.payments.get(id))
}

// CompletePayment makes a payment that succeeds. For an order it is the same as CompleteOrder.
func (s *Store) CompletePayment(in PaymentInput) (Payment, error) {
	now := s.begin()
	defer s.end()
	payment, order, err := s.paymentFrom(in, now)
	if err != nil {
		return Payment{}, err
	}
	if order != nil {
		_, r := s.payOrder(order, now)
		return r.v, nil
	}
	payment.Status = PaymentDone
	s.person(payment.CustomerEmail, SourceOrder, now, CauseSimulation)
	contact := s.st.earn(payment.CustomerEmail, payment.Amount, payment.Currency)
	r := s.st.addPayment(payment)
	s.emit(now, CauseSimulation, PaymentCompleted{&r.v, contact})
	return r.v, nil
}

// FailPayment makes a payment that fails. An order goes on waiting for another.
func (s *Store) FailPayment(in PaymentInput) (Payment, error) {
	now := s.begin()
	defer s.end()
	payment, _, err := s.paymentFrom(in, now)
	if err != nil {
		return Payment{}, err
	}
	payment.Status = PaymentDeclined
	payment.FailureReason = "card_declined"
	if in.FailureReason.given() {
		payment.FailureReason = in.FailureReason.Value
	}
	r := s.st.addPayment(payment)
	s.emit(now, CauseSimulation, PaymentFailed{&r.v, s.st.contact(payment.CustomerEmail)})
	return r.v, nil
}

// paymentFrom validates an input and returns the payment, and the pending order it is for if it is for one.
func (s *Store) paymentFrom(in PaymentInput, now time.Time) (Payment, *row[Order], error) {
	var p problems
	var order *row[Order]
	payment := Payment{
		CustomerEmail: in.CustomerEmail.Value, Amount: in.Amount.Value, Currency: "USD", CreatedAt: now,
	}
	if may(&p, "failure_reason", in.FailureReason) {
		checkTitle(&p, "failure_reason", in.FailureReason.Value)
	}
	switch {
	case may(&p, "order_id", in.OrderID):
		for field, set := range map[string]bool{
			"customer_email": in.CustomerEmail.Set, "amount": in.Amount.Set, "currency": in.Currency.Set,
		} {
			if set {
				p.add(field, "must be left out of a payment for an order, which has its own")
			}
		}
		if r, err := s.st.orders.get(in.OrderID.Value); err != nil {
			p.add("order_id", `there is no order with id "`+in.OrderID.Value+`"`)
		} else {
			order = r
			payment.OrderID, payment.CustomerEmail = r.v.ID, r.v.CustomerEmail
			payment.Amount, payment.Currency = r.v.Amount, r.v.Currency
		}
	case !in.OrderID.Set:
		needEmail(&p, "customer_email", in.CustomerEmail)
		if need(&p, "amount", in.Amount) {
			checkAmount(&p, "amount", in.Amount.Value)
		}
		if may(&p, "currency", in.Currency) {
			checkCurrency(&p, "currency", in.Currency.Value)
			payment.Currency = in.Currency.Value
		}
	}
	if err := p.err(); err != nil {
		return Payment{}, nil, err
	}
	if order != nil && order.v.Status != OrderPending {
		return Payment{}, nil, &ConflictError{"the order is " + order.v.Status + " and takes no payment"}
	}
	return payment, order, nil
}

// RefundPayment gives back all or a part of a payment. With an order it is the same as RefundOrder.
func (s *Store) RefundPayment(id string, in RefundInput) (Payment, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.payments.get(id)
	if err != nil {
		return Payment{}, err
	}
	if r.v.Status == PaymentDeclined {
		return Payment{}, &ConflictError{"the payment has failed and cannot be refunded"}
	}
	amount, reason, err := in.check(r.v.Amount - r.v.Refunded)
	if err != nil {
		return Payment{}, err
	}
	s.st.earn(r.v.CustomerEmail, -amount, r.v.Currency)
	r = s.refund(r, amount, now)
	if order, err := s.st.orders.get(r.v.OrderID); err == nil {
		s.refundOrder(order, amount, reason, now)
	}
	return r.v, nil
}

// addPayment inserts a payment with a new id.
func (st *state) addPayment(p Payment) *row[Payment] {
	p.ID = nextFor(st, prefixPayment, &st.payments)
	return st.payments.insert(p, st.nextSeq())
}

func (s *Store) refund(r *row[Payment], amount int64, now time.Time) *row[Payment] {
	p := r.v
	p.Status = PaymentRefunded
	p.Refunded += amount
	r = s.st.payments.replace(r, p)
	s.emit(now, CauseSimulation, PaymentWasRefunded{&r.v, s.st.contact(p.CustomerEmail), amount})
	return r
}
