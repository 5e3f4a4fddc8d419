package store

import (
	"strings"
	"time"
)

// state is all that a snapshot keeps.
type state struct {
	seed     uint64
	counters counters
	floor    counters // what a counter is never to go back to, though an older state is restored
	seq      uint64   // the last place given out
	account  Account

	courses       table[Course]
	slugs         tree[string, int] // the last number appended to a slug
	contacts      table[Contact]
	enrollments   table[Enrollment]
	events        table[Event]
	due           tree[place, string] // ids of the events that change their status by themselves, by when
	advancedTo    time.Time           // the statuses are right for this moment
	registrations table[Registration]
	webhooks      table[Webhook]
	endpoints     []Webhook // what active lists; nil if it has to be made again
	deliveries    table[Delivery]
	orders        table[Order]
	payments      table[Payment]
	subscriptions table[Subscription]
	emails        table[Email]
}

func newState(seed uint64, now time.Time) *state {
	return &state{
		seed:          seed,
		account:       sampleAccount(now),
		courses:       newTable(&courseSchema),
		slugs:         newTree[string, int](strings.Compare),
		contacts:      newTable(&contactSchema),
		enrollments:   newTable(&enrollmentSchema),
		events:        newTable(&eventSchema),
		due:           newTree[place, string](place.compare),
		advancedTo:    now,
		registrations: newTable(&registrationSchema),
		webhooks:      newTable(&webhookSchema),
		deliveries:    newTable(&deliverySchema),
		orders:        newTable(&orderSchema),
		payments:      newTable(&paymentSchema),
		subscriptions: newTable(&subscriptionSchema),
		emails:        newTable(&emailSchema),
	}
}

// share copies st as a snapshot keeps it: the copy must never be written.
func (st *state) share() *state {
	c := *st
	c.courses = st.courses.share()
	c.slugs = st.slugs.share()
	c.contacts = st.contacts.share()
	c.enrollments = st.enrollments.share()
	c.events = st.events.share()
	c.due = st.due.share()
	c.registrations = st.registrations.share()
	c.webhooks = st.webhooks.share()
	c.deliveries = st.deliveries.share()
	c.orders = st.orders.share()
	c.payments = st.payments.share()
	c.subscriptions = st.subscriptions.share()
	c.emails = st.emails.share()
	return &c
}

// fork makes a state that can be written from a copy made by share.
func (st *state) fork() *state {
	c := *st
	c.courses = st.courses.fork()
	c.slugs = st.slugs.fork()
	c.contacts = st.contacts.fork()
	c.enrollments = st.enrollments.fork()
	c.events = st.events.fork()
	c.due = st.due.fork()
	c.registrations = st.registrations.fork()
	c.webhooks = st.webhooks.fork()
	c.deliveries = st.deliveries.fork()
	c.orders = st.orders.fork()
	c.payments = st.payments.fork()
	c.subscriptions = st.subscriptions.fork()
	c.emails = st.emails.fork()
	return &c
}

func (st *state) nextSeq() uint64 {
	st.seq++
	return st.seq
}

// active returns the endpoints that are not disabled.
func (st *state) active() []Webhook {
	if st.endpoints == nil {
		st.endpoints = []Webhook{}
		st.webhooks.each(func(r *row[Webhook]) bool {
			if r.v.Status == WebhookActive {
				st.endpoints = append(st.endpoints, r.v)
			}
			return true
		})
	}
	return st.endpoints
}
