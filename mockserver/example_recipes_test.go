package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// recipeT stands in for the *testing.T of a test and prints what the test
// would report.
type recipeT struct{ cleanups []func() }

func (t *recipeT) Helper()                           {}
func (t *recipeT) Context() context.Context          { return context.Background() }
func (t *recipeT) Cleanup(f func())                  { t.cleanups = append(t.cleanups, f) }
func (t *recipeT) Errorf(format string, args ...any) { fmt.Printf("FAIL: "+format+"\n", args...) }
func (t *recipeT) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (t *recipeT) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }

func (t *recipeT) end() {
	for _, f := range t.cleanups {
		f()
	}
	fmt.Println("done")
}

// The happy path: put in place what the code under test needs, let it work,
// and look at what is there afterward.
func Example_happyPath() {
	t := new(recipeT)
	defer t.end()

	srv := mockserver.New(t)
	course := srv.AddCourse(mockserver.Course{Title: "Go for course creators", Price: "49.99"})

	client := srv.Client() // in your test: newIntegration(srv.Client())
	_, err := client.Enrollments.Create(t.Context(), &selgora.EnrollmentCreateParams{
		CourseID: course.ID, Email: "ada@example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := srv.Enrollments(); len(got) != 1 || got[0].UserEmail != "ada@example.com" {
		t.Errorf("enrollments: %+v\n%s", got, srv.Dump())
	}
	// Output: done
}

// A fault: the next two reads of the account are answered 503.
func Example_fault() {
	t := new(recipeT)
	defer t.end()

	srv := mockserver.New(t)
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Status: 503, Times: 2})

	if _, err := srv.Client().Account.Get(t.Context()); err != nil {
		t.Errorf("two failures are too many: %v", err)
	}
	if n := len(srv.Calls(mockserver.AccountGet)); n != 3 {
		t.Errorf("%d attempts", n)
	}
	// Output: done
}

// enrollInFirstFree is a made-up integration with a mistake: to it, an error
// means that the student was not enrolled.
func enrollInFirstFree(ctx context.Context, client *selgora.Client, email string, cohorts ...string) error {
	var err error
	for _, id := range cohorts {
		if _, err = client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: id, Email: email}); err == nil {
			return nil
		}
	}
	return err
}

// A lost answer: the work is done, and the client cannot know. Three lines of
// test find the student who is enrolled twice.
func Example_lostAnswer() {
	t := new(recipeT)
	defer t.end()
	ctx := t.Context()

	srv := mockserver.New(t)
	spring, autumn := srv.AddCourse(mockserver.Course{Title: "Spring"}), srv.AddCourse(mockserver.Course{Title: "Autumn"})

	srv.Inject(mockserver.Fault{Operation: mockserver.EnrollmentsCreate, Reset: true, AfterCommit: true})
	if err := enrollInFirstFree(ctx, srv.Client(), "ada@example.com", spring.ID, autumn.ID); err != nil || len(srv.Enrollments()) != 1 {
		t.Errorf("ada is enrolled %d times, error %v", len(srv.Enrollments()), err)
	}
	// Output:
	// FAIL: ada is enrolled 2 times, error <nil>
	// done
}

// A receiver that is down for a day and a half: the fake delivers as the
// provider does, six times within 34 h 35 min of its own clock.
func Example_webhookThroughRetries() {
	t := new(recipeT)
	defer t.end()

	srv := mockserver.New(t)
	down := true
	router, orders := webhook.NewRouter(), []string{}
	webhook.On(router, webhook.OrderCompleted, func(_ context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
		if down {
			return errors.New("the database is away")
		}
		orders = append(orders, o.CustomerEmail)
		return nil
	})
	verifier, _ := webhook.NewVerifier("a secret of both sides")
	handler, err := webhook.NewHandler(router, verifier, webhook.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	srv.DeliverTo(handler, mockserver.WebhookSecret("a secret of both sides"), mockserver.WebhookEvents("order.completed"))

	order := srv.CreateOrder(mockserver.OrderParams{CustomerEmail: "ada@example.com", Amount: new(int64(4999))})
	srv.CompleteOrder(order.ID)
	srv.Advance(34 * time.Hour) // five attempts, in no time
	down = false
	srv.Advance(time.Hour) // the sixth and last
	if d := srv.Deliveries()[0]; len(d.Attempts) != 6 || len(orders) != 1 {
		t.Errorf("%d attempts, orders %v", len(d.Attempts), orders)
	}
	// Output: done
}

// The provider's rate limits: what comes too early is answered 429, and the
// journal knows whether the code under test has waited.
func Example_rateLimit() {
	t := new(recipeT)
	defer t.end()

	srv := mockserver.New(t,
		mockserver.WithRateLimits(mockserver.RateLimits{PerMinute: 2}),
		mockserver.WithClock(time.Date(2030, time.March, 1, 12, 0, 0, 0, time.UTC)))
	client := srv.Client(selgora.WithMaxWait(0)) // do not wait, tell me
	var limited *selgora.Error
	for range 3 {
		if _, err := client.Account.Get(t.Context()); errors.As(err, &limited) {
			srv.Advance(limited.RetryAfter) // the time that your code would wait
		}
	}
	if _, err := client.Account.Get(t.Context()); err != nil || limited == nil {
		t.Errorf("limited: %v, then: %v", limited, err)
	}
	srv.AssertRespectsRetryAfter(t)
	// Output: done
}
