package store

import (
	"slices"
	"strconv"
	"time"
)

// Seeds put objects in place as they are, with ids and times that calls cannot choose. They meet the same rules as the
// inputs of calls, and nobody is told of them: no webhook follows.

// CourseSeed is a course as a seed file holds it.
type CourseSeed struct {
	ID           Opt[string]       `json:"id"`
	Title        Opt[string]       `json:"title"`
	Slug         Opt[string]       `json:"slug"` // default: from the title
	Description  Opt[string]       `json:"description"`
	Price        Opt[Decimal]      `json:"price"`
	Currency     Opt[string]       `json:"currency"`
	Status       Opt[string]       `json:"status"`
	Lessons      Opt[[]LessonSeed] `json:"lessons"`
	LessonsCount Opt[int]          `json:"lessons_count"` // makes lessons with numbers for titles, in place of Lessons
	CreatedAt    Opt[time.Time]    `json:"created_at"`
	UpdatedAt    Opt[time.Time]    `json:"updated_at"`
}

// LessonSeed is a lesson as a seed file holds it.
type LessonSeed struct {
	ID    Opt[string] `json:"id"`
	Title Opt[string] `json:"title"`
}

// AddCourse puts a course in place.
func (s *Store) AddCourse(in CourseSeed) (Course, error) { return seedOne(s, in, (*state).seedCourse) }

// AddContact puts a contact in place.
func (s *Store) AddContact(in ContactSeed) (Contact, error) {
	return seedOne(s, in, (*state).seedContact)
}

// AddEnrollment puts an enrollment in place. Unlike CreateEnrollment it makes no contact.
func (s *Store) AddEnrollment(in EnrollmentSeed) (Enrollment, error) {
	return seedOne(s, in, (*state).seedEnrollment)
}

// AddEvent puts a calendar event in place.
func (s *Store) AddEvent(in EventSeed) (Event, error) { return seedOne(s, in, (*state).seedEvent) }

// AddRegistration puts a registration in place, also for an event that is over.
func (s *Store) AddRegistration(in RegistrationSeed) (Registration, error) {
	return seedOne(s, in, (*state).seedRegistration)
}

// AddWebhook puts an endpoint in place. Without a format it is one that was made in the dashboard.
func (s *Store) AddWebhook(in WebhookSeed) (Webhook, error) {
	return seedOne(s, in, (*state).seedWebhook)
}

// seedOne puts one object in place, or none if there is something wrong with it.
func seedOne[S, T any](s *Store, in S, add func(*state, *problems, S, time.Time) *row[T]) (T, error) {
	now := s.begin()
	defer s.end()
	counters := s.st.counters
	var p problems
	r := add(s.st, &p, in, now)
	if err := p.err(); err != nil {
		s.st.counters = counters
		var none T
		return none, err
	}
	return r.v, nil
}

// seedID returns the id that a seed brings, or a new one.
func seedID[T any](st *state, p *problems, id Opt[string], prefix string, t *table[T]) string {
	if !may(p, "id", id) {
		return nextFor(st, prefix, t)
	}
	if problem := checkID(id.Value, prefix); problem != "" {
		p.add("id", problem)
	} else if _, taken := t.ids.Get(id.Value); taken {
		p.add("id", `"`+id.Value+`" is taken`)
	}
	return id.Value
}

// seedTimes returns when an object was made and changed: by default now, and never since.
func seedTimes(p *problems, created, updated Opt[time.Time], now time.Time) (c, u time.Time) {
	c = seedTime(p, "created_at", created, now)
	u = seedTime(p, "updated_at", updated, c)
	if u.Before(c) {
		p.add("updated_at", "must not be before created_at")
	}
	return c, u
}

func seedTime(p *problems, field string, o Opt[time.Time], otherwise time.Time) time.Time {
	if !mayNull(p, field, o) {
		return otherwise
	}
	checkTime(p, field, o.Value)
	return wholeSeconds(o.Value)
}

func (st *state) seedCourse(p *problems, in CourseSeed, now time.Time) *row[Course] {
	c := Course{ID: seedID(st, p, in.ID, prefixCourse, &st.courses), Currency: "USD", Status: CourseDraft}
	c.CreatedAt, c.UpdatedAt = seedTimes(p, in.CreatedAt, in.UpdatedAt, now)
	need(p, "title", in.Title)
	c.apply(p, CourseChange{
		Title: in.Title, Description: in.Description, Price: in.Price, Currency: in.Currency, Status: in.Status,
	})
	if may(p, "slug", in.Slug) {
		c.Slug = in.Slug.Value
		if slugOf(c.Slug) != c.Slug {
			p.add("slug", "must consist of a-z, 0-9 and single dashes between them")
		} else if st.courses.find(c.Slug) != nil {
			p.add("slug", `"`+c.Slug+`" is taken`)
		}
	}
	st.seedLessons(p, in, &c)
	if len(*p) > 0 {
		return nil
	}
	if c.Slug == "" {
		c.Slug = st.freeSlug(c.Title)
	}
	return st.courses.insert(c, st.nextSeq())
}

func (st *state) seedLessons(p *problems, in CourseSeed, c *Course) {
	const most = 10_000
	if may(p, "lessons_count", in.LessonsCount) {
		if n := in.LessonsCount.Value; n < 0 || n > most {
			p.add("lessons_count", "must be between 0 and "+strconv.Itoa(most))
			return
		}
		if !in.Lessons.Set {
			for i := range in.LessonsCount.Value {
				c.Lessons = append(c.Lessons, Lesson{st.next(prefixLesson, nil), "Lesson " + strconv.Itoa(i+1)})
			}
			return
		}
		if len(in.Lessons.Value) != in.LessonsCount.Value {
			p.add("lessons_count", "must be left out, or be the number of lessons")
		}
	}
	if !may(p, "lessons", in.Lessons) {
		return
	}
	seen := map[string]bool{}
	for i, l := range in.Lessons.Value {
		at := "lessons[" + strconv.Itoa(i) + "]."
		var lesson Lesson
		if need(p, at+"title", l.Title) {
			checkTitle(p, at+"title", l.Title.Value)
			lesson.Title = l.Title.Value
		}
		if may(p, at+"id", l.ID) {
			lesson.ID = l.ID.Value
			if problem := checkID(lesson.ID, prefixLesson); problem != "" {
				p.add(at+"id", problem)
			}
		} else {
			lesson.ID = st.next(prefixLesson, func(id string) bool { return seen[id] })
		}
		if seen[lesson.ID] {
			p.add(at+"id", "is taken by another lesson of the course")
		}
		seen[lesson.ID] = true
		c.Lessons = append(c.Lessons, lesson)
	}
}

// lessonIDs returns the ids of the first n lessons.
func lessonIDs(c *Course, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = c.Lessons[i].ID
	}
	return slices.Clip(ids)
}
