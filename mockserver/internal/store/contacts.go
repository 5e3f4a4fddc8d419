package store

import (
	"strings"
	"time"
)

// Sources of contacts that the fake itself makes.
const (
	SourceAPI        = "api"
	SourceEnrollment = "enrollment"
	SourceOrder      = "order"
)

// maxName is the longest name of a person, in characters.
const maxName = 255

// Contact is a contact as the API shows it.
type Contact struct {
	ID            string
	Email         string // as first written; compared without regard to case
	FirstName     string
	LastName      string
	Tags          []string // in order of first appearance
	CustomFields  Fields
	LifetimeValue Decimal   // completed orders less refunds, major units
	LastActivity  time.Time // zero for none, which the API shows as null
	Source        string
	Subscribed    bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// ContactInput creates or updates the contact with its address; what is absent stays.
type ContactInput struct {
	Email        Opt[string]   `json:"email,omitzero"`
	FirstName    Opt[string]   `json:"first_name,omitzero"` // null is ""
	LastName     Opt[string]   `json:"last_name,omitzero"`  // null is ""
	Tags         Opt[[]string] `json:"tags,omitzero"`       // replaces the set
	CustomFields Opt[Fields]   `json:"custom_fields,omitzero"`
}

// TagsInput adds tags.
type TagsInput struct {
	Tags Opt[[]string] `json:"tags,omitzero"`
}

// ContactFilter narrows a list of contacts; zero fields do not.
type ContactFilter struct {
	Tag          string
	CreatedAfter time.Time
}

// AppendJSON implements Renderer.
func (c Contact) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", c.ID)
	o.str("email", c.Email)
	o.str("first_name", c.FirstName)
	o.str("last_name", c.LastName)
	o.strs("tags", c.Tags)
	o.obj("custom_fields", c.CustomFields)
	o.obj("lifetime_value", c.LifetimeValue)
	o.time("last_activity", c.LastActivity)
	o.str("source", c.Source)
	o.bool("subscribed", c.Subscribed)
	o.time("created_at", c.CreatedAt)
	o.time("updated_at", c.UpdatedAt)
	return o.end()
}

var contactSchema = schema[Contact]{
	resource: "contact",
	id:       func(c *Contact) string { return c.ID },
	created:  func(c *Contact) time.Time { return c.CreatedAt },
	unique:   func(c *Contact) string { return foldEmail(c.Email) },
	groups: func(c *Contact, to []group) []group {
		for _, tag := range c.Tags {
			to = append(to, tagGroup(tag))
		}
		return to
	},
}

func tagGroup(tag string) group { return group{kind: 't', a: tag} }

// foldEmail is the form in which addresses are compared.
func foldEmail(email string) string { return strings.ToLower(email) }

// ListContacts returns a page of contacts.
func (s *Store) ListContacts(f ContactFilter, p ListParams) (Page[Contact], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	by := filter{after: f.CreatedAfter}
	if f.Tag != "" {
		g := tagGroup(f.Tag)
		by.group = &g
	}
	return list(&s.st.contacts, by, p)
}

// GetContact returns a contact.
func (s *Store) GetContact(id string) (Contact, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.contacts.get(id))
}

// FindContact returns the contact with an address.
func (s *Store) FindContact(email string) (Contact, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.st.contacts.find(foldEmail(email)); r != nil {
		return r.v, true
	}
	return Contact{}, false
}

// UpsertContact creates the contact with the address, or updates the one there is, and reports whether it is new.
func (s *Store) UpsertContact(in ContactInput) (Contact, bool, error) {
	now := s.begin()
	defer s.end()
	var p problems
	needEmail(&p, "email", in.Email)
	if old := s.st.contacts.find(foldEmail(in.Email.Value)); old != nil {
		c, changes := old.v.apply(&p, in)
		if err := p.err(); err != nil {
			return Contact{}, false, err
		}
		return s.saveContact(old, c, changes, now, CauseAPI), false, nil
	}
	c, _ := Contact{Subscribed: true, Source: SourceAPI}.apply(&p, in)
	if err := p.err(); err != nil {
		return Contact{}, false, err
	}
	c.Email = in.Email.Value
	return s.addContact(c, now, CauseAPI).v, true, nil
}

