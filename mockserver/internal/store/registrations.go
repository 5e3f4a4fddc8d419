package store

import "time"

// Registration is somebody's place at a calendar event, as the API shows it.
type Registration struct {
	ID        string
	EventID   string
	Email     string
	Name      string
	CreatedAt time.Time
}

// RegistrationInput registers somebody for an event.
type RegistrationInput struct {
	Email Opt[string] `json:"email,omitzero"`
	Name  Opt[string] `json:"name,omitzero"` // null is ""
}

// AppendJSON implements Renderer.
func (r Registration) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", r.ID)
	o.str("event_id", r.EventID)
	o.str("email", r.Email)
	o.str("name", r.Name)
	o.time("created_at", r.CreatedAt)
	return o.end()
}

var registrationSchema = schema[Registration]{
	resource: "registration",
	id:       func(r *Registration) string { return r.ID },
	created:  func(r *Registration) time.Time { return r.CreatedAt },
	unique:   func(r *Registration) string { return registrationKey(r.EventID, r.Email) },
	groups:   func(r *Registration, to []group) []group { return append(to, eventGroup(r.EventID)) },
}

func registrationKey(eventID, email string) string { return eventID + "\x00" + foldEmail(email) }

func eventGroup(eventID string) group { return group{kind: 'e', a: eventID} }

// ListRegistrations returns a page of the registrations for an event.
func (s *Store) ListRegistrations(eventID string, p ListParams) (Page[Registration], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.st.events.get(eventID); err != nil {
		return Page[Registration]{}, err
	}
	g := eventGroup(eventID)
	return list(&s.st.registrations, filter{group: &g}, p)
}

// Register registers somebody for an event and reports whether the registration is new. An address that is registered
// keeps its registration, also when the event is over.
func (s *Store) Register(eventID string, in RegistrationInput) (Registration, bool, error) {
	now := s.begin()
	defer s.end()
	st := s.st
	event, err := st.events.get(eventID)
	if err != nil {
		return Registration{}, false, err
	}
	var p problems
	needEmail(&p, "email", in.Email)
	if mayNull(&p, "name", in.Name) {
		checkText(&p, "name", in.Name.Value, maxName)
	}
	if err := p.err(); err != nil {
		return Registration{}, false, err
	}
	if r := st.registrations.find(registrationKey(eventID, in.Email.Value)); r != nil {
		return r.v, false, nil
	}
	if s := event.v.Status; s == EventPast || s == EventCancelled {
		return Registration{}, false, &ConflictError{"the event is " + s + " and takes no registrations"}
	}
	r := st.register(event, Registration{
		ID:        nextFor(st, prefixRegistration, &st.registrations),
		EventID:   eventID,
		Email:     in.Email.Value,
		Name:      in.Name.Value,
		CreatedAt: now,
	})
	st.touch(in.Email.Value, now)
	return r.v, true, nil
}

// register inserts a registration and counts it.
func (st *state) register(event *row[Event], r Registration) *row[Registration] {
	e := event.v
	e.RegistrationsCount++
	st.events.replace(event, e)
	return st.registrations.insert(r, st.nextSeq())
}
