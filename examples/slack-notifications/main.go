// Command slack-notifications tells a Slack channel of each sale, the webhook
// guide's "Slack Notifications".
//
//	go run ./examples/slack-notifications                 # to a stand-in on this machine
//	go run ./examples/slack-notifications -url https://hooks.slack.com/services/…
//
// The stand-in is down at first: the receiver answers 500, and the embedded
// fake delivers the event again, five minutes later by its clock.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

func main() {
	url := flag.String("url", "", "Slack's incoming webhook; a stand-in if empty")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *url); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, url string) error {
	if url == "" {
		slack := startSlack()
		defer slack.Close()
		url = slack.URL
	}
	const secret = "shared with the provider"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	router := webhook.NewRouter()
	webhook.On(router, webhook.OrderCompleted, func(ctx context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
		total, err := money.FromMinor(o.Amount, "USD") // the event names no currency
		if err != nil {
			return err
		}
		what := "something"
		if len(o.Products) > 0 {
			what = o.Products[0].Name
		}
		return post(ctx, url, fmt.Sprintf("🎉 New sale! %s purchased %s for $%.2f", o.CustomerEmail, what, total))
	})
	handler, err := webhook.NewHandler(router, verifier, webhook.WithLogger(nil))
	if err != nil {
		return err
	}

	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	srv.DeliverTo(handler, mockserver.WebhookSecret(secret), mockserver.WebhookEvents("order.completed"))
	for _, course := range []string{"course_abc123", "test_course_123"} {
		order := srv.CreateOrder(mockserver.OrderParams{CustomerEmail: "ada@example.com", Products: []mockserver.Product{{CourseID: course}}})
		srv.CompleteOrder(order.ID)
	}
	srv.Advance(10 * time.Minute)
	return handler.Shutdown(ctx)
}
