package mockserver

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// The methods in this file go past HTTP: they put objects in place, and look
// at them, without a request. What is added meets the same rules as in a call
// of the API, but ids and times can be chosen, and no webhook tells of it. A
// mistake is reported as that of [Server.Inject] is; the result is then empty.

// AddCourse puts a course in place and returns it with what was left out.
func (s *Server) AddCourse(course Course) Course {
	return add(s, "AddCourse", course, s.store.AddCourse, courseOf)
}

// AddContact puts a contact in place and returns it with what was left out.
func (s *Server) AddContact(contact Contact) Contact {
	return add(s, "AddContact", contact, s.store.AddContact, contactOf)
}

// AddEnrollment puts an enrollment in place and returns it with what was left
// out. It makes no contact.
func (s *Server) AddEnrollment(enrollment Enrollment) Enrollment {
	return add(s, "AddEnrollment", enrollment, s.store.AddEnrollment, enrollmentOf)
}

// AddEvent puts a calendar event in place and returns it with what was left
// out.
func (s *Server) AddEvent(event Event) Event {
	return add(s, "AddEvent", event, s.store.AddEvent, eventOf)
}

// AddRegistration puts a registration in place, also for an event that is
// over, and returns it with what was left out.
func (s *Server) AddRegistration(registration Registration) Registration {
	return add(s, "AddRegistration", registration, s.store.AddRegistration, registrationOf)
}

// Courses returns all courses, oldest first.
func (s *Server) Courses() []Course { return all(s.store.ListCourses, courseOf) }

// Contacts returns all contacts, oldest first.
func (s *Server) Contacts() []Contact {
	return all(func(p store.ListParams) (store.Page[store.Contact], error) {
		return s.store.ListContacts(store.ContactFilter{}, p)
	}, contactOf)
}

// Enrollments returns all enrollments, oldest first.
func (s *Server) Enrollments() []Enrollment {
	return all(func(p store.ListParams) (store.Page[store.Enrollment], error) {
		return s.store.ListEnrollments(store.EnrollmentFilter{}, p)
	}, enrollmentOf)
}

// Events returns all calendar events, oldest first.
func (s *Server) Events() []Event {
	return all(func(p store.ListParams) (store.Page[store.Event], error) {
		return s.store.ListEvents("", p)
	}, eventOf)
}

// Registrations returns all registrations for an event, oldest first; none for
// an unknown event.
func (s *Server) Registrations(eventID string) []Registration {
	return all(func(p store.ListParams) (store.Page[store.Registration], error) {
		return s.store.ListRegistrations(eventID, p)
	}, registrationOf)
}

// add puts one object in place.
func add[In, Seed, Row any](s *Server, name string, in In, add func(Seed) (Row, error), show func(Row) In) In {
	var none In
	if t := s.report.t; t != nil {
		t.Helper()
	}
	var seed Seed
	text, err := encode(in)
	if err == nil {
		err = json.Unmarshal(text, &seed)
	}
	if err != nil {
		s.report.failf("%s: %v", name, err)
		return none
	}
	row, err := add(seed)
	if err != nil {
		s.report.failf("%s: %v", name, err)
		return none
	}
	return show(row)
}

// encode writes a value that may hold a user's own JSON.
func encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false) // it would reach into that JSON
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("a field holds what is not JSON: %w", err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// all reads a list to its end.
func all[Row store.Renderer, Out any](list func(store.ListParams) (store.Page[Row], error), show func(Row) Out) []Out {
	rows := []Out{}
	for n := 1; ; n++ {
		page, err := list(store.ListParams{Page: n, Limit: store.MaxLimit})
		if err != nil || len(page.Data) == 0 {
			return rows
		}
		for _, row := range page.Data {
			rows = append(rows, show(row))
		}
	}
}
