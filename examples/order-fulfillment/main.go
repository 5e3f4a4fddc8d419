// Command order-fulfillment starts e-mail sequences from webhook events, the
// webhook guide's "Email Automation": a welcome for each order, and a
// graduate's sequence for each course that is completed.
//
//	go run ./examples/order-fulfillment
//
// The e-mail provider is slow, so events are handled after they are answered
// (webhook.Async). What cannot be handled at all is kept as a dead letter.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// addToSequence stands in for the client of a real e-mail provider.
func addToSequence(_ context.Context, email, sequence string, fields map[string]any) error {
	if strings.HasSuffix(email, ".invalid") {
		return errors.New("e-mail provider: the address does not exist")
	}
	fmt.Printf("  %-18s gets %-15s %v\n", email, sequence, fields)
	return nil
}

func newRouter() *webhook.Router {
	router := webhook.NewRouter()
	webhook.On(router, webhook.OrderCompleted, func(ctx context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
		names := make([]string, len(o.Products))
		for i, p := range o.Products {
			names[i] = p.Name
		}
		return addToSequence(ctx, o.CustomerEmail, "welcome", map[string]any{"order": o.OrderID, "products": names})
	})
	webhook.On(router, webhook.CourseCompleted, func(ctx context.Context, _ *webhook.Event, c *webhook.CourseCompletedData) error {
		return addToSequence(ctx, c.ContactEmail, "course_graduate",
			map[string]any{"course_name": c.CourseName, "completion_date": c.CompletedAt.Format(time.DateOnly)})
	})
	return router
}

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	const secret = "shared with the provider"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	handler, err := webhook.NewHandler(newRouter(), verifier,
		webhook.Async(4, 1000), webhook.AsyncRetry(3, 10*time.Millisecond, time.Second), webhook.WithLogger(nil),
		webhook.OnDeadLetter(func(_ context.Context, l webhook.DeadLetter) {
			fmt.Printf("  dead letter after %d attempts: %v\n    %s\n", l.Attempts, l.Err, l.Event.Body)
		}))
	if err != nil {
		return err
	}

	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	srv.DeliverTo(handler, mockserver.WebhookSecret(secret))
	for _, customer := range []string{"ada@example.com", "grace@example.com", "nobody@example.invalid"} {
		order := srv.CreateOrder(mockserver.OrderParams{CustomerEmail: customer, Products: []mockserver.Product{{CourseID: "test_course_123"}}})
		srv.CompleteOrder(order.ID)
	}
	for _, enrollment := range srv.Enrollments() {
		if enrollment.UserEmail == "grace@example.com" {
			srv.CompleteEnrollment(enrollment.ID)
		}
	}
	if err := srv.WaitDeliveries(ctx); err != nil {
		return err
	}
	return handler.Shutdown(ctx) // drains: every accepted event is handled or a dead letter
}
