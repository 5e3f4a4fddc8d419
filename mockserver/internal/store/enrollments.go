package store

import (
	"slices"
	"strings"
	"time"
)

// Statuses of an enrollment.
const (
	EnrollmentActive    = "active"
	EnrollmentCompleted = "completed"
	EnrollmentCancelled = "cancelled"
)

var enrollmentStatuses = []string{EnrollmentActive, EnrollmentCompleted, EnrollmentCancelled}

// Enrollment is an enrollment as the API shows it, with the progress that the API shows apart.
type Enrollment struct {
	ID          string
	CourseID    string
	UserEmail   string
	ContactID   string // the student's when enrolled, which stays when the contact is deleted; "" without one
	Status      string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	CompletedAt time.Time // zero until completed, which the API shows as null

	LessonsDone  []string // ids of lessons, in the order of completion
	LastActivity time.Time
	MinutesSpent int
	LessonsTotal int // the number of lessons of a course that is gone; 0 while it is there
}

// EnrollmentInput enrolls a student.
type EnrollmentInput struct {
	CourseID  Opt[string] `json:"course_id,omitzero"`
	UserEmail Opt[string] `json:"user_email,omitzero"`
	Notify    Opt[bool]   `json:"notify,omitzero"`
}

// EnrollmentFilter narrows a list of enrollments; zero fields do not.
type EnrollmentFilter struct{ CourseID, Status string }

// AppendJSON implements Renderer.
func (e Enrollment) AppendJSON(dst []byte) []byte {
	o := e.object(dst)
	return o.end()
}

func (e Enrollment) object(dst []byte) object {
	o := newObject(dst)
	o.str("id", e.ID)
	o.str("course_id", e.CourseID)
	o.str("user_email", e.UserEmail)
	o.str("status", e.Status)
	o.time("created_at", e.CreatedAt)
	o.time("updated_at", e.UpdatedAt)
	o.time("completed_at", e.CompletedAt)
	return o
}

var enrollmentSchema = schema[Enrollment]{
	resource: "enrollment",
	id:       func(e *Enrollment) string { return e.ID },
	created:  func(e *Enrollment) time.Time { return e.CreatedAt },
	unique: func(e *Enrollment) string {
		if e.Status == EnrollmentCancelled {
			return ""
		}
		return enrollmentKey(e.CourseID, e.UserEmail)
	},
	groups: func(e *Enrollment, to []group) []group {
		return append(to,
			group{kind: 'c', a: e.CourseID}, group{kind: 's', a: e.Status}, group{kind: 'b', a: e.CourseID, b: e.Status})
	},
}

// enrollmentKey names the one enrollment of a student in a course that is not canceled.
func enrollmentKey(courseID, email string) string { return courseID + "\x00" + foldEmail(email) }

// ListEnrollments returns a page of enrollments.
func (s *Store) ListEnrollments(f EnrollmentFilter, p ListParams) (Page[Enrollment], error) {
	by := filter{}
	switch {
	case f.Status != "" && !slices.Contains(enrollmentStatuses, f.Status):
		return Page[Enrollment]{}, unknownStatus(enrollmentStatuses)
	case f.CourseID != "" && f.Status != "":
		by.group = &group{kind: 'b', a: f.CourseID, b: f.Status}
	case f.CourseID != "":
		by.group = &group{kind: 'c', a: f.CourseID}
	case f.Status != "":
		by.group = &group{kind: 's', a: f.Status}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return list(&s.st.enrollments, by, p)
}

// GetEnrollment returns an enrollment.
func (s *Store) GetEnrollment(id string) (Enrollment, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.enrollments.get(id))
}

