package mockserver

// Operation names one operation of the API, such as "courses.create". Faults
// and the journal pick requests by it. The empty Operation stands for every
// request where one can be left out, and for a request that fits no operation
// in the journal.
type Operation string

// The operations on courses, all documented in the API guide.
const (
	CoursesList   Operation = "courses.list"
	CoursesGet    Operation = "courses.get"
	CoursesCreate Operation = "courses.create"
	CoursesUpdate Operation = "courses.update"
	CoursesDelete Operation = "courses.delete"
)

// The operations on enrollments. Listing, creating, progress and batches are
// documented in the API guide; reading and canceling a single one are not
// documented.
const (
	EnrollmentsList        Operation = "enrollments.list"
	EnrollmentsGet         Operation = "enrollments.get"
	EnrollmentsCreate      Operation = "enrollments.create"
	EnrollmentsCancel      Operation = "enrollments.cancel"
	EnrollmentsProgress    Operation = "enrollments.progress"
	EnrollmentsCreateBatch Operation = "enrollments.create_batch"
)

// The operations on contacts. Listing, creating or updating and adding tags
// are documented in the API guide; reading and deleting a single one are not
// documented.
const (
	ContactsList    Operation = "contacts.list"
	ContactsGet     Operation = "contacts.get"
	ContactsUpsert  Operation = "contacts.upsert"
	ContactsAddTags Operation = "contacts.add_tags"
	ContactsDelete  Operation = "contacts.delete"
)

// The operations on calendar events. Listing, creating and registering are
// documented in the API guide; the others are not documented.
const (
	EventsList          Operation = "events.list"
	EventsGet           Operation = "events.get"
	EventsCreate        Operation = "events.create"
	EventsUpdate        Operation = "events.update"
	EventsDelete        Operation = "events.delete"
	EventsRegister      Operation = "events.register"
	EventsRegistrations Operation = "events.registrations"
)

// The operations on webhook endpoints. Creating is documented in the API
// guide; the others are not documented, though the webhook guide describes
// sending a test event and the delivery log as parts of the dashboard.
const (
	WebhooksList       Operation = "webhooks.list"
	WebhooksGet        Operation = "webhooks.get"
	WebhooksCreate     Operation = "webhooks.create"
	WebhooksUpdate     Operation = "webhooks.update"
	WebhooksDelete     Operation = "webhooks.delete"
	WebhooksSendTest   Operation = "webhooks.send_test"
	WebhooksDeliveries Operation = "webhooks.deliveries"
	WebhooksResend     Operation = "webhooks.resend"
)

// AccountGet is the operation on the account, documented on the provider's
// getting-started page.
const AccountGet Operation = "account.get"
