package selgora

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/selgora/selgora-go/money"
)

// CourseService provides access to courses, as documented in the API guide.
type CourseService struct{ core *core }

var (
	listCourses  = route{operation: "courses.list", method: http.MethodGet, template: "/courses"}
	getCourse    = route{operation: "courses.get", method: http.MethodGet, template: "/courses/{id}"}
	createCourse = route{operation: "courses.create", method: http.MethodPost, template: "/courses"}
	updateCourse = route{operation: "courses.update", method: http.MethodPatch, template: "/courses/{id}"}
	deleteCourse = route{operation: "courses.delete", method: http.MethodDelete, template: "/courses/{id}"}
)

// Course is a course. The API guide's sample of the object lacks Description,
// Status and LessonsCount.
type Course struct {
	ID            string        `json:"id"`
	Title         string        `json:"title"`
	Description   string        `json:"description"`
	Slug          string        `json:"slug"`
	Price         money.Decimal `json:"price"`    // in major units: 497 is $497.00
	Currency      string        `json:"currency"` // ISO 4217
	Status        CourseStatus  `json:"status,omitzero"`
	LessonsCount  int           `json:"lessons_count"`
	EnrolledCount int           `json:"enrolled_count"` // active and completed enrollments
	CreatedAt     time.Time     `json:"created_at,omitzero"`
	UpdatedAt     time.Time     `json:"updated_at,omitzero"`
}

// CourseStatus says whether a course is published. Values other than the
// constants pass through.
type CourseStatus string

// The statuses of a course. The guides only imply them, by the event
// course.published.
const (
	CourseDraft     CourseStatus = "draft"
	CoursePublished CourseStatus = "published"
)

// CourseListParams selects a page of courses. The zero value is the first page
// of the server's default size, 10.
type CourseListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for All and Pages
}

// CourseCreateParams describes a new course. It starts as a draft.
type CourseCreateParams struct {
	Title       string        `json:"title"` // required, 1 to 255 characters
	Description string        `json:"description,omitzero"`
	Price       money.Decimal `json:"price,omitzero"`    // in major units; the zero value is free
	Currency    string        `json:"currency,omitzero"` // ISO 4217; "" is USD
}

// CourseUpdateParams describes changes: what is left out stays as it is. Only
// Description can be null, which empties it.
type CourseUpdateParams struct {
	Title       Opt[string]        `json:"title,omitzero"`
	Description Opt[string]        `json:"description,omitzero"`
	Price       Opt[money.Decimal] `json:"price,omitzero"` // in major units
	Currency    Opt[string]        `json:"currency,omitzero"`
	Status      Opt[CourseStatus]  `json:"status,omitzero"`
}

func (p *CourseListParams) query() listQuery {
	if p == nil {
		p = &CourseListParams{}
	}
	return listQuery{name: "CourseListParams", page: p.Page, limit: p.Limit}
}

func (p *CourseCreateParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"CourseCreateParams", "is nil"}
	case strings.TrimSpace(p.Title) == "":
		return &ParamError{"CourseCreateParams.Title", "is required"}
	case p.Price.Sign() < 0:
		return &ParamError{"CourseCreateParams.Price", p.Price.String() + " is negative"}
	}
	return nil
}

func (p *CourseUpdateParams) validate() error {
	if p == nil {
		return &ParamError{"CourseUpdateParams", "is nil"}
	}
	if title, ok := p.Title.Get(); ok && strings.TrimSpace(title) == "" {
		return &ParamError{"CourseUpdateParams.Title", "is blank"}
	}
	if price, ok := p.Price.Get(); ok && price.Sign() < 0 {
		return &ParamError{"CourseUpdateParams.Price", price.String() + " is negative"}
	}
	return refuseNull("CourseUpdateParams", nullable{"Title", p.Title.IsNull()}, nullable{"Price", p.Price.IsNull()},
		nullable{"Currency", p.Currency.IsNull()}, nullable{"Status", p.Status.IsNull()})
}

// List returns one page of courses, oldest first. Documented in the API guide.
func (s *CourseService) List(ctx context.Context, params *CourseListParams, opts ...RequestOption) (*Page[Course], error) {
	return listPage[Course](ctx, s.core, listCourses.at(), params.query(), opts)
}

// All iterates over all courses, oldest first, starting at params.Page, and
// fetches pages as it goes. The package overview says what an iteration sees
// while courses are added and deleted. Documented in the API guide.
func (s *CourseService) All(ctx context.Context, params *CourseListParams, opts ...RequestOption) iter.Seq2[*Course, error] {
	return all(s.Pages(ctx, params, opts...))
}

// Pages iterates over the pages of All, to show progress or to resume: it starts
// at params.Page, and a page's Meta says where it is. An empty page is the last
// one, and is yielded too, for its Meta. A page without total_pages is followed
// by an error, since the list may go on. Documented in the API guide.
func (s *CourseService) Pages(ctx context.Context, params *CourseListParams, opts ...RequestOption) iter.Seq2[*Page[Course], error] {
	return pages[Course](ctx, s.core, listCourses.at(), params.query(), opts)
}

// Get returns a course; the error matches [ErrNotFound] for an unknown id.
// Documented in the API guide.
func (s *CourseService) Get(ctx context.Context, id string, opts ...RequestOption) (*Course, error) {
	return fetch[Course](ctx, s.core, getCourse.at(id), opts)
}

// Create creates a course. It is repeated only if it certainly was not carried
// out; see [WithRetryUnsafe]. Documented in the API guide.
func (s *CourseService) Create(ctx context.Context, params *CourseCreateParams, opts ...RequestOption) (*Course, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Course](ctx, s.core, createCourse.at().with(params), opts)
}

// Update changes what params sets and returns the whole course. Documented in
// the API guide.
func (s *CourseService) Update(ctx context.Context, id string, params *CourseUpdateParams, opts ...RequestOption) (*Course, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Course](ctx, s.core, updateCourse.at(id).with(params), opts)
}

// Delete deletes a course and cancels its active enrollments. If an earlier
// attempt of the same call may already have done so, a 404 is a success.
// Documented in the API guide.
func (s *CourseService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, deleteCourse.at(id), nil, opts)
}
