package webhook

// OrderCreatedData is the data of order.created (webhook guide).
type OrderCreatedData struct {
	OrderID       string `json:"order_id"`
	CustomerEmail string `json:"customer_email"`
	// Amount is in minor units: 19700 is 197.00.
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	// Status is the order's status, "pending" in the guide.
	Status string `json:"status"`
	// ContactID is the customer's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}

// OrderCompletedData is the data of order.completed (webhook guide).
type OrderCompletedData struct {
	OrderID       string    `json:"order_id"`
	CustomerEmail string    `json:"customer_email"`
	Products      []Product `json:"products"`
	PaymentMethod string    `json:"payment_method"`
	// Amount is the order's total in minor units: 19700 is 197.00. Only code
	// samples of the guide show it; it is 0 where it is absent.
	Amount int64 `json:"amount,omitempty"`
	// ContactID is the customer's contact; only a code sample shows it.
	ContactID string `json:"contact_id,omitempty"`
}

// Product is a product of an order (webhook guide).
type Product struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Price is in minor units: 19700 is 197.00.
	Price int64 `json:"price"`
}

// OrderRefundedData is the data of order.refunded (webhook guide).
type OrderRefundedData struct {
	OrderID string `json:"order_id"`
	// RefundAmount is in minor units: 19700 is 197.00.
	RefundAmount int64  `json:"refund_amount"`
	Reason       string `json:"reason"`
	// ContactID is the customer's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}
