package webhook

import (
	"fmt"
	"maps"
	"slices"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// known is what the package knows of an event type.
type known struct {
	name string
	// holds reports whether v is a pointer to the type's data struct.
	holds func(v any) bool
}

// catalog holds every known type by its name. A type that is missing here
// fails the test that counts them.
var catalog = func() map[string]known {
	m := make(map[string]known, 26)
	register(m, CourseCreated)
	register(m, CourseUpdated)
	register(m, CourseDeleted)
	register(m, CoursePublished)
	register(m, CourseEnrolled)
	register(m, CourseCompleted)
	register(m, EnrollmentCreated)
	register(m, EnrollmentCompleted)
	register(m, EnrollmentCancelled)
	register(m, PaymentCompleted)
	register(m, PaymentFailed)
	register(m, PaymentRefunded)
	register(m, OrderCreated)
	register(m, OrderCompleted)
	register(m, OrderRefunded)
	register(m, ContactCreated)
	register(m, ContactUpdated)
	register(m, ContactDeleted)
	register(m, ContactUnsubscribed)
	register(m, SubscriptionCreated)
	register(m, SubscriptionUpdated)
	register(m, SubscriptionCancelled)
	register(m, LessonCompleted)
	register(m, EmailSent)
	register(m, EmailOpened)
	register(m, EmailClicked)
	return m
}()

func register[T any](m map[string]known, t EventType[T]) {
	m[string(t)] = known{name: string(t), holds: func(v any) bool {
		_, ok := v.(*T)
		return ok
	}}
}

// Types returns the names of the 26 known event types in alphabetical order.
func Types() []string { return slices.Sorted(maps.Keys(catalog)) }

// DataAs decodes the data of an event into a T, for code that prefers a
// switch over the type to a [Router]:
//
//	switch event.Type {
//	case string(webhook.OrderCompleted):
//		order, err := webhook.DataAs[webhook.OrderCompletedData](event)
//
// T is the data struct of the event's type or any type of your own. The data
// struct of another type is refused, as is data that is missing or does not
// fit T, with [ErrMalformedPayload].
func DataAs[T any](event *Event) (*T, error) {
	if event == nil {
		return nil, fmt.Errorf("%w: event is nil", ErrMalformedPayload)
	}
	data := new(T)
	if err := checkData(event.Type, data); err != nil {
		return nil, err
	}
	if len(event.Data) == 0 {
		return nil, fmt.Errorf("%w: %s event %s has no data", ErrMalformedPayload, event.Type, event.ID)
	}
	if err := decodeData(event.Data, data); err != nil {
		return nil, fmt.Errorf("%w: data of %s event %s: %w", ErrMalformedPayload, event.Type, event.ID, err)
	}
	return data, nil
}

// checkData refuses the data struct of one known type for an event of another
// one: it would decode, and hold nothing.
func checkData(eventType string, data any) error {
	if k, ok := catalog[eventType]; ok && k.holds(data) {
		return nil
	}
	for _, k := range catalog {
		if k.holds(data) {
			return fmt.Errorf("%w: %T is not the data of %s", ErrMalformedPayload, data, eventType)
		}
	}
	return nil
}

// decodeData decodes in one pass also the structs that read two shapes.
func decodeData(raw []byte, data any) error {
	if d, ok := data.(interface{ decode([]byte) error }); ok {
		return d.decode(raw)
	}
	return jsonx.UnmarshalNew(raw, data)
}
