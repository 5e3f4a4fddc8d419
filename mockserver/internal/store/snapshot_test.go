package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// live does a bit of everything.
func live(t *testing.T, s *Store, clock *testClock) {
	t.Helper()
	course := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Go")}))
	course = must[Course](t)(s.AddLessons(course.ID, "One", "Two"))
	gone := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Gone")}))
	for i, id := range []string{course.ID, gone.ID, course.ID} {
		clock.t = clock.t.Add(time.Minute)
		e, _, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(id), UserEmail: Some(fmt.Sprintf("p%d@example.com", i))})
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			must[Enrollment](t)(s.CompleteLesson(LessonInput{EnrollmentID: Some(e.ID)}))
		}
	}
	must[Deleted](t)(s.DeleteCourse(gone.ID))
	_, _, err := s.UpsertContact(input[ContactInput](t, `{"email":"z@example.com","tags":["x"],"custom_fields":{"a<":"<\u2028","n":1.0}}`))
	if err != nil {
		t.Fatal(err)
	}
	event := must[Event](t)(s.CreateEvent(EventInput{
		Title: Some("Talk"), StartTime: Some(clock.t), DurationMinutes: Some(5), Recurring: Some(Recurring{"daily", 3}),
	}))
	if _, _, err := s.Register(event.ID, RegistrationInput{Email: Some("z@example.com")}); err != nil {
		t.Fatal(err)
	}
	w, _, err := s.CreateWebhook(WebhookInput{URL: Some("https://example.com"), Events: Some([]string{"*"})})
	if err != nil {
		t.Fatal(err)
	}
	d := must[Delivery](t)(s.AddDelivery(DeliveryInput{WebhookID: w.ID, Event: "course.created", RequestBody: "{}"}))
	must[Delivery](t)(s.AddAttempt(d.ID, Attempt{At: clock.t, Error: "timeout"}, DeliveryPending, clock.t.Add(time.Hour)))
	must[Deleted](t)(s.DeleteWebhook(w.ID))
	o := must[Order](t)(s.CreateOrder(OrderInput{CustomerEmail: Some("z@example.com"), Amount: Some[int64](199)}))
	must[Order](t)(s.CompleteOrder(o.ID))
	sub := must[Subscription](t)(s.CreateSubscription(SubscriptionInput{CustomerEmail: Some("z@example.com"), Amount: Some[int64](5)}))
	must[Subscription](t)(s.CancelSubscription(sub.ID, CancellationInput{}))
	must[Email](t)(s.SendEmail(EmailInput{To: Some("z@example.com"), Subject: Some("Hi <b>")}))
}

func TestExportImport(t *testing.T) {
	s, clock := newStore(t)
	s.LoadSandbox()
	live(t, s, clock)
	first := s.Export()
	for name, into := range map[string]*Store{"fresh": New(clock, 99), "same": s} {
		live(t, into, clock)
		if err := into.Import(first); err != nil {
			t.Fatal(name, err)
		}
		sameLines(t, first, into.Export())
	}
	// Both go on in the same way after that.
	other := New(clock, 1)
	if err := other.Import(first); err != nil {
		t.Fatal(err)
	}
	now := clock.t
	live(t, s, clock)
	clock.t = now
	live(t, other, clock)
	strip := func(b []byte) []byte {
		// The one store had given out ids of deliveries that are never given out again.
		return []byte(strings.Join(where(strings.Split(string(b), "\n"), func(l string) bool { return !strings.Contains(l, "dlv_") }), "\n"))
	}
	sameLines(t, strip(s.Export()), strip(other.Export()))
}

