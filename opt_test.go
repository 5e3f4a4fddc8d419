package selgora_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

func TestOpt(t *testing.T) {
	var absent selgora.Opt[int]
	for _, tt := range []struct {
		opt          selgora.Opt[int]
		value        int
		set          bool
		null, absent bool
		json         string
	}{
		{absent, 0, false, false, true, "null"},
		{selgora.Null[int](), 0, false, true, false, "null"},
		{selgora.Set(0), 0, true, false, false, "0"},
		{selgora.Set(7), 7, true, false, false, "7"},
	} {
		value, set := tt.opt.Get()
		body, err := json.Marshal(tt.opt)
		if value != tt.value || set != tt.set || tt.opt.IsNull() != tt.null || tt.opt.IsZero() != tt.absent || string(body) != tt.json || err != nil {
			t.Errorf("%+v: %d, %v, null %v, zero %v, %s, %v", tt.opt, value, set, tt.opt.IsNull(), tt.opt.IsZero(), body, err)
		}
	}
}

// Users compare the parameters that their code makes, in tests of their own.
func TestOptsCompare(t *testing.T) {
	noon := time.Date(2024, 3, 25, 12, 0, 0, 0, time.UTC)
	full := func() selgora.EventUpdateParams {
		return selgora.EventUpdateParams{
			Title:     selgora.Set("Office hours"),
			StartTime: selgora.Set(noon.In(time.FixedZone("CET", 3600))),
			Recurring: selgora.Null[selgora.Recurrence](),
		}
	}
	changed := func(change func(*selgora.EventUpdateParams)) selgora.EventUpdateParams {
		p := full()
		change(&p)
		return p
	}
	if diff := cmp.Diff(full(), changed(func(p *selgora.EventUpdateParams) { p.StartTime = selgora.Set(noon) })); diff != "" {
		t.Errorf("the same instants differ (-want +got):\n%s", diff)
	}
	for name, other := range map[string]selgora.EventUpdateParams{
		"value":    changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Set("Webinar") }),
		"time":     changed(func(p *selgora.EventUpdateParams) { p.StartTime = selgora.Set(noon.Add(1)) }),
		"left out": changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Opt[string]{} }),
		"zero":     changed(func(p *selgora.EventUpdateParams) { p.DurationMinutes = selgora.Set(0) }),
		"null":     changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Null[string]() }),
		"not null": changed(func(p *selgora.EventUpdateParams) { p.Recurring = selgora.Set(selgora.Recurrence{}) }),
	} {
		if cmp.Equal(full(), other) || cmp.Equal(other, full()) {
			t.Errorf("%s: taken for equal", name)
		}
	}
	if a, b := selgora.Set([]string{"x", "y"}), selgora.Set([]string{"x", "z"}); !a.Equal(selgora.Set([]string{"x", "y"})) || a.Equal(b) {
		t.Error("slices are not compared by their elements")
	}
}

func TestOptIsReadable(t *testing.T) {
	got := fmt.Sprintf("%+v", selgora.CourseUpdateParams{
		Title: selgora.Set("Go"), Description: selgora.Null[string](), Price: selgora.Set(money.MustParse("49.90")),
	})
	want := "{Title:Go Description:null Price:49.9 Currency:(left out) Status:(left out)}"
	if got != want {
		t.Errorf("printed as %s, want %s", got, want)
	}
}

// Parameters come back from their own JSON, and are read from a user's.
func TestOptRoundTrip(t *testing.T) {
	noon := time.Date(2024, 3, 25, 12, 0, 0, 0, time.UTC)
	roundTrip(t, selgora.CourseUpdateParams{}, `{}`)
	roundTrip(t, selgora.CourseUpdateParams{
		Title: selgora.Set("Go & co"), Description: selgora.Null[string](), Price: selgora.Set(money.Decimal{}), Status: selgora.Set(selgora.CourseDraft),
	}, `{"title":"Go & co","description":null,"price":0,"status":"draft"}`)
	roundTrip(t, selgora.EventUpdateParams{StartTime: selgora.Set(noon), DurationMinutes: selgora.Set(0), Recurring: selgora.Null[selgora.Recurrence]()},
		`{"start_time":"2024-03-25T12:00:00Z","duration_minutes":0,"recurring":null}`)
	roundTrip(t, selgora.ContactUpsertParams{Email: "a@example.com", FirstName: selgora.Set(""), Tags: selgora.Set([]string{}), CustomFields: map[string]any{"gone": nil, "seats": 12.0}},
		`{"email":"a@example.com","first_name":"","tags":[],"custom_fields":{"gone":null,"seats":12}}`)
	roundTrip(t, selgora.EnrollmentCreateParams{CourseID: "c", Email: "a@example.com", Notify: selgora.Set(false)}, `{"course_id":"c","user_email":"a@example.com","notify":false}`)

	roundTrip(t, selgora.Set(7), `7`)
	roundTrip(t, selgora.Null[int](), `null`)
	roundTrip(t, selgora.Set(json.RawMessage(`{"a":1.0}`)), `{"a":1.0}`)
	roundTrip(t, selgora.Set(map[string]any{"a": nil}), `{"a":null}`)
	roundTrip(t, []selgora.Opt[bool]{selgora.Set(true), selgora.Null[bool]()}, `[true,null]`)
	type mine struct {
		A selgora.Opt[string]            `json:"a,omitzero"`
		B *selgora.Opt[int]              `json:"b,omitzero"`
		C selgora.Opt[struct{ D int }]   `json:"c,omitzero"`
		E map[string]selgora.Opt[string] `json:"e,omitempty"`
	}
	five := selgora.Set(5)
	roundTrip(t, mine{}, `{}`)
	roundTrip(t, mine{A: selgora.Null[string](), B: &five, C: selgora.Set(struct{ D int }{1}), E: map[string]selgora.Opt[string]{"x": selgora.Null[string]()}},
		`{"a":null,"b":5,"c":{"D":1},"e":{"x":null}}`)

	was := selgora.Set(1)
	if err := json.Unmarshal([]byte(`"one"`), &was); err == nil || !was.Equal(selgora.Set(1)) {
		t.Errorf("a text was read as the number %v, %v", was, err)
	}
	if err := was.UnmarshalJSON([]byte(" null\n")); err != nil || !was.IsNull() {
		t.Errorf("null is read as %v, %v", was, err)
	}
}

func roundTrip[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	// This encoder escapes for HTML where it is not asked not to.
	if got := strings.ReplaceAll(string(text), `\u0026`, "&"); err != nil || got != want {
		t.Errorf("%+v is written as %s, %v; want %s", v, got, err, want)
	}
	var got T
	if err := json.Unmarshal(text, &got); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("%s is read otherwise (-want +got):\n%s", text, diff)
	}
}
