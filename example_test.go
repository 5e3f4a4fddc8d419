package selgora_test

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
)

// sandbox returns a fake of the API with the data of the provider's sandbox,
// at a fixed time, and a client of it.
func sandbox(opts ...selgora.Option) (*mockserver.Server, *selgora.Client) {
	srv, err := mockserver.Start(
		mockserver.WithSandboxData(),
		mockserver.WithClock(time.Date(2024, 3, 21, 10, 0, 0, 0, time.UTC)))
	if err != nil {
		log.Fatal(err)
	}
	return srv, srv.Client(opts...)
}

func Example() {
	ctx := context.Background()
	srv, client := sandbox() // in your program: selgora.NewClient(os.Getenv("SELGORA_API_KEY"))
	defer srv.Close()

	account, err := client.Account.Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Connected to", account.Name)

	for course, err := range client.Courses.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(course.Title, course.Price, course.Currency)
		break // fetches no further
	}
	// Output:
	// Connected to Your Account
	// Digital Marketing Mastery 497 USD
}

func ExampleNewClient() {
	client, err := selgora.NewClient("test_key_123") // a sandbox key selects the sandbox
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())

	_, err = selgora.NewClient("")
	fmt.Println(err)
	_, err = selgora.NewClient("test_key_123", selgora.WithEnvironment(selgora.Production))
	fmt.Println(err)
	// Output:
	// https://sandbox-api.selgora.com/v1
	// selgora: the API key is empty
	// selgora: a test_key_… key belongs to the sandbox, not to production
}

func ExampleNewClientFromEnv() {
	// Set outside of the program, as a rule.
	os.Setenv("SELGORA_API_KEY", "sk_live_example")
	os.Setenv("SELGORA_ENVIRONMENT", "staging")
	defer os.Unsetenv("SELGORA_API_KEY")
	defer os.Unsetenv("SELGORA_ENVIRONMENT")

	client, err := selgora.NewClientFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())
	// Output: https://staging-api.selgora.com/v1
}

func ExampleClient_Do() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	// A type of your own for what the client does not know.
	var out struct {
		Data []struct {
			Slug string `json:"slug"`
		} `json:"data"`
	}
	if err := client.Do(ctx, http.MethodGet, "/courses?limit=2", nil, &out); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Data)
	// Output: [{digital-marketing-mastery} {test-course}]
}

func ExampleError() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	_, err := client.Courses.Get(ctx, "course_unknown")
	fmt.Println(errors.Is(err, selgora.ErrNotFound))

	_, err = client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go", Currency: "XXX"})
	var e *selgora.Error
	if errors.As(err, &e) {
		fmt.Println(e.StatusCode, e.Fields)
	}
	// Output:
	// true
	// 422 map[currency:must be an ISO 4217 code such as USD]
}

func ExampleEffectOf() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	create := func() {
		_, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go"})
		switch selgora.EffectOf(err) {
		case selgora.EffectNone:
			fmt.Println("not created: it can be repeated")
		case selgora.EffectDone:
			fmt.Println("created, even if the response was cut short:", err != nil)
		case selgora.EffectUnknown:
			fmt.Println("may have been created: look before creating another")
		}
	}
	create()
	for _, fault := range []mockserver.Fault{
		{Truncate: true},
		{Reset: true, AfterCommit: true},
		{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}},
	} {
		fault.Operation = mockserver.CoursesCreate
		srv.Inject(fault)
		create()
	}
	// Output:
	// created, even if the response was cut short: false
	// created, even if the response was cut short: true
	// may have been created: look before creating another
	// not created: it can be repeated
}

func ExampleParamError() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	_, err := client.Courses.List(ctx, &selgora.CourseListParams{Limit: 500})
	var e *selgora.ParamError
	fmt.Println(errors.As(err, &e), errors.Is(err, selgora.ErrNotSent))
	fmt.Println(e.Field, "|", e.Problem)
	// Output:
	// true true
	// CourseListParams.Limit | 500 is out of range 1 to 100
}

func ExampleRateLimitWaitError() {
	ctx := context.Background()
	srv, client := sandbox(
		selgora.WithRateLimit(selgora.RateLimit{PerHour: 1000, PerMinute: 2, Concurrent: 1}),
		selgora.WithMaxWait(time.Second))
	defer srv.Close()

	for range 3 {
		_, err := client.Account.Get(ctx)
		var wait *selgora.RateLimitWaitError
		if errors.As(err, &wait) {
			fmt.Println("try again later:", errors.Is(err, selgora.ErrRateLimited), wait.Wait > time.Second)
			break
		}
	}
	// Output: try again later: true true
}
