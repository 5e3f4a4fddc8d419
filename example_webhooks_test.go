package selgora_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
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
		Secret: "your_webhook_secret", // without one, the answer has it, once
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Status, endpoint.Events)
	// Output: active [enrollment.created payment.completed course.completed]
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

func ExampleWebhookService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	endpoint, err := client.Webhooks.Get(ctx, endpoint(srv))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(endpoint.Events, endpoint.Secret == "")
	// Output: [order.completed] true
}

func ExampleWebhookService_Update() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	endpoint, err := client.Webhooks.Update(ctx, endpoint(srv), &selgora.WebhookUpdateParams{
		Events: selgora.Set([]string{selgora.WebhookAllEvents}),
		Secret: selgora.Set("the next secret"), // receivers take both for a while
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
