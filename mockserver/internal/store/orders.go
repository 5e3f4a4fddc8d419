package store

import (
	"slices"
	"strconv"
	"time"
)

// Statuses of an order.
const (
	OrderPending   = "pending"
	OrderCompleted = "completed"
	OrderRefunded  = "refunded" // as a whole or in part
)

// Order is an order; it has no place in the API. Amounts are in minor units.
type Order struct {
	ID            string    `json:"id"`
	CustomerEmail string    `json:"customer_email"`
	Status        string    `json:"status"`
	Amount        int64     `json:"amount"`
	Currency      string    `json:"currency"`
	Products      []Product `json:"products,omitempty"`
	PaymentMethod string    `json:"payment_method"`
	Refunded      int64     `json:"refunded,omitzero"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// Product is what an order is for. One that stands for a course enrolls the customer.
type Product struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Price    int64  `json:"price"`
	CourseID string `json:"course_id,omitzero"`
}

// OrderInput places an order.
type OrderInput struct {
	CustomerEmail Opt[string]         `json:"customer_email,omitzero"`
	Products      Opt[[]ProductInput] `json:"products,omitzero"`
	Amount        Opt[int64]          `json:"amount,omitzero"`         // default: the sum of the products' prices
	Currency      Opt[string]         `json:"currency,omitzero"`       // default: that of the first course, or USD
	PaymentMethod Opt[string]         `json:"payment_method,omitzero"` // default: card
}

// ProductInput is one product of an order. For a course, its name and price are the default.
type ProductInput struct {
	ID       Opt[string] `json:"id,omitzero"`
	Name     Opt[string] `json:"name,omitzero"`
	Price    Opt[int64]  `json:"price,omitzero"`
	CourseID Opt[string] `json:"course_id,omitzero"`
}

// RefundInput gives money back.
type RefundInput struct {
	Amount Opt[int64]  `json:"amount,omitzero"` // default: all that is left
	Reason Opt[string] `json:"reason,omitzero"` // default: requested_by_customer
}

var orderSchema = schema[Order]{
	resource: "order",
	id:       func(o *Order) string { return o.ID },
	created:  func(o *Order) time.Time { return o.CreatedAt },
}

// GetOrder returns an order.
func (s *Store) GetOrder(id string) (Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.orders.get(id))
}

// CreateOrder places an order, which waits for its payment.
func (s *Store) CreateOrder(in OrderInput) (Order, error) {
	now := s.begin()
	defer s.end()
	st := s.st
	var p problems
	needEmail(&p, "customer_email", in.CustomerEmail)
	order := Order{
		CustomerEmail: in.CustomerEmail.Value, Status: OrderPending, Currency: "USD", PaymentMethod: "card",
		CreatedAt: now, UpdatedAt: now,
	}
	if may(&p, "products", in.Products) {
		order.Products, order.Currency = st.products(&p, in.Products.Value)
	}
	for _, product := range order.Products {
		order.Amount += product.Price
	}
	if may(&p, "amount", in.Amount) {
		checkAmount(&p, "amount", in.Amount.Value)
		order.Amount = in.Amount.Value
	} else if !in.Amount.Set && len(order.Products) == 0 {
		p.add("amount", "is required for an order without products")
	}
	if may(&p, "currency", in.Currency) {
		checkCurrency(&p, "currency", in.Currency.Value)
		order.Currency = in.Currency.Value
	}
	if may(&p, "payment_method", in.PaymentMethod) {
		checkText(&p, "payment_method", in.PaymentMethod.Value, maxName)
		order.PaymentMethod = in.PaymentMethod.Value
	}
	if err := p.err(); err != nil {
		return Order{}, err
	}
	order.ID = nextFor(st, prefixOrder, &st.orders)
	for i := range order.Products {
		if order.Products[i].ID == "" {
			order.Products[i].ID = st.next(prefixProduct, nil)
		}
	}
	r := st.orders.insert(order, st.nextSeq())
	s.emit(now, CauseSimulation, OrderCreated{&r.v, st.contact(order.CustomerEmail)})
	return order, nil
}

// maxAmount keeps sums of amounts within what JSON numbers hold exactly.
const maxAmount int64 = 1_000_000_000_000

func checkAmount(p *problems, field string, n int64) {
	if n < 0 || n > maxAmount {
		p.add(field, "must be between 0 and "+strconv.FormatInt(maxAmount, 10)+" minor units")
	}
}

// products fills in what the courses among the products say, and returns the currency of the first of them.
func (st *state) products(p *problems, in []ProductInput) (products []Product, currency string) {
	for i, x := range in {
		at := "products[" + strconv.Itoa(i) + "]."
		var product Product
		if may(p, at+"id", x.ID) {
			product.ID = x.ID.Value
		}
		if may(p, at+"course_id", x.CourseID) {
			product.CourseID = x.CourseID.Value
			if r, err := st.courses.get(product.CourseID); err != nil {
				p.add(at+"course_id", `there is no course with id "`+product.CourseID+`"`)
			} else {
				digits, _ := CurrencyDigits(r.v.Currency)
				product.Name = r.v.Title
				product.Price, _ = r.v.Price.Minor(digits)
				if currency == "" {
					currency = r.v.Currency
				}
			}
		}
		if may(p, at+"name", x.Name) {
			checkTitle(p, at+"name", x.Name.Value)
			product.Name = x.Name.Value
		} else if product.CourseID == "" && !x.Name.Set {
			p.add(at+"name", "is required for a product that is no course")
		}
		if may(p, at+"price", x.Price) {
			product.Price = x.Price.Value
		}
		checkAmount(p, at+"price", product.Price)
		products = append(products, product)
	}
	if currency == "" {
		currency = "USD"
	}
	return products, currency
}

// CompleteOrder pays a pending order: the customer becomes a contact and is enrolled in the courses it holds.
func (s *Store) CompleteOrder(id string) (Order, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.orders.get(id)
	if err != nil {
		return Order{}, err
	}
	if r.v.Status != OrderPending {
		return Order{}, &ConflictError{"the order is " + r.v.Status + " and cannot be completed"}
	}
	r, _ = s.payOrder(r, now)
	return r.v, nil
}

// payOrder completes a pending order.
func (s *Store) payOrder(r *row[Order], now time.Time) (*row[Order], *row[Payment]) {
	o := r.v
	s.person(o.CustomerEmail, SourceOrder, now, CauseSimulation)
	contact := s.st.earn(o.CustomerEmail, o.Amount, o.Currency)
	payment := s.st.addPayment(Payment{
		OrderID: o.ID, CustomerEmail: o.CustomerEmail, Amount: o.Amount, Currency: o.Currency, Status: PaymentDone,
		CreatedAt: now,
	})
	s.emit(now, CauseSimulation, PaymentCompleted{&payment.v, contact})
	o.Status, o.UpdatedAt = OrderCompleted, now
	r = s.st.orders.replace(r, o)
	s.emit(now, CauseSimulation, OrderWasCompleted{&r.v, contact})
	for _, product := range o.Products {
		if _, err := s.st.courses.get(product.CourseID); err == nil {
			s.enroll(product.CourseID, o.CustomerEmail, now, CauseSimulation)
		}
	}
	return r, payment
}

// RefundOrder gives back all or a part of what a completed order has brought in.
func (s *Store) RefundOrder(id string, in RefundInput) (Order, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.orders.get(id)
	if err != nil {
		return Order{}, err
	}
	if r.v.Status == OrderPending {
		return Order{}, &ConflictError{"the order is pending and cannot be refunded"}
	}
	left := r.v.Amount - r.v.Refunded
	amount, reason, err := in.check(left)
	if err != nil {
		return Order{}, err
	}
	s.st.earn(r.v.CustomerEmail, -amount, r.v.Currency)
	if payment := s.st.paymentOf(id); payment != nil {
		s.refund(payment, amount, now)
	}
	return s.refundOrder(r, amount, reason, now).v, nil
}

// check returns the amount and the reason of a refund of at most left.
func (in RefundInput) check(left int64) (amount int64, reason string, err error) {
	amount, reason = left, "requested_by_customer"
	var p problems
	if may(&p, "amount", in.Amount) {
		amount = in.Amount.Value
	}
	if may(&p, "reason", in.Reason) {
		checkText(&p, "reason", in.Reason.Value, maxName)
		reason = in.Reason.Value
	}
	if left > 0 && (amount < 1 || amount > left) {
		p.add("amount", "must be between 1 and "+strconv.FormatInt(left, 10)+", which is left to refund")
	}
	if p == nil && left == 0 {
		return 0, "", &ConflictError{"everything has been refunded"}
	}
	return amount, reason, p.err()
}

func (s *Store) refundOrder(r *row[Order], amount int64, reason string, now time.Time) *row[Order] {
	o := r.v
	o.Status, o.UpdatedAt = OrderRefunded, now
	o.Refunded += amount
	r = s.st.orders.replace(r, o)
	s.emit(now, CauseSimulation, OrderWasRefunded{&r.v, s.st.contact(o.CustomerEmail), amount, reason})
	return r
}

// earn adds to a customer's lifetime value and returns the contact, nil if there is none.
func (st *state) earn(email string, amount int64, currency string) *Contact {
	r := st.contacts.find(foldEmail(email))
	if r == nil {
		return nil
	}
	digits, _ := CurrencyDigits(currency)
	c := r.v
	c.LifetimeValue = c.LifetimeValue.Add(FromMinor(amount, digits))
	return &st.contacts.replace(r, c).v
}

// paymentOf returns the payment that completed an order, or nil.
func (st *state) paymentOf(orderID string) *row[Payment] {
	var found *row[Payment]
	st.payments.eachIn(group{kind: 'o', a: orderID}, func(r *row[Payment]) bool {
		if slices.Contains([]string{PaymentDone, PaymentRefunded}, r.v.Status) {
			found = r
		}
		return found == nil
	})
	return found
}
