package webhooktest

import (
	"strings"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

// sampleTime is when every sample event happened.
var sampleTime = time.Date(2024, time.November, 15, 10, 0, 0, 0, time.UTC)

// Sample returns the body of a ready event of the given type, one of the
// constants of package webhook or a string from [webhook.Types]. The same
// arguments give the same bytes, so that posting it twice is a repeated
// delivery. A type that the package does not know gives an event of that type
// with empty data.
func Sample[S ~string](format webhook.Format, eventType S) []byte {
	name := string(eventType)
	data, ok := flat[name]
	if n, both := nested[name]; both && (!ok || format != webhook.FormatDashboard) {
		data = n
	}
	if data == "" {
		data = "{}"
	}
	id := "evt_sample_" + strings.ReplaceAll(name, ".", "_")
	return envelope(format, id, name, sampleTime, []byte(data))
}

const (
	course = `{"course":{"id":"course_abc123","title":"Digital Marketing Mastery","slug":"digital-marketing-mastery",` +
		`"description":"From first steps to mastery","status":"published","price":497,"currency":"USD","enrolled_count":1250,` +
		`"lessons_count":18,"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-11-15T10:00:00Z"}}`
	contact = `{"contact":{"id":"con_456","email":"customer@example.com","first_name":"John","last_name":"Doe",` +
		`"tags":["customer"],"custom_fields":{"company":"Acme Corp"},"lifetime_value":497.5,` +
		`"last_activity":"2024-11-14T09:00:00Z","source":"landing_page","subscribed":SUBSCRIBED,` +
		`"created_at":"2024-03-21T10:29:55Z","updated_at":"2024-11-15T10:00:00Z"}}`
	enrollment = `{"enrollment":{"id":"enr_xyz789","course_id":"course_abc123","user_email":"student@example.com",` +
		`"status":"STATUS","created_at":"2024-03-21T10:29:55Z","updated_at":"2024-11-15T10:00:00Z","completed_at":COMPLETED}}`
	payment = `{"payment":{"id":"pay_123","order_id":"ord_123","customer_email":"customer@example.com","amount":19700,` +
		`"currency":"USD","status":"STATUS","failure_reason":REASON,"created_at":"2024-11-15T10:00:00Z"}}`
)

func fill(template string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(template)
}

// nested holds the data of the API guide's types.
var nested = map[string]string{
	"course.created":       course,
	"course.updated":       course,
	"course.deleted":       course,
	"course.published":     course,
	"enrollment.created":   fill(enrollment, "STATUS", "active", "COMPLETED", "null"),
	"enrollment.completed": fill(enrollment, "STATUS", "completed", "COMPLETED", `"2024-11-15T10:00:00Z"`),
	"enrollment.cancelled": fill(enrollment, "STATUS", "cancelled", "COMPLETED", "null"),
	"payment.completed":    fill(payment, "STATUS", "completed", "REASON", "null"),
	"payment.failed":       fill(payment, "STATUS", "failed", "REASON", `"card_declined"`),
	"payment.refunded":     fill(payment, "STATUS", "refunded", "REASON", "null"),
	"contact.created":      fill(contact, "SUBSCRIBED", "true"),
	"contact.updated":      fill(contact, "SUBSCRIBED", "true"),
	"contact.unsubscribed": fill(contact, "SUBSCRIBED", "false"),
}

// flat holds the data of the webhook guide's types.
var flat = map[string]string{
	"order.created": `{"order_id":"ord_123","customer_email":"customer@example.com","amount":19700,"currency":"USD",` +
		`"status":"pending","contact_id":"con_456"}`,
	"order.completed": `{"order_id":"ord_123","customer_email":"customer@example.com",` +
		`"products":[{"id":"prod_456","name":"Complete Course","price":19700}],"payment_method":"card",` +
		`"amount":19700,"contact_id":"con_456"}`,
	"order.refunded": `{"order_id":"ord_123","refund_amount":19700,"reason":"requested_by_customer","contact_id":"con_456"}`,
	"contact.created": `{"contact_id":"con_456","email":"customer@example.com","source":"landing_page","tags":["customer"],` +
		`"custom_fields":{"company":"Acme Corp"}}`,
	"contact.updated": `{"contact_id":"con_456","changes":{"tags":{"added":["customer"],"removed":["lead"]},` +
		`"custom_fields":{"company":"Acme Corp"}}}`,
	"contact.deleted": `{"contact_id":"con_456","email":"customer@example.com","deleted_at":"2024-11-15T10:00:00Z"}`,
	"subscription.created": `{"subscription_id":"sub_789","customer_email":"customer@example.com","plan":"monthly",` +
		`"amount":9700,"next_billing_date":"2024-12-15","contact_id":"con_456"}`,
	"subscription.updated": `{"subscription_id":"sub_789","changes":{"plan":{"from":"monthly","to":"annual"}},` +
		`"contact_id":"con_456"}`,
	"subscription.cancelled": `{"subscription_id":"sub_789","cancelled_at":"2024-11-15T10:00:00Z","reason":"voluntary",` +
		`"feedback":"Too expensive","contact_id":"con_456"}`,
	"course.enrolled": `{"contact_id":"con_456","course_id":"course_abc123","enrolled_at":"2024-11-15T10:00:00Z"}`,
	"course.completed": `{"contact_id":"con_456","course_id":"course_abc123","completed_at":"2024-11-15T10:00:00Z",` +
		`"completion_rate":100,"time_spent_minutes":480,"contact_email":"student@example.com",` +
		`"course_name":"Digital Marketing Mastery"}`,
	"lesson.completed": `{"contact_id":"con_456","lesson_id":"lesson_789","course_id":"course_abc123","quiz_score":95}`,
	"email.sent": `{"email_id":"em_123","to":"customer@example.com","subject":"Welcome","campaign":"welcome_series",` +
		`"contact_id":"con_456"}`,
	"email.opened": `{"email_id":"em_123","opened_at":"2024-11-15T10:00:00Z","ip_address":"192.0.2.1",` +
		`"user_agent":"Mozilla/5.0","contact_id":"con_456"}`,
	"email.clicked": `{"email_id":"em_123","link":"https://example.com/offer","clicked_at":"2024-11-15T10:00:00Z",` +
		`"contact_id":"con_456"}`,
}
