package mockserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/internal/jsstringify"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// seen is a request that a receiver got.
type seen struct {
	At     time.Duration // since webhookStart
	Type   string
	Retry  string
	Signed bool
}

// catcher is a receiver that answers with the statuses in turn, and with the
// last one for ever.
type catcher struct {
	srv      *mockserver.Server
	secret   string
	statuses []int

	mu     sync.Mutex
	seen   []seen
	bodies []string
}

func (c *catcher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	event, err := webhook.Parse(body, r.Header.Get("X-Selgora-Signature"), c.secret)
	if err != nil {
		event, _ = webhook.ParseUnverified(body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, seen{c.srv.Now().Sub(webhookStart), event.Type, r.Header.Get("X-Selgora-Retry"), err == nil})
	c.bodies = append(c.bodies, string(body))
	if n := len(c.statuses); n > 0 {
		w.WriteHeader(c.statuses[min(len(c.seen), n)-1])
	}
}

func (c *catcher) types() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var types []string
	for _, s := range c.seen {
		types = append(types, s.Type)
	}
	return types
}

// catch adds an endpoint with a catcher.
func catch(srv *mockserver.Server, opts ...mockserver.WebhookOption) (*catcher, mockserver.Webhook) {
	c := &catcher{srv: srv, secret: webhookSecret}
	hook := srv.DeliverTo(c, append([]mockserver.WebhookOption{mockserver.WebhookSecret(webhookSecret)}, opts...)...)
	return c, hook
}

func wait(t *testing.T, srv *mockserver.Server) {
	t.Helper()
	if err := srv.WaitDeliveries(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func createCourse(t *testing.T, srv *mockserver.Server, title string) *selgora.Course {
	t.Helper()
	c, err := srv.Client().Courses.Create(t.Context(), &selgora.CourseCreateParams{Title: title})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSixAttemptsOfAnEvent(t *testing.T) {
	for name, pass := range map[string]func(*mockserver.Server){
		"Advance": func(srv *mockserver.Server) { srv.Advance(35 * time.Hour) },
		"Sleep":   func(*mockserver.Server) { time.Sleep(35 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := mockserver.New(t, mockserver.WithClock(webhookStart))
				c, hook := catch(srv)
				c.statuses = []int{503}
				createCourse(t, srv, "Oils")
				pass(srv)
				wait(t, srv)
				const minute = time.Minute
				want := []seen{
					{0, "course.created", "", true}, {5 * minute, "course.created", "1", true},
					{35 * minute, "course.created", "2", true}, {155 * minute, "course.created", "3", true},
					{635 * minute, "course.created", "4", true}, {2075 * minute, "course.created", "5", true},
				}
				if diff := cmp.Diff(want, c.seen); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				for _, body := range c.bodies {
					if body != c.bodies[0] {
						t.Errorf("another body: %s", body)
					}
				}
				log := srv.Deliveries()
				if len(log) != 1 || log[0].Status != mockserver.DeliveryFailed || !log[0].NextAttemptAt.IsZero() || log[0].WebhookID != hook.ID || string(log[0].RequestBody) != c.bodies[0] {
					t.Fatalf("log: %+v", log)
				}
				for i, a := range log[0].Attempts {
					if a.At != webhookStart.Add(want[i].At) || a.StatusCode != 503 || a.Error != "" {
						t.Errorf("attempt %d in the log: %+v", i, a)
					}
				}
				if got := srv.Now().Sub(webhookStart); got != 35*time.Hour {
					t.Errorf("the clock is %v on", got)
				}
			})
		})
	}
}

func TestReceiverThatFailsFiveTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		router := webhook.NewRouter()
		calls, processed := 0, 0
		err := webhook.On(router, webhook.CourseCreated, func(context.Context, *webhook.Event, *webhook.CourseCreatedData) error {
			if calls++; calls <= 5 {
				return errors.New("not yet")
			}
			processed++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		srv.DeliverTo(receiver(t, router), mockserver.WebhookSecret(webhookSecret))
		createCourse(t, srv, "Oils")
		srv.Advance(35 * time.Hour)
		log := srv.Deliveries()
		if processed != 1 || calls != 6 || len(log) != 1 || log[0].Status != mockserver.DeliverySucceeded {
			t.Errorf("%d calls, processed %d times; %+v", calls, processed, log)
		}
	})
}

