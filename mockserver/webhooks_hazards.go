package mockserver

import (
	"fmt"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// maxHazard bounds numbers that cost memory.
const maxHazard = 1000

// WebhookDuplicates makes each first attempt n more times, as providers do by
// mistake: with the same id and bytes, and one after the other, or at the same
// time with [WebhookConcurrency]. What the copies are answered changes
// nothing.
func WebhookDuplicates(n int) WebhookOption {
	return func(s *webhookSetup) { s.hazards.Duplicates = n }
}

// WebhookConcurrency lets up to n requests to the endpoint be under way at a
// time. The default is one, in the order of events.
func WebhookConcurrency(n int) WebhookOption {
	return func(s *webhookSetup) { s.hazards.Concurrency = n }
}

// WebhookReordering holds first attempts back until there are n, then makes
// them in another order, which the seed determines. What is held goes on after
// a second of the server's clock, and with [Server.WaitDeliveries].
func WebhookReordering(n int, seed uint64) WebhookOption {
	return func(s *webhookSetup) { s.hazards.Reorder, s.hazards.Seed = n, seed }
}

// WebhookBadSignatures sends the first n requests with a signature of the
// right form that does not fit, all of them if n is negative.
func WebhookBadSignatures(n int) WebhookOption {
	return func(s *webhookSetup) { s.hazards.BadSignatures = n }
}

// WebhookSignedWith signs with another secret than the endpoint's, as if it
// had been rotated and the receiver not been told.
func WebhookSignedWith(secret string) WebhookOption {
	return func(s *webhookSetup) { s.hazards.Secret = secret }
}

// WebhookLateRetry makes one retry of each delivery that succeeded, as if the
// answer had been lost: at the time of the next attempt.
func WebhookLateRetry() WebhookOption {
	return func(s *webhookSetup) { s.hazards.LateRetry = true }
}

// checkHazards returns what is wrong with hazards, by their names in the
// control API.
func checkHazards(h delivery.Hazards) error {
	problems := make(map[string]string)
	for name, n := range map[string]int{"duplicates": h.Duplicates, "concurrency": h.Concurrency, "reorder": h.Reorder} {
		if n < 0 || n > maxHazard {
			problems["hazards."+name] = fmt.Sprintf("is %d: it lies between 0 and %d", n, maxHazard)
		}
	}
	if len(problems) > 0 {
		return &store.ValidationError{Fields: problems}
	}
	return nil
}
