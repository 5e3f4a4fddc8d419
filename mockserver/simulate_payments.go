package mockserver

import (
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Payment is a payment as the simulations return it. The amount is in minor
// units.
type Payment struct {
	ID            string    `json:"id"`
	OrderID       string    `json:"order_id"` // "" for none
	CustomerEmail string    `json:"customer_email"`
	Amount        int64     `json:"amount"`
	Currency      string    `json:"currency"`
	Status        string    `json:"status"`         // completed, failed or refunded
	FailureReason string    `json:"failure_reason"` // "" for none
	Refunded      int64     `json:"refunded"`
	CreatedAt     time.Time `json:"created_at"`
}

// PaymentParams makes a payment; see [Server.CompletePayment]. OrderID is
// required, or CustomerEmail and Amount.
type PaymentParams struct {
	// OrderID is a pending order, which says all the rest but FailureReason.
	OrderID       string `json:"order_id,omitzero"`
	CustomerEmail string `json:"customer_email,omitzero"`
	Amount        int64  `json:"amount,omitzero"`   // minor units
	Currency      string `json:"currency,omitzero"` // by default USD
	// FailureReason is by default "card_declined" with a payment that fails.
	FailureReason string `json:"failure_reason,omitzero"`
}

// CompletePayment makes a payment that succeeds: payment.completed. For an
// order it is the same as [Server.CompleteOrder].
func (s *Server) CompletePayment(p PaymentParams) Payment {
	payment, err := simulate(p, s.store.CompletePayment)
	return reported(s, "CompletePayment", paymentOf(payment), err)
}

// FailPayment makes a payment that fails: payment.failed. An order goes on
// waiting for another.
func (s *Server) FailPayment(p PaymentParams) Payment {
	payment, err := simulate(p, s.store.FailPayment)
	return reported(s, "FailPayment", paymentOf(payment), err)
}

// RefundPayment gives back all or a part of a payment: payment.refunded. With
// an order it is the same as [Server.RefundOrder].
func (s *Server) RefundPayment(id string, r Refund) Payment {
	payment, err := simulate(r, with(id, s.store.RefundPayment))
	return reported(s, "RefundPayment", paymentOf(payment), err)
}

func paymentOf(p store.Payment) Payment { return Payment(p) }
