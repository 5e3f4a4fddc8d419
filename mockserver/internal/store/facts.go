package store

// CourseCreated makes course.created.
type CourseCreated struct{ Course *Course }

// CourseUpdated makes course.updated, and course.published before it if Published.
type CourseUpdated struct {
	Before, After *Course
	Published     bool
}

// CourseDeleted makes course.deleted. The enrollments it cancels follow as EnrollmentCancelled.
type CourseDeleted struct{ Course *Course }

// ContactCreated makes contact.created.
type ContactCreated struct{ Contact *Contact }

// ContactUpdated makes contact.updated, and contact.unsubscribed before it if Unsubscribed. A contact's last activity
// and lifetime value follow from other changes and are not reported.
type ContactUpdated struct {
	Before, After *Contact
	Changes       ContactChanges
	Unsubscribed  bool
}

// ContactDeleted makes contact.deleted; the change's time is the time of the deletion.
type ContactDeleted struct{ Contact *Contact }

// ContactChanges is what an update of a contact changed.
type ContactChanges struct {
	TagsAdded, TagsRemoved []string
	CustomFields           Fields // the new values, null for a field that is gone
	Scalars                []Scalar
}

// Scalar is a changed field with its values before and after: a string, an int64, a bool or a Decimal.
type Scalar struct {
	Name     string
	From, To any
}

// scalar notes a field if its value changed.
func (c *ContactChanges) scalar(name string, from, to any) {
	if from != to {
		c.Scalars = append(c.Scalars, Scalar{name, from, to})
	}
}

func (c ContactChanges) empty() bool {
	return len(c.TagsAdded)+len(c.TagsRemoved)+len(c.CustomFields)+len(c.Scalars) == 0
}

// EnrollmentCreated makes enrollment.created and course.enrolled.
type EnrollmentCreated struct {
	Enrollment *Enrollment
	Course     *Course
	Contact    *Contact
}

// EnrollmentWasCompleted makes enrollment.completed and course.completed.
type EnrollmentWasCompleted struct {
	Enrollment *Enrollment // with MinutesSpent
	Course     *Course
	Contact    *Contact // nil if there is none
	Progress   Progress
}

// EnrollmentWasCancelled makes enrollment.cancelled.
type EnrollmentWasCancelled struct {
	Enrollment *Enrollment
	Course     *Course  // nil if it is gone
	Contact    *Contact // nil if there is none
}

// LessonCompleted makes lesson.completed.
type LessonCompleted struct {
	Enrollment *Enrollment
	Course     *Course
	Contact    *Contact // nil if there is none
	Lesson     Lesson
	QuizScore  *int // nil if there was no quiz
}

// OrderCreated makes order.created.
type OrderCreated struct {
	Order   *Order
	Contact *Contact // nil if there is none
}

// OrderWasCompleted makes order.completed. The PaymentCompleted of the same call comes before it.
type OrderWasCompleted struct {
	Order   *Order
	Contact *Contact
}

// OrderWasRefunded makes order.refunded. The PaymentWasRefunded of the same call comes before it.
type OrderWasRefunded struct {
	Order   *Order
	Contact *Contact // nil if there is none
	Amount  int64    // of this refund, minor units
	Reason  string
}

// PaymentCompleted makes payment.completed.
type PaymentCompleted struct {
	Payment *Payment
	Contact *Contact
}

// PaymentFailed makes payment.failed.
type PaymentFailed struct {
	Payment *Payment
	Contact *Contact // nil if there is none
}

// PaymentWasRefunded makes payment.refunded.
type PaymentWasRefunded struct {
	Payment *Payment
	Contact *Contact // nil if there is none
	Amount  int64    // of this refund, minor units
}

// SubscriptionCreated makes subscription.created.
type SubscriptionCreated struct {
	Subscription *Subscription
	Contact      *Contact
}

// SubscriptionUpdated makes subscription.updated.
type SubscriptionUpdated struct {
	Before, After *Subscription
	Contact       *Contact // nil if there is none
	Changes       []Scalar
}

// SubscriptionWasCancelled makes subscription.cancelled.
type SubscriptionWasCancelled struct {
	Subscription *Subscription
	Contact      *Contact // nil if there is none
}

// EmailSent makes email.sent.
type EmailSent struct {
	Email   *Email
	Contact *Contact // nil if there is none
}

// EmailOpened makes email.opened; the change's time is the time of the opening.
type EmailOpened struct {
	Email                *Email
	Contact              *Contact // nil if there is none
	IPAddress, UserAgent string
}

// EmailClicked makes email.clicked; the change's time is the time of the click.
type EmailClicked struct {
	Email   *Email
	Contact *Contact // nil if there is none
	Link    string
}

func (CourseCreated) fact()            {}
func (CourseUpdated) fact()            {}
func (CourseDeleted) fact()            {}
func (ContactCreated) fact()           {}
func (ContactUpdated) fact()           {}
func (ContactDeleted) fact()           {}
func (EnrollmentCreated) fact()        {}
func (EnrollmentWasCompleted) fact()   {}
func (EnrollmentWasCancelled) fact()   {}
func (LessonCompleted) fact()          {}
func (OrderCreated) fact()             {}
func (OrderWasCompleted) fact()        {}
func (OrderWasRefunded) fact()         {}
func (PaymentCompleted) fact()         {}
func (PaymentFailed) fact()            {}
func (PaymentWasRefunded) fact()       {}
func (SubscriptionCreated) fact()      {}
func (SubscriptionUpdated) fact()      {}
func (SubscriptionWasCancelled) fact() {}
func (EmailSent) fact()                {}
func (EmailOpened) fact()              {}
func (EmailClicked) fact()             {}
