// Package wire is the way of a request from a service method to the network
// and back. It has one door, [Client.Do], which returns facts: what the last
// response was, what became of the call, and what it ended with. It knows
// nothing of the types that users see; package selgora makes errors and objects
// of the facts.
//
// A call passes, in this order:
//
//	wire.go     Do: the retry loop of go-retryablehttp, one for each Client
//	policy.go   what happened → repeat? wait? as one table
//	attempt.go  one attempt: key, permit, timeout, send, read, record
//	body.go     the whole body in a pooled buffer, capped
//	call.go     what the attempts of a call leave behind, and its outcome
package wire
