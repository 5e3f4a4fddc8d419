package selgora

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"
)

// EnrollmentService is the enrollments of students in courses. The API guide
// documents List, Create, CreateBatch and Progress.
type EnrollmentService struct{ core *core }

// Enrollment is a student's place in a course. UpdatedAt and CompletedAt are
// in neither guide.
type Enrollment struct {
	ID          string           `json:"id"`
	CourseID    string           `json:"course_id"`
	UserEmail   string           `json:"user_email"`
	Status      EnrollmentStatus `json:"status"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
	CompletedAt time.Time        `json:"completed_at"` // zero until completed
}

// EnrollmentStatus is the state of an enrollment. Other values than the
// constants pass through.
type EnrollmentStatus string

// The statuses of an enrollment. The API guide shows only "active".
const (
	EnrollmentActive    EnrollmentStatus = "active"
	EnrollmentCompleted EnrollmentStatus = "completed"
	EnrollmentCancelled EnrollmentStatus = "cancelled"
)

// Progress is how far a student has come, as documented in the API guide.
type Progress struct {
	EnrollmentID        string    `json:"enrollment_id"`
	ProgressPercentage  int       `json:"progress_percentage"` // 0 to 100, rounded half up
	LessonsCompleted    int       `json:"lessons_completed"`
	TotalLessons        int       `json:"total_lessons"`
	LastActivity        time.Time `json:"last_activity"`        // zero before any activity
	CompletionEstimated time.Time `json:"completion_estimated"` // zero before any activity
}

// EnrollmentListParams selects a page of enrollments. The zero value is the
// first page of all of them.
type EnrollmentListParams struct {
	CourseID string           // only of this course; "" is every course
	Status   EnrollmentStatus // only with this status, which no guide documents; "" is any
	Page     int              // from 1; 0 is the first
	Limit    int              // 1 to 100 per page; 0 is the server's default, and 100 for All
}

// EnrollmentCreateParams describes an enrollment.
type EnrollmentCreateParams struct {
	CourseID string    `json:"course_id"`       // required
	Email    string    `json:"user_email"`      // required
	Notify   Opt[bool] `json:"notify,omitzero"` // tell the student; left out, the server does
}

func (p *EnrollmentListParams) query() listQuery {
	if p == nil {
		p = &EnrollmentListParams{}
	}
	q := listQuery{name: "EnrollmentListParams", page: p.Page, limit: p.Limit}
	q.filters.add("course_id", p.CourseID)
	q.filters.add("status", string(p.Status))
	return q
}

func (p *EnrollmentCreateParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"EnrollmentCreateParams", "is nil"}
	case strings.TrimSpace(p.CourseID) == "":
		return &ParamError{"EnrollmentCreateParams.CourseID", "is required"}
	case strings.TrimSpace(p.Email) == "":
		return &ParamError{"EnrollmentCreateParams.Email", "is required"}
	}
	return refuseNull("EnrollmentCreateParams", nullable{"Notify", p.Notify.IsNull()})
}

// List returns one page of enrollments, oldest first. Documented in the API
// guide, with the filter by course.
func (s *EnrollmentService) List(ctx context.Context, params *EnrollmentListParams, opts ...RequestOption) (*Page[Enrollment], error) {
	return listPage[Enrollment](ctx, s.core, pathOf("enrollments"), params.query(), opts)
}

// All iterates over the enrollments that params selects, oldest first.
// Documented in the API guide.
func (s *EnrollmentService) All(ctx context.Context, params *EnrollmentListParams, opts ...RequestOption) iter.Seq2[*Enrollment, error] {
	return all[Enrollment](ctx, s.core, pathOf("enrollments"), params.query(), opts)
}

// Get returns an enrollment. Not documented in the guides.
func (s *EnrollmentService) Get(ctx context.Context, id string, opts ...RequestOption) (*Enrollment, error) {
	return fetch[Enrollment](ctx, s.core, request{method: http.MethodGet, path: pathOf("enrollments", id)}, opts)
}

// Create enrolls a student. An address that is enrolled already gets its
// existing enrollment back (status 200 instead of 201, see [WithResponse]), so
// that a repeated call enrolls nobody twice. An unknown course is an error that
// matches [ErrValidation]. Documented in the API guide.
func (s *EnrollmentService) Create(ctx context.Context, params *EnrollmentCreateParams, opts ...RequestOption) (*Enrollment, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Enrollment](ctx, s.core, request{method: http.MethodPost, path: pathOf("enrollments"), body: params}, opts)
}

// Cancel ends an enrollment and returns it; canceling it again changes
// nothing. A completed one is an error that matches [ErrConflict]. Not
// documented in the guides.
func (s *EnrollmentService) Cancel(ctx context.Context, id string, opts ...RequestOption) (*Enrollment, error) {
	return fetch[Enrollment](ctx, s.core, request{method: http.MethodDelete, path: pathOf("enrollments", id)}, opts)
}

// Progress returns how far the student of an enrollment has come. Documented in
// the API guide.
func (s *EnrollmentService) Progress(ctx context.Context, id string, opts ...RequestOption) (*Progress, error) {
	return fetch[Progress](ctx, s.core, request{method: http.MethodGet, path: pathOf("enrollments", id, "progress")}, opts)
}
