package store

import "time"

// Change is one committed change, as webhooks need it. Pointers in it lead to rows of the store: read-only.
type Change struct {
	Seq   uint64    // numbers all changes, from 1
	Call  uint64    // the same for all changes of one call
	At    time.Time // whole seconds
	Cause Cause
	Fact  Fact
}

// Cause says what kind of call made a change.
type Cause string

// The causes of a change.
const (
	CauseAPI        Cause = "api"        // one that the API offers
	CauseSimulation Cause = "simulation" // one that only the fake offers
)

// Fact is what happened: one of the types below.
type Fact interface{ fact() }

// CourseCreated makes course.created.
type CourseCreated struct{ Course *Course }

// CourseUpdated makes course.updated, and course.published before it if Published.
type CourseUpdated struct {
	Before, After *Course
	Published     bool
}

// CourseDeleted makes course.deleted. The enrolments it cancels follow as EnrollmentCancelled.
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

func (EnrollmentCreated) fact()      {}
func (EnrollmentWasCompleted) fact() {}
func (EnrollmentWasCancelled) fact() {}
func (CourseCreated) fact()          {}
func (CourseUpdated) fact()          {}
func (CourseDeleted) fact()          {}
func (ContactCreated) fact()         {}
func (ContactUpdated) fact()         {}
func (ContactDeleted) fact()         {}

// SetSink sets the function that every change is passed to, in the order of commits. It runs inside the call that made
// the change and must only put it in a queue: calling the Store from it blocks for ever. Nil drops changes.
func (s *Store) SetSink(sink func(Change)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = sink
}

// emit notes a change for the end of the call.
func (s *Store) emit(at time.Time, cause Cause, f Fact) {
	if s.sink == nil {
		return
	}
	s.changes++
	s.pending = append(s.pending, Change{s.changes, s.calls, at, cause, f})
}
