package webhook

import "time"

// Payment is what payment events carry. The API guide names the types and
// does not show their data.
type Payment struct {
	ID            string `json:"id"`
	OrderID       string `json:"order_id"`
	CustomerEmail string `json:"customer_email"`
	// Amount is in minor units: 19700 is 197.00.
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Status   string `json:"status"`
	// FailureReason is empty unless the payment failed.
	FailureReason string    `json:"failure_reason,omitempty"`
	CreatedAt     time.Time `json:"created_at,omitzero"`
}

// PaymentCompletedData is the data of payment.completed; undocumented.
type PaymentCompletedData struct {
	Payment Payment `json:"payment"`
}

// PaymentFailedData is the data of payment.failed; undocumented.
type PaymentFailedData struct {
	Payment Payment `json:"payment"`
}

// PaymentRefundedData is the data of payment.refunded; undocumented.
type PaymentRefundedData struct {
	Payment Payment `json:"payment"`
}
