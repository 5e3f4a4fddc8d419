// Package shop is a small integration: it gives a buyer a seat in a course.
package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/selgora/selgora-go"
)

// ErrSoldOut says that a course has no seat left.
var ErrSoldOut = errors.New("shop: the course is sold out")

// Shop sells seats. Seats is how many a course has.
type Shop struct {
	Client *selgora.Client
	Seats  int
}

// Sell enrolls the buyer and tags the contact as a customer. Two sales at the
// same moment may both get the last seat.
func (s *Shop) Sell(ctx context.Context, courseID, email string) (*selgora.Enrollment, error) {
	course, err := s.Client.Courses.Get(ctx, courseID)
	if err != nil {
		return nil, fmt.Errorf("shop: reading the course: %w", err)
	}
	if course.EnrolledCount >= s.Seats {
		return nil, ErrSoldOut
	}
	// An address that is enrolled already gets its enrollment back, so this
	// POST may be repeated also when it is unknown whether it was carried out.
	enrollment, err := s.Client.Enrollments.Create(ctx,
		&selgora.EnrollmentCreateParams{CourseID: courseID, Email: email},
		selgora.WithRetryUnsafe())
	if err != nil {
		return nil, fmt.Errorf("shop: enrolling %s: %w", email, err)
	}
	contact, err := s.Client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: email})
	if err == nil {
		_, err = s.Client.Contacts.AddTags(ctx, contact.ID, []string{"customer"})
	}
	if err != nil {
		return enrollment, fmt.Errorf("shop: tagging %s: %w", email, err)
	}
	return enrollment, nil
}
