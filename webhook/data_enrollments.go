package webhook

import "time"

// Enrollment is an enrollment as the API knows it (API guide; updated_at and
// completed_at are undocumented).
type Enrollment struct {
	ID        string `json:"id"`
	CourseID  string `json:"course_id"`
	UserEmail string `json:"user_email"`
	// Status is "active", "completed" or "cancelled"; the guide's example
	// event does not show it.
	Status    string    `json:"status,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// CompletedAt is zero until the enrollment is completed.
	CompletedAt time.Time `json:"completed_at,omitzero"`
}

// EnrollmentCreatedData is the data of enrollment.created (API guide).
type EnrollmentCreatedData struct {
	Enrollment Enrollment `json:"enrollment"`
}

// EnrollmentCompletedData is the data of enrollment.completed. The API guide
// names the type and does not show its data.
type EnrollmentCompletedData struct {
	Enrollment Enrollment `json:"enrollment"`
}

// EnrollmentCancelledData is the data of enrollment.cancelled. The API guide
// names the type and does not show its data.
type EnrollmentCancelledData struct {
	Enrollment Enrollment `json:"enrollment"`
}
