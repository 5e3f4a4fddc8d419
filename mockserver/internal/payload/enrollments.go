package payload

import "github.com/selgora/selgora-go/mockserver/internal/store"

type courseEnrolled struct {
	ContactID  string `json:"contact_id"`
	CourseID   string `json:"course_id"`
	EnrolledAt string `json:"enrolled_at"`
}

type courseCompleted struct {
	ContactID        string `json:"contact_id"`
	CourseID         string `json:"course_id"`
	CompletedAt      string `json:"completed_at"`
	CompletionRate   int    `json:"completion_rate"`
	TimeSpentMinutes int    `json:"time_spent_minutes"`
	ContactEmail     string `json:"contact_email"`
	CourseName       string `json:"course_name"`
}

type lessonCompleted struct {
	ContactID string `json:"contact_id"`
	LessonID  string `json:"lesson_id"`
	CourseID  string `json:"course_id"`
	QuizScore *int   `json:"quiz_score"`
}

// studentID returns the id of the student's contact, or that of the one there
// was: the events of an enrollment name the same person to the end.
func studentID(c *store.Contact, e *store.Enrollment) string {
	if c == nil {
		return e.ContactID
	}
	return c.ID
}

func ofEnrollment(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.EnrollmentCreated:
		who := studentID(f.Contact, f.Enrollment)
		return []Event{
			{Type: "enrollment.created", Contact: who, Data: nested("enrollment", f.Enrollment)},
			{Type: "course.enrolled", Contact: who, Data: courseEnrolled{who, f.Enrollment.CourseID, stamp(f.Enrollment.CreatedAt)}},
		}
	case store.EnrollmentWasCompleted:
		who := studentID(f.Contact, f.Enrollment)
		return []Event{
			{Type: "enrollment.completed", Contact: who, Data: nested("enrollment", f.Enrollment)},
			{Type: "course.completed", Contact: who, Data: courseCompleted{
				who, f.Enrollment.CourseID, stamp(f.Enrollment.CompletedAt), f.Progress.Percentage,
				f.Enrollment.MinutesSpent, f.Enrollment.UserEmail, f.Course.Title,
			}},
		}
	case store.EnrollmentWasCancelled:
		return []Event{{Type: "enrollment.cancelled", Contact: studentID(f.Contact, f.Enrollment), Data: nested("enrollment", f.Enrollment)}}
	case store.LessonCompleted:
		who := studentID(f.Contact, f.Enrollment)
		return []Event{{Type: "lesson.completed", Contact: who, Data: lessonCompleted{
			who, f.Lesson.ID, f.Enrollment.CourseID, f.QuizScore,
		}}}
	}
	return nil
}
