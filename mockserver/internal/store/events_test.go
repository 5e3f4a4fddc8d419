package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEventLife(t *testing.T) {
	s, clock := newStore(t)
	e := must[Event](t)(s.CreateEvent(input[EventInput](t,
		`{"title":"Hours","start_time":"2024-03-01T16:00:00.9+02:00","duration_minutes":60,"recurring":{"frequency":"weekly","count":2}}`)))
	want := `{"id":"` + e.ID + `","title":"Hours","start_time":"2024-03-01T14:00:00Z","duration_minutes":60,` +
		`"recurring":{"frequency":"weekly","count":2},"status":"upcoming","occurrences":["2024-03-01T14:00:00Z","2024-03-08T14:00:00Z"],` +
		`"registrations_count":0,"created_at":"2024-03-01T12:00:00Z","updated_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(e.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	in := RegistrationInput{Email: Some("a@b.co"), Name: Some("Ann")}
	reg, created, err := s.Register(e.ID, in)
	if err != nil || !created {
		t.Fatal(err)
	}
	// The clock goes on, and once back.
	for _, step := range []struct {
		at   time.Duration
		want string
	}{
		{2*time.Hour - time.Second, EventUpcoming}, {2 * time.Hour, EventLive}, {3*time.Hour - 1, EventLive}, {3 * time.Hour, EventUpcoming},
		{7*day + 2*time.Hour, EventLive}, {3 * time.Hour, EventUpcoming}, {7*day + 3*time.Hour, EventPast}, {2 * time.Hour, EventLive},
		{900 * day, EventPast},
	} {
		clock.t = start.Add(step.at)
		if got := must[Event](t)(s.GetEvent(e.ID)); got.Status != step.want || !got.UpdatedAt.Equal(start) {
			t.Errorf("after %v: %+v", step.at, got)
		}
		if p, _ := s.ListEvents(step.want, ListParams{}); p.Meta.TotalCount != 1 {
			t.Errorf("after %v it is not listed as %s", step.at, step.want)
		}
	}
	if again, created, err := s.Register(e.ID, RegistrationInput{Email: Some("A@B.co")}); err != nil || created || again != reg {
		t.Errorf("registering again: %+v, %v, %v", again, created, err)
	}
	if _, _, err := s.Register(e.ID, RegistrationInput{Email: Some("late@b.co")}); !errors.Is(err, ErrConflict) {
		t.Errorf("registering for a past event: %v", err)
	}
	// Moved to the future, made a single one, then canceled.
	e = must[Event](t)(s.UpdateEvent(e.ID, input[EventChange](t, `{"start_time":"2030-01-01T00:00:00Z","recurring":null}`)))
	if e.Status != EventUpcoming || e.Recurring != nil || e.RegistrationsCount != 1 {
		t.Errorf("moved: %+v", e)
	}
	for range 2 {
		e = must[Event](t)(s.CancelEvent(e.ID))
	}
	if e.Status != EventCancelled {
		t.Errorf("canceled: %+v", e)
	}
	clock.t = time.Date(2030, 1, 1, 0, 1, 0, 0, time.UTC)
	if got := must[Event](t)(s.GetEvent(e.ID)); got.Status != EventCancelled {
		t.Errorf("a canceled event became %s", got.Status)
	}
	if _, _, err := s.Register(e.ID, RegistrationInput{Email: Some("late@b.co")}); !errors.Is(err, ErrConflict) {
		t.Errorf("registering for a canceled event: %v", err)
	}
}

func TestRecurrence(t *testing.T) {
	for _, tt := range []struct {
		start, frequency string
		want             []string
	}{
		{"2024-01-31T08:00:00Z", "monthly", []string{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}},
		{"2023-01-30T08:00:00Z", "monthly", []string{"2023-01-30", "2023-02-28", "2023-03-30"}},
		{"2023-11-30T23:59:59Z", "monthly", []string{"2023-11-30", "2023-12-30", "2024-01-30", "2024-02-29"}},
		{"2024-02-28T08:00:00Z", "daily", []string{"2024-02-28", "2024-02-29", "2024-03-01"}},
		{"2023-12-25T08:00:00Z", "weekly", []string{"2023-12-25", "2024-01-01", "2024-01-08"}},
	} {
		at, _ := time.Parse(time.RFC3339, tt.start)
		e := Event{StartTime: at, Recurring: &Recurring{tt.frequency, len(tt.want)}}
		var got []string
		for _, o := range e.Occurrences() {
			got = append(got, o.Format(time.DateOnly))
			if o.Format(time.TimeOnly) != at.Format(time.TimeOnly) {
				t.Errorf("%s moved to %v", tt.start, o)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s: %s", tt.frequency, tt.start, diff)
		}
	}
}

func TestEventValidation(t *testing.T) {
	s, _ := newStore(t)
	for doc, want := range map[string]map[string]string{
		`{}`: {"title": "is required", "start_time": "is required", "duration_minutes": "is required"},
		`{"title":"x","start_time":"tomorrow","duration_minutes":1441,"recurring":{"frequency":"yearly"}}`: {
			"start_time": "must be a time such as 2024-03-25T14:00:00Z", "duration_minutes": "must be between 1 and 1440, not 1441",
			"recurring.frequency": `must be one of daily, weekly, monthly, not "yearly"`, "recurring.count": "is required",
		},
		`{"title":"x","start_time":"0001-01-01T00:00:00Z","duration_minutes":1.5,"recurring":{"frequency":1,"count":366}}`: {
			"start_time": "must lie between the years 1900 and 9000", "duration_minutes": "must be a whole number, not 1.5",
			"recurring.frequency": "must be a string", "recurring.count": "must be between 1 and 365, not 366",
		},
	} {
		_, err := s.CreateEvent(input[EventInput](t, doc))
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
	if _, err := s.ListEvents("soon", ListParams{}); !errors.Is(err, ErrParam) {
		t.Errorf("unknown status: %v", err)
	}
	if _, err := s.ListEnrollments(EnrollmentFilter{Status: "soon"}, ListParams{}); !errors.Is(err, ErrParam) {
		t.Errorf("unknown status: %v", err)
	}
}
