package webhook

import (
	"time"

	"github.com/selgora/selgora-go/money"
)

// Course is a course as the API knows it (API guide; description and status
// are inferred from it, lessons_count is undocumented).
type Course struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Slug        string `json:"slug"`
	Description string `json:"description"`
	// Status is "draft" or "published".
	Status string `json:"status"`
	// Price is in major units: 497 is 497.00.
	Price         money.Decimal `json:"price"`
	Currency      string        `json:"currency"`
	EnrolledCount int           `json:"enrolled_count"`
	LessonsCount  int           `json:"lessons_count"`
	CreatedAt     time.Time     `json:"created_at,omitzero"`
	UpdatedAt     time.Time     `json:"updated_at,omitzero"`
}

// CourseCreatedData is the data of course.created. The API guide names the
// type and does not show its data.
type CourseCreatedData struct {
	Course Course `json:"course"`
}

// CourseUpdatedData is the data of course.updated: the course as it now is.
// The API guide names the type and does not show its data.
type CourseUpdatedData struct {
	Course Course `json:"course"`
}

// CourseDeletedData is the data of course.deleted: the course as it last was.
// The API guide names the type and does not show its data.
type CourseDeletedData struct {
	Course Course `json:"course"`
}

// CoursePublishedData is the data of course.published. The API guide names the
// type and does not show its data.
type CoursePublishedData struct {
	Course Course `json:"course"`
}

// CourseEnrolledData is the data of course.enrolled (webhook guide).
type CourseEnrolledData struct {
	ContactID  string    `json:"contact_id"`
	CourseID   string    `json:"course_id"`
	EnrolledAt time.Time `json:"enrolled_at,omitzero"`
}

// CourseCompletedData is the data of course.completed (webhook guide).
type CourseCompletedData struct {
	ContactID   string    `json:"contact_id"`
	CourseID    string    `json:"course_id"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
	// CompletionRate is a percentage, 100 in the guide.
	CompletionRate   float64 `json:"completion_rate"`
	TimeSpentMinutes int64   `json:"time_spent_minutes"`
	// ContactEmail is shown only by a code sample of the guide.
	ContactEmail string `json:"contact_email,omitempty"`
	// CourseName is shown only by a code sample of the guide.
	CourseName string `json:"course_name,omitempty"`
}

// LessonCompletedData is the data of lesson.completed (webhook guide).
type LessonCompletedData struct {
	ContactID string `json:"contact_id"`
	LessonID  string `json:"lesson_id"`
	CourseID  string `json:"course_id"`
	// QuizScore is nil when the lesson has no quiz.
	QuizScore *float64 `json:"quiz_score,omitempty"`
}
