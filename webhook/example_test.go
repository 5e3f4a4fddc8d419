package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// deliver stands for the provider: it signs a sample event and posts it.
func deliver(h http.Handler, body []byte) {
	res := webhooktest.Post(h, webhook.FormatDashboard, "whsec_123", body)
	fmt.Println(res.Status)
}

func order() []byte { return webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCompleted) }

// A whole receiver. In a program, hand the handler to an http.Server, and call
// Shutdown when it stops.
func Example() {
	verifier, err := webhook.NewVerifier("whsec_123")
	if err != nil {
		fmt.Println(err)
		return
	}
	router := webhook.NewRouter()
	_ = webhook.On(router, webhook.OrderCompleted,
		func(ctx context.Context, e *webhook.Event, o *webhook.OrderCompletedData) error {
			price, err := money.FromMinor(o.Amount, "USD")
			fmt.Printf("%s bought %s for $%.2f\n", o.CustomerEmail, o.Products[0].Name, price)
			return err
		})
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		fmt.Println(err)
		return
	}
	deliver(handler, order())
	deliver(handler, order()) // the provider repeats itself; the work is not done again
	fmt.Println(handler.Shutdown(context.Background()))
	// Output:
	// customer@example.com bought Complete Course for $197.00
	// 200 OK
	// 200 OK
	// <nil>
}

func ExampleVerifier_Parse() {
	// While a secret is being changed, both are valid.
	verifier, err := webhook.NewVerifier("whsec_new", "whsec_old")
	if err != nil {
		fmt.Println(err)
		return
	}
	body := order()
	event, err := verifier.Parse(body, webhooktest.Sign(webhook.FormatDashboard, "whsec_old", body))
	fmt.Println(event.Type, event.CreatedAt, "secret", event.SecretIndex, err)

	_, err = verifier.Parse(body, "sha256=test")
	fmt.Println(errors.Is(err, webhook.ErrMalformedSignature))
	// Output:
	// order.completed 2024-11-15 10:00:00 +0000 UTC secret 1 <nil>
	// true
}

func ExampleVerifier_ParseRequest() {
	verifier, _ := webhook.NewVerifier("whsec_123")
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hook", func(w http.ResponseWriter, r *http.Request) {
		event, err := verifier.ParseRequest(r)
		if err != nil {
			http.Error(w, "not an event", http.StatusUnauthorized)
			return
		}
		fmt.Println(event.Type, "retry", event.Retry)
	})
	r := webhooktest.NewRequest(webhook.FormatAPI, "whsec_123", webhooktest.Sample(webhook.FormatAPI, webhook.CourseCreated), webhooktest.Retry(2))
	r.URL.Path = "/hook"
	mux.ServeHTTP(discard{http.Header{}}, r)
	// Output: course.created retry 2
}

func ExampleVerify() {
	body := []byte(`{"event":"email.sent","data":{}}`)
	signature := webhooktest.Sign(webhook.FormatDashboard, "whsec_123", body)
	fmt.Println(webhook.Verify(body, signature, "whsec_123"))
	fmt.Println(webhook.Verify(body, signature, "whsec_other"))
	// Output:
	// <nil>
	// webhook: signature does not match
}

func ExampleDataAs() {
	for _, eventType := range []string{"order.refunded", "contact.created", "quiz.passed"} {
		event, err := webhook.ParseUnverified(webhooktest.Sample(webhook.FormatAPI, eventType))
		if err != nil {
			fmt.Println(err)
			return
		}
		switch event.Type {
		case string(webhook.OrderRefunded):
			refund, err := webhook.DataAs[webhook.OrderRefundedData](event)
			fmt.Println(refund.OrderID, refund.RefundAmount, err)
		case string(webhook.ContactCreated):
			contact, err := webhook.DataAs[webhook.ContactCreatedData](event)
			fmt.Println(contact.ContactID, contact.Email, err)
		default:
			fmt.Println("unknown:", event.Type)
		}
	}
	// Output:
	// ord_123 19700 <nil>
	// con_456 customer@example.com <nil>
	// unknown: quiz.passed
}

