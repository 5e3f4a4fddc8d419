package store

import "fmt"

// MaxBatch is the most addresses that one batch may hold.
const MaxBatch = 50

// BatchInput enrolls many students in a course.
type BatchInput struct {
	CourseID Opt[string]   `json:"course_id,omitzero"`
	Emails   Opt[[]string] `json:"emails,omitzero"`
}

// BatchResult is the outcome of a batch. Addresses that differ only in case are one student and have one enrollment, so
// that Enrollments and Errors together may be fewer than Total.
type BatchResult struct {
	Enrollments []BatchEnrollment
	Errors      []BatchError
	Total       int // addresses in the input
}

// BatchEnrollment is an address's enrollment. Created tells a new one from one that was there: the status of a batch
// cannot, as that of a single enrollment does.
type BatchEnrollment struct {
	Enrollment
	Created bool
}

// AppendJSON implements Renderer.
func (e BatchEnrollment) AppendJSON(dst []byte) []byte {
	o := e.Enrollment.object(dst)
	o.bool("created", e.Created)
	return o.end()
}

// BatchError says why an address was not enrolled.
type BatchError struct{ Email, Problem string }

// AppendJSON implements Renderer.
func (e BatchError) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("email", e.Email)
	o.str("error", e.Problem)
	return o.end()
}

// AppendJSON implements Renderer.
func (r BatchResult) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.key("data")
	o.b = appendList(o.b, r.Enrollments)
	o.key("errors")
	o.b = appendList(o.b, r.Errors)
	o.key("meta")
	meta := newObject(o.b)
	meta.int("total", r.Total)
	meta.int("enrolled", len(r.Enrollments))
	meta.int("failed", len(r.Errors))
	o.b = meta.end()
	return o.end()
}

// EnrollBatch enrolls many students; an address that cannot be enrolled fails alone.
func (s *Store) EnrollBatch(in BatchInput) (BatchResult, error) {
	now := s.begin()
	defer s.end()
	var p problems
	course := s.needCourse(&p, in.CourseID)
	if need(&p, "emails", in.Emails) {
		if n := len(in.Emails.Value); n < 1 || n > MaxBatch {
			p.add("emails", fmt.Sprintf("must hold 1 to %d addresses, not %d", MaxBatch, n))
		}
	}
	if err := p.err(); err != nil {
		return BatchResult{}, err
	}
	result := BatchResult{Total: len(in.Emails.Value)}
	seen := map[string]bool{}
	for _, email := range in.Emails.Value {
		if problem := CheckEmail(email); problem != "" {
			result.Errors = append(result.Errors, BatchError{email, "email " + problem})
			continue
		}
		if key := foldEmail(email); !seen[key] {
			seen[key] = true
			r, created := s.enroll(course.v.ID, email, now, CauseAPI)
			result.Enrollments = append(result.Enrollments, BatchEnrollment{r.v, created})
		}
	}
	return result, nil
}
