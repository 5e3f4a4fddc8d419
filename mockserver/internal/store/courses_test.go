package store

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testClock is a clock that only moves when told to.
type testClock struct{ t time.Time }

func (c *testClock) Now() time.Time { return c.t }

var start = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

func newStore(t *testing.T) (*Store, *testClock) {
	t.Helper()
	c := &testClock{start}
	return New(c, 1), c
}

func input[T any](t *testing.T, doc string) T {
	t.Helper()
	var in T
	if err := json.Unmarshal([]byte(doc), &in); err != nil {
		t.Fatalf("input %s: %v", doc, err)
	}
	return in
}

// fields returns the problems of a validation error.
func fields(t *testing.T, err error) map[string]string {
	t.Helper()
	var v *ValidationError
	if !errors.As(err, &v) {
		t.Fatalf("error is %v, want a *ValidationError", err)
	}
	return v.Fields
}

func TestCourseLife(t *testing.T) {
	s, clock := newStore(t)
	c, err := s.CreateCourse(input[CourseInput](t, `{"title":"Über Café & Co","price":49.99}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"` + c.ID + `","title":"Über Café & Co","slug":"ueber-cafe-co","description":"","price":49.99,` +
		`"currency":"USD","status":"draft","lessons_count":0,"enrolled_count":0,` +
		`"created_at":"2024-03-01T12:00:00Z","updated_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(c.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	clock.t = clock.t.Add(time.Minute + time.Millisecond)
	c, err = s.UpdateCourse(c.ID, input[CourseChange](t, `{"price":0,"description":null,"status":"published"}`))
	if err != nil || c.Price != (Decimal{}) || c.Status != CoursePublished {
		t.Fatalf("update gave %+v, %v", c, err)
	}
	if want := start.Add(time.Minute); !c.UpdatedAt.Equal(want) {
		t.Errorf("updated_at = %v, want %v", c.UpdatedAt, want)
	}
	clock.t = clock.t.Add(time.Minute)
	same, err := s.UpdateCourse(c.ID, CourseChange{Price: Some(Decimal{}), Title: Some(c.Title)})
	if err != nil || !same.UpdatedAt.Equal(c.UpdatedAt) {
		t.Errorf("an update that changes nothing gave %+v, %v", same, err)
	}
	if d, err := s.DeleteCourse(c.ID); err != nil || string(d.AppendJSON(nil)) != `{"id":"`+c.ID+`","deleted":true}` {
		t.Errorf("delete gave %+v, %v", d, err)
	}
	var nf *NotFoundError
	if _, err := s.GetCourse(c.ID); !errors.As(err, &nf) || nf.Resource != "course" || nf.ID != c.ID {
		t.Errorf("after the deletion: %v", err)
	}
}

func TestCourseValidation(t *testing.T) {
	s, _ := newStore(t)
	for doc, want := range map[string]map[string]string{
		`{}`: {"title": "is required"},
		`{"title":null,"price":"49","currency":5,"description":false}`: {
			"title": "must not be null", "price": "must be a number", "currency": "must be a string",
			"description": "must be a string",
		},
		`{"title":" ","price":-1,"currency":"usd"}`: {
			"title": "must not be blank", "price": "must not be negative", "currency": "must be in capitals: USD",
		},
		`{"title":"a","price":49.99,"currency":"JPY"}`: {"price": "has more decimals than JPY, which has 0"},
		`{"title":"a","price":1e400}`: {
			"price": "is out of range: at most 15 digits, 12 of them after the point",
		},
	} {
		_, err := s.CreateCourse(input[CourseInput](t, doc))
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
	if p, err := s.ListCourses(ListParams{}); err != nil || p.Meta != (Meta{1, 0, 0}) || p.Data == nil {
		t.Errorf("refused courses are listed: %+v, %v", p, err)
	}
}

func TestSlugsAreUnique(t *testing.T) {
	s, _ := newStore(t)
	var got []string
	for _, title := range []string{"Go", "go!", "Go 2", "GO", "日本"} {
		c, err := s.CreateCourse(CourseInput{Title: Some(title)})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.Slug)
	}
	if diff := cmp.Diff([]string{"go", "go-2", "go-2-2", "go-3", "course"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestListParams(t *testing.T) {
	s, _ := newStore(t)
	var ids []string
	for range 23 {
		c, err := s.CreateCourse(CourseInput{Title: Some("Course")})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	for _, tt := range []struct {
		p    ListParams
		want []string
		meta Meta
	}{
		{ListParams{}, ids[:10], Meta{1, 3, 23}},
		{ListParams{Page: 3}, ids[20:], Meta{3, 3, 23}},
		{ListParams{Page: 2, Limit: 20}, ids[20:], Meta{2, 2, 23}},
		{ListParams{Page: 4}, nil, Meta{4, 3, 23}},
		{ListParams{Page: 1 << 62, Limit: 100}, nil, Meta{1 << 62, 1, 23}},
	} {
		page, err := s.ListCourses(tt.p)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range page.Data {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || page.Meta != tt.meta {
			t.Errorf("%+v: meta %+v, %s", tt.p, page.Meta, diff)
		}
	}
	for _, p := range []ListParams{{Page: -1}, {Limit: -1}, {Limit: 101}} {
		if _, err := s.ListCourses(p); !errors.Is(err, ErrParam) {
			t.Errorf("%+v: %v, want ErrParam", p, err)
		}
	}
}
