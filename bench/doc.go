// Package bench measures what a call through the client costs, beside the same
// call through plain net/http and plain go-retryablehttp.
//
// Every contender gets the same canned answers, decodes them into the same
// kind of structs and has the same deadline. Absolute times depend on the
// machine; the ratios, taken from rounds in turn, hardly do:
//
//	go run ./cmd/table
//
// prints them, in-process and over loopback. Contenders are in contenders.go,
// one function per row and peer.
package bench
