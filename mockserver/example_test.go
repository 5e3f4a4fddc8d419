package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// march is when the clock of the examples starts.
var march = time.Date(2024, time.March, 1, 12, 0, 0, 0, time.UTC)

// start is Start for examples, which have no test to fail. In a test, use New.
func start(opts ...mockserver.Option) *mockserver.Server {
	srv, err := mockserver.Start(append([]mockserver.Option{mockserver.WithClock(march)}, opts...)...)
	if err != nil {
		log.Fatal(err)
	}
	return srv
}

func ExampleStart() {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	account, err := srv.Client().Account.Get(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(account.Name, len(srv.Courses()), len(srv.Contacts()))
	// Output: Your Account 100 1000
}

func ExampleServer_URL() {
	srv := start()
	defer srv.Close()

	// For a client of any kind, on a port of this machine.
	client, err := selgora.NewClient(srv.APIKey(), selgora.WithBaseURL(srv.URL()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Account.Get(context.Background())
	fmt.Println(err)
	// Output: <nil>
}

func ExampleServer_Inject() {
	srv := start()
	defer srv.Close()
	srv.Inject(
		mockserver.Fault{Operation: mockserver.CoursesList, Status: 503},                   // once
		mockserver.Fault{Operation: mockserver.CoursesGet, Nth: 3, Times: -1, Reset: true}, // from the third on
		mockserver.Fault{Probability: 0.01, Garbage: true},                                 // now and then
		mockserver.Fault{Operation: mockserver.AccountGet, Delay: time.Hour, Optional: true},
	)
	_, err := srv.Client(selgora.WithMaxRetries(0)).Courses.List(context.Background(), nil)
	fmt.Println(errors.Is(err, selgora.ErrServer))
	srv.ClearFaults() // the others never happen now, which would be a mistake otherwise
	fmt.Println(srv.Close())
	// Output:
	// true
	// <nil>
}

func ExampleServer_Requests() {
	srv := start()
	defer srv.Close()
	client := srv.Client()
	client.Account.Get(context.Background())
	client.Courses.Get(context.Background(), "course_unknown")

	for _, r := range srv.Requests(mockserver.ByStatus(404)) {
		fmt.Println(r.Operation, r.Method, r.Path, r.Header.Get("Authorization"))
	}
	fmt.Println(len(srv.Calls(mockserver.AccountGet)))
	// Output:
	// courses.get GET /v1/courses/course_unknown Bearer [redacted]
	// 1
}

func ExampleServer_Advance() {
	srv := start()
	defer srv.Close()
	srv.AddEvent(mockserver.Event{Title: "Office hours", StartTime: march.Add(time.Hour), DurationMinutes: 60})

	for range 3 {
		fmt.Println(srv.Now().Format(time.TimeOnly), srv.Events()[0].Status)
		srv.Advance(75 * time.Minute)
	}
	// Output:
	// 12:00:00 upcoming
	// 13:15:00 live
	// 14:30:00 past
}

func ExampleServer_Snapshot() {
	srv := start(mockserver.WithSandboxData())
	defer srv.Close()
	before := srv.Snapshot()
	srv.AddCourse(mockserver.Course{Title: "One more"})
	fmt.Println(len(srv.Courses()))
	srv.Restore(before)
	fmt.Println(len(srv.Courses()))
	// Output:
	// 101
	// 100
}

func ExampleServer_Export() {
	srv := start()
	srv.AddCourse(mockserver.Course{ID: "course_1", Title: "Go"})
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "seed.json")
	if err := os.WriteFile(file, srv.Export(), 0o600); err != nil {
		log.Fatal(err)
	}
	srv.Close()

	srv = start(mockserver.WithSeedFile(file)) // or: selgora-mock -seed seed.json
	defer srv.Close()
	fmt.Println(srv.Courses()[0].Title)
	// Output: Go
}

func ExampleServer_CompleteOrder() {
	srv := start()
	defer srv.Close()
	course := srv.AddCourse(mockserver.Course{Title: "Go for course creators", Price: "49.99"})

	order := srv.CreateOrder(mockserver.OrderParams{
		CustomerEmail: "ada@example.com",
		Products:      []mockserver.Product{{CourseID: course.ID}},
	})
	order = srv.CompleteOrder(order.ID) // the customer is a contact now, and enrolled
	fmt.Println(order.Status, order.Amount, srv.Contacts()[0].Email, srv.Enrollments()[0].Status)
	// Output: completed 4999 ada@example.com active
}

func ExampleServer_CompleteLesson() {
	srv := start()
	defer srv.Close()
	course := srv.AddCourse(mockserver.Course{Title: "Go", Lessons: []mockserver.Lesson{{Title: "Values"}, {Title: "Errors"}}})
	srv.AddEnrollment(mockserver.Enrollment{CourseID: course.ID, UserEmail: "ada@example.com"})

	for range 2 {
		e := srv.CompleteLesson(mockserver.LessonCompletion{CourseID: course.ID, UserEmail: "ada@example.com"})
		fmt.Println(e.LessonsCompleted, e.Status)
	}
	// Output:
	// 1 active
	// 2 completed
}

func ExampleWithAPIKey() {
	srv := start(mockserver.WithAPIKey("sk_live_reader", "courses:read"))
	defer srv.Close()
	client, err := selgora.NewClient(srv.APIKey(), selgora.WithHTTPClient(srv.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Courses.List(context.Background(), nil)
	fmt.Println(err)
	_, err = client.Contacts.List(context.Background(), nil)
	fmt.Println(errors.Is(err, selgora.ErrUnauthorized))
	// Output:
	// <nil>
	// true
}

func ExampleWithRateLimits() {
	srv := start(mockserver.WithRateLimits(mockserver.RateLimits{PerMinute: 1}))
	defer srv.Close()
	client := srv.Client(selgora.WithMaxRetries(0))
	for range 2 {
		_, err := client.Account.Get(context.Background())
		var e *selgora.Error
		if errors.As(err, &e) {
			fmt.Println(e.StatusCode, e.RetryAfter > 0)
		}
	}
	// Output: 429 true
}

func ExampleWithClock() {
	srv := start(mockserver.WithClock(time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)))
	defer srv.Close()
	fmt.Println(srv.AddCourse(mockserver.Course{Title: "Go"}).CreatedAt)
	// Output: 2030-01-01 00:00:00 +0000 UTC
}

func ExampleWithSeed() {
	ids := map[string]bool{}
	for _, seed := range []uint64{1, 1, 2} {
		srv := start(mockserver.WithSeed(seed))
		ids[srv.AddCourse(mockserver.Course{Title: "Go"}).ID] = true
		srv.Close()
	}
	fmt.Println(len(ids), "different ids")
	// Output: 2 different ids
}

func ExampleWithStrict() {
	srv := start(mockserver.WithStrict()) // as New has it
	err := srv.Client().Do(context.Background(), "POST", "/courses", map[string]string{"titel": "Go"}, nil)
	fmt.Println(errors.Is(err, selgora.ErrValidation))
	fmt.Println(srv.Close() != nil) // in a test: Errorf, with "title" as what was meant
	// Output:
	// true
	// true
}

func ExampleWithDocumentedOnly() {
	srv := start(mockserver.WithSandboxData(), mockserver.WithDocumentedOnly())
	defer srv.Close()
	_, err := srv.Client().Courses.Get(context.Background(), "course_abc123")
	fmt.Println(err)
	_, err = srv.Client().Contacts.Get(context.Background(), "con_456") // in no guide
	fmt.Println(errors.Is(err, selgora.ErrNotFound))
	// Output:
	// <nil>
	// true
}

func ExampleWithMagicValues() {
	srv := start(mockserver.WithMagicValues())
	defer srv.Close()
	_, err := srv.Client(selgora.WithMaxRetries(0)).Contacts.Upsert(context.Background(),
		&selgora.ContactUpsertParams{Email: "fail+503@example.com"})
	fmt.Println(errors.Is(err, selgora.ErrServer))
	// Output: true
}
