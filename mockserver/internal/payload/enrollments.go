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

func ofEnrollment(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.EnrollmentCreated:
		who := contactID(f.Contact)
		return []Event{
			{Type: "enrollment.created", Contact: who, Data: nested("enrollment", f.Enrollment)},
			{Type: "course.enrolled", Contact: who, Data: courseEnrolled{who, f.Enrollment.CourseID, stamp(f.Enrollment.CreatedAt)}},
		}
	case store.EnrollmentWasCompleted:
		who := contactID(f.Contact)
		return []Event{
			{Type: "enrollment.completed", Contact: who, Data: nested("enrollment", f.Enrollment)},
			{Type: "course.completed", Contact: who, Data: courseCompleted{
				who, f.Enrollment.CourseID, stamp(f.Enrollment.CompletedAt), f.Progress.Percentage,
				f.Enrollment.MinutesSpent, f.Enrollment.UserEmail, f.Course.Title,
			}},
		}
	case store.EnrollmentWasCancelled:
		return []Event{{Type: "enrollment.cancelled", Contact: contactID(f.Contact), Data: nested("enrollment", f.Enrollment)}}
	case store.LessonCompleted:
		who := contactID(f.Contact)
		return []Event{{Type: "lesson.completed", Contact: who, Data: lessonCompleted{
			who, f.Lesson.ID, f.Enrollment.CourseID, f.QuizScore,
		}}}
	}
	return nil
}
