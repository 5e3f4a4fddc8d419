// Package webhooktest makes signed webhook events for the tests of a receiver:
//
//	body := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCompleted)
//	response := webhooktest.Post(handler, webhook.FormatDashboard, secret, body)
//
// There is a sample of each of the 26 event types in both formats, [Encode]
// makes events with data of your own, and [Sign] signs any bytes. Nothing here
// needs a network. For a whole provider with retries and a clock see package
// mockserver.
package webhooktest
