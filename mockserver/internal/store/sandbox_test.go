package store

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSandbox(t *testing.T) {
	s, _ := newStore(t)
	s.LoadSandbox()
	courses, _ := s.ListCourses(ListParams{Limit: 100})
	contacts, _ := s.ListContacts(ContactFilter{}, ListParams{})
	if courses.Meta.TotalCount != 100 || contacts.Meta.TotalCount != 1000 {
		t.Errorf("%d courses, %d contacts", courses.Meta.TotalCount, contacts.Meta.TotalCount)
	}
	prices, titles := map[string]bool{}, map[string]bool{}
	for _, c := range courses.Data {
		prices[c.Price.String()+" "+c.Currency] = true
		titles[c.Title] = true
		if want := "“" + c.Title + "” is a sample course of the sandbox."; c.Description != want {
			t.Errorf("the description is %q, want %q", c.Description, want)
		}
	}
	if !prices["49.99 USD"] || !prices["9800 JPY"] || len(titles) != 100 {
		t.Errorf("prices %v, %d titles", prices, len(titles))
	}
	c, err := s.GetCourse("course_abc123")
	if err != nil || c.Title != "Digital Marketing Mastery" || c.Slug != "digital-marketing-mastery" || c.Price.String() != "497" {
		t.Errorf("course_abc123 is %+v, %v", c, err)
	}
	if _, err := s.GetCourse("test_course_123"); err != nil {
		t.Error(err)
	}
	if _, err := s.GetContact("con_456"); err != nil {
		t.Error(err)
	}
	p, err := s.GetProgress("enr_xyz789")
	if err != nil || p.Percentage != 67 || p.LessonsCompleted != 12 || p.TotalLessons != 18 || p.Estimated.IsZero() {
		t.Errorf("progress of enr_xyz789 is %+v, %v", p, err)
	}
	for _, status := range enrollmentStatuses {
		page, err := s.ListEnrollments(EnrollmentFilter{Status: status}, ListParams{})
		if err != nil || page.Meta.TotalCount < 20 {
			t.Errorf("%d enrollments are %s, %v", page.Meta.TotalCount, status, err)
		}
	}
	for _, status := range eventStatuses {
		if page, err := s.ListEvents(status, ListParams{}); err != nil || page.Meta.TotalCount == 0 {
			t.Errorf("%d events are %s, %v", page.Meta.TotalCount, status, err)
		}
	}
	hooks, _ := s.ListWebhooks(ListParams{})
	log, err := s.ListDeliveries(hooks.Data[0].ID, ListParams{})
	if err != nil || log.Meta.TotalCount < 10 || hooks.Data[0].Status != WebhookDisabled {
		t.Errorf("log %+v of %+v, %v", log.Meta, hooks.Data[0], err)
	}
	if d := log.Data[0]; d.EventID != "evt_abc123" || d.Event != "enrollment.created" {
		t.Errorf("the first delivery is %+v", d)
	}
}

// Import validates what LoadSandbox puts in place unchecked.
func TestSandboxIsValidAndReproducible(t *testing.T) {
	for _, at := range []time.Time{start, start.AddDate(-24, 0, 30), start.Add(1234567 * time.Second)} {
		s := New(&testClock{at}, 5)
		s.LoadSandbox()
		first := s.Export()
		again := New(&testClock{at}, 5)
		again.LoadSandbox()
		if !bytes.Equal(first, again.Export()) {
			t.Error("the same seed and start give other bytes")
		}
		fresh := New(&testClock{at}, 5)
		if err := fresh.Import(first); err != nil {
			t.Fatal(err)
		}
		sameLines(t, first, fresh.Export())
	}
	other := New(&testClock{start}, 6)
	other.LoadSandbox()
	s := New(&testClock{start}, 5)
	s.LoadSandbox()
	if bytes.Equal(other.Export(), s.Export()) {
		t.Error("another seed gives the same ids")
	}
}

// sameLines reports the first line in which two exports differ.
func sameLines(t *testing.T, want, got []byte) {
	t.Helper()
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range w {
		if i >= len(g) || !bytes.Equal(w[i], g[i]) {
			t.Fatalf("line %d differs: %s", i+1, cmp.Diff(string(w[i]), string(g[min(i, len(g)-1)])))
		}
	}
	if len(g) > len(w) {
		t.Fatalf("%d lines too many", len(g)-len(w))
	}
}

func BenchmarkSandbox(b *testing.B) {
	s := New(&testClock{start}, 1)
	b.ReportAllocs()
	for b.Loop() {
		s.LoadSandbox()
	}
}

func BenchmarkNew(b *testing.B) {
	c := &testClock{start}
	b.ReportAllocs()
	for b.Loop() {
		New(c, 1)
	}
}
