package mockserver

import "net/http"

// webhookConfig is what the options say about deliveries.
type webhookConfig struct {
	external  bool
	transport http.RoundTripper
	log       int
}

// defaultDeliveryLog is how many deliveries are kept for each endpoint.
const defaultDeliveryLog = 10_000

// AllowExternalWebhooks delivers webhooks to any address. Without it they go
// to loopback addresses and to handlers in this process only, and a delivery
// to anywhere else is logged as blocked, without its name being looked up.
func AllowExternalWebhooks() Option {
	return func(c *config) { c.webhooks.external = true }
}

// WithWebhookTransport makes the requests of deliveries to URLs with a
// transport of the caller's, for example one that trusts the certificate of a
// test server. Which addresses are allowed does not depend on it. Nil, and the
// default, is one that uses no proxy and makes a connection for each request.
func WithWebhookTransport(transport http.RoundTripper) Option {
	return func(c *config) { c.webhooks.transport = transport }
}

// WithDeliveryLog sets how many deliveries the log keeps for each endpoint,
// 10 000 by default. Beyond that the oldest finished ones are dropped now and
// then; deliveries that are not finished always stay.
func WithDeliveryLog(deliveries int) Option {
	return func(c *config) {
		if deliveries < 0 {
			c.refuse("WithDeliveryLog(%d): it cannot be negative", deliveries)
			return
		}
		c.webhooks.log = deliveries
	}
}
