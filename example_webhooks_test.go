package selgora_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

// endpoint adds an endpoint to the fake that answers every event with 200.
func endpoint(srv *mockserver.Server) string {
	return srv.DeliverTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		mockserver.WebhookEvents("order.completed")).ID
}

func ExampleWebhookService_Create() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	endpoint, err := client.Webhooks.Create(ctx, &selgora.WebhookCreateParams{
		URL:    "https://your-app.example.com/webhooks/selgora",
		Events: []string{"enrollment.created", "payment.completed", "course.completed"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Status, endpoint.Events)

	// The server made the secret and shows it here, once. It does not show
	// itself: printed or logged, it is hidden.
	fmt.Println("secret:", endpoint.Secret)
	verifier, err := webhook.NewVerifier(endpoint.Secret.Reveal())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verifier)
	// Output:
	// active [enrollment.created payment.completed course.completed]
	// secret: [redacted]
	// webhook.Verifier(1 secrets)
}

func ExampleNewSecret() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	params := &selgora.WebhookCreateParams{
		URL:    "https://your-app.example.com/webhooks/selgora",
		Events: []string{selgora.WebhookAllEvents},
		Secret: selgora.NewSecret("your_webhook_secret"),
	}
	fmt.Println(params)
	endpoint, err := client.Webhooks.Create(ctx, params)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Secret.IsZero()) // your own is not repeated
	// Output:
	// &{https://your-app.example.com/webhooks/selgora [*] [redacted] }
	// true
}

func ExampleWebhookService_List() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	page, err := client.Webhooks.List(ctx, &selgora.WebhookListParams{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Data[0].Status)
	// Output: disabled
}

func ExampleWebhookService_All() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	endpoint(srv)

	for endpoint, err := range client.Webhooks.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(endpoint.Status)
	}
	// Output:
	// disabled
	// active
}

func ExampleWebhookService_Pages() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	for page, err := range client.Webhooks.Pages(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(page.Data), "of", page.Meta.TotalCount)
	}
	// Output: 1 of 1
}

func ExampleWebhookService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	endpoint, err := client.Webhooks.Get(ctx, endpoint(srv))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Events, endpoint.Secret.IsZero())
	// Output: [order.completed] true
}

func ExampleWebhookService_Update() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	endpoint, err := client.Webhooks.Update(ctx, endpoint(srv), &selgora.WebhookUpdateParams{
		Events: selgora.Set([]string{selgora.WebhookAllEvents}),
		Secret: selgora.Set(selgora.NewSecret("the next secret")), // receivers take both for a while
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Events)
	// Output: [*]
}

func ExampleWebhookService_Delete() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	fmt.Println(client.Webhooks.Delete(ctx, endpoint(srv)))
	// Output: <nil>
}

func ExampleWebhookService_SendTest() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := endpoint(srv)

	delivery, err := client.Webhooks.SendTest(ctx, id, "order.completed")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.Event)
	// Output: order.completed
}

func ExampleWebhookService_Deliveries() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := endpoint(srv)
	srv.SendTestEvent(id, "order.completed")
	if err := srv.WaitDeliveries(ctx); err != nil {
		log.Fatal(err)
	}

	page, err := client.Webhooks.Deliveries(ctx, id, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, delivery := range page.Data {
		fmt.Println(delivery.Event, delivery.Status, delivery.Attempts[0].ResponseCode)
	}
	// Output: order.completed succeeded 200
}

func ExampleWebhookService_AllDeliveries() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := endpoint(srv)
	srv.SendTestEvent(id, "order.completed")

	for delivery, err := range client.Webhooks.AllDeliveries(ctx, id, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(delivery.Event)
	}
	// Output: order.completed
}

func ExampleWebhookService_Resend() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := endpoint(srv)
	first := srv.SendTestEvent(id, "order.completed")

	again, err := client.Webhooks.Resend(ctx, id, first.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.ID != first.ID, again.EventID == first.EventID)
	// Output: true true
}

func ExampleAccountService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	account, err := client.Account.Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(account.ID, account.Plan)
	// Output: acc_123 scale
}
