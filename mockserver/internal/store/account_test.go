package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAccount(t *testing.T) {
	s, _ := newStore(t)
	want := `{"account":{"id":"acc_123","name":"Your Account","email":"you@example.com","plan":"scale","created_at":"2022-10-18T12:00:00Z"}}`
	if diff := cmp.Diff(want, string(AccountEnvelope{s.GetAccount()}.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	a := must[Account](t)(s.SetAccount(Account{Name: "Mine", Email: "me@example.com", Plan: "free"}))
	if a != s.GetAccount() || a.ID != "acc_123" || a.CreatedAt.IsZero() {
		t.Errorf("%+v", a)
	}
	_, err := s.SetAccount(Account{ID: "x", Email: "me", Name: strings.Repeat("x", 256)})
	wantFields := map[string]string{
		"id": "must start with acc_", "email": "must contain an @", "plan": "must not be blank",
		"name": "must be at most 255 characters long, not 256",
	}
	if diff := cmp.Diff(wantFields, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	if a != s.GetAccount() {
		t.Error("a refused account took its place")
	}
}

func TestDirectSetters(t *testing.T) {
	s, _ := newStore(t)
	names := record(s)
	at := start.AddDate(-1, 0, 0)
	c := must[Contact](t)(s.AddContact(ContactSeed{
		ID: Some("con_1"), Email: Some("a@b.co"), Tags: Some([]string{"x"}), LifetimeValue: Some(FromMinor(4999, 2)), CreatedAt: Some(at),
		Subscribed: Some(false), Source: Some("webinar"),
	}))
	if c.ID != "con_1" || !c.CreatedAt.Equal(at) || !c.UpdatedAt.Equal(at) || c.Subscribed || c.Source != "webinar" {
		t.Errorf("%+v", c)
	}
	e := must[Event](t)(s.AddEvent(EventSeed{Title: Some("Talk"), StartTime: Some(at), DurationMinutes: Some(5)}))
	r := must[Registration](t)(s.AddRegistration(RegistrationSeed{EventID: Some(e.ID), Email: Some("a@b.co"), Name: Null[string]()}))
	page, err := s.ListRegistrations(e.ID, ListParams{})
	if err != nil || page.Data[0] != r || must[Event](t)(s.GetEvent(e.ID)).RegistrationsCount != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := s.ListRegistrations("event_x", ListParams{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	w := must[Webhook](t)(s.AddWebhook(WebhookSeed{URL: Some("https://example.com"), Secret: Some("mine")}))
	if got := must[Webhook](t)(s.GetWebhook(w.ID)); got.Secret != "mine" || !got.Wants("email.sent") {
		t.Errorf("%+v", got)
	}
	if len(*names) != 0 {
		t.Errorf("direct setters are reported: %v", *names)
	}
	course := must[Course](t)(s.AddCourse(CourseSeed{Title: Some("Go")}))
	for range 2 {
		if c := must[Course](t)(s.PublishCourse(course.ID)); c.Status != CoursePublished {
			t.Errorf("%+v", c)
		}
	}
	if diff := cmp.Diff([]string{"CourseUpdated"}, *names); diff != "" {
		t.Error(diff)
	}
}

func TestPageRendering(t *testing.T) {
	for p, want := range map[Meta]string{
		{1, 0, 0}: `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}`,
		{3, 2, 9}: `{"data":[],"meta":{"current_page":3,"total_pages":2,"total_count":9}}`,
	} {
		if got := string(Page[Deleted]{Meta: p}.AppendJSON(nil)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	empty := Contact{ID: "con_1", CreatedAt: start, UpdatedAt: start}
	if got := string(empty.AppendJSON(nil)); !strings.Contains(got, `"tags":[],"custom_fields":{}`) {
		t.Error(got)
	}
	p := Progress{EnrollmentID: "enr_1", TotalLessons: 3}
	want := `{"enrollment_id":"enr_1","progress_percentage":0,"lessons_completed":0,"total_lessons":3,"last_activity":null,"completion_estimated":null}`
	if diff := cmp.Diff(want, string(p.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
}

func TestErrorTexts(t *testing.T) {
	for err, want := range map[error]string{
		&ValidationError{map[string]string{"b": "is bad", "a": "is worse"}}: "validation failed: a is worse; b is bad",
		&NotFoundError{"course", "course_1"}:                                `no course with id "course_1"`,
		&ParamError{"page", "must be at least 1"}:                           "page must be at least 1",
		&ConflictError{"the enrollment is completed"}:                       "the enrollment is completed",
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}

func TestNextBilling(t *testing.T) {
	at := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for plan, want := range map[string]string{
		"weekly": "2024-03-07", "monthly": "2024-03-29", "quarterly": "2024-05-29", "annual": "2025-02-28", "pro": "2024-03-29",
	} {
		if got := nextBilling(plan, at).Format(time.DateOnly); got != want {
			t.Errorf("%s is next billed on %s, want %s", plan, got, want)
		}
	}
}
