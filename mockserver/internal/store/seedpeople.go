package store

import (
	"strconv"
	"time"
)

// ContactSeed is a contact as a seed file holds it.
type ContactSeed struct {
	ID            Opt[string]    `json:"id"`
	Email         Opt[string]    `json:"email"`
	FirstName     Opt[string]    `json:"first_name"`
	LastName      Opt[string]    `json:"last_name"`
	Tags          Opt[[]string]  `json:"tags"`
	CustomFields  Opt[Fields]    `json:"custom_fields"`
	LifetimeValue Opt[Decimal]   `json:"lifetime_value"`
	LastActivity  Opt[time.Time] `json:"last_activity"`
	Source        Opt[string]    `json:"source"`     // default: import
	Subscribed    Opt[bool]      `json:"subscribed"` // default: true
	CreatedAt     Opt[time.Time] `json:"created_at"`
	UpdatedAt     Opt[time.Time] `json:"updated_at"`
}

// SourceImport is the source of a contact that a seed put in place without naming another.
const SourceImport = "import"

// EnrollmentSeed is an enrollment as a seed file holds it.
type EnrollmentSeed struct {
	ID               Opt[string]    `json:"id"`
	CourseID         Opt[string]    `json:"course_id"`
	UserEmail        Opt[string]    `json:"user_email"`
	ContactID        Opt[string]    `json:"contact_id"`        // default: the contact with the address, if any
	Status           Opt[string]    `json:"status"`            // default: active
	LessonsDone      Opt[[]string]  `json:"lessons_done"`      // default: all of a completed enrollment, else none
	LessonsCompleted Opt[int]       `json:"lessons_completed"` // the first so many, in place of LessonsDone
	LessonsTotal     Opt[int]       `json:"lessons_total"`     // only where the course is gone
	LastActivity     Opt[time.Time] `json:"last_activity"`     // default: updated_at, once lessons are done
	MinutesSpent     Opt[int]       `json:"minutes_spent"`     // default: 20 per lesson
	CreatedAt        Opt[time.Time] `json:"created_at"`
	UpdatedAt        Opt[time.Time] `json:"updated_at"`
	CompletedAt      Opt[time.Time] `json:"completed_at"` // default: updated_at, once completed
}

func (st *state) seedContact(p *problems, in ContactSeed, now time.Time) *row[Contact] {
	c := Contact{ID: seedID(st, p, in.ID, prefixContact, &st.contacts), Subscribed: true, Source: SourceImport}
	c.CreatedAt, c.UpdatedAt = seedTimes(p, in.CreatedAt, in.UpdatedAt, now)
	needEmail(p, "email", in.Email)
	c.Email = in.Email.Value
	if c.Email != "" && st.contacts.find(foldEmail(c.Email)) != nil {
		p.add("email", `"`+c.Email+`" is taken by another contact`)
	}
	c, _ = c.apply(p, ContactInput{
		FirstName: in.FirstName, LastName: in.LastName, Tags: in.Tags, CustomFields: in.CustomFields,
	})
	if may(p, "lifetime_value", in.LifetimeValue) {
		c.LifetimeValue = in.LifetimeValue.Value
	}
	c.LastActivity = seedTime(p, "last_activity", in.LastActivity, time.Time{})
	if may(p, "source", in.Source) {
		checkText(p, "source", in.Source.Value, maxName)
		c.Source = in.Source.Value
	}
	if may(p, "subscribed", in.Subscribed) {
		c.Subscribed = in.Subscribed.Value
	}
	if len(*p) > 0 {
		return nil
	}
	return st.contacts.insert(c, st.nextSeq())
}