// receiver is a handler of package webhook.
func receiver(t testing.TB, router *webhook.Router, opts ...webhook.Option) *webhook.Handler {
	t.Helper()
	verifier, err := webhook.NewVerifier(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	h, err := webhook.NewHandler(router, verifier, append(opts, webhook.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOrderOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		c, _ := catch(srv)
		client := srv.Client()
		course := createCourse(t, srv, "Oils")
		srv.AddLessons(course.ID, "One", "Two")
		srv.PublishCourse(course.ID)
		e, err := client.Enrollments.Create(t.Context(), &selgora.EnrollmentCreateParams{CourseID: course.ID, Email: "a@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID})
		srv.CompleteLesson(mockserver.LessonCompletion{EnrollmentID: e.ID})
		order := srv.CreateOrder(mockserver.OrderParams{CustomerEmail: "b@example.com", Products: []mockserver.Product{{CourseID: course.ID, Price: new(int64(500))}}})
		srv.FailPayment(mockserver.PaymentParams{OrderID: order.ID})
		srv.CompleteOrder(order.ID)
		srv.RefundOrder(order.ID, mockserver.Refund{})
		if _, err := client.Contacts.AddTags(t.Context(), srv.Contacts()[0].ID, []string{"x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Contacts.AddTags(t.Context(), srv.Contacts()[0].ID, []string{"x"}); err != nil { // changes nothing
			t.Fatal(err)
		}
		srv.UnsubscribeContact(srv.Contacts()[0].ID)
		if err := client.Courses.Delete(t.Context(), course.ID); err != nil {
			t.Fatal(err)
		}
		srv.Emit("custom.thing", map[string]any{"a": 1.0})
		wait(t, srv)
		want := []string{
			"course.created", "course.updated", "course.published", "course.updated",
			"contact.created", "enrollment.created", "course.enrolled",
			"lesson.completed", "lesson.completed", "enrollment.completed", "course.completed",
			"order.created", "payment.failed",
			"contact.created", "payment.completed", "order.completed", "enrollment.created", "course.enrolled",
			"payment.refunded", "order.refunded",
			"contact.updated", "contact.unsubscribed", "contact.updated",
			"course.deleted", "enrollment.cancelled", "custom.thing",
		}
		if diff := cmp.Diff(want, c.types()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if last := c.bodies[len(c.bodies)-1]; !strings.HasSuffix(last, `"data":{"a":1}}`) {
			t.Errorf("emitted %s", last)
		}
	})
}

func TestEmissionHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		quick, _ := catch(srv)
		began := time.Now()
		for i := range 20 {
			createCourse(t, srv, fmt.Sprint("Course ", i))
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("20 calls took %v with an endpoint that does not answer", took)
		}
		synctest.Wait()
		if n := len(quick.types()); n != 20 {
			t.Errorf("the other endpoint has got %d of 20 events", n)
		}
		wait(t, srv)
		if took := time.Since(began); took != 20*5*time.Second {
			t.Errorf("20 time-outs took %v", took)
		}
	})
}

func TestSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		some, hook := catch(srv, mockserver.WebhookEvents("course.updated", "course.deleted"))
		course := createCourse(t, srv, "Oils")
		late, _ := catch(srv)
		srv.PublishCourse(course.ID)
		wait(t, srv)
		srv.DisableWebhook(hook.ID)
		if err := srv.Client().Courses.Delete(t.Context(), course.ID); err != nil {
			t.Fatal(err)
		}
		wait(t, srv)
		if diff := cmp.Diff([]string{"course.updated"}, some.types()); diff != "" {
			t.Errorf("subscribed to two types, disabled before the second (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"course.published", "course.updated", "course.deleted"}, late.types()); diff != "" {
			t.Errorf("added after the course (-want +got):\n%s", diff)
		}
		srv.EnableWebhook(hook.ID)
		srv.RotateWebhookSecret(hook.ID, "another")
		srv.Emit("course.deleted", nil)
		wait(t, srv)
		if got := some.seen[len(some.seen)-1]; len(some.seen) != 2 || got.Signed {
			t.Errorf("after the rotation: %+v", some.seen)
		}
		srv.RemoveWebhook(hook.ID)
		srv.Emit("course.deleted", nil)
		wait(t, srv)
		if len(some.seen) != 2 || len(srv.Webhooks()) != 1 {
			t.Errorf("a removed endpoint got %+v", some.seen)
		}
	})
}

func TestEndpointsThroughTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		client, ctx := srv.Client(), t.Context()
		c, hook := catch(srv)
		srv.DisableWebhook(hook.ID)
		// The URL stands for the handler, whoever uses it.
		created, err := client.Webhooks.Create(ctx, &selgora.WebhookCreateParams{URL: hook.URL, Events: []string{"course.created"}, Secret: selgora.NewSecret(webhookSecret)})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range webhook.Types() {
			d, err := client.Webhooks.SendTest(ctx, created.ID, name)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d.Event != name || d.Status != "pending" || len(d.Attempts) != 0 {
				t.Errorf("%s: %+v", name, d)
			}
		}
		wait(t, srv)
		if diff := cmp.Diff(webhook.Types(), c.types()); diff != "" {
			t.Errorf("test events (-want +got):\n%s", diff)
		}
		for _, body := range c.bodies {
			var envelope map[string]json.RawMessage
			if err := json.Unmarshal([]byte(body), &envelope); err != nil || envelope["type"] == nil || envelope["event"] != nil {
				t.Errorf("not the API guide's envelope: %s", body)
			}
		}
		page, err := client.Webhooks.Deliveries(ctx, created.ID, &selgora.DeliveryListParams{Limit: 5, Page: 2})
		if err != nil || page.Meta.TotalCount != 26 || len(page.Data) != 5 || page.Data[0].Event != webhook.Types()[5] {
			t.Fatalf("the log: %+v, %v", page, err)
		}
		first := page.Data[0]
		if first.Status != "succeeded" || len(first.Attempts) != 1 || first.RequestBody != c.bodies[5] {
			t.Errorf("in the log: %+v", first)
		}
		again, err := client.Webhooks.Resend(ctx, created.ID, first.ID)
		if err != nil || again.ID == first.ID || again.EventID != first.EventID || again.RequestBody != first.RequestBody {
			t.Fatalf("resent: %+v, %v", again, err)
		}
		wait(t, srv)
		if n := len(c.bodies); n != 27 || c.bodies[26] != first.RequestBody {
			t.Errorf("%d requests after the second delivery", n)
		}
		if _, err := client.Webhooks.Resend(ctx, hook.ID, first.ID); !errors.Is(err, selgora.ErrNotFound) {
			t.Errorf("resent through another endpoint: %v", err)
		}
		if _, err := client.Webhooks.SendTest(ctx, created.ID, "course.eaten"); !errors.Is(err, selgora.ErrValidation) {
			t.Errorf("a test event of an unknown type: %v", err)
		}
		// A call is in the log at once, whether or not it has been delivered.
		createCourse(t, srv, "Oils")
		if page, err = client.Webhooks.Deliveries(ctx, created.ID, nil); err != nil || page.Meta.TotalCount != 28 {
			t.Errorf("right after a call the log has %d entries, %v", page.Meta.TotalCount, err)
		}
	})
}