// CreateEnrollment enrolls a student and reports whether the enrollment is new: who is active in the course already, or
// has completed it, keeps that enrollment.
func (s *Store) CreateEnrollment(in EnrollmentInput) (Enrollment, bool, error) {
	now := s.begin()
	defer s.end()
	var p problems
	course := s.needCourse(&p, in.CourseID)
	needEmail(&p, "user_email", in.UserEmail)
	may(&p, "notify", in.Notify)
	if err := p.err(); err != nil {
		return Enrollment{}, false, err
	}
	r, created := s.enroll(course.v.ID, in.UserEmail.Value, now, CauseAPI)
	return r.v, created, nil
}

// needCourse looks up the course that an input names.
func (s *Store) needCourse(p *problems, id Opt[string]) *row[Course] {
	if !need(p, "course_id", id) {
		return nil
	}
	r, err := s.st.courses.get(id.Value)
	if err != nil {
		p.add("course_id", `there is no course with id "`+id.Value+`"`)
	}
	return r
}

// CancelEnrollment cancels an active enrollment; one that is canceled stays as it is.
func (s *Store) CancelEnrollment(id string) (Enrollment, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.enrollments.get(id)
	if err != nil {
		return Enrollment{}, err
	}
	switch r.v.Status {
	case EnrollmentCancelled:
		return r.v, nil
	case EnrollmentCompleted:
		return Enrollment{}, &ConflictError{"the enrollment is completed and cannot be canceled"}
	}
	return s.cancel(r, now, CauseAPI).v, nil
}

// enroll enrolls a student in a course that is there.
func (s *Store) enroll(courseID, email string, now time.Time, cause Cause) (*row[Enrollment], bool) {
	st := s.st
	if r := st.enrollments.find(enrollmentKey(courseID, email)); r != nil {
		return r, false
	}
	contact := s.person(email, SourceEnrollment, now, cause)
	r := st.enrollments.insert(Enrollment{
		ID:        nextFor(st, prefixEnrollment, &st.enrollments),
		CourseID:  courseID,
		UserEmail: email,
		ContactID: contact.ID,
		Status:    EnrollmentActive,
		CreatedAt: now,
		UpdatedAt: now,
	}, st.nextSeq())
	course := st.countEnrolled(courseID, 1)
	s.emit(now, cause, EnrollmentCreated{&r.v, course, contact})
	return r, true
}

// cancel cancels an active enrollment.
func (s *Store) cancel(r *row[Enrollment], now time.Time, cause Cause) *row[Enrollment] {
	e := r.v
	e.Status, e.UpdatedAt = EnrollmentCancelled, now
	r = s.st.enrollments.replace(r, e)
	course := s.st.countEnrolled(e.CourseID, -1)
	s.emit(now, cause, EnrollmentWasCancelled{&r.v, course, s.st.contact(e.UserEmail)})
	return r
}

// countEnrolled changes a course's number of students and returns the course, nil if it is gone.
func (st *state) countEnrolled(courseID string, by int) *Course {
	r, err := st.courses.get(courseID)
	if err != nil {
		return nil
	}
	c := r.v
	c.EnrolledCount += by
	return &st.courses.replace(r, c).v
}

// contact returns the contact with an address, or nil.
func (st *state) contact(email string) *Contact {
	if r := st.contacts.find(foldEmail(email)); r != nil {
		return &r.v
	}
	return nil
}

// leaveCourse cancels the active enrollments of a course that has just been removed, and lets the others remember how
// many lessons it had.
func (s *Store) leaveCourse(c *Course, now time.Time, cause Cause) {
	var rows []*row[Enrollment]
	s.st.enrollments.eachIn(group{kind: 'c', a: c.ID}, func(r *row[Enrollment]) bool {
		rows = append(rows, r)
		return true
	})
	for _, r := range rows {
		e := r.v
		e.LessonsTotal = len(c.Lessons)
		r = s.st.enrollments.replace(r, e)
		if e.Status == EnrollmentActive {
			s.cancel(r, now, cause)
		}
	}
}

func unknownStatus(allowed []string) error {
	return &ParamError{"status", "must be one of " + strings.Join(allowed, ", ")}
}
