package main

import (
	"context"
	"fmt"
	"time"

	"github.com/selgora/selgora-go"
)

const courseID = "course_abc123" // of the sandbox

// call makes the nth call of a round.
func call(ctx context.Context, c *selgora.Client, round, n int) error {
	email := fmt.Sprintf("student%d@example.com", n)
	switch n % 10 {
	case 0:
		return editCourse(ctx, c, fmt.Sprintf("Course %d of round %d", n, round))
	case 1:
		_, err := c.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: courseID, Email: email})
		return err
	case 2:
		contact, err := c.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: email, Tags: selgora.Set([]string{"soak"})})
		if err != nil {
			return err
		}
		_, err = c.Contacts.AddTags(ctx, contact.ID, []string{fmt.Sprint("round ", round)})
		return err
	case 3:
		for _, err := range c.Courses.All(ctx, &selgora.CourseListParams{Limit: 50}) {
			if err != nil {
				return err
			}
		}
		return nil
	case 4:
		_, err := c.Contacts.List(ctx, &selgora.ContactListParams{Page: n%10 + 1, Limit: 100})
		return err
	case 5:
		_, err := c.Enrollments.Progress(ctx, "enr_xyz789")
		return err
	case 6:
		return register(ctx, c, email)
	case 7:
		ctx, cancel := context.WithTimeout(ctx, time.Duration(n%50)*100*time.Microsecond)
		defer cancel()
		_, err := c.Account.Get(ctx)
		return err
	case 8:
		p := &selgora.EnrollmentCreateBatchParams{CourseID: courseID}
		for i := range 5 {
			p.Emails = append(p.Emails, fmt.Sprintf("batch%d.%s", i, email))
		}
		_, err := c.Enrollments.CreateBatch(ctx, p)
		return err
	}
	_, err := c.Courses.Get(ctx, courseID)
	return err
}

func editCourse(ctx context.Context, c *selgora.Client, title string) error {
	course, err := c.Courses.Create(ctx, &selgora.CourseCreateParams{Title: title})
	if err != nil {
		return err
	}
	if _, err := c.Courses.Update(ctx, course.ID, &selgora.CourseUpdateParams{Description: selgora.Set("Changed")}); err != nil {
		return err
	}
	return c.Courses.Delete(ctx, course.ID)
}

func register(ctx context.Context, c *selgora.Client, email string) error {
	event, err := c.Events.Create(ctx, &selgora.EventCreateParams{
		Title: "Hour", StartTime: time.Date(2999, 1, 31, 14, 0, 0, 0, time.UTC), DurationMinutes: 60,
	})
	if err != nil {
		return err
	}
	_, err = c.Events.Register(ctx, event.ID, &selgora.EventRegisterParams{Email: email})
	return err
}