// AddTags adds tags to a contact; those it has stay where they are.
func (s *Store) AddTags(id string, in TagsInput) (Contact, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.contacts.get(id)
	if err != nil {
		return Contact{}, err
	}
	var p problems
	if need(&p, "tags", in.Tags) && len(in.Tags.Value) == 0 {
		p.add("tags", "must name at least one tag")
	}
	tags := cleanTags(&p, in.Tags)
	if err := p.err(); err != nil {
		return Contact{}, err
	}
	c, changes := old.v, ContactChanges{}
	changes.TagsAdded, _ = diffTags(c.Tags, tags)
	c.Tags = append(c.Tags[:len(c.Tags):len(c.Tags)], changes.TagsAdded...)
	return s.saveContact(old, c, changes, now, CauseAPI), nil
}

// DeleteContact removes a contact. Its enrollments stay.
func (s *Store) DeleteContact(id string) (Deleted, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.contacts.get(id)
	if err != nil {
		return Deleted{}, err
	}
	s.st.contacts.remove(r)
	s.emit(now, CauseAPI, ContactDeleted{&r.v})
	return Deleted{id}, nil
}

// apply validates an input and returns c with it carried out, and what that changed.
func (c Contact) apply(p *problems, in ContactInput) (Contact, ContactChanges) {
	var changes ContactChanges
	name := func(field string, o Opt[string], to *string) {
		if !mayNull(p, field, o) && !o.Null {
			return
		}
		checkText(p, field, o.Value, maxName)
		changes.scalar(field, *to, o.Value)
		*to = o.Value
	}
	name("first_name", in.FirstName, &c.FirstName)
	name("last_name", in.LastName, &c.LastName)
	given := may(p, "tags", in.Tags)
	if tags := cleanTags(p, in.Tags); given {
		changes.TagsAdded, changes.TagsRemoved = diffTags(c.Tags, tags)
		if changes.TagsAdded != nil || changes.TagsRemoved != nil {
			c.Tags = tags
		}
	}
	if may(p, "custom_fields", in.CustomFields) {
		checkFields(p, "custom_fields", in.CustomFields.Value)
		c.CustomFields, changes.CustomFields = c.CustomFields.merge(in.CustomFields.Value)
	}
	return c, changes
}

// saveContact replaces a contact if something changed.
func (s *Store) saveContact(old *row[Contact], c Contact, ch ContactChanges, now time.Time, cause Cause) Contact {
	if ch.empty() {
		return old.v
	}
	c.UpdatedAt = now
	r := s.st.contacts.replace(old, c)
	s.emit(now, cause, ContactUpdated{
		Before: &old.v, After: &r.v, Changes: ch, Unsubscribed: old.v.Subscribed && !c.Subscribed,
	})
	return c
}

// addContact adds a contact with a new id.
func (s *Store) addContact(c Contact, now time.Time, cause Cause) *row[Contact] {
	c.ID = nextFor(s.st, prefixContact, &s.st.contacts)
	c.CreatedAt, c.UpdatedAt = now, now
	r := s.st.contacts.insert(c, s.st.nextSeq())
	s.emit(now, cause, ContactCreated{&r.v})
	return r
}

// touch returns the contact with an address, now its last activity, or nil.
func (st *state) touch(email string, now time.Time) *Contact {
	r := st.contacts.find(foldEmail(email))
	if r == nil {
		return nil
	}
	if !now.After(r.v.LastActivity) {
		return &r.v
	}
	c := r.v
	c.LastActivity = now
	return &st.contacts.replace(r, c).v
}

// person returns the contact with an address, now its last activity, making it if there is none.
func (s *Store) person(email, source string, now time.Time, cause Cause) *Contact {
	if c := s.st.touch(email, now); c != nil {
		return c
	}
	return &s.addContact(Contact{Email: email, Source: source, Subscribed: true, LastActivity: now}, now, cause).v
}
