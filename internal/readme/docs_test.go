package readme_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// createOnce creates a course once, even if a response is lost.
func createOnce(ctx context.Context, client *selgora.Client, params *selgora.CourseCreateParams) (*selgora.Course, error) {
	course, err := client.Courses.Create(ctx, params)
	if err == nil || selgora.EffectOf(err) == selgora.EffectNone {
		return course, err // created, or certainly not
	}
	// It may have been created: look for it before creating another.
	for course, listErr := range client.Courses.All(ctx, nil) {
		if listErr != nil {
			return nil, errors.Join(err, listErr)
		}
		if course.Title == params.Title {
			return course, nil
		}
	}
	return nil, err
}

func TestCreateOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []mockserver.Fault{
		{Reset: true, AfterCommit: true}, {Truncate: true}, {Status: 503, AfterCommit: true},
	} {
		srv := mockserver.New(t)
		fault.Operation = mockserver.CoursesCreate
		srv.Inject(fault)
		course, err := createOnce(t.Context(), srv.Client(), &selgora.CourseCreateParams{Title: "Go"})
		if err != nil || course.Title != "Go" || len(srv.Courses()) != 1 {
			t.Errorf("%v: course %+v, error %v, %d courses", fault, course, err, len(srv.Courses()))
		}
	}
}

func Example_rateLimits() {
	srv, _ := sandbox()
	defer srv.Close()
	ctx := context.Background()

	// Two programs use the same key: each gets half.
	client := srv.Client(selgora.WithRateLimit(selgora.RateLimit{PerHour: 500, PerMinute: 50, Concurrent: 5}))

	var resp selgora.Response
	_, err := client.Account.Get(ctx, selgora.WithResponse(&resp))
	var wait *selgora.RateLimitWaitError
	switch {
	case errors.As(err, &wait): // held back by the client, not sent
		fmt.Println("the client's own budget is used up for", wait.Wait)
	case errors.Is(err, selgora.ErrRateLimited): // a 429 from the server, after all attempts
		fmt.Println("refused:", err)
	default:
		fmt.Println("status", resp.StatusCode, "and", resp.RateLimit.Remaining, "left of the hour")
	}
	// Output: status 200 and 1000 left of the hour
}

func Example_sharedLimits() {
	const key = "test_key_123"

	limiter, err := selgora.NewLimiter(selgora.RateLimit{}) // the documented limits
	if err != nil {
		log.Fatal(err)
	}
	site, err := selgora.NewClient(key, selgora.WithLimiter(limiter), selgora.WithMaxWait(time.Second))
	if err != nil {
		log.Fatal(err)
	}
	job, err := selgora.NewClient(key, selgora.WithLimiter(limiter))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(site.BaseURL() == job.BaseURL())
	// Output: true
}

func TestMoreThanTheMinuteAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a minute goes by in no time
		srv := mockserver.New(t, mockserver.WithRateLimits(mockserver.DefaultRateLimits))
		client := srv.Client()
		for range 150 { // the documented limit is 100 a minute
			if _, err := client.Account.Get(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		srv.AssertRespectsRetryAfter(t)
	})
}

func TestSnapshots(t *testing.T) {
	srv := mockserver.New(t, mockserver.WithSandboxData())
	before := srv.Snapshot()
	for _, course := range srv.Courses() {
		if err := srv.Client().Courses.Delete(t.Context(), course.ID); err != nil {
			t.Fatal(err)
		}
	}
	srv.Restore(before)
	if n := len(srv.Courses()); n != 100 {
		t.Errorf("%d courses", n)
	}
}

func TestReceiver(t *testing.T) {
	const secret = "a secret of both sides"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	router := webhook.NewRouter()
	emails := 0
	webhook.On(router, webhook.OrderCompleted, func(context.Context, *webhook.Event, *webhook.OrderCompletedData) error {
		emails++
		return nil
	})
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		t.Fatal(err)
	}
	body := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCompleted)
	for range 2 { // delivered twice, handled once
		if resp := webhooktest.Post(handler, webhook.FormatDashboard, secret, body); resp.StatusCode != http.StatusOK {
			t.Errorf("answered %s", resp.Status)
		}
	}
	if emails != 1 {
		t.Errorf("%d e-mails", emails)
	}
}

