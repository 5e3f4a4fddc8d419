package store

import "time"

// Progress is how far a student is.
type Progress struct {
	EnrollmentID     string
	Percentage       int // half up
	LessonsCompleted int
	TotalLessons     int
	LastActivity     time.Time // zero before any, which the API shows as null
	Estimated        time.Time // when the course will be completed; zero before any activity
}

// AppendJSON implements Renderer.
func (p Progress) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("enrollment_id", p.EnrollmentID)
	o.int("progress_percentage", p.Percentage)
	o.int("lessons_completed", p.LessonsCompleted)
	o.int("total_lessons", p.TotalLessons)
	o.time("last_activity", p.LastActivity)
	o.time("completion_estimated", p.Estimated)
	return o.end()
}

// GetProgress returns the progress of an enrollment.
func (s *Store) GetProgress(enrollmentID string) (Progress, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.st.enrollments.get(enrollmentID)
	if err != nil {
		return Progress{}, err
	}
	return s.st.progress(&r.v), nil
}

func (st *state) progress(e *Enrollment) Progress {
	p := Progress{
		EnrollmentID:     e.ID,
		LessonsCompleted: len(e.LessonsDone),
		TotalLessons:     e.LessonsTotal,
		LastActivity:     e.LastActivity,
	}
	if course, err := st.courses.get(e.CourseID); err == nil {
		p.TotalLessons = len(course.v.Lessons)
	}
	switch {
	case e.Status == EnrollmentCompleted:
		p.Percentage = 100
		p.Estimated = e.CompletedAt
	case p.TotalLessons > 0:
		p.Percentage = (200*p.LessonsCompleted + p.TotalLessons) / (2 * p.TotalLessons)
		p.Estimated = estimate(e, p.TotalLessons)
	}
	return p
}

// estimate carries the pace so far on to the last lesson and returns the midnight after it.
func estimate(e *Enrollment, total int) time.Time {
	done := len(e.LessonsDone)
	if done == 0 || e.LastActivity.IsZero() {
		return time.Time{}
	}
	pace := e.LastActivity.Sub(e.CreatedAt) / time.Duration(done)
	const longest = 10 * 365 * 24 * time.Hour
	left := max(total-done, 0)
	rest := longest
	if pace < longest/time.Duration(left+1) {
		rest = max(pace, 0) * time.Duration(left)
	}
	const day = 24 * time.Hour
	return e.LastActivity.Add(rest + day - time.Nanosecond).Truncate(day)
}
