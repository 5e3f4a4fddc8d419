package store

import (
	"strings"
	"time"
)

// Sizes of the sandbox, as the API guide has them.
const (
	sandboxCourses  = 100
	sandboxContacts = 1000
)

const day = 24 * time.Hour

// sandbox builds the samples. All times in it are relative to start.
type sandbox struct {
	st          *state
	start       time.Time
	courses     []Course
	lessons     [][]string // ids, by course
	contacts    []Contact
	enrollments []Enrollment
	slugs       map[string]string
}

// LoadSandbox replaces the state by the provider's sandbox: 100 courses, 1000 contacts, enrollments in various states,
// events, and webhook events in the log of an endpoint that is disabled. The ids of the guides' samples are among them.
func (s *Store) LoadSandbox() {
	now := s.begin()
	defer s.end()
	b := sandbox{st: newState(s.st.seed, now), start: now, slugs: map[string]string{}}
	b.makeCourses()
	b.makeContacts()
	b.makeEnrollments()
	b.st.courses.load(b.st, b.courses)
	b.st.contacts.load(b.st, b.contacts)
	b.st.enrollments.load(b.st, b.enrollments)
	b.addEvents()
	b.addTrade()
	b.addWebhook()
	s.swap(b.st)
}

// pick returns a number below n that looks random and depends on what it is for and on i alone.
func pick(what string, i, n int) int { return int(mix(hashString(what)+uint64(i)) % uint64(n)) }

func (b *sandbox) makeCourses() {
	b.courses = make([]Course, 0, sandboxCourses)
	b.lessons = make([][]string, 0, sandboxCourses)
	b.addCourse(Course{ID: "course_abc123", Title: "Digital Marketing Mastery", Status: CoursePublished}, "497", "USD", 18)
	b.addCourse(Course{ID: "test_course_123", Title: "Test Course", Status: CoursePublished}, "49.99", "USD", 10)
	for i := 2; i < sandboxCourses; i++ {
		subject := sampleSubjects[i%len(sampleSubjects)]
		form := sampleForms[i/len(sampleSubjects)%len(sampleForms)]
		price := samplePrices[i%len(samplePrices)]
		c := Course{Title: strings.Replace(form, "#", subject, 1), Status: CoursePublished}
		if i%9 == 0 {
			c.Status = CourseDraft
		}
		b.addCourse(c, price.price, price.currency, 4+pick("lessons", i, len(sampleLessons)-3))
	}
}

func (b *sandbox) addCourse(c Course, price, currency string, lessons int) {
	i := len(b.courses)
	if c.ID == "" {
		c.ID = b.st.next(prefixCourse, nil)
	}
	c.Slug = slugOf(c.Title)
	c.Description = "“" + c.Title + "” is a sample course of the sandbox."
	// The prices are this file's own, so they parse.
	c.Price, _ = ParseDecimal(price)
	c.Currency = currency
	c.CreatedAt = b.start.Add(-400*day + time.Duration(i)*14*time.Hour)
	c.UpdatedAt = c.CreatedAt.Add(time.Duration(pick("updated", i, 300)) * time.Hour)
	c.Lessons = make([]Lesson, lessons)
	ids := make([]string, lessons)
	for j := range c.Lessons {
		ids[j] = b.st.next(prefixLesson, nil)
		c.Lessons[j] = Lesson{ids[j], sampleLessons[j]}
	}
	b.courses = append(b.courses, c)
	b.lessons = append(b.lessons, ids)
}

func (b *sandbox) makeContacts() {
	b.contacts = make([]Contact, sandboxContacts)
	for i := range b.contacts {
		b.contacts[i] = b.contact(i)
	}
	first, second := &b.contacts[0], &b.contacts[1]
	first.ID, first.Email, first.FirstName, first.LastName = "con_456", "contact@example.com", "John", "Doe"
	first.Tags = []string{"premium", "webinar-attended"}
	first.CustomFields = Fields{{"company", `"Acme Corp"`}, {"role", `"CEO"`}}
	second.Email, second.FirstName, second.LastName = "student@example.com", "Robin", "Fields"
}

