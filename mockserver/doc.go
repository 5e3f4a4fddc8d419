// Package mockserver is a fake of the whole Selgora API that runs in memory:
// for tests, for demonstrations and, as the selgora-mock command, for programs
// in any language.
//
//	func TestEnroll(t *testing.T) {
//		srv := mockserver.New(t) // an empty account; closes itself
//		client := srv.Client()     // in-process: no port, no network
//		…
//	}
//
// The fake keeps what it is sent, validates it, pages lists, checks keys and
// permissions, counts rate limits, and answers errors as the API does. In a
// test it is strict: a misspelled field fails the test with the name that was
// probably meant. Faults ([Server.Inject]) happen before or after the work is
// done; the journal ([Server.Requests]) tells what was sent. All time in it is
// one clock ([Server.Advance]).
//
// Every change sends the webhooks that the guides describe, signed and with
// their retries, to the endpoints that were created through the API or with
// [Server.AddWebhook], or straight to a handler with [Server.DeliverTo].
// Advancing the clock makes the retries that fall due on the way.
//
// Where the provider's guides are silent or contradict each other, the fake
// follows the project's OpenAPI document, which marks what is not documented.
package mockserver