// An event type that this package does not know yet.
func ExampleEventType() {
	type QuizPassedData struct {
		QuizID string `json:"quiz_id"`
		Score  int    `json:"score"`
	}
	const QuizPassed webhook.EventType[QuizPassedData] = "quiz.passed"

	router := webhook.NewRouter()
	_ = webhook.On(router, QuizPassed, func(_ context.Context, _ *webhook.Event, q *QuizPassedData) error {
		fmt.Println(q.QuizID, q.Score)
		return nil
	})
	event, _ := webhook.ParseUnverified([]byte(`{"event":"quiz.passed","data":{"quiz_id":"quiz_1","score":9}}`))
	fmt.Println(router.Handle(context.Background(), event))
	// Output:
	// quiz_1 9
	// <nil>
}

func ExampleAsync() {
	verifier, _ := webhook.NewVerifier("whsec_123")
	router := webhook.NewRouter()
	_ = router.OnAny(func(context.Context, *webhook.Event) error { return errors.New("the database is away") })
	handler, err := webhook.NewHandler(router, verifier, webhook.WithLogger(nil),
		webhook.Async(4, 1000), // four workers, and room for a thousand waiting events
		webhook.AsyncRetry(3, time.Millisecond, time.Second),
		webhook.OnDeadLetter(func(_ context.Context, l webhook.DeadLetter) {
			fmt.Println("keep for later:", l.Event.ID, "after", l.Attempts, "attempts:", l.Err)
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	deliver(handler, order()) // answered at once
	fmt.Println(handler.Shutdown(context.Background()))
	// Unordered output:
	// 200 OK
	// keep for later: evt_sample_order_completed after 3 attempts: the database is away
	// <nil>
}

// A durable queue takes the events; a worker, perhaps of another program,
// handles them with the same router.
func ExampleEnqueue() {
	var table struct { // stands for a table in a database
		sync.Mutex
		bodies [][]byte
	}
	verifier, _ := webhook.NewVerifier("whsec_123")
	handler, err := webhook.NewHandler(nil, verifier,
		webhook.Enqueue(webhook.QueueFunc(func(_ context.Context, e *webhook.Event) error {
			table.Lock()
			defer table.Unlock()
			table.bodies = append(table.bodies, e.Body)
			return nil
		})))
	if err != nil {
		fmt.Println(err)
		return
	}
	deliver(handler, order())

	router := webhook.NewRouter()
	_ = webhook.On(router, webhook.OrderCompleted, func(_ context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
		fmt.Println("fulfill", o.OrderID)
		return nil
	})
	for _, body := range table.bodies {
		event, err := webhook.ParseUnverified(body)
		if err == nil {
			err = router.Handle(context.Background(), event)
		}
		fmt.Println(err)
	}
	// Output:
	// 200 OK
	// fulfill ord_123
	// <nil>
}

func ExampleDedup() {
	verifier, _ := webhook.NewVerifier("whsec_123")
	store := webhook.NewMemoryStore(10_000) // or one of yours, shared by several machines
	_, err := webhook.NewHandler(webhook.NewRouter(), verifier, webhook.Dedup(store, 7*24*time.Hour))
	fmt.Println(err)
	_, err = webhook.NewHandler(webhook.NewRouter(), verifier, webhook.Dedup(store, time.Hour))
	fmt.Println(err)
	// Output:
	// <nil>
	// webhook: a dedup window of 1h0m0s is shorter than the 34h35m0s in which the provider retries; make it longer, or add AllowShortWindow
}

func ExampleOnReject() {
	verifier, _ := webhook.NewVerifier("whsec_123")
	handler, _ := webhook.NewHandler(webhook.NewRouter(), verifier, webhook.WithLogger(nil),
		webhook.OnReject(func(_ *http.Request, rejection webhook.Rejection) {
			fmt.Println(rejection.Status, rejection.Reason, rejection.Err)
		}))
	body := order()
	webhooktest.Post(handler, webhook.FormatDashboard, "whsec_wrong", body)
	webhooktest.Post(handler, webhook.FormatDashboard, "whsec_123", []byte(`{"no":"type"}`))
	// Output:
	// 401 signature webhook: signature does not match
	// 500 payload webhook: payload is malformed: neither type nor event names the type
}
