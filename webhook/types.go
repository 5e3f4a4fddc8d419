package webhook

// An EventType is the name of an event type together with the Go type of its
// data, so that [On] cannot pair a type with the wrong data. For a type that
// this package does not know, declare your own:
//
//	const QuizPassed webhook.EventType[QuizPassedData] = "quiz.passed"
type EventType[T any] string

// String returns the name, such as "order.completed".
func (t EventType[T]) String() string { return string(t) }

// The event types of the API guide. Their data holds a full API object under
// the name of its kind; only that of enrollment.created is shown in the guide.
// contact.created and contact.updated, which are in both guides, are below.
const (
	CourseCreated       EventType[CourseCreatedData]       = "course.created"
	CourseUpdated       EventType[CourseUpdatedData]       = "course.updated"
	CourseDeleted       EventType[CourseDeletedData]       = "course.deleted"
	CoursePublished     EventType[CoursePublishedData]     = "course.published"
	EnrollmentCreated   EventType[EnrollmentCreatedData]   = "enrollment.created"
	EnrollmentCompleted EventType[EnrollmentCompletedData] = "enrollment.completed"
	EnrollmentCancelled EventType[EnrollmentCancelledData] = "enrollment.cancelled"
	PaymentCompleted    EventType[PaymentCompletedData]    = "payment.completed"
	PaymentFailed       EventType[PaymentFailedData]       = "payment.failed"
	PaymentRefunded     EventType[PaymentRefundedData]     = "payment.refunded"
	ContactUnsubscribed EventType[ContactUnsubscribedData] = "contact.unsubscribed"
)

// The event types of the webhook guide, which shows the data of each.
const (
	OrderCreated          EventType[OrderCreatedData]          = "order.created"
	OrderCompleted        EventType[OrderCompletedData]        = "order.completed"
	OrderRefunded         EventType[OrderRefundedData]         = "order.refunded"
	ContactCreated        EventType[ContactCreatedData]        = "contact.created"
	ContactUpdated        EventType[ContactUpdatedData]        = "contact.updated"
	ContactDeleted        EventType[ContactDeletedData]        = "contact.deleted"
	SubscriptionCreated   EventType[SubscriptionCreatedData]   = "subscription.created"
	SubscriptionUpdated   EventType[SubscriptionUpdatedData]   = "subscription.updated"
	SubscriptionCancelled EventType[SubscriptionCancelledData] = "subscription.cancelled"
	CourseEnrolled        EventType[CourseEnrolledData]        = "course.enrolled"
	CourseCompleted       EventType[CourseCompletedData]       = "course.completed"
	LessonCompleted       EventType[LessonCompletedData]       = "lesson.completed"
	EmailSent             EventType[EmailSentData]             = "email.sent"
	EmailOpened           EventType[EmailOpenedData]           = "email.opened"
	EmailClicked          EventType[EmailClickedData]          = "email.clicked"
)
