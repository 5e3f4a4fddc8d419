package mockserver

import (
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Order is an order as the simulations return it. Amounts are in minor units.
type Order struct {
	ID            string    `json:"id"`
	CustomerEmail string    `json:"customer_email"`
	Status        string    `json:"status"` // pending, completed or refunded
	Amount        int64     `json:"amount"`
	Currency      string    `json:"currency"`
	Products      []Product `json:"products"`
	PaymentMethod string    `json:"payment_method"`
	Refunded      int64     `json:"refunded"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// Product is a part of an order. With a CourseID it stands for a course, whose
// title and price are the default, and which the customer is enrolled in when
// the order is completed.
type Product struct {
	ID       string `json:"id,omitzero"` // generated if empty
	Name     string `json:"name,omitzero"`
	Price    *int64 `json:"price,omitzero"` // minor units; nil is the course's price, or 0
	CourseID string `json:"course_id,omitzero"`
}

func orderOf(o store.Order) Order {
	products := make([]Product, len(o.Products))
	for i, p := range o.Products {
		products[i] = Product{ID: p.ID, Name: p.Name, Price: &p.Price, CourseID: p.CourseID}
	}
	return Order{
		ID: o.ID, CustomerEmail: o.CustomerEmail, Status: o.Status, Amount: o.Amount, Currency: o.Currency,
		Products: products, PaymentMethod: o.PaymentMethod, Refunded: o.Refunded,
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
	}
}

// OrderParams places an order; see [Server.CreateOrder]. CustomerEmail is
// required, and Products or Amount.
type OrderParams struct {
	CustomerEmail string    `json:"customer_email,omitzero"`
	Products      []Product `json:"products,omitzero"`
	// Amount is in minor units; nil is the sum of the products' prices.
	Amount *int64 `json:"amount,omitzero"`
	// Currency is by default that of the first course, or USD.
	Currency string `json:"currency,omitzero"`
	// PaymentMethod is by default "card".
	PaymentMethod string `json:"payment_method,omitzero"`
}

// Refund says how much money is given back; see [Server.RefundOrder].
type Refund struct {
	// Amount is in minor units; zero is all that is left.
	Amount int64 `json:"amount,omitzero"`
	// Reason is by default "requested_by_customer".
	Reason string `json:"reason,omitzero"`
}

// CreateOrder places an order, which waits for its payment: order.created.
func (s *Server) CreateOrder(p OrderParams) Order {
	o, err := simulate(p, s.store.CreateOrder)
	return reported(s, "CreateOrder", orderOf(o), err)
}

// CompleteOrder pays a pending order: payment.completed and order.completed.
// The customer becomes a contact, if there is none, and is enrolled in the
// courses among the products, with the events of both.
func (s *Server) CompleteOrder(id string) Order {
	o, err := s.store.CompleteOrder(id)
	return reported(s, "CompleteOrder", orderOf(o), err)
}

// RefundOrder gives back all or a part of what a completed order has brought
// in: payment.refunded and order.refunded. Enrollments stay.
func (s *Server) RefundOrder(id string, r Refund) Order {
	o, err := simulate(r, with(id, s.store.RefundOrder))
	return reported(s, "RefundOrder", orderOf(o), err)
}
