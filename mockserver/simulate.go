package mockserver

import (
	"encoding/json"
	"errors"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// The methods in the simulate files cause what no public endpoint of the API
// can: orders, payments, subscriptions, lessons, e-mails. Each is validated
// and has the side effects that it has at the provider, and webhooks tell of
// all of them. A mistake is reported as that of [Server.Inject] is; the result
// is then empty.

// Emit sends an event of any type, also one that the guides do not know, to
// the endpoints that are subscribed to it or to all. The data is encoded as
// JSON; nil is an empty object. Nothing changes in the account.
func (s *Server) Emit(eventType string, data any) {
	if t := s.report.t; t != nil {
		t.Helper()
	}
	text := []byte("{}")
	var err error
	if data != nil {
		text, err = encode(data)
	}
	if eventType == "" {
		err = errors.New("the type of the event is empty")
	}
	if err != nil {
		reported(s, "Emit", text, err)
		return
	}
	s.store.Announce(store.Announced{Type: eventType, Data: text})
}

// PublishCourse publishes a course: course.published and course.updated.
func (s *Server) PublishCourse(id string) Course {
	c, err := s.store.PublishCourse(id)
	return reported(s, "PublishCourse", courseOf(c), err)
}

// UnsubscribeContact has a contact unsubscribe from e-mail:
// contact.unsubscribed and contact.updated.
func (s *Server) UnsubscribeContact(id string) Contact {
	c, err := s.store.SetSubscribed(id, false)
	return reported(s, "UnsubscribeContact", contactOf(c), err)
}

// ResubscribeContact has a contact subscribe to e-mail again: contact.updated.
func (s *Server) ResubscribeContact(id string) Contact {
	c, err := s.store.SetSubscribed(id, true)
	return reported(s, "ResubscribeContact", contactOf(c), err)
}

// AddLessons appends lessons to a course: course.updated.
func (s *Server) AddLessons(courseID string, titles ...string) Course {
	c, err := s.store.AddLessons(courseID, titles...)
	return reported(s, "AddLessons", courseOf(c), err)
}

// LessonCompletion says which lesson a student completes; see
// [Server.CompleteLesson].
type LessonCompletion struct {
	// EnrollmentID names the enrollment; or CourseID and UserEmail do.
	EnrollmentID string `json:"enrollment_id,omitzero"`
	CourseID     string `json:"course_id,omitzero"`
	UserEmail    string `json:"user_email,omitzero"`
	// LessonID is the lesson; "" is the first that is not completed.
	LessonID string `json:"lesson_id,omitzero"`
	// QuizScore is 0 to 100; nil is a lesson without a quiz.
	QuizScore *int `json:"quiz_score,omitzero"`
	// Minutes is the time it took; zero is 20.
	Minutes int `json:"minutes,omitzero"`
}

// CompleteLesson has a student complete a lesson: lesson.completed, and the
// progress moves. The last lesson completes the enrollment and the course:
// enrollment.completed and course.completed. A lesson that is completed
// already stays so, and nothing is sent.
func (s *Server) CompleteLesson(c LessonCompletion) Enrollment {
	e, err := simulate(c, s.store.CompleteLesson)
	return reported(s, "CompleteLesson", enrollmentOf(e), err)
}

// CompleteEnrollment has a student complete all that is left of a course at
// once: enrollment.completed and course.completed.
func (s *Server) CompleteEnrollment(id string) Enrollment {
	e, err := s.store.CompleteEnrollment(id)
	return reported(s, "CompleteEnrollment", enrollmentOf(e), err)
}

// simulate passes parameters to the store in the form that it validates.
func simulate[In, Params, Out any](params Params, do func(In) (Out, error)) (Out, error) {
	var in In
	var none Out
	text, err := encode(params)
	if err != nil {
		return none, err
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return none, err
	}
	return do(in)
}

// with makes a call that is about one object fit simulate.
func with[In, Out any](id string, do func(string, In) (Out, error)) func(In) (Out, error) {
	return func(in In) (Out, error) { return do(id, in) }
}
