package selgora_test

import (
	"testing"

	"github.com/selgora/selgora-go"
)

func TestWebhookBadParams(t *testing.T) {
	hookUpdate := func(p selgora.WebhookUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "wh_1", &p)) }
	}
	checkRefused(t, []refused{
		{"WebhookCreateParams", func(x ctx, c cl) error { return err2(c.Webhooks.Create(x, nil)) }},
		{"WebhookCreateParams.URL", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{Events: []string{"*"}}))
		}},
		{"WebhookCreateParams.Events", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com"}))
		}},
		{"WebhookCreateParams.Secret", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com", Events: []string{"*"}, Secret: selgora.NewSecret(" ")}))
		}},
		{"WebhookUpdateParams", func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "wh_1", nil)) }},
		{"WebhookUpdateParams.URL", hookUpdate(selgora.WebhookUpdateParams{URL: selgora.Set("")})},
		{"WebhookUpdateParams.URL", hookUpdate(selgora.WebhookUpdateParams{URL: selgora.Null[string]()})},
		{"WebhookUpdateParams.Events", hookUpdate(selgora.WebhookUpdateParams{Events: selgora.Set([]string(nil))})},
		{"WebhookUpdateParams.Events", hookUpdate(selgora.WebhookUpdateParams{Events: selgora.Null[[]string]()})},
		{"WebhookUpdateParams.Status", hookUpdate(selgora.WebhookUpdateParams{Status: selgora.Null[selgora.WebhookStatus]()})},
		{"WebhookUpdateParams.Secret", hookUpdate(selgora.WebhookUpdateParams{Secret: selgora.Set(selgora.Secret{})})},
		{"WebhookUpdateParams.Secret", hookUpdate(selgora.WebhookUpdateParams{Secret: selgora.Null[selgora.Secret]()})},
		{"WebhookUpdateParams.Format", hookUpdate(selgora.WebhookUpdateParams{Format: selgora.Null[selgora.WebhookFormat]()})},
		{"eventType", func(x ctx, c cl) error { return err2(c.Webhooks.SendTest(x, "wh_1", " ")) }},
		{"WebhookListParams.Limit", func(x ctx, c cl) error { return err2(c.Webhooks.List(x, &selgora.WebhookListParams{Limit: 101})) }},
		{"WebhookListParams.Limit", func(x ctx, c cl) error { return first(c.Webhooks.All(x, &selgora.WebhookListParams{Limit: 101})) }},
		{"DeliveryListParams.Limit", func(x ctx, c cl) error {
			return first(c.Webhooks.AllDeliveries(x, "wh_1", &selgora.DeliveryListParams{Limit: 101}))
		}},
		{"DeliveryListParams.Limit", func(x ctx, c cl) error {
			return err2(c.Webhooks.Deliveries(x, "wh_1", &selgora.DeliveryListParams{Limit: 101}))
		}},
	})
}

func TestWebhookRefusedIDs(t *testing.T) {
	checkRefusedIDs(t, "id",
		func(x ctx, c cl, id string) error { return err2(c.Webhooks.Get(x, id)) },
		func(x ctx, c cl, id string) error {
			return err2(c.Webhooks.Update(x, id, &selgora.WebhookUpdateParams{}))
		},
		func(x ctx, c cl, id string) error { return c.Webhooks.Delete(x, id) },
		func(x ctx, c cl, id string) error { return err2(c.Webhooks.SendTest(x, id, "order.created")) },
		func(x ctx, c cl, id string) error { return err2(c.Webhooks.Deliveries(x, id, nil)) },
		func(x ctx, c cl, id string) error { return first(c.Webhooks.AllDeliveries(x, id, nil)) },
		func(x ctx, c cl, id string) error { return err2(c.Webhooks.Resend(x, id, "dlv_1")) },
	)
	checkRefusedIDs(t, "second id",
		func(x ctx, c cl, id string) error { return err2(c.Webhooks.Resend(x, "wh_1", id)) },
	)
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestWebhookAbsentZeroAndNull(t *testing.T) {
	checkBodies(t, []sentBody{
		{"webhook create", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com", Events: []string{"*"}}))
		}, `{"url":"https://example.com","events":["*"]}`},
		{"webhook update, nothing", func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "x", &selgora.WebhookUpdateParams{})) }, `{}`},
		{"webhook update, all", func(x ctx, c cl) error {
			return err2(c.Webhooks.Update(x, "x", &selgora.WebhookUpdateParams{URL: selgora.Set("https://example.com"), Events: selgora.Set([]string{"order.created"}), Status: selgora.Set(selgora.WebhookDisabled), Secret: selgora.Set(selgora.NewSecret("s")), Format: selgora.Set(selgora.WebhookFormatAPI)}))
		}, `{"url":"https://example.com","events":["order.created"],"status":"disabled","format":"api","secret":"s"}`},
		{"test event", func(x ctx, c cl) error { return err2(c.Webhooks.SendTest(x, "x", "order.created")) }, `{"event":"order.created"}`},
		{"resend", func(x ctx, c cl) error { return err2(c.Webhooks.Resend(x, "x", "y")) }, ``},
	})
}

func TestWebhookListQueries(t *testing.T) {
	checkQueries(t, []query{
		{"/v1/webhooks", func(x ctx, c cl) error { return err2(c.Webhooks.List(x, nil)) }},
		{"/v1/webhooks?page=1&limit=100", func(x ctx, c cl) error { return first(c.Webhooks.All(x, nil)) }},
		{"/v1/webhooks/w/deliveries", func(x ctx, c cl) error { return err2(c.Webhooks.Deliveries(x, "w", nil)) }},
		{"/v1/webhooks/w/deliveries?page=1&limit=100", func(x ctx, c cl) error { return first(c.Webhooks.AllDeliveries(x, "w", nil)) }},
	})
}
