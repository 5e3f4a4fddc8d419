package store

import (
	"fmt"
	"time"
)

// Statuses of a course.
const (
	CourseDraft     = "draft"
	CoursePublished = "published"
)

// Course is a course as the API shows it.
type Course struct {
	ID            string
	Title         string
	Slug          string // made from the first title, unique; it stays when the title changes, so that links do
	Description   string
	Price         Decimal // major units
	Currency      string
	Status        string
	EnrolledCount int      // active and completed enrollments
	Lessons       []Lesson // only their number is in the API
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Lesson is a lesson of a course; it has no place in the API.
type Lesson struct{ ID, Title string }

// CourseInput creates a course.
type CourseInput struct {
	Title       Opt[string]  `json:"title,omitzero"`
	Description Opt[string]  `json:"description,omitzero"`
	Price       Opt[Decimal] `json:"price,omitzero"`
	Currency    Opt[string]  `json:"currency,omitzero"`
}

// CourseChange updates a course; what is absent stays.
type CourseChange struct {
	Title       Opt[string]  `json:"title,omitzero"`
	Description Opt[string]  `json:"description,omitzero"` // null is ""
	Price       Opt[Decimal] `json:"price,omitzero"`
	Currency    Opt[string]  `json:"currency,omitzero"`
	Status      Opt[string]  `json:"status,omitzero"`
}

// AppendJSON implements Renderer.
func (c Course) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", c.ID)
	o.str("title", c.Title)
	o.str("slug", c.Slug)
	o.str("description", c.Description)
	o.obj("price", c.Price)
	o.str("currency", c.Currency)
	o.str("status", c.Status)
	o.int("lessons_count", len(c.Lessons))
	o.int("enrolled_count", c.EnrolledCount)
	o.time("created_at", c.CreatedAt)
	o.time("updated_at", c.UpdatedAt)
	return o.end()
}

var courseSchema = schema[Course]{
	resource: "course",
	id:       func(c *Course) string { return c.ID },
	created:  func(c *Course) time.Time { return c.CreatedAt },
	unique:   func(c *Course) string { return c.Slug },
}

// ListCourses returns a page of courses.
func (s *Store) ListCourses(p ListParams) (Page[Course], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return list(&s.st.courses, filter{}, p)
}

// GetCourse returns a course.
func (s *Store) GetCourse(id string) (Course, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return value(s.st.courses.get(id))
}

// CreateCourse adds a course, as a draft.
func (s *Store) CreateCourse(in CourseInput) (Course, error) {
	now := s.begin()
	defer s.end()
	c := Course{Currency: "USD", Status: CourseDraft, CreatedAt: now, UpdatedAt: now}
	var p problems
	need(&p, "title", in.Title)
	c.apply(&p, CourseChange{Title: in.Title, Description: in.Description, Price: in.Price, Currency: in.Currency})
	if err := p.err(); err != nil {
		return Course{}, err
	}
	c.ID = nextFor(s.st, prefixCourse, &s.st.courses)
	c.Slug = s.st.freeSlug(c.Title)
	r := s.st.courses.insert(c, s.st.nextSeq())
	s.emit(now, CauseAPI, CourseCreated{&r.v})
	return c, nil
}

// UpdateCourse changes a course. A call that changes nothing leaves updated_at alone.
func (s *Store) UpdateCourse(id string, ch CourseChange) (Course, error) {
	return s.updateCourse(id, ch, CauseAPI)
}

func (s *Store) updateCourse(id string, ch CourseChange, cause Cause) (Course, error) {
	now := s.begin()
	defer s.end()
	old, err := s.st.courses.get(id)
	if err != nil {
		return Course{}, err
	}
	c := old.v
	var p problems
	c.apply(&p, ch)
	if err := p.err(); err != nil {
		return Course{}, err
	}
	if c.sameContent(old.v) {
		return c, nil
	}
	c.UpdatedAt = now
	r := s.st.courses.replace(old, c)
	published := old.v.Status != CoursePublished && c.Status == CoursePublished
	s.emit(now, cause, CourseUpdated{&old.v, &r.v, published})
	return c, nil
}

// apply validates a change and carries it out on c, which is a copy.
func (c *Course) apply(p *problems, ch CourseChange) {
	if may(p, "title", ch.Title) {
		checkTitle(p, "title", ch.Title.Value)
		c.Title = ch.Title.Value
	}
	if mayNull(p, "description", ch.Description) || ch.Description.Null {
		checkText(p, "description", ch.Description.Value, 0)
		c.Description = ch.Description.Value
	}
	if may(p, "currency", ch.Currency) {
		checkCurrency(p, "currency", ch.Currency.Value)
		c.Currency = ch.Currency.Value
	}
	if may(p, "price", ch.Price) {
		c.Price = ch.Price.Value
	}
	if ch.Price.Set || ch.Currency.Set {
		checkPrice(p, c.Price, c.Currency)
	}
	if may(p, "status", ch.Status) {
		checkOneOf(p, "status", ch.Status.Value, CourseDraft, CoursePublished)
		c.Status = ch.Status.Value
	}
}

func checkPrice(p *problems, price Decimal, currency string) {
	if price.Negative() {
		p.add("price", "must not be negative")
	}
	if digits, ok := CurrencyDigits(currency); ok && price.Digits() > digits {
		p.add("price", fmt.Sprintf("has more decimals than %s, which has %d", currency, digits))
	}
}

// sameContent reports whether nothing differs that an update can change.
func (c Course) sameContent(d Course) bool {
	return c.Title == d.Title && c.Description == d.Description && c.Price == d.Price && c.Currency == d.Currency &&
		c.Status == d.Status
}

// DeleteCourse removes a course and cancels its active enrollments.
func (s *Store) DeleteCourse(id string) (Deleted, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.courses.get(id)
	if err != nil {
		return Deleted{}, err
	}
	s.st.courses.remove(r)
	s.emit(now, CauseAPI, CourseDeleted{&r.v})
	s.leaveCourse(&r.v, now, CauseAPI)
	return Deleted{id}, nil
}
