package readme_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

// sandbox returns a fake with sandbox data at a fixed time, and its client.
func sandbox() (*mockserver.Server, *selgora.Client) {
	srv, err := mockserver.Start(
		mockserver.WithSandboxData(),
		mockserver.WithClock(time.Date(2024, 3, 21, 10, 0, 0, 0, time.UTC)))
	if err != nil {
		log.Fatal(err)
	}
	return srv, srv.Client()
}

func Example_lists() {
	srv, client := sandbox()
	defer srv.Close()
	ctx := context.Background()

	page, err := client.Courses.List(ctx, &selgora.CourseListParams{Page: 2, Limit: 50})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Meta.TotalCount, "courses on", page.Meta.TotalPages, "pages")

	for course, err := range client.Courses.All(ctx, nil) { // fetches pages as it goes
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(course.Title, course.Price, course.Currency)
		break // leaving early fetches no further
	}

	for page, err := range client.Courses.Pages(ctx, &selgora.CourseListParams{Page: 2, Limit: 40}) { // from page 2 on
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("page", page.Meta.CurrentPage, "of", page.Meta.TotalPages)
	}
	// Output:
	// 100 courses on 2 pages
	// Digital Marketing Mastery 497 USD
	// page 2 of 3
	// page 3 of 3
}

func Example_changes() {
	srv, client := sandbox()
	defer srv.Close()
	ctx := context.Background()

	course, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{
		Title: "Go for course creators",
		Price: money.MustParse("49.99"), // exact, never a float
	})
	if err != nil {
		log.Fatal(err)
	}
	course, err = client.Courses.Update(ctx, course.ID, &selgora.CourseUpdateParams{
		Price:       selgora.Set(money.FromInt(0)), // a zero that is sent
		Description: selgora.Null[string](),        // null empties it
		// the title is not mentioned and stays
	})
	if err != nil {
		log.Fatal(err)
	}
	contact, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email:        "ada@example.com",
		FirstName:    selgora.Set("Ada"),
		CustomFields: map[string]any{"seats": 12, "company": nil},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(course.Title, course.Price, contact.FirstName)
	// Output: Go for course creators 0 Ada
}

func Example_batch() {
	srv, client := sandbox()
	defer srv.Close()
	ctx := context.Background()
	emails := []string{"ada@example.com", "grace@example.com", "no address"}

	res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
		CourseID: "course_abc123",
		Emails:   emails, // any number; 50 go into a request
		OnProgress: func(p selgora.BatchProgress) {
			for _, item := range p.Items { // new in this report, each address once
				fmt.Println(item.Email, item.Status)
			}
			fmt.Printf("%d of %d, %d failed\n", p.Done, p.Total, p.Failed)
		},
	})
	var failed *selgora.BatchError
	if err != nil && !errors.As(err, &failed) {
		log.Fatal(err) // a mistake in the parameters, nothing was sent
	}
	fmt.Println("once more:", res.Retryable()) // pass them to the next call: nobody is enrolled twice
	fmt.Println("to correct:", res.Refused())  // these would be refused again
	// Output:
	// ada@example.com enrolled
	// grace@example.com enrolled
	// no address failed
	// 3 of 3, 1 failed
	// once more: []
	// to correct: [no address]
}

func Example_errors() {
	srv, client := sandbox()
	defer srv.Close()
	ctx := context.Background()

	_, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go", Currency: "XXX"})
	if errors.Is(err, selgora.ErrUnauthorized) {
		fmt.Println("the key, its permissions, or its environment:", err)
	}
	var apiErr *selgora.Error
	if errors.As(err, &apiErr) { // the response to the last attempt
		fmt.Println(apiErr.StatusCode, apiErr.Fields, apiErr.RequestID, apiErr.Attempts)
	}
	switch selgora.EffectOf(err) { // of all attempts
	case selgora.EffectNone:
		fmt.Println("not carried out: it can be repeated")
	case selgora.EffectDone: // also for no error
		fmt.Println("carried out: do not repeat it")
	case selgora.EffectUnknown:
		fmt.Println("it may have been carried out: look first")
	}
	// Output:
	// 422 map[currency:must be an ISO 4217 code such as USD] req_00000001 1
	// not carried out: it can be repeated
}

func Example_webhooks() {
	ctx := context.Background()
	os.Setenv("SELGORA_WEBHOOK_SECRET", "a secret of both sides")
	defer os.Unsetenv("SELGORA_WEBHOOK_SECRET")

	verifier, err := webhook.NewVerifier(os.Getenv("SELGORA_WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	router := webhook.NewRouter()
	webhook.On(router, webhook.EnrollmentCreated,
		func(ctx context.Context, e *webhook.Event, d *webhook.EnrollmentCreatedData) error {
			fmt.Println("New enrollment:", d.Enrollment.UserEmail)
			return nil // an error is answered 500, and the event comes again
		})
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/webhooks/selgora", handler)

	srv, client := sandbox()
	defer srv.Close()
	srv.DeliverTo(handler, mockserver.WebhookSecret("a secret of both sides"))
	if _, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: "course_abc123", Email: "ada@example.com"}); err != nil {
		log.Fatal(err)
	}
	if err := srv.WaitDeliveries(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: New enrollment: ada@example.com
}
