package payload

import "github.com/selgora/selgora-go/mockserver/internal/store"

type orderCreated struct {
	OrderID       string `json:"order_id"`
	CustomerEmail string `json:"customer_email"`
	Amount        int64  `json:"amount"`
	Currency      string `json:"currency"`
	Status        string `json:"status"`
	ContactID     string `json:"contact_id,omitempty"`
}

type orderCompleted struct {
	OrderID       string    `json:"order_id"`
	CustomerEmail string    `json:"customer_email"`
	Amount        int64     `json:"amount"`
	Products      []product `json:"products"`
	PaymentMethod string    `json:"payment_method"`
	ContactID     string    `json:"contact_id,omitempty"`
}

type product struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Price int64  `json:"price"`
}

type orderRefunded struct {
	OrderID      string `json:"order_id"`
	RefundAmount int64  `json:"refund_amount"`
	Reason       string `json:"reason"`
	ContactID    string `json:"contact_id,omitempty"`
}

func ofOrder(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.OrderCreated:
		who := contactID(f.Contact)
		return []Event{{Type: "order.created", Contact: who, Data: orderCreated{
			f.Order.ID, f.Order.CustomerEmail, f.Order.Amount, f.Order.Currency, f.Order.Status, who,
		}}}
	case store.OrderWasCompleted:
		who := contactID(f.Contact)
		products := make([]product, 0, len(f.Order.Products))
		for _, p := range f.Order.Products {
			products = append(products, product{p.ID, p.Name, p.Price})
		}
		return []Event{{Type: "order.completed", Contact: who, Data: orderCompleted{
			f.Order.ID, f.Order.CustomerEmail, f.Order.Amount, products, f.Order.PaymentMethod, who,
		}}}
	case store.OrderWasRefunded:
		who := contactID(f.Contact)
		return []Event{{Type: "order.refunded", Contact: who, Data: orderRefunded{f.Order.ID, f.Amount, f.Reason, who}}}
	}
	return nil
}
