package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// record collects the names of facts, in order.
func record(s *Store) *[]string {
	names := &[]string{}
	s.SetSink(func(c Change) { *names = append(*names, strings.TrimPrefix(fmt.Sprintf("%T", c.Fact), "store.")) })
	return names
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestEnrollmentLife(t *testing.T) {
	s, clock := newStore(t)
	names := record(s)
	course := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Go")}))
	course = must[Course](t)(s.AddLessons(course.ID, "One", "Two", "Three"))
	in := EnrollmentInput{CourseID: Some(course.ID), UserEmail: Some("Ann@example.com")}
	e, created, err := s.CreateEnrollment(in)
	if err != nil || !created {
		t.Fatal(err)
	}
	again, created, err := s.CreateEnrollment(input[EnrollmentInput](t, `{"course_id":"`+course.ID+`","user_email":"ann@EXAMPLE.com","notify":false}`))
	if err != nil || created || again.ID != e.ID {
		t.Errorf("enrolling twice gave %+v, %v, %v", again, created, err)
	}
	contact, ok := s.FindContact("ann@example.com")
	if !ok || contact.Source != SourceEnrollment || contact.Email != "Ann@example.com" {
		t.Errorf("the contact is %+v", contact)
	}
	clock.t = clock.t.Add(day)
	e = must[Enrollment](t)(s.CompleteLesson(LessonInput{EnrollmentID: Some(e.ID), QuizScore: Some(95)}))
	p := must[Progress](t)(s.GetProgress(e.ID))
	want := Progress{e.ID, 33, 1, 3, clock.t, start.Add(3 * day).Truncate(day).Add(day)}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		clock.t = clock.t.Add(time.Hour)
		e = must[Enrollment](t)(s.CompleteLesson(LessonInput{CourseID: Some(course.ID), UserEmail: Some("ANN@example.com")}))
	}
	if e.Status != EnrollmentCompleted || !e.CompletedAt.Equal(clock.t) || e.MinutesSpent != 60 {
		t.Errorf("after the last lesson: %+v", e)
	}
	if _, err := s.CancelEnrollment(e.ID); !errors.Is(err, ErrConflict) {
		t.Errorf("canceling a completed enrollment: %v", err)
	}
	second, created, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(course.ID), UserEmail: Some("bob@example.com")})
	if err != nil || !created {
		t.Fatal(err)
	}
	if c := must[Course](t)(s.GetCourse(course.ID)); c.EnrolledCount != 2 {
		t.Errorf("enrolled_count is %d", c.EnrolledCount)
	}
	for range 2 {
		if c := must[Enrollment](t)(s.CancelEnrollment(second.ID)); c.Status != EnrollmentCancelled {
			t.Errorf("canceled: %+v", c)
		}
	}
	third, created, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(course.ID), UserEmail: Some("bob@example.com")})
	if err != nil || !created || third.ID == second.ID {
		t.Errorf("after a cancellation: %+v, %v, %v", third, created, err)
	}
	if _, err := s.DeleteCourse(course.ID); err != nil {
		t.Fatal(err)
	}
	if e := must[Enrollment](t)(s.GetEnrollment(third.ID)); e.Status != EnrollmentCancelled {
		t.Errorf("after the deletion of the course: %+v", e)
	}
	if p := must[Progress](t)(s.GetProgress(e.ID)); p.TotalLessons != 3 || p.Percentage != 100 {
		t.Errorf("progress in a course that is gone: %+v", p)
	}
	wantFacts := []string{
		"CourseCreated", "CourseUpdated", "ContactCreated", "EnrollmentCreated", "LessonCompleted", "LessonCompleted",
		"LessonCompleted", "EnrollmentWasCompleted", "ContactCreated", "EnrollmentCreated", "EnrollmentWasCancelled",
		"EnrollmentCreated", "CourseDeleted", "EnrollmentWasCancelled",
	}
	if diff := cmp.Diff(wantFacts, *names); diff != "" {
		t.Error(diff)
	}
}

func TestEnrollBatch(t *testing.T) {
	s, _ := newStore(t)
	course := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Go")}))
	r := must[BatchResult](t)(s.EnrollBatch(input[BatchInput](t, `{"course_id":"`+course.ID+`","emails":["a@b.co","x","A@B.co","c@d.ee",""]}`)))
	if r.Total != 5 || len(r.Enrollments) != 2 || len(r.Errors) != 2 || r.Errors[0].Email != "x" {
		t.Errorf("%+v", r)
	}
	if got := string(r.AppendJSON(nil)); !strings.HasSuffix(got, `"meta":{"total":5,"enrolled":2,"failed":2}}`) {
		t.Error(got)
	}
	again := must[BatchResult](t)(s.EnrollBatch(BatchInput{Some(course.ID), Some([]string{"a@b.co", "c@d.ee"})}))
	if again.Enrollments[0].ID != r.Enrollments[0].ID || again.Enrollments[1].ID != r.Enrollments[1].ID {
		t.Error("a repeated batch enrolls anew")
	}
	for doc, want := range map[string]map[string]string{
		`{}`:                               {"course_id": "is required", "emails": "is required"},
		`{"course_id":"no","emails":[]}`:   {"course_id": `there is no course with id "no"`, "emails": "must hold 1 to 50 addresses, not 0"},
		`{"course_id":1,"emails":["a",2]}`: {"course_id": "must be a string", "emails[1]": "must be a string"},
		`{"course_id":"` + course.ID + `","emails":[` + strings.Repeat(`"a",`, 50) + `"a"]}`: {"emails": "must hold 1 to 50 addresses, not 51"},
	} {
		_, err := s.EnrollBatch(input[BatchInput](t, doc))
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
}

func TestProgressRounding(t *testing.T) {
	s, _ := newStore(t)
	for total, want := range map[int][]int{18: {0, 6, 11, 17}, 8: {0, 13, 25, 38}, 200: {0, 1, 1, 2}, 3: {0, 33, 67, 100}} {
		course := must[Course](t)(s.AddCourse(CourseSeed{Title: Some("Go"), LessonsCount: Some(total)}))
		for done, percent := range want {
			e := must[Enrollment](t)(s.AddEnrollment(EnrollmentSeed{
				CourseID: Some(course.ID), UserEmail: Some(fmt.Sprintf("p%d@example.com", done)), LessonsCompleted: Some(done),
			}))
			p := must[Progress](t)(s.GetProgress(e.ID))
			if p.Percentage != percent || p.LastActivity.IsZero() != (done == 0) || p.Estimated.IsZero() != (done == 0) {
				t.Errorf("%d of %d lessons: %+v, want %d %%", done, total, p, percent)
			}
		}
	}
}
