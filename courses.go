package selgora

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/selgora/selgora-go/money"
)

// CourseService is the courses of the account, documented in the API guide.
type CourseService struct{ core *core }

// Course is a course. Description, Status and LessonsCount are not in the
// guide's sample of the object.
type Course struct {
	ID            string        `json:"id"`
	Title         string        `json:"title"`
	Description   string        `json:"description"`
	Slug          string        `json:"slug"`
	Price         money.Decimal `json:"price"`    // in major units: 497 is $497.00
	Currency      string        `json:"currency"` // ISO 4217
	Status        CourseStatus  `json:"status"`
	LessonsCount  int           `json:"lessons_count"`
	EnrolledCount int           `json:"enrolled_count"` // active and completed enrollments
	CreatedAt     time.Time     `json:"created_at"`
	UpdatedAt     time.Time     `json:"updated_at"`
}

// CourseStatus says whether a course is published. Other values than the
// constants pass through.
type CourseStatus string

// The statuses of a course. The guides imply them by the event
// course.published.
const (
	CourseDraft     CourseStatus = "draft"
	CoursePublished CourseStatus = "published"
)

// CourseListParams selects a page of courses. The zero value is the first page
// of the server's default size, 10.
type CourseListParams struct {
	Page  int // from 1; 0 is the first
	Limit int // 1 to 100 per page; 0 is the server's default, and 100 for All
}

// CourseCreateParams describes a new course. It starts as a draft.
type CourseCreateParams struct {
	Title       string        `json:"title"` // required, 1 to 255 characters
	Description string        `json:"description,omitzero"`
	Price       money.Decimal `json:"price,omitzero"`    // in major units; the zero value is free
	Currency    string        `json:"currency,omitzero"` // ISO 4217; "" is USD
}

// CourseUpdateParams changes what is set in it and leaves the rest. Only
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
		return &ParamError{"CourseCreateParams.Title", "is required and blank"}
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
	return listPage[Course](ctx, s.core, pathOf("courses"), params.query(), opts)
}

// All iterates over all courses, oldest first, and fetches pages as it goes.
// See the package's overview for what pages promise while courses are added
// and deleted. Documented in the API guide.
func (s *CourseService) All(ctx context.Context, params *CourseListParams, opts ...RequestOption) iter.Seq2[*Course, error] {
	return all[Course](ctx, s.core, pathOf("courses"), params.query(), opts)
}

// Get returns a course; the error matches [ErrNotFound] for an unknown id.
// Documented in the API guide.
func (s *CourseService) Get(ctx context.Context, id string, opts ...RequestOption) (*Course, error) {
	return fetch[Course](ctx, s.core, request{method: http.MethodGet, path: pathOf("courses", id)}, opts)
}

// Create makes a course. It is repeated only where it certainly was not
// carried out; see [WithRetryUnsafe]. Documented in the API guide.
func (s *CourseService) Create(ctx context.Context, params *CourseCreateParams, opts ...RequestOption) (*Course, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Course](ctx, s.core, request{method: http.MethodPost, path: pathOf("courses"), body: params}, opts)
}

// Update changes what params sets and returns the whole course. Documented in
// the API guide.
func (s *CourseService) Update(ctx context.Context, id string, params *CourseUpdateParams, opts ...RequestOption) (*Course, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Course](ctx, s.core, request{method: http.MethodPatch, path: pathOf("courses", id), body: params}, opts)
}

// Delete removes a course and cancels its active enrollments. When an earlier
// attempt of the same call may have done it already, a "not found" is success.
// Documented in the API guide.
func (s *CourseService) Delete(ctx context.Context, id string, opts ...RequestOption) error {
	return s.core.do(ctx, request{method: http.MethodDelete, path: pathOf("courses", id)}, nil, opts)
}