// An endpoint is refused as plain HTTP exactly where nothing would be sent to
// its host: two rules for what loopback is would leave endpoints that look well
// and never hear anything.
func TestLoopbackAtBothDoors(t *testing.T) {
	transport := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	for host, loopback := range map[string]bool{
		"localhost": true, "LocalHost:3000": true, "127.0.0.1": true, "127.8.9.10:80": true, "[::1]:8080": true, "[::ffff:127.0.0.1]": true,
		// With a dot at its end the name is one that DNS may answer.
		"localhost.": false, "LOCALHOST.:3000": false, "localhost..": false, "127.0.0.1.": false,
		"sub.localhost": false, "localhost.localdomain": false, "localhost.example.com": false, "127.0.0.1.example.com": false,
		"[::ffff:10.0.0.1]": false, "[::]": false, "0.0.0.0": false, "0": false, "127.1": false, "2130706433": false, "0x7f000001": false,
		"127.0.0.01": false, "[::1%25lo]": false, "[64:ff9b::7f00:1]": false, "127。0。0。1": false,
	} {
		srv := mockserver.New(t, mockserver.WithWebhookTransport(transport))
		status, word := 422, mockserver.DeliveryBlocked
		if loopback {
			status, word = 201, mockserver.DeliverySucceeded
		}
		created := inProcess(srv).send(t, "POST", "/webhooks", `{"url":"http://`+host+`/","events":["*"]}`)
		if created.status != status || !loopback && !strings.Contains(created.field(t, "fields", "url"), "loopback") {
			t.Errorf("http://%s/ at creation: %d %s", host, created.status, created.body)
		}
		srv.AddWebhook("https://" + host + "/")
		srv.Emit("a.b", nil)
		wait(t, srv)
		for _, d := range srv.Deliveries() {
			if d.Status != word {
				t.Errorf("%s at delivery: %s, %+v", host, d.Status, d.Attempts)
			}
		}
	}
}

func TestBlockedAddresses(t *testing.T) {
	var asked []string
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String())
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	srv := mockserver.New(t, mockserver.WithWebhookTransport(transport))
	srv.AddWebhook("https://127.0.0.1.example.com/hooks")
	srv.Emit("a.b", nil)
	wait(t, srv)
	d := srv.Deliveries()[0]
	if d.Status != mockserver.DeliveryBlocked || len(asked) != 0 || !strings.Contains(d.Attempts[0].Error, `"127.0.0.1.example.com" is not a loopback address`) {
		t.Errorf("asked for %q; %+v", asked, d)
	}

	srv = mockserver.New(t, mockserver.WithWebhookTransport(transport), mockserver.AllowExternalWebhooks())
	srv.AddWebhook("https://example.com/hooks")
	srv.Emit("a.b", nil)
	wait(t, srv)
	if diff := cmp.Diff([]string{"https://example.com/hooks"}, asked); diff != "" || srv.Deliveries()[0].Status != mockserver.DeliverySucceeded {
		t.Errorf("with external addresses (-want +got):\n%s\n%+v", diff, srv.Deliveries())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDeliveryToAPort(t *testing.T) {
	srv := mockserver.New(t)
	c := &catcher{srv: srv, secret: webhookSecret}
	ts := httptest.NewServer(c)
	defer ts.Close()
	hook := srv.AddWebhook(ts.URL, mockserver.WebhookFormat(mockserver.FormatAPI))
	if !strings.HasPrefix(hook.Secret(), "whsec_") || strings.Contains(fmt.Sprintf("%+v %#v", hook, hook), hook.Secret()) {
		t.Error("the generated secret is missing, or fmt shows it")
	}
	c.secret = hook.Secret()
	createCourse(t, srv, "Oils")
	wait(t, srv)
	if len(c.seen) != 1 || !c.seen[0].Signed || srv.Deliveries()[0].Status != mockserver.DeliverySucceeded {
		t.Errorf("%+v, %+v", c.seen, srv.Deliveries())
	}
}

func TestHazardsOfAReceiver(t *testing.T) {
	run := func(t *testing.T, opts ...mockserver.WebhookOption) (*catcher, *mockserver.Server) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		c, _ := catch(srv, opts...)
		for i := range 4 {
			srv.Emit(fmt.Sprint("n.", i), nil)
		}
		wait(t, srv)
		return c, srv
	}
	synctest.Test(t, func(t *testing.T) {
		c, _ := run(t, mockserver.WebhookDuplicates(1))
		if diff := cmp.Diff([]string{"n.0", "n.0", "n.1", "n.1", "n.2", "n.2", "n.3", "n.3"}, c.types()); diff != "" {
			t.Errorf("duplicates (-want +got):\n%s", diff)
		}
		c, _ = run(t, mockserver.WebhookReordering(4, 1))
		if got := strings.Join(c.types(), " "); len(c.seen) != 4 || got == "n.0 n.1 n.2 n.3" {
			t.Errorf("reordered: %s", got)
		}
		c, _ = run(t, mockserver.WebhookBadSignatures(2))
		if !c.seen[2].Signed || c.seen[1].Signed || c.seen[0].Signed {
			t.Errorf("bad signatures: %+v", c.seen)
		}
		c, _ = run(t, mockserver.WebhookSignedWith("rotated"))
		if c.seen[0].Signed {
			t.Error("signed with the secret that was to be rotated")
		}
		c, srv := run(t, mockserver.WebhookLateRetry())
		srv.Advance(35 * time.Hour)
		if len(c.seen) != 8 || c.seen[7].Retry != "1" || c.seen[7].At != 5*time.Minute {
			t.Errorf("late retries: %+v", c.seen)
		}
	})
}

