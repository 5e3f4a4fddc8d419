package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// model holds contacts and enrollments as plainly as can be, for comparison with the store's indexes.
type model struct {
	contacts    []Contact
	enrollments []Enrollment
	events      []Event
}

func (m *model) clone() *model {
	return &model{slices.Clone(m.contacts), slices.Clone(m.enrollments), slices.Clone(m.events)}
}

// pages collects a whole list, page after page.
func pages[T Renderer](t *testing.T, limit int, list func(ListParams) (Page[T], error)) []T {
	t.Helper()
	all := []T{}
	for page := 1; ; page++ {
		p, err := list(ListParams{Page: page, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Data...)
		if page >= p.Meta.TotalPages {
			if p.Meta.TotalCount != len(all) {
				t.Fatalf("total_count %d, but %d items", p.Meta.TotalCount, len(all))
			}
			return all
		}
	}
}

func where[T any](items []T, keep func(T) bool) []T {
	out := []T{}
	for _, x := range items {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}

// TestListsAgainstScan compares every list and filter with a scan of a plain slice, after random operations.
func TestListsAgainstScan(t *testing.T) {
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		s, clock := newStore(t)
		m, tags := &model{}, []string{"a", "b", "c", "d"}
		var courses []string
		for range 5 {
			c, err := s.CreateCourse(CourseInput{Title: Some("Course")})
			if err != nil {
				t.Fatal(err)
			}
			courses = append(courses, c.ID)
		}
		type saved struct {
			snap *Snapshot
			m    *model
		}
		var snaps []saved
		for round := range 40 {
			for range 60 {
				clock.t = clock.t.Add(time.Duration(rnd.IntN(3)) * time.Second)
				m.step(t, s, rnd, tags, courses)
			}
			if round%10 == 3 {
				snaps = append(snaps, saved{s.Snapshot(), m.clone()})
			}
			if round%10 == 9 {
				at := snaps[rnd.IntN(len(snaps))]
				s.Restore(at.snap)
				m = at.m.clone()
			}
			m.check(t, s, rnd, clock.t, tags, courses)
		}
	}
}

// step carries one random operation out on store and model.
func (m *model) step(t *testing.T, s *Store, rnd *rand.Rand, tags, courses []string) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(c Contact) {
		if i := slices.IndexFunc(m.contacts, func(x Contact) bool { return x.ID == c.ID }); i >= 0 {
			m.contacts[i] = c
		} else {
			m.contacts = append(m.contacts, c)
		}
	}
	email := fmt.Sprintf("p%d@example.com", rnd.IntN(300))
	switch rnd.IntN(8) {
	case 0, 1, 2:
		c, _, err := s.UpsertContact(ContactInput{Email: Some(email), Tags: Some([]string{tags[rnd.IntN(4)], tags[rnd.IntN(4)]})})
		fail(err)
		put(c)
	case 3:
		if len(m.contacts) > 0 {
			i := rnd.IntN(len(m.contacts))
			_, err := s.DeleteContact(m.contacts[i].ID)
			fail(err)
			m.contacts = slices.Delete(m.contacts, i, i+1)
		}
	case 4:
		if len(m.contacts) > 0 {
			c, err := s.AddTags(m.contacts[rnd.IntN(len(m.contacts))].ID, TagsInput{Some([]string{tags[rnd.IntN(4)]})})
			fail(err)
			put(c)
		}
	case 5:
		e, created, err := s.CreateEnrollment(EnrollmentInput{CourseID: Some(courses[rnd.IntN(5)]), UserEmail: Some(email)})
		fail(err)
		if created {
			m.enrollments = append(m.enrollments, e)
		}
		if c, ok := s.FindContact(email); ok {
			put(c)
		}
	case 6:
		if len(m.enrollments) > 0 {
			i := rnd.IntN(len(m.enrollments))
			end := s.CancelEnrollment
			if rnd.IntN(2) == 0 {
				end = s.CompleteEnrollment
			}
			if e, err := end(m.enrollments[i].ID); err == nil {
				m.enrollments[i] = e
			}
			if c, ok := s.FindContact(m.enrollments[i].UserEmail); ok {
				put(c)
			}
		}
	case 7:
		in := EventInput{
			Title: Some("Event"), StartTime: Some(s.now().Add(time.Duration(rnd.IntN(4000)-1500) * time.Second)),
			DurationMinutes: Some(1 + rnd.IntN(20)),
		}
		if rnd.IntN(3) == 0 {
			in.Recurring = Some(Recurring{"daily", 1 + rnd.IntN(3)})
		}
		e, err := s.CreateEvent(in)
		fail(err)
		m.events = append(m.events, e)
		if rnd.IntN(5) == 0 {
			i := rnd.IntN(len(m.events))
			if m.events[i], err = s.CancelEvent(m.events[i].ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// check compares all lists.
func (m *model) check(t *testing.T, s *Store, rnd *rand.Rand, now time.Time, tags, courses []string) {
	t.Helper()
	limit := 1 + rnd.IntN(100)
	after := start.Add(time.Duration(rnd.Int64N(int64(now.Sub(start) + 1))))
	for _, f := range []ContactFilter{{}, {Tag: tags[1]}, {CreatedAfter: after}, {Tag: tags[2], CreatedAfter: after}, {Tag: "none"}} {
		got := pages(t, limit, func(p ListParams) (Page[Contact], error) { return s.ListContacts(f, p) })
		want := where(m.contacts, func(c Contact) bool {
			return (f.Tag == "" || slices.Contains(c.Tags, f.Tag)) && (f.CreatedAfter.IsZero() || c.CreatedAt.After(f.CreatedAfter))
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("contacts %+v: %s", f, diff)
		}
	}
	for _, f := range []EnrollmentFilter{
		{}, {CourseID: courses[1]}, {Status: EnrollmentActive}, {Status: EnrollmentCompleted},
		{CourseID: courses[2], Status: EnrollmentCancelled}, {CourseID: "none"},
	} {
		got := pages(t, limit, func(p ListParams) (Page[Enrollment], error) { return s.ListEnrollments(f, p) })
		want := where(m.enrollments, func(e Enrollment) bool {
			return (f.CourseID == "" || e.CourseID == f.CourseID) && (f.Status == "" || e.Status == f.Status)
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("enrollments %+v: %s", f, diff)
		}
	}
	for _, id := range courses {
		c, _ := s.GetCourse(id)
		n := len(where(m.enrollments, func(e Enrollment) bool { return e.CourseID == id && e.Status != EnrollmentCancelled }))
		if c.EnrolledCount != n {
			t.Fatalf("enrolled_count of %s is %d, want %d", id, c.EnrolledCount, n)
		}
	}
	for _, status := range append(eventStatuses, "") {
		var ids []string
		for _, e := range pages(t, limit, func(p ListParams) (Page[Event], error) { return s.ListEvents(status, p) }) {
			ids = append(ids, e.ID)
		}
		var want []string
		for _, e := range m.events {
			if got := plainStatus(e, now); status == "" || got == status {
				want = append(want, e.ID)
			}
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Fatalf("events %q: %s", status, diff)
		}
	}
}

// plainStatus goes through all occurrences one by one.
func plainStatus(e Event, now time.Time) string {
	if e.Cancelled {
		return EventCancelled
	}
	status := EventPast
	for _, at := range e.Occurrences() {
		switch {
		case !now.Before(at) && now.Before(at.Add(time.Duration(e.DurationMinutes)*time.Minute)):
			return EventLive
		case now.Before(at):
			status = EventUpcoming
		}
	}
	return status
}

// TestPagesUnderWrites holds the lists to their promise: a reader of page after page sees each item that stays all the
// time once, whatever is inserted; with k deletions meanwhile it misses k at most, and sees none twice.
func TestPagesUnderWrites(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		s, clock := newStore(t)
		add := func() string {
			// Often several within one second.
			clock.t = clock.t.Add(time.Duration(rnd.IntN(2)) * time.Second)
			c, _, err := s.UpsertContact(ContactInput{
				Email: Some(fmt.Sprintf("x%d@example.com", rnd.Uint64())), Tags: Some([]string{"t"}),
			})
			if err != nil {
				t.Fatal(err)
			}
			return c.ID
		}
		var ids []string
		for range 20 + rnd.IntN(80) {
			ids = append(ids, add())
		}
		stay := map[string]bool{}
		for _, id := range ids {
			stay[id] = true
		}
		deletes, seen := 0, map[string]int{}
		filter := ContactFilter{}
		if seed%2 == 0 {
			filter.Tag = "t"
		}
		for page := 1; ; page++ {
			p, err := s.ListContacts(filter, ListParams{Page: page, Limit: 1 + int(seed%13)})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Data {
				seen[c.ID]++
			}
			if page >= p.Meta.TotalPages {
				break
			}
			for range rnd.IntN(3) {
				ids = append(ids, add())
			}
			if seed%4 >= 2 && rnd.IntN(2) == 0 {
				i := rnd.IntN(len(ids))
				if _, err := s.DeleteContact(ids[i]); err != nil {
					t.Fatal(err)
				}
				delete(stay, ids[i])
				ids = slices.Delete(ids, i, i+1)
				deletes++
			}
			if page > 500 {
				break
			}
		}
		missed := 0
		for id := range stay {
			if seen[id] == 0 {
				missed++
			}
		}
		for id, n := range seen {
			if n > 1 {
				t.Errorf("seed %d: %s was seen %d times", seed, id, n)
			}
		}
		if missed > deletes {
			t.Errorf("seed %d: %d missed after %d deletions", seed, missed, deletes)
		}
	}
}

func TestGeneratedIDsAscend(t *testing.T) {
	for _, prefix := range prefixes {
		last := ""
		for n := range uint64(3000) {
			id := makeID(prefix, 42, n+1)
			if id <= last {
				t.Fatalf("%s follows %s", id, last)
			}
			last = id
		}
	}
}
