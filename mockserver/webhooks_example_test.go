package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// A receiver that is down for eight hours: the order arrives with a later
// attempt, and is handled once. No time goes by for it.
func ExampleServer_DeliverTo() {
	srv, err := mockserver.Start(mockserver.WithClock(time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close() }()

	down := true
	router := webhook.NewRouter()
	err = webhook.On(router, webhook.OrderCompleted, func(_ context.Context, e *webhook.Event, o *webhook.OrderCompletedData) error {
		if down {
			return errors.New("the shop's database is down")
		}
		fmt.Printf("retry %d: %s paid %d %s\n", e.Retry, o.CustomerEmail, o.Amount, o.Products[0].Name)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	verifier, err := webhook.NewVerifier("whsec_example")
	if err != nil {
		fmt.Println(err)
		return
	}
	handler, err := webhook.NewHandler(router, verifier, webhook.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.DeliverTo(handler, mockserver.WebhookEvents("order.completed"), mockserver.WebhookSecret("whsec_example"))

	price := int64(4990)
	order := srv.CreateOrder(mockserver.OrderParams{
		CustomerEmail: "ada@example.com", Products: []mockserver.Product{{Name: "Brushes", Price: &price}},
	})
	srv.CompleteOrder(order.ID)
	srv.Advance(8 * time.Hour)
	down = false
	srv.Advance(27 * time.Hour)

	d := srv.Deliveries()[0]
	fmt.Println(d.Event, d.Status, "after", len(d.Attempts), "attempts")
	for _, a := range d.Attempts {
		fmt.Println(a.At.Format("Jan 2 15:04"), a.StatusCode)
	}
	// Output:
	// retry 4: ada@example.com paid 4990 Brushes
	// order.completed succeeded after 5 attempts
	// Mar 1 10:00 500
	// Mar 1 10:05 500
	// Mar 1 10:35 500
	// Mar 1 12:35 500
	// Mar 1 20:35 200
}
