package main

import (
	"context"
	"net/http"

	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// traffic lets a day's business happen in the fake, delivers what follows from
// it to the router, and returns how many requests that took.
func traffic(ctx context.Context, router *webhook.Router) (int, error) {
	const secret = "shared with the provider"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return 0, err
	}
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		return 0, err
	}
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return 0, err
	}
	defer srv.Close()
	requests := 0
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++ // one request at a time, unless asked for more
		handler.ServeHTTP(w, r)
	})
	srv.DeliverTo(counted, mockserver.WebhookSecret(secret), mockserver.WebhookDuplicates(1))

	for _, customer := range []string{"ada@example.com", "grace@example.com", "edsger@example.com"} {
		order := srv.CreateOrder(mockserver.OrderParams{
			CustomerEmail: customer,
			Products:      []mockserver.Product{{CourseID: "test_course_123"}},
		})
		srv.CompleteOrder(order.ID)
		for range 3 {
			srv.CompleteLesson(mockserver.LessonCompletion{CourseID: "test_course_123", UserEmail: customer})
		}
		email := srv.SendEmail(mockserver.EmailParams{To: customer, Subject: "Welcome", Campaign: "welcome_series"})
		srv.OpenEmail(email.ID, mockserver.Opening{})
	}
	if err := srv.WaitDeliveries(ctx); err != nil {
		return 0, err
	}
	return requests, handler.Shutdown(ctx)
}
