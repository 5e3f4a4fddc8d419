package mockserver

import (
	"encoding/json"
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Course is a course as [Server.AddCourse] puts it in place and
// [Server.Courses] returns it. Only Title is required; zero fields get what
// the API gives a new course.
type Course struct {
	ID            string      `json:"id,omitzero"`
	Title         string      `json:"title,omitzero"`
	Slug          string      `json:"slug,omitzero"`
	Description   string      `json:"description,omitzero"`
	Price         json.Number `json:"price,omitzero"` // major units, such as "49.90"
	Currency      string      `json:"currency,omitzero"`
	Status        string      `json:"status,omitzero"` // draft or published
	Lessons       []Lesson    `json:"lessons,omitzero"`
	EnrolledCount int         `json:"-"` // follows from the enrollments
	CreatedAt     time.Time   `json:"created_at,omitzero"`
	UpdatedAt     time.Time   `json:"updated_at,omitzero"`
}

// Lesson is a lesson of a course. The API has no operations on lessons, but
// progress counts them. An empty ID is generated.
type Lesson struct {
	ID    string `json:"id,omitzero"`
	Title string `json:"title,omitzero"`
}

// Contact is a contact as [Server.AddContact] puts it in place and
// [Server.Contacts] returns it. Only Email is required.
type Contact struct {
	ID            string          `json:"id,omitzero"`
	Email         string          `json:"email,omitzero"`
	FirstName     string          `json:"first_name,omitzero"`
	LastName      string          `json:"last_name,omitzero"`
	Tags          []string        `json:"tags,omitzero"`
	CustomFields  json.RawMessage `json:"custom_fields,omitzero"`  // a JSON object
	LifetimeValue json.Number     `json:"lifetime_value,omitzero"` // major units
	LastActivity  time.Time       `json:"last_activity,omitzero"`
	Source        string          `json:"source,omitzero"`
	Unsubscribed  bool            `json:"-"`
	CreatedAt     time.Time       `json:"created_at,omitzero"`
	UpdatedAt     time.Time       `json:"updated_at,omitzero"`
}

// MarshalJSON writes the contact as a seed file holds it.
func (c Contact) MarshalJSON() ([]byte, error) {
	type plain Contact
	return encode(struct {
		plain
		Subscribed bool `json:"subscribed"`
	}{plain(c), !c.Unsubscribed})
}

// Enrollment is an enrollment as [Server.AddEnrollment] puts it in place and
// [Server.Enrollments] returns it. CourseID and UserEmail are required.
type Enrollment struct {
	ID               string    `json:"id,omitzero"`
	CourseID         string    `json:"course_id,omitzero"`
	UserEmail        string    `json:"user_email,omitzero"`
	Status           string    `json:"status,omitzero"`            // active, completed or cancelled
	LessonsCompleted int       `json:"lessons_completed,omitzero"` // the first so many of the course
	CreatedAt        time.Time `json:"created_at,omitzero"`
	UpdatedAt        time.Time `json:"updated_at,omitzero"`
	CompletedAt      time.Time `json:"completed_at,omitzero"`
}

// Event is a calendar event as [Server.AddEvent] puts it in place and
// [Server.Events] returns it. Title, StartTime and DurationMinutes are
// required.
type Event struct {
	ID              string      `json:"id,omitzero"`
	Title           string      `json:"title,omitzero"`
	StartTime       time.Time   `json:"start_time,omitzero"`
	DurationMinutes int         `json:"duration_minutes,omitzero"`
	Recurring       *Recurrence `json:"recurring,omitzero"` // nil for an event that takes place once
	Cancelled       bool        `json:"cancelled,omitzero"`
	Status          string      `json:"-"` // follows from the clock
	CreatedAt       time.Time   `json:"created_at,omitzero"`
	UpdatedAt       time.Time   `json:"updated_at,omitzero"`
}

// Recurrence says how often an event takes place.
type Recurrence struct {
	Frequency string `json:"frequency"` // daily, weekly or monthly
	Count     int    `json:"count"`     // 1 to 365
}

// Registration is a registration for an event as [Server.AddRegistration] puts
// it in place and [Server.Registrations] returns it. EventID and Email are
// required.
type Registration struct {
	ID        string    `json:"id,omitzero"`
	EventID   string    `json:"event_id,omitzero"`
	Email     string    `json:"email,omitzero"`
	Name      string    `json:"name,omitzero"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

func courseOf(c store.Course) Course {
	lessons := make([]Lesson, len(c.Lessons))
	for i, l := range c.Lessons {
		lessons[i] = Lesson(l)
	}
	return Course{
		ID: c.ID, Title: c.Title, Slug: c.Slug, Description: c.Description, Price: json.Number(c.Price.String()),
		Currency: c.Currency, Status: c.Status, Lessons: lessons, EnrolledCount: c.EnrolledCount,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

func contactOf(c store.Contact) Contact {
	return Contact{
		ID: c.ID, Email: c.Email, FirstName: c.FirstName, LastName: c.LastName, Tags: append([]string{}, c.Tags...),
		CustomFields: c.CustomFields.AppendJSON(nil), LifetimeValue: json.Number(c.LifetimeValue.String()),
		LastActivity: c.LastActivity, Source: c.Source, Unsubscribed: !c.Subscribed,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

func enrollmentOf(e store.Enrollment) Enrollment {
	return Enrollment{
		ID: e.ID, CourseID: e.CourseID, UserEmail: e.UserEmail, Status: e.Status, LessonsCompleted: len(e.LessonsDone),
		CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, CompletedAt: e.CompletedAt,
	}
}

func eventOf(e store.Event) Event {
	event := Event{
		ID: e.ID, Title: e.Title, StartTime: e.StartTime, DurationMinutes: e.DurationMinutes,
		Cancelled: e.Cancelled, Status: e.Status, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt,
	}
	if e.Recurring != nil {
		recurring := Recurrence(*e.Recurring)
		event.Recurring = &recurring
	}
	return event
}

func registrationOf(r store.Registration) Registration { return Registration(r) }
