package webhook

import (
	"context"
	"time"
)

// A ClaimState is what a [Store] answers to a claim. The zero value is none of
// them, and taken as an error.
type ClaimState int

const (
	// ClaimAcquired: the caller has the key until its lease runs out.
	ClaimAcquired ClaimState = iota + 1
	// ClaimHeld: somebody else has the key now.
	ClaimHeld
	// ClaimDone: the key was committed.
	ClaimDone
)

// A Store remembers which events are being handled and which are done, so that
// an event delivered twice is handled once. [NewMemoryStore] serves one
// process. Receivers on several machines share a store of your own, which the
// suite in webhook/storetest checks.
//
// A key is free, held under a token until a lease runs out, or done until a
// time to live has passed. Each method is atomic, and safe for concurrent use.
// An error other than [ErrLeaseLost] means that the store cannot tell; the
// event is then refused with a 503 and delivered again later. Keys are at most
// 128 bytes; one store for several receivers of the same events needs a prefix
// for each.
type Store interface {
	// Claim takes the key under the token for the length of the lease if it
	// is free, its lease has run out, or it is held under the same token.
	Claim(ctx context.Context, key, token string, lease time.Duration) (ClaimState, error)
	// Renew makes a lease end one lease from now. It returns ErrLeaseLost,
	// and changes nothing, unless the key is held under the token and its
	// lease has not run out.
	Renew(ctx context.Context, key, token string, lease time.Duration) error
	// Commit marks the key as done for ttl. It succeeds also after the lease
	// has run out if nobody else has claimed the key; it returns ErrLeaseLost,
	// and changes nothing, if somebody else holds it or has committed it.
	Commit(ctx context.Context, key, token string, ttl time.Duration) error
	// Release frees the key if it is held under the token. Otherwise it
	// changes nothing, and that is not an error.
	Release(ctx context.Context, key, token string) error
}
