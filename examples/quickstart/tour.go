package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

func heading(text string) { fmt.Printf("\n%s\n", text) }

func list(ctx context.Context, client *selgora.Client) error {
	heading("Courses, 25 to a page, through an iterator")
	n := 0
	for course, err := range client.Courses.All(ctx, &selgora.CourseListParams{Limit: 25}) {
		if err != nil {
			return err
		}
		if n++; n%25 == 1 {
			fmt.Printf("  page %d starts with %q, %v %s\n", n/25+1, course.Title, course.Price, course.Currency)
		}
	}
	fmt.Printf("  %d courses\n", n)
	return nil
}

func writeCourse(ctx context.Context, client *selgora.Client) error {
	heading("A course of its own")
	course, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{
		Title: "Go for course creators", Price: money.MustParse("49.99"),
	})
	if err != nil {
		return err
	}
	fmt.Printf("  created   %s at %v %s\n", course.ID, course.Price, course.Currency)

	var resp selgora.Response
	if _, err = client.Courses.Update(ctx, course.ID, &selgora.CourseUpdateParams{
		Price: selgora.Set(money.Decimal{}),
	}, selgora.WithResponse(&resp)); err != nil {
		return err
	}
	fmt.Printf("  made free, in %d attempts%s\n", resp.Attempts, note(resp.Attempts, "a 429 asked to wait for 1 s"))

	if course, err = client.Courses.Get(ctx, course.ID); err != nil {
		return err
	}
	fmt.Printf("  read back %q at %v %s\n", course.Title, course.Price, course.Currency)

	if err := client.Courses.Delete(ctx, course.ID, selgora.WithResponse(&resp)); err != nil {
		return err
	}
	fmt.Printf("  deleted,   in %d attempts%s\n", resp.Attempts, note(resp.Attempts, "a 503 was repeated"))

	_, err = client.Courses.Get(ctx, course.ID)
	if !errors.Is(err, selgora.ErrNotFound) {
		return fmt.Errorf("the course is still there: %v", err)
	}
	fmt.Printf("  gone:      %v\n", err)
	return nil
}

func note(attempts int, text string) string {
	if attempts == 1 {
		return ""
	}
	return " (" + text + ")"
}

func students(ctx context.Context, client *selgora.Client) error {
	heading("Students and contacts")
	res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
		CourseID: "course_abc123",
		Emails:   []string{"ada@example.com", "grace@example.com", "no address", "ada@example.com"},
	})
	for _, it := range res.Items {
		fmt.Printf("  %-18s %s%s\n", it.Email, it.Status, map[bool]string{true: ", named twice"}[it.Duplicate])
	}
	fmt.Printf("  %v\n", err)

	contact, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "ada@example.com", FirstName: selgora.Set("Ada"), Tags: selgora.Set([]string{"premium"}),
		CustomFields: map[string]any{"company": "Analytical Engines"},
	})
	if err != nil {
		return err
	}
	fmt.Printf("  %s is contact %s, tagged %v, company %s\n", contact.FirstName, contact.ID, contact.Tags, contact.CustomFields["company"])
	return nil
}

func calendar(ctx context.Context, client *selgora.Client) error {
	heading("A weekly event")
	event, err := client.Events.Create(ctx, &selgora.EventCreateParams{
		Title: "Office hours", StartTime: time.Now().Add(7 * 24 * time.Hour), DurationMinutes: 60,
		Recurring: &selgora.Recurrence{Frequency: selgora.Weekly, Count: 12},
	})
	if err != nil {
		return err
	}
	last := event.Occurrences[len(event.Occurrences)-1]
	fmt.Printf("  %q takes place %d times, for the last time on %s\n", event.Title, len(event.Occurrences), last.Format(time.DateOnly))
	registration, err := client.Events.Register(ctx, event.ID, &selgora.EventRegisterParams{Email: "ada@example.com", Name: "Ada"})
	if err != nil {
		return err
	}
	fmt.Printf("  %s is registered as %s\n", registration.Name, registration.ID)
	return nil
}

func webhooks(ctx context.Context, srv *mockserver.Server, client *selgora.Client) error {
	heading("A webhook, signed by the fake, verified and typed here")
	const secret = "a secret of both sides"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	router := webhook.NewRouter()
	webhook.On(router, webhook.EnrollmentCreated, func(_ context.Context, e *webhook.Event, d *webhook.EnrollmentCreatedData) error {
		fmt.Printf("  %s %s: %s is in %s\n", e.ID, e.Type, d.Enrollment.UserEmail, d.Enrollment.CourseID)
		return nil
	})
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		return err
	}
	srv.DeliverTo(handler, mockserver.WebhookSecret(secret))

	if _, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{
		CourseID: "course_abc123", Email: "edsger@example.com",
	}); err != nil {
		return err
	}
	if err := srv.WaitDeliveries(ctx); err != nil {
		return err
	}
	return handler.Shutdown(ctx)
}
