package store

import (
	"slices"
	"strconv"
	"time"
)

// minutesPerLesson is what a lesson takes unless it is said.
const minutesPerLesson = 20

// LessonInput completes a lesson of an enrollment, which is named by its id or by course and address.
type LessonInput struct {
	EnrollmentID Opt[string] `json:"enrollment_id,omitzero"`
	CourseID     Opt[string] `json:"course_id,omitzero"`
	UserEmail    Opt[string] `json:"user_email,omitzero"`
	LessonID     Opt[string] `json:"lesson_id,omitzero"`  // default: the first that is not done
	QuizScore    Opt[int]    `json:"quiz_score,omitzero"` // 0 to 100; default: no quiz
	Minutes      Opt[int]    `json:"minutes,omitzero"`    // default: 20
}

// PublishCourse publishes a course; one that is published stays as it is.
func (s *Store) PublishCourse(id string) (Course, error) {
	return s.updateCourse(id, CourseChange{Status: Some(CoursePublished)}, CauseSimulation)
}

// SetSubscribed has a contact unsubscribe from e-mail, or subscribe again.
func (s *Store) SetSubscribed(id string, subscribed bool) (Contact, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.contacts.get(id)
	if err != nil {
		return Contact{}, err
	}
	c := old.v
	var changes ContactChanges
	changes.scalar("subscribed", c.Subscribed, subscribed)
	c.Subscribed = subscribed
	return s.saveContact(old, c, changes, now, CauseSimulation), nil
}

// AddLessons appends lessons to a course and returns it.
func (s *Store) AddLessons(courseID string, titles ...string) (Course, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.courses.get(courseID)
	if err != nil || len(titles) == 0 {
		return value(old, err)
	}
	var p problems
	for i, title := range titles {
		checkTitle(&p, "lessons["+strconv.Itoa(i)+"]", title)
	}
	if err := p.err(); err != nil {
		return Course{}, err
	}
	c := old.v
	c.Lessons = slices.Clip(c.Lessons)
	for _, title := range titles {
		c.Lessons = append(c.Lessons, Lesson{s.st.next(prefixLesson, nil), title})
	}
	c.UpdatedAt = now
	r := s.st.courses.replace(old, c)
	s.emit(now, CauseSimulation, CourseUpdated{Before: &old.v, After: &r.v})
	return c, nil
}

// CompleteLesson has a student complete a lesson; with the last one the enrollment is completed. A lesson that is done
// stays as it is.
func (s *Store) CompleteLesson(in LessonInput) (Enrollment, error) {
	now := s.begin()
	defer s.end()
	r, err := s.enrollmentFrom(in)
	if err != nil {
		return Enrollment{}, err
	}
	course, err := s.st.courses.get(r.v.CourseID)
	if err != nil {
		return Enrollment{}, &ConflictError{"the course of the enrollment has been deleted"}
	}
	var p problems
	lesson, done := pickLesson(&p, in.LessonID, &course.v, r.v.LessonsDone)
	minutes, score := minutesPerLesson, (*int)(nil)
	if may(&p, "minutes", in.Minutes) {
		if minutes = in.Minutes.Value; minutes < 0 || minutes > maxMinutes {
			p.add("minutes", "must be between 0 and "+strconv.Itoa(maxMinutes))
		}
	}
	if mayNull(&p, "quiz_score", in.QuizScore) {
		if n := in.QuizScore.Value; n < 0 || n > 100 {
			p.add("quiz_score", "must be between 0 and 100")
		}
		score = &in.QuizScore.Value
	}
	if err := p.err(); err != nil {
		return Enrollment{}, err
	}
	switch {
	case done:
		return r.v, nil
	case r.v.Status != EnrollmentActive:
		return Enrollment{}, &ConflictError{"the enrollment is " + r.v.Status}
	case lesson.ID == "":
		return Enrollment{}, &ConflictError{"the course has no lessons; add some first"}
	}
	contact := s.st.touch(r.v.UserEmail, now)
	r = s.study(r, now, minutes, lesson.ID)
	s.emit(now, CauseSimulation, LessonCompleted{&r.v, &course.v, contact, lesson, score})
	if len(r.v.LessonsDone) >= len(course.v.Lessons) {
		r = s.complete(r, &course.v, contact, now)
	}
	return r.v, nil
}

// CompleteEnrollment has a student complete all that is left of a course at once. A completed enrollment stays as it is.
func (s *Store) CompleteEnrollment(id string) (Enrollment, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.enrollments.get(id)
	if err != nil || r.v.Status == EnrollmentCompleted {
		return value(r, err)
	}
	course, err := s.st.courses.get(r.v.CourseID)
	if err != nil || r.v.Status != EnrollmentActive {
		return Enrollment{}, &ConflictError{"the enrollment is " + r.v.Status}
	}
	var left []string
	for _, l := range course.v.Lessons {
		if !slices.Contains(r.v.LessonsDone, l.ID) {
			left = append(left, l.ID)
		}
	}
	contact := s.st.touch(r.v.UserEmail, now)
	r = s.study(r, now, minutesPerLesson*len(left), left...)
	return s.complete(r, &course.v, contact, now).v, nil
}

// enrollmentFrom finds the enrollment that an input names.
func (s *Store) enrollmentFrom(in LessonInput) (*row[Enrollment], error) {
	var p problems
	if may(&p, "enrollment_id", in.EnrollmentID) {
		return s.st.enrollments.get(in.EnrollmentID.Value)
	}
	if !in.EnrollmentID.Set {
		s.needCourse(&p, in.CourseID)
		needEmail(&p, "user_email", in.UserEmail)
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if r := s.st.enrollments.find(enrollmentKey(in.CourseID.Value, in.UserEmail.Value)); r != nil {
		return r, nil
	}
	return nil, &NotFoundError{"enrollment", in.CourseID.Value + ", " + in.UserEmail.Value}
}

// pickLesson returns the lesson that is meant and whether it is done; none if the course has none.
func pickLesson(p *problems, id Opt[string], c *Course, done []string) (Lesson, bool) {
	if may(p, "lesson_id", id) {
		for _, l := range c.Lessons {
			if l.ID == id.Value {
				return l, slices.Contains(done, l.ID)
			}
		}
		p.add("lesson_id", `the course has no lesson with id "`+id.Value+`"`)
		return Lesson{}, false
	}
	for _, l := range c.Lessons {
		if !slices.Contains(done, l.ID) {
			return l, false
		}
	}
	return Lesson{}, false
}

// study notes lessons as done.
func (s *Store) study(r *row[Enrollment], now time.Time, minutes int, lessonIDs ...string) *row[Enrollment] {
	e := r.v
	e.LessonsDone = append(slices.Clip(e.LessonsDone), lessonIDs...)
	e.LastActivity, e.UpdatedAt = now, now
	e.MinutesSpent += minutes
	return s.st.enrollments.replace(r, e)
}

// complete ends an active enrollment.
func (s *Store) complete(r *row[Enrollment], course *Course, contact *Contact, now time.Time) *row[Enrollment] {
	e := r.v
	e.Status, e.CompletedAt, e.UpdatedAt = EnrollmentCompleted, now, now
	r = s.st.enrollments.replace(r, e)
	s.emit(now, CauseSimulation, EnrollmentWasCompleted{&r.v, course, contact, s.st.progress(&r.v)})
	return r
}
