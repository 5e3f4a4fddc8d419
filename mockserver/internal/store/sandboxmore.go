package store

import (
	"fmt"
	"time"
)

func (b *sandbox) addEvents() {
	weekly, daily := &Recurring{"weekly", 12}, &Recurring{"daily", 5}
	// The last day of a month shows how shorter months are met.
	y, m, _ := b.start.Date()
	monthEnd := time.Date(y, m-2, 0, 16, 0, 0, 0, time.UTC)
	hour := b.start.Truncate(time.Hour)
	for i, e := range []Event{
		{Title: "Welcome Webinar", StartTime: hour.Add(-40 * day), DurationMinutes: 45},
		{Title: "Weekly Office Hours", StartTime: hour.Add(-21*day + 3*time.Hour), DurationMinutes: 60, Recurring: weekly},
		{Title: "Book Club", StartTime: monthEnd, DurationMinutes: 90, Recurring: &Recurring{"monthly", 12}},
		{Title: "Portfolio Review", StartTime: hour.Add(-10 * day), DurationMinutes: 120},
		{Title: "Guest Lecture", StartTime: hour.Add(5 * day), DurationMinutes: 60, Cancelled: true},
		{Title: "Open Studio", StartTime: hour, DurationMinutes: 240},
		{Title: "Five-Day Challenge", StartTime: hour.Add(9 * day), DurationMinutes: 30, Recurring: daily},
		{Title: "Spring Meet-up", StartTime: hour.Add(30 * day), DurationMinutes: 180},
	} {
		e.ID = b.st.next(prefixEvent, nil)
		e.CreatedAt = b.start.Add(-60*day + time.Duration(i)*7*time.Hour)
		e.UpdatedAt = e.CreatedAt
		b.st.addEvent(e, b.st.advancedTo)
		for j := range pick("registrations", i, 12) {
			// Each registration replaces the row that it is counted in.
			r, _ := b.st.events.get(e.ID)
			c := &b.contacts[(i*97+j*31)%sandboxContacts]
			b.st.register(r, Registration{
				ID: b.st.next(prefixRegistration, nil), EventID: e.ID, Email: c.Email, Name: c.FirstName + " " + c.LastName,
				CreatedAt: e.CreatedAt.Add(time.Duration(j+1) * 20 * time.Minute),
			})
		}
	}
}

// addTrade adds the webhook guide's samples of what has no endpoint. Their customer is the guide's contact.
func (b *sandbox) addTrade() {
	st, customer := b.st, b.contacts[0].Email
	at := b.start.Add(-20 * day)
	st.orders.insert(Order{
		ID: "ord_123", CustomerEmail: customer, Status: OrderCompleted, Amount: 4999, Currency: "USD",
		Products:      []Product{{"prod_456", b.courses[1].Title, 4999, b.courses[1].ID}},
		PaymentMethod: "card", CreatedAt: at, UpdatedAt: at,
	}, st.nextSeq())
	st.addPayment(Payment{
		OrderID: "ord_123", CustomerEmail: customer, Amount: 4999, Currency: "USD", Status: PaymentDone, CreatedAt: at,
	})
	st.subscriptions.insert(Subscription{
		ID: "sub_789", CustomerEmail: customer, Plan: "monthly", Amount: 9700, Currency: "USD", Status: SubscriptionActive,
		NextBillingDate: addMonths(at, 1).Format(time.DateOnly), CreatedAt: at, UpdatedAt: at,
	}, st.nextSeq())
	st.emails.insert(Email{
		ID: "em_123", To: customer, Subject: "Welcome to Selgora", Campaign: "welcome_series", SentAt: at,
	}, st.nextSeq())
}

// addWebhook adds an endpoint that is disabled, so that nothing is sent to it, with a past.
func (b *sandbox) addWebhook() {
	st := b.st
	at := b.start.Add(-30 * day)
	w := Webhook{
		ID: st.next(prefixWebhook, nil), URL: "https://example.com/webhooks/selgora", Events: []string{AllEvents},
		Status: WebhookDisabled, Format: FormatAPI, CreatedAt: at, UpdatedAt: at.Add(29 * day),
	}
	w.Secret = st.makeSecret(w.ID)
	st.webhooks.insert(w, st.nextSeq())
	b.addDelivery(w.ID, "evt_abc123", "enrollment.created", "enrollment", b.contacts[1].ID, b.enrollments[1], 0)
	for i := 1; i <= 10; i++ {
		c, course := b.contacts[i*50], b.courses[i*7]
		switch i % 3 {
		case 0:
			b.addDelivery(w.ID, "", "course.updated", "course", "", course, i)
		case 1:
			b.addDelivery(w.ID, "", "contact.created", "contact", c.ID, c, i)
		case 2:
			e := b.enrollments[i*40]
			person, _ := st.contacts.uniques.Get(foldEmail(e.UserEmail))
			b.addDelivery(w.ID, "", "enrollment.created", "enrollment", person.v.ID, e, i)
		}
	}
}

// addDelivery adds a delivery of an object; every fifth one failed at first.
func (b *sandbox) addDelivery(webhook, event, kind, name, user string, v Renderer, i int) {
	if event == "" {
		event = b.st.next(prefixEmission, nil)
	}
	at := b.start.Add(-29*day + time.Duration(i)*61*time.Hour).Truncate(time.Second)
	body := newObject(nil)
	body.str("id", event)
	body.str("type", kind)
	body.str("event", kind)
	body.time("created_at", at)
	body.strOrNull("user_id", user)
	body.key("data")
	data := newObject(body.b)
	data.obj(name, v)
	body.b = data.end()
	d := Delivery{
		ID: b.st.next(prefixDelivery, nil), WebhookID: webhook, EventID: event, Event: kind, Status: DeliverySucceeded,
		RequestBody: string(body.end()), CreatedAt: at,
	}
	answer := fmt.Sprintf(`{"received":%q}`, event)
	if i%5 == 4 {
		d.Attempts = append(d.Attempts, Attempt{At: at, ResponseCode: 503, ResponseTimeMS: 210, ResponseBody: "busy"})
		at = at.Add(5 * time.Minute)
	}
	d.Attempts = append(d.Attempts, Attempt{At: at, ResponseCode: 200, ResponseTimeMS: 35 + 7*i, ResponseBody: answer})
	b.st.deliveries.insert(d, b.st.nextSeq())
}