func (b *sandbox) contact(i int) Contact {
	// The two counters meet in each pair of names once, the lengths of the lists being equal.
	n := len(sampleFirstNames)
	first, last := sampleFirstNames[i%n], sampleLastNames[(i/n+i)%n]
	created := b.start.Add(-330*day + time.Duration(i)*79*6*time.Minute)
	c := Contact{
		FirstName:  first,
		LastName:   last,
		Email:      b.slug(first) + "." + b.slug(last) + "@" + sampleDomains[pick("domain", i, len(sampleDomains))],
		Tags:       sampleTags[pick("tags", i, len(sampleTags))],
		Source:     sampleSources[pick("source", i, len(sampleSources))],
		Subscribed: pick("subscribed", i, 12) != 0,
		CreatedAt:  created,
		UpdatedAt:  created,
	}
	if i != 0 {
		c.ID = b.st.next(prefixContact, nil)
	}
	if i%4 == 0 {
		c.CustomFields = Fields{
			{"company", `"` + sampleCompanies[pick("company", i, len(sampleCompanies))] + `"`},
			{"role", `"` + sampleRoles[pick("role", i, len(sampleRoles))] + `"`},
		}
	}
	return c
}

// slug is slugOf for names that come again and again.
func (b *sandbox) slug(name string) string {
	slug, ok := b.slugs[name]
	if !ok {
		slug = slugOf(name)
		b.slugs[name] = slug
	}
	return slug
}

func (b *sandbox) makeEnrollments() {
	b.enrollments = make([]Enrollment, 0, sandboxContacts)
	b.enroll(0, 1, EnrollmentCompleted, 10)
	b.enroll(1, 0, EnrollmentActive, 12)
	b.enrollments[1].ID = "enr_xyz789"
	for i := 2; i < sandboxContacts; i++ {
		course := pick("course", i, sandboxCourses)
		for j := range pick("enrollments", i, 3) {
			// Steps of 37 do not meet the same course again soon.
			at := (course + 37*j) % sandboxCourses
			lessons := len(b.lessons[at])
			switch pick("status", i+j, 10) {
			case 0, 1:
				b.enroll(i, at, EnrollmentCompleted, lessons)
			case 2:
				b.enroll(i, at, EnrollmentCancelled, pick("done", i, lessons))
			case 3:
				b.enroll(i, at, EnrollmentActive, 0)
			default:
				b.enroll(i, at, EnrollmentActive, pick("done", i+j, lessons))
			}
		}
	}
}

// enroll enrolls a contact soon after it was made, with its progress spread over the time since.
func (b *sandbox) enroll(contact, course int, status string, done int) {
	person, c := &b.contacts[contact], &b.courses[course]
	e := Enrollment{
		ID:           b.st.next(prefixEnrollment, nil),
		CourseID:     c.ID,
		UserEmail:    person.Email,
		ContactID:    person.ID,
		Status:       status,
		LessonsDone:  b.lessons[course][:done:done],
		MinutesSpent: minutesPerLesson * done,
		CreatedAt:    person.CreatedAt.Add(time.Hour),
	}
	if n := len(b.enrollments); n > 0 && !e.CreatedAt.After(b.enrollments[n-1].CreatedAt) {
		e.CreatedAt = e.CreatedAt.Add(time.Minute)
	}
	e.UpdatedAt = e.CreatedAt
	last := e.CreatedAt
	if done > 0 {
		last = e.CreatedAt.Add(b.start.Sub(e.CreatedAt) / 60 * time.Duration(1+done)).Truncate(time.Second)
		e.LastActivity, e.UpdatedAt = last, last
	}
	if status == EnrollmentCompleted {
		e.CompletedAt = last
	}
	if status != EnrollmentCancelled {
		c.EnrolledCount++
		person.LifetimeValue = person.LifetimeValue.Add(c.Price)
	}
	if last.After(person.LastActivity) {
		person.LastActivity = last
	}
	b.enrollments = append(b.enrollments, e)
}
