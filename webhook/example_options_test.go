package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// receiver is a handler that prints each order it handles.
func receiver(opts ...webhook.Option) *webhook.Handler {
	verifier, err := webhook.NewVerifier("whsec_123")
	if err != nil {
		panic(err)
	}
	router := webhook.NewRouter()
	_ = webhook.On(router, webhook.OrderCompleted, func(_ context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
		fmt.Println("handled", o.OrderID)
		return nil
	})
	handler, err := webhook.NewHandler(router, verifier, append(opts, webhook.WithLogger(nil))...)
	if err != nil {
		panic(err)
	}
	return handler
}

func ExampleWithoutDedup() {
	handler := receiver(webhook.WithoutDedup())
	deliver(handler, order())
	deliver(handler, order())
	// Output:
	// handled ord_123
	// 200 OK
	// handled ord_123
	// 200 OK
}

func ExampleMaxBody() {
	deliver(receiver(webhook.MaxBody(64)), order())
	// Output: 413 Request Entity Too Large
}

func ExampleRetryUnverified() {
	body := order()
	for _, handler := range []http.Handler{receiver(), receiver(webhook.RetryUnverified())} {
		fmt.Println(webhooktest.Post(handler, webhook.FormatDashboard, "whsec_other", body).Status)
	}
	// Output:
	// 401 Unauthorized
	// 503 Service Unavailable
}

func ExampleHandlerTimeout() {
	verifier, _ := webhook.NewVerifier("whsec_123")
	router := webhook.NewRouter()
	ended := make(chan error, 1)
	_ = router.OnAny(func(ctx context.Context, _ *webhook.Event) error {
		<-ctx.Done() // too slow
		ended <- context.Cause(ctx)
		return ctx.Err()
	})
	handler, err := webhook.NewHandler(router, verifier, webhook.WithLogger(nil), webhook.HandlerTimeout(10*time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	deliver(handler, order())
	fmt.Println(errors.Is(<-ended, webhook.ErrHandlerTimeout))
	// Output:
	// 503 Service Unavailable
	// true
}

// counter observes some of what happens.
type counter struct {
	webhook.NopObserver
	handled, duplicates int
}

func (c *counter) Handled(context.Context, *webhook.Event, webhook.Handling) { c.handled++ }
func (c *counter) Duplicate(context.Context, *webhook.Event)                 { c.duplicates++ }

func ExampleWithObserver() {
	var c counter
	handler := receiver(webhook.WithObserver(&c))
	deliver(handler, order())
	deliver(handler, order())
	fmt.Println(c.handled, "handled,", c.duplicates, "duplicate")
	// Output:
	// handled ord_123
	// 200 OK
	// 200 OK
	// 1 handled, 1 duplicate
}

func ExampleRouter_OnUnknown() {
	router := webhook.NewRouter()
	_ = webhook.On(router, webhook.OrderCompleted, func(context.Context, *webhook.Event, *webhook.OrderCompletedData) error { return nil })
	_ = router.OnUnknown(func(_ context.Context, e *webhook.Event) error {
		fmt.Println("nobody handles", e.Type)
		return nil
	})
	event, _ := webhook.ParseUnverified(webhooktest.Sample(webhook.FormatAPI, webhook.CourseDeleted))
	fmt.Println(router.Handle(context.Background(), event))
	// Output:
	// nobody handles course.deleted
	// <nil>
}

func ExampleRouter_OnError() {
	router := webhook.NewRouter()
	_ = router.OnAny(func(context.Context, *webhook.Event) error { panic("a mistake") })
	_ = router.OnError(func(_ context.Context, e *webhook.Event, err error) {
		var p *webhook.PanicError
		fmt.Println("report", e.Type, errors.As(err, &p))
	})
	event, _ := webhook.ParseUnverified(order())
	fmt.Println(router.Handle(context.Background(), event) != nil)
	// Output:
	// report order.completed true
	// true
}
