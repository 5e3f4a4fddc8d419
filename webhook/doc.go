// Package webhook receives the provider's webhook events: it verifies, parses,
// routes and serves them.
//
//	verifier, err := webhook.NewVerifier(os.Getenv("SELGORA_WEBHOOK_SECRET"))
//	…
//	router := webhook.NewRouter()
//	webhook.On(router, webhook.OrderCompleted,
//		func(ctx context.Context, e *webhook.Event, o *webhook.OrderCompletedData) error {
//			return thankFor(ctx, o.CustomerEmail, o.Products)
//		})
//	handler, err := webhook.NewHandler(router, verifier)
//	…
//	http.Handle("/webhooks/selgora", handler)
//
// # What arrives
//
// The provider's two guides describe two forms of an event ([Format]), which
// differ in envelope and signature. A receiver takes both, and the data of
// contact events in both shapes, without being told. Of each of the 26 event
// types there is a constant, such as [OrderCompleted], that carries the type of
// its data. Unknown types and fields are no error; the raw data and body stay
// available.
//
// # What is guaranteed
//
// No handler sees a body whose signature was not checked. No event is lost
// silently: whatever is not done is answered in such a way that the provider
// delivers it again ([Reason]), and what was accepted for later is handled,
// tried again, and in the end given to [OnDeadLetter]. An event delivered
// twice, also twice at once, is handled once, as far as the [Store] reaches
// and remembers. Handlers may still run more than once: after a failure, and
// after a crash. A signature has no time in it, so a recorded request can be
// sent again; dedup alone recognizes that.
//
// # When to answer
//
// The provider waits five seconds. [Sync], the default, handles the event
// first and is right for handlers that are quick or start a transaction of
// their own. [Enqueue] puts it into a durable queue, for anything slow.
// [Async] keeps it in memory, for what may get lost in a crash.
package webhook