func TestMistakesAreReported(t *testing.T) {
	fake := new(recorder)
	srv := mockserver.New(fake)
	hook := srv.AddWebhook("http://127.0.0.1:1")
	for want, call := range map[string]func(){
		"AddWebhook: validation failed: url":             func() { srv.AddWebhook("http://example.com") },
		"AddWebhook: validation failed: secret":          func() { srv.AddWebhook("https://example.com", mockserver.WebhookSecret(" ")) },
		"DeliverTo: the handler is nil":                  func() { srv.DeliverTo(nil) },
		"did you mean order.completed":                   func() { srv.DeliverTo(http.NotFoundHandler(), mockserver.WebhookEvents("order.complete")) },
		"hazards.duplicates is -1":                       func() { srv.DeliverTo(http.NotFoundHandler(), mockserver.WebhookDuplicates(-1)) },
		`DisableWebhook: no webhook with id "wh_0"`:      func() { srv.DisableWebhook("wh_0") },
		"RotateWebhookSecret: validation failed: secret": func() { srv.RotateWebhookSecret(hook.ID, "") },
		`RemoveWebhook: no webhook`:                      func() { srv.RemoveWebhook("wh_0") },
		`SendTestEvent: validation failed: event "x"`:    func() { srv.SendTestEvent(hook.ID, "x") },
		`Resend: no delivery`:                            func() { srv.Resend(hook.ID, "dlv_0") },
		"Emit: the type of the event is empty":           func() { srv.Emit("", nil) },
		"Emit: a field holds what is not JSON":           func() { srv.Emit("a.b", func() {}) },
		"CreateOrder: validation failed: amount":         func() { srv.CreateOrder(mockserver.OrderParams{CustomerEmail: "a@example.com"}) },
		`CompleteOrder: no order with id "ord_0"`:        func() { srv.CompleteOrder("ord_0") },
		"CompletePayment: validation failed: amount":     func() { srv.CompletePayment(mockserver.PaymentParams{Amount: -1, CustomerEmail: "a@example.com"}) },
		"CompleteLesson: validation failed: course_id":   func() { srv.CompleteLesson(mockserver.LessonCompletion{}) },
		"SendEmail: validation failed: subject":          func() { srv.SendEmail(mockserver.EmailParams{}) },
		"CancelSubscription: no subscription":            func() { srv.CancelSubscription("sub_0", mockserver.Cancellation{}) },
		"UnsubscribeContact: no contact":                 func() { srv.UnsubscribeContact("con_0") },
		"PublishCourse: no course":                       func() { srv.PublishCourse("course_0") },
	} {
		before := fake.reported()
		call()
		if got := strings.TrimPrefix(fake.reported(), before); !strings.Contains(got, want) {
			t.Errorf("reported %q, want %q in it", got, want)
		}
	}
	if n := len(srv.Webhooks()); n != 1 {
		t.Errorf("%d endpoints after calls that failed", n)
	}
	fake.end()
	if _, err := mockserver.Start(mockserver.WithDeliveryLog(-1)); err == nil {
		t.Error("a log of -1 deliveries")
	}
}

func TestDeliveriesAcrossRestoreAndReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		c, _ := catch(srv)
		c.statuses = []int{500}
		createCourse(t, srv, "Oils")
		wait(t, srv)
		snapshot := srv.Snapshot() // with a retry pending
		srv.Advance(35 * time.Hour)
		if len(c.seen) != 6 {
			t.Fatalf("%d requests", len(c.seen))
		}
		now := srv.Now()
		srv.Restore(snapshot) // whose retry is overdue
		if !srv.Now().Equal(now) {
			t.Errorf("Restore took the clock from %v to %v", now, srv.Now())
		}
		wait(t, srv)
		srv.Advance(time.Second)
		if n := len(c.seen); n != 7 || c.seen[6].Retry != "1" {
			t.Errorf("%d requests after Restore, the last %+v", n, c.seen[n-1])
		}
		if log := srv.Deliveries(); len(log) != 1 || len(log[0].Attempts) != 2 {
			t.Errorf("the log after Restore: %+v", log)
		}
		srv.Reset()
		srv.Advance(35 * time.Hour)
		if len(c.seen) != 7 || len(srv.Deliveries()) != 0 || len(srv.Webhooks()) != 0 {
			t.Errorf("after Reset: %d requests, log %v", len(c.seen), srv.Deliveries())
		}
		// The id of the old endpoint may be given out again, its handler not.
		again := srv.AddWebhook("http://127.0.0.1:1/")
		srv.Emit("a.b", nil)
		wait(t, srv)
		if len(c.seen) != 7 || srv.Deliveries()[0].WebhookID != again.ID {
			t.Error("an old handler got what was for a new endpoint")
		}
	})
}

// What is kept has the deliveries of every call before it, sent or not.
func TestKeptStatesHaveWhatWasCausedBefore(t *testing.T) {
	for name, keep := range map[string]func(*mockserver.Server) (back func() error){
		"Snapshot": func(srv *mockserver.Server) func() error {
			snapshot := srv.Snapshot()
			return func() error { srv.Restore(snapshot); return nil }
		},
		"Export": func(srv *mockserver.Server) func() error {
			doc := srv.Export()
			return func() error { return srv.Import(doc) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for range 50 {
					srv := mockserver.New(t, mockserver.WithClock(webhookStart))
					catch(srv)
					createCourse(t, srv, "Oils")
					back := keep(srv)
					wait(t, srv)
					if err := back(); err != nil {
						t.Fatal(err)
					}
					wait(t, srv)
					if log := srv.Deliveries(); len(log) != 1 || log[0].Status != mockserver.DeliverySucceeded {
						t.Fatalf("afterward the log has %+v", log)
					}
				}
			})
		})
	}
}

func TestSandboxHasDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithSandboxData(), mockserver.WithClock(webhookStart))
		before := srv.Deliveries()
		if len(before) < 10 {
			t.Fatalf("%d deliveries in the sandbox's log", len(before))
		}
		for _, d := range before {
			if body, err := jsstringify.Append(nil, d.RequestBody); err != nil || string(body) != string(d.RequestBody) {
				t.Errorf("not what JavaScript prints: %s, %v", d.RequestBody, err)
			}
			if e, err := webhook.ParseUnverified(d.RequestBody); err != nil || e.ID != d.EventID || e.Type != d.Event {
				t.Errorf("%+v, %v", e, err)
			}
		}
		srv.Advance(35 * time.Hour)
		if diff := cmp.Diff(before, srv.Deliveries()); diff != "" {
			t.Errorf("the sandbox's deliveries went on:\n%s", diff)
		}
	})
}

// The bubble shows that no goroutine is left: it would not end.
func TestNothingIsLeftAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, err := mockserver.Start(mockserver.WithClock(webhookStart))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch i % 3 {
				case 0:
					<-r.Context().Done()
				case 1:
					w.WriteHeader(500)
				}
			}), mockserver.WebhookReordering(i, 1))
		}
		for range 10 {
			srv.Emit("a.b", nil)
		}
		synctest.Wait()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		srv.Emit("a.b", nil)
		srv.Advance(35 * time.Hour)
		wait(t, srv)
	})
}