func TestSeedFileByHand(t *testing.T) {
	s, _ := newStore(t)
	err := s.Import([]byte(`{
		"courses": [{"id": "course_go", "title": "Go", "price": 49.99, "lessons_count": 4}, {"title": "Rust", "created_at": "2023-01-01T00:00:00+01:00"}],
		"contacts": [{"email": "b@example.com"}, {"email": "a@example.com", "tags": ["x"]}],
		"enrollments": [{"course_id": "course_go", "user_email": "a@example.com", "lessons_completed": 1},
			{"course_id": "course_go", "user_email": "b@example.com", "status": "completed"}],
		"events": [{"title": "Talk", "start_time": "2024-03-01T11:30:00Z", "duration_minutes": 60}],
		"webhooks": [{"url": "http://localhost:9999/"}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	courses, _ := s.ListCourses(ListParams{})
	if got := []string{courses.Data[0].Title, courses.Data[1].ID}; !cmp.Equal(got, []string{"Rust", "course_go"}) || courses.Data[1].EnrolledCount != 2 {
		t.Errorf("%+v", courses)
	}
	contacts, _ := s.ListContacts(ContactFilter{}, ListParams{})
	if contacts.Data[0].Email != "b@example.com" || !contacts.Data[0].CreatedAt.Equal(start) {
		t.Errorf("%+v", contacts)
	}
	e, _ := s.ListEnrollments(EnrollmentFilter{Status: EnrollmentActive}, ListParams{})
	if p := must[Progress](t)(s.GetProgress(e.Data[0].ID)); p.Percentage != 25 {
		t.Errorf("%+v", p)
	}
	if p, _ := s.ListEvents(EventLive, ListParams{}); p.Meta.TotalCount != 1 {
		t.Errorf("%+v", p)
	}
	if p, _ := s.ListWebhooks(ListParams{}); p.Data[0].Format != FormatDashboard || p.Data[0].Secret == "" {
		t.Errorf("%+v", p)
	}
}

func TestImportProblems(t *testing.T) {
	s, clock := newStore(t)
	live(t, s, clock)
	before := s.Export()
	for doc, want := range map[string]map[string]string{
		`{"version":2,"cources":[],"ids":{"x":1}}`: {
			"version": "must be 1", "cources": "is not a known field; did you mean courses?", "ids.x": "is not the prefix of an id, or its number is too large",
		},
		`{"courses":[{"titel":"x","lessons":[{"titel":"y"}]},5,{"id":"c1","title":"a"},{"id":"course_1","title":"a"},{"id":"course_1","title":"a"}]}`: {
			"courses[0].title": "is required", "courses[0].titel": "is not a known field; did you mean title?",
			"courses[0].lessons[0].titel": "is not a known field; did you mean title?", "courses[0].lessons[0].title": "is required",
			"courses[1]": "must be an object", "courses[2].id": "must start with course_", "courses[4].id": `"course_1" is taken`,
		},
		`{"contacts":[{"email":"a@b.co"},{"email":"A@B.co","updated_at":"2020-01-01T00:00:00Z"}]}`: {
			"contacts[1].email": `"A@B.co" is taken by another contact`, "contacts[1].updated_at": "must not be before created_at",
		},
		`{"enrollments":[{"course_id":"course_x","user_email":"a@b.co","status":"odd"},{"course_id":"course_x","user_email":"a@b.co"}]}`: {
			"enrollments[0].status":    `must be one of active, completed, cancelled, not "odd"`,
			"enrollments[1].course_id": `there is no course with id "course_x"`,
		},
		`{"orders":[{"customer_email":"a@b.co","amount":-1,"status":"odd"}],"emails":[{"to":"x"}],"registrations":[{"event_id":"event_x","email":"a@b.co"}]}`: {
			"orders[0].amount": "must be between 0 and 1000000000000 minor units", "orders[0].status": `must be one of pending, completed, refunded, not "odd"`,
			"orders[0].refunded": "must be between 0 and amount", "emails[0].to": "must contain an @", "emails[0].subject": "must not be blank",
			"registrations[0].event_id": `there is no event with id "event_x"`,
		},
	} {
		if diff := cmp.Diff(want, fields(t, s.Import([]byte(doc)))); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
	for doc, want := range map[string]string{
		"{\n \"courses\": [\n  {]}":   "line 3, column 4",
		"[]":                          "must be a JSON object",
		`{"courses": {}}`:             "courses must be an array",
		"":                            "line 1",
		"{\"courses\": [\"\xff\"]}":   "not valid UTF-8",
		`{"courses": []} {"x": true}`: "line 1, column",
	} {
		if err := s.Import([]byte(doc)); !errors.Is(err, ErrValidation) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", doc, err, want)
		}
	}
	sameLines(t, before, s.Export())
}

func TestSeedsChangeNothingWhenRefused(t *testing.T) {
	s, _ := newStore(t)
	if _, err := s.AddCourse(CourseSeed{Title: Some(""), LessonsCount: Some(5)}); err == nil {
		t.Fatal("a course without a title is added")
	}
	if _, err := s.AddRegistration(RegistrationSeed{EventID: Some("event_x"), Email: Some("a@b.co")}); err == nil {
		t.Fatal("a registration without an event is added")
	}
	fresh, _ := newStore(t)
	sameLines(t, fresh.Export(), s.Export())
}

func TestResetAndIDs(t *testing.T) {
	s, clock := newStore(t)
	s.LoadSandbox()
	s.SetBaseline()
	want := s.Export()
	ids := map[string]bool{}
	for range 3 {
		live(t, s, clock)
		for _, id := range []string{s.NewEventID(), s.NewDeliveryID()} {
			if ids[id] {
				t.Errorf("%s is given out twice", id)
			}
			ids[id] = true
		}
		clock.t = start
		s.Reset()
		sameLines(t, want, s.Export())
	}
}

func TestSameCallsSameBytes(t *testing.T) {
	run := func() []byte {
		s, clock := newStore(t)
		live(t, s, clock)
		snap := s.Snapshot()
		live(t, s, clock)
		s.Restore(snap)
		live(t, s, clock)
		return s.Export()
	}
	sameLines(t, run(), run())
}

func TestSnapshotInManyStores(t *testing.T) {
	s, clock := newStore(t)
	s.LoadSandbox()
	snap := s.Snapshot()
	want := s.Export()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			other := New(&testClock{clock.t}, uint64(i))
			for range 5 {
				other.Restore(snap)
				for j := range 20 {
					if _, err := other.CreateCourse(CourseInput{Title: Some(fmt.Sprint(i, j))}); err != nil {
						t.Error(err)
					}
				}
				if _, err := other.DeleteContact("con_456"); err != nil {
					t.Error(err)
				}
			}
			other.Restore(snap)
			if !bytes.Equal(want, other.Export()) {
				t.Error("a restored snapshot has changed")
			}
		})
	}
	wg.Wait()
}

// TestConcurrentUse is for the race detector; what it asserts is that nothing is lost and changes come in order.
func TestConcurrentUse(t *testing.T) {
	s, _ := newStore(t)
	var seqs []uint64
	s.SetSink(func(c Change) { seqs = append(seqs, c.Seq) })
	course := must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Go")}))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 50 {
				_, _, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(course.ID), UserEmail: Some(fmt.Sprintf("p%d-%d@example.com", i, j/2))})
				if err != nil {
					t.Error(err)
				}
				if _, err := s.ListContacts(ContactFilter{}, ListParams{Page: j}); err != nil {
					t.Error(err)
				}
				if _, err := s.ListEvents("", ListParams{}); err != nil {
					t.Error(err)
				}
				if j%20 == 0 {
					s.Snapshot()
					s.Export()
				}
			}
		})
	}
	wg.Wait()
	if c := must[Course](t)(s.GetCourse(course.ID)); c.EnrolledCount != 16*25 {
		t.Errorf("enrolled_count is %d", c.EnrolledCount)
	}
	if len(seqs) != 1+2*16*25 {
		t.Errorf("%d changes", len(seqs))
	}
	for i, n := range seqs {
		if n != uint64(i)+1 {
			t.Fatalf("change %d has number %d", i, n)
		}
	}
}
