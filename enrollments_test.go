package selgora_test

import (
	"testing"

	"github.com/selgora/selgora-go"
)

func TestEnrollmentBadParams(t *testing.T) {
	checkRefused(t, []refused{
		{"EnrollmentCreateParams", func(x ctx, c cl) error { return err2(c.Enrollments.Create(x, nil)) }},
		{"EnrollmentCreateParams.CourseID", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{Email: "a@example.com"}))
		}},
		{"EnrollmentCreateParams.Email", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "course_1", Email: " "}))
		}},
		{"EnrollmentCreateParams.Notify", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "course_1", Email: "a@example.com", Notify: selgora.Null[bool]()}))
		}},
		{"EnrollmentListParams.Limit", func(x ctx, c cl) error { return err2(c.Enrollments.List(x, &selgora.EnrollmentListParams{Limit: 101})) }},
		{"EnrollmentListParams.Limit", func(x ctx, c cl) error { return first(c.Enrollments.All(x, &selgora.EnrollmentListParams{Limit: 101})) }},
	})
}

func TestEnrollmentRefusedIDs(t *testing.T) {
	checkRefusedIDs(t, "id",
		func(x ctx, c cl, id string) error { return err2(c.Enrollments.Get(x, id)) },
		func(x ctx, c cl, id string) error { return err2(c.Enrollments.Cancel(x, id)) },
		func(x ctx, c cl, id string) error { return err2(c.Enrollments.Progress(x, id)) },
	)
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestEnrollmentAbsentZeroAndNull(t *testing.T) {
	checkBodies(t, []sentBody{
		{"enrollment, absent", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "c", Email: "a@example.com"}))
		}, `{"course_id":"c","user_email":"a@example.com"}`},
		{"enrollment, false", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "c", Email: "a@example.com", Notify: selgora.Set(false)}))
		}, `{"course_id":"c","user_email":"a@example.com","notify":false}`},
	})
}

func TestEnrollmentListQueries(t *testing.T) {
	checkQueries(t, []query{
		{"/v1/enrollments", func(x ctx, c cl) error { return err2(c.Enrollments.List(x, nil)) }},
		{"/v1/enrollments?course_id=a%26b%3Dc&status=active&limit=5", func(x ctx, c cl) error {
			return err2(c.Enrollments.List(x, &selgora.EnrollmentListParams{CourseID: "a&b=c", Status: selgora.EnrollmentActive, Limit: 5}))
		}},
		{"/v1/enrollments?page=1&limit=100", func(x ctx, c cl) error { return first(c.Enrollments.All(x, nil)) }},
	})
}