func TestWithHTTPMock(t *testing.T) {
	hc := &http.Client{}
	httpmock.ActivateNonDefault(hc)
	defer httpmock.DeactivateAndReset()
	httpmock.RegisterResponder(http.MethodGet, "https://sandbox-api.selgora.com/v1/courses/course_1",
		httpmock.NewStringResponder(http.StatusOK, `{"id":"course_1","title":"Go"}`))

	client, err := selgora.NewClient("test_key_123", selgora.WithHTTPClient(hc))
	if err != nil {
		t.Fatal(err)
	}
	course, err := client.Courses.Get(t.Context(), "course_1")
	if err != nil || course.Title != "Go" {
		t.Errorf("%+v, %v", course, err)
	}
}

func TestDocumentedOnly(t *testing.T) {
	srv := mockserver.New(t, mockserver.WithDocumentedOnly(), mockserver.WithLenient())
	client := srv.Client()
	if _, err := client.Contacts.List(t.Context(), nil); err != nil {
		t.Errorf("documented: %v", err)
	}
	if _, err := client.Contacts.Get(t.Context(), "con_1"); !errors.Is(err, selgora.ErrNotFound) {
		t.Errorf("not documented: %v", err)
	}
}

// production returns a receiver as docs/webhooks-in-production.md has it.
func production(store webhook.Store, queue webhook.Queue, logger *slog.Logger, current, previous string) (*webhook.Handler, error) {
	verifier, err := webhook.NewVerifier(current, previous)
	if err != nil {
		return nil, err
	}
	return webhook.NewHandler(nil, verifier,
		webhook.Enqueue(queue),             // 200 once the event is safe
		webhook.Dedup(store, 72*time.Hour), // shared by all machines
		webhook.RetryUnverified(),          // only while the secret is being changed
		webhook.WithObserver(new(metrics)), // counters
		webhook.WithLogger(logger),
	)
}

// metrics counts; the embedded NopObserver does the rest.
type metrics struct {
	webhook.NopObserver
	duplicates, rejected int
}

func (m *metrics) Duplicate(context.Context, *webhook.Event)       { m.duplicates++ }
func (m *metrics) Rejected(_ context.Context, _ webhook.Rejection) { m.rejected++ }

func Example_production() {
	var table [][]byte
	insert := webhook.QueueFunc(func(_ context.Context, e *webhook.Event) error {
		table = append(table, e.Body)
		return nil
	})
	handler, err := production(webhook.NewMemoryStore(0), insert, nil, "new secret", "old secret")
	if err != nil {
		log.Fatal(err)
	}
	body := webhooktest.Sample(webhook.FormatAPI, webhook.EnrollmentCreated)
	for _, secret := range []string{"old secret", "new secret", "another secret"} {
		fmt.Println(webhooktest.Post(handler, webhook.FormatAPI, secret, body).Status)
	}

	// The worker, perhaps another program:
	router := webhook.NewRouter()
	webhook.On(router, webhook.EnrollmentCreated, func(_ context.Context, e *webhook.Event, d *webhook.EnrollmentCreatedData) error {
		fmt.Println("welcome", d.Enrollment.UserEmail)
		return nil
	})
	for _, body := range table {
		event, err := webhook.ParseUnverified(body) // it was verified before it was stored
		if err != nil {
			log.Fatal(err)
		}
		if err := router.Handle(context.Background(), event); err != nil {
			log.Fatal(err) // keep the row, and try again
		}
	}
	// Output:
	// 200 OK
	// 200 OK
	// 503 Service Unavailable
	// welcome student@example.com
}