func (st *state) seedEnrollment(p *problems, in EnrollmentSeed, now time.Time) *row[Enrollment] {
	e := Enrollment{ID: seedID(st, p, in.ID, prefixEnrollment, &st.enrollments), Status: EnrollmentActive}
	e.CreatedAt, e.UpdatedAt = seedTimes(p, in.CreatedAt, in.UpdatedAt, now)
	needEmail(p, "user_email", in.UserEmail)
	e.UserEmail = in.UserEmail.Value
	if may(p, "contact_id", in.ContactID) {
		e.ContactID = in.ContactID.Value
		if problem := checkID(e.ContactID, prefixContact); problem != "" {
			p.add("contact_id", problem)
		}
	} else if c := st.contact(e.UserEmail); c != nil {
		e.ContactID = c.ID
	}
	if may(p, "status", in.Status) {
		checkOneOf(p, "status", in.Status.Value, enrollmentStatuses...)
		e.Status = in.Status.Value
	}
	if need(p, "course_id", in.CourseID) {
		e.CourseID = in.CourseID.Value
	}
	if may(p, "lessons_total", in.LessonsTotal) {
		if e.LessonsTotal = in.LessonsTotal.Value; e.LessonsTotal < 0 {
			p.add("lessons_total", "must not be negative")
		}
	}
	var course *Course
	if r, err := st.courses.get(e.CourseID); err == nil {
		course = &r.v
	}
	switch {
	case course == nil && e.Status == EnrollmentActive:
		p.add("course_id", `there is no course with id "`+e.CourseID+`"`)
	case course != nil && e.LessonsTotal != 0:
		p.add("lessons_total", "must be left out where the course is there")
	}
	if e.Status != EnrollmentCancelled && st.enrollments.find(enrollmentKey(e.CourseID, e.UserEmail)) != nil {
		p.add("user_email", `"`+e.UserEmail+`" has another enrollment in the course`)
	}
	seedProgress(p, in, &e, course)
	if len(*p) > 0 {
		return nil
	}
	r := st.enrollments.insert(e, st.nextSeq())
	if e.Status != EnrollmentCancelled {
		st.countEnrolled(e.CourseID, 1)
	}
	return r
}

func seedProgress(p *problems, in EnrollmentSeed, e *Enrollment, course *Course) {
	total := e.LessonsTotal
	if course != nil {
		total = len(course.Lessons)
	}
	switch {
	case may(p, "lessons_done", in.LessonsDone):
		e.LessonsDone = in.LessonsDone.Value
		known := map[string]bool{}
		if course != nil {
			for _, l := range course.Lessons {
				known[l.ID] = true
			}
		}
		for i, id := range e.LessonsDone {
			at := "lessons_done[" + strconv.Itoa(i) + "]"
			switch {
			case course != nil && !known[id]:
				p.add(at, `is not a lesson of the course that is still to be done: "`+id+`"`)
			case course == nil && checkID(id, prefixLesson) != "":
				p.add(at, checkID(id, prefixLesson))
			}
			delete(known, id)
		}
	case may(p, "lessons_completed", in.LessonsCompleted):
		n := in.LessonsCompleted.Value
		if n < 0 || n > total || course == nil {
			p.add("lessons_completed", "must be between 0 and the number of lessons, "+strconv.Itoa(total))
			break
		}
		e.LessonsDone = lessonIDs(course, n)
	case e.Status == EnrollmentCompleted && course != nil:
		e.LessonsDone = lessonIDs(course, total)
	}
	e.MinutesSpent = minutesPerLesson * len(e.LessonsDone)
	if may(p, "minutes_spent", in.MinutesSpent) {
		if e.MinutesSpent = in.MinutesSpent.Value; e.MinutesSpent < 0 {
			p.add("minutes_spent", "must not be negative")
		}
	}
	active, completed := time.Time{}, time.Time{}
	if len(e.LessonsDone) > 0 {
		active = e.UpdatedAt
	}
	if e.Status == EnrollmentCompleted {
		completed = e.UpdatedAt
	}
	e.LastActivity = seedTime(p, "last_activity", in.LastActivity, active)
	e.CompletedAt = seedTime(p, "completed_at", in.CompletedAt, completed)
	if !e.CompletedAt.IsZero() && e.Status != EnrollmentCompleted {
		p.add("completed_at", "must be left out unless the status is completed")
	}
}
