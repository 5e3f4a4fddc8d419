package selgora

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"
)

// EnrollmentService provides access to the enrollments of students in courses.
// The API guide documents List, Create, CreateBatch and Progress.
type EnrollmentService struct{ core *core }

var (
	listEnrollments       = route{operation: "enrollments.list", method: http.MethodGet, template: "/enrollments"}
	getEnrollment         = route{operation: "enrollments.get", method: http.MethodGet, template: "/enrollments/{id}"}
	createEnrollment      = route{operation: "enrollments.create", method: http.MethodPost, template: "/enrollments"}
	createEnrollmentBatch = route{operation: "enrollments.create_batch", method: http.MethodPost, template: "/enrollments/batch"}
	cancelEnrollment      = route{operation: "enrollments.cancel", method: http.MethodDelete, template: "/enrollments/{id}"}
	enrollmentProgress    = route{operation: "enrollments.progress", method: http.MethodGet, template: "/enrollments/{id}/progress"}
)

// Enrollment is a student's place in a course. UpdatedAt and CompletedAt are in
// neither guide.
type Enrollment struct {
	ID          string           `json:"id"`
	CourseID    string           `json:"course_id"`
	UserEmail   string           `json:"user_email"`
	Status      EnrollmentStatus `json:"status,omitzero"`
	CreatedAt   time.Time        `json:"created_at,omitzero"`
	UpdatedAt   time.Time        `json:"updated_at,omitzero"`
	CompletedAt time.Time        `json:"completed_at,omitzero"` // zero until completed
}

// EnrollmentStatus is the state of an enrollment. Values other than the constants
// pass through.
type EnrollmentStatus string

// The statuses of an enrollment. The API guide shows only "active".
const (
	EnrollmentActive    EnrollmentStatus = "active"
	EnrollmentCompleted EnrollmentStatus = "completed"
	EnrollmentCancelled EnrollmentStatus = "cancelled"
)

// EnrollmentProgress says how far a student has come, as documented in the API
// guide.
type EnrollmentProgress struct {
	EnrollmentID        string    `json:"enrollment_id"`
	ProgressPercentage  int       `json:"progress_percentage"` // 0 to 100, rounded half up
	LessonsCompleted    int       `json:"lessons_completed"`
	TotalLessons        int       `json:"total_lessons"`
	LastActivity        time.Time `json:"last_activity,omitzero"`        // zero before any activity
	CompletionEstimated time.Time `json:"completion_estimated,omitzero"` // zero before any activity
}

// EnrollmentListParams selects a page of enrollments. The zero value is the
// first page of all of them.
type EnrollmentListParams struct {
	CourseID string           // only of this course; "" is every course
	Status   EnrollmentStatus // only with this status, which no guide documents; "" is any
	Page     int              // from 1; 0 is the first
	Limit    int              // 1 to 100 per page; 0 is the server's default, and 100 for All and Pages
}

// EnrollmentCreateParams describes an enrollment.
type EnrollmentCreateParams struct {
	CourseID string    `json:"course_id"`       // required
	Email    string    `json:"user_email"`      // required
	Notify   Opt[bool] `json:"notify,omitzero"` // whether to tell the student; if left out, the server does
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
	return listPage[Enrollment](ctx, s.core, listEnrollments.at(), params.query(), opts)
}

// All iterates over the enrollments that params selects, oldest first, starting
// at params.Page; see [CourseService.All]. Documented in the API guide.
func (s *EnrollmentService) All(ctx context.Context, params *EnrollmentListParams, opts ...RequestOption) iter.Seq2[*Enrollment, error] {
	return all(s.Pages(ctx, params, opts...))
}

// Pages iterates over the pages of All; see [CourseService.Pages]. Documented in
// the API guide.
func (s *EnrollmentService) Pages(ctx context.Context, params *EnrollmentListParams, opts ...RequestOption) iter.Seq2[*Page[Enrollment], error] {
	return pages[Enrollment](ctx, s.core, listEnrollments.at(), params.query(), opts)
}

// Get returns an enrollment. Not documented in the guides.
func (s *EnrollmentService) Get(ctx context.Context, id string, opts ...RequestOption) (*Enrollment, error) {
	return fetch[Enrollment](ctx, s.core, getEnrollment.at(id), opts)
}

// Create enrolls a student. For an address that is already enrolled, it returns
// the existing enrollment (status 200 instead of 201, see [WithResponse]), so
// calling it again enrolls nobody twice. An unknown course is an error that
// matches [ErrValidation]. The API guide documents the call, but not what happens
// in these two cases.
func (s *EnrollmentService) Create(ctx context.Context, params *EnrollmentCreateParams, opts ...RequestOption) (*Enrollment, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	return fetch[Enrollment](ctx, s.core, createEnrollment.at().with(params), opts)
}

// Cancel cancels an enrollment and returns it; canceling it again changes
// nothing. For a completed one, the error matches [ErrConflict]. Not documented
// in the guides.
func (s *EnrollmentService) Cancel(ctx context.Context, id string, opts ...RequestOption) (*Enrollment, error) {
	return fetch[Enrollment](ctx, s.core, cancelEnrollment.at(id), opts)
}

// Progress returns how far the student of an enrollment has come. Documented in
// the API guide.
func (s *EnrollmentService) Progress(ctx context.Context, id string, opts ...RequestOption) (*EnrollmentProgress, error) {
	return fetch[EnrollmentProgress](ctx, s.core, enrollmentProgress.at(id), opts)
}
