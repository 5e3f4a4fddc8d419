package wire

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"time"
)

// Fate is what became of an attempt, from what certainly had no effect to what
// certainly was received.
type Fate uint8

const (
	Refused   Fate = iota // not made: the context had ended, no key, no permit
	Untrusted             // no connection: the server's certificate is not trusted
	Unsent                // no connection, or nothing written to it
	Lost                  // may have arrived; no response came back
	Cut                   // a response came, its body did not come whole
	Responded             // a whole response came
)

// Effect is what became of a call's effect on the account.
type Effect uint8

const (
	EffectUnknown Effect = iota
	EffectNone
	EffectDone
)

type repeat uint8

const (
	noRepeat repeat = iota
	ifRepeatable
	always
)

// policy is the whole of it: what became of an attempt, what that says of the
// effect, and whether another attempt may follow. The first row that fits
// holds. Statuses are of Cut and Responded alone.
var policy = []struct {
	fate     Fate
	from, to int // statuses
	effect   Effect
	repeat   repeat
}{
	{Responded, 200, 299, EffectDone, noRepeat},
	{Cut, 200, 299, EffectDone, ifRepeatable},
	{Refused, 0, 0, EffectNone, noRepeat},
	{Untrusted, 0, 0, EffectNone, noRepeat},
	{Unsent, 0, 0, EffectNone, always},
	{Lost, 0, 0, EffectUnknown, ifRepeatable},
	// Of a failure, the status alone says what became of the call.
	{Responded, 429, 429, EffectNone, always},
	{Responded, 408, 408, EffectUnknown, ifRepeatable},
	{Responded, 400, 499, EffectNone, noRepeat},
	{Responded, 500, 500, EffectUnknown, ifRepeatable},
	{Responded, 502, 504, EffectUnknown, ifRepeatable},
	{Responded, 0, math.MaxInt, EffectUnknown, noRepeat}, // 3xx, 501, whatever else
}

func verdict(fate Fate, status int) (Effect, repeat) {
	for i := range policy {
		if p := &policy[i]; p.fate == fate && p.from <= status && status <= p.to {
			return p.effect, p.repeat
		}
	}
	return EffectUnknown, noRepeat
}

// StatusEffect returns what a response's status says of the call's effect.
func StatusEffect(status int) Effect {
	effect, _ := verdict(Responded, status)
	return effect
}

// combine returns the effect of a call of which an attempt had the effect b
// after others had a.
func combine(a, b Effect) Effect {
	if a == EffectDone || b == EffectDone {
		return EffectDone
	}
	return min(a, b)
}

// maxTurns stands for no limit: each call has its own.
const maxTurns = math.MaxInt

// checkRetry decides after each turn of the retry loop.
func checkRetry(ctx context.Context, _ *http.Response, _ error) (bool, error) {
	c := callOf(ctx)
	c.turns++
	_, again := verdict(c.fate, c.status())
	switch {
	case again == noRepeat, again == ifRepeatable && !c.Repeatable, c.turns > c.MaxRetries:
		return false, nil
	case ctx.Err() != nil:
		c.interrupted = true
		return false, nil
	}
	if wait, asked := c.askedWait(); asked {
		if wait > c.client.MaxWait && !c.Patient {
			c.overMaxWait = true
			return false, nil
		}
		if deadline, ok := ctx.Deadline(); ok && wait > time.Until(deadline) {
			return false, nil
		}
	}
	c.interrupted = true // until the next attempt begins
	return true, nil
}

// backoff returns the wait before the next turn: what the response asks for,
// or else anything from nothing to a bound that doubles from shortest to
// longest, so that clients that failed together do not come back together.
func backoff(shortest, longest time.Duration, turn int, resp *http.Response) time.Duration {
	if resp != nil {
		if b, ok := resp.Body.(*buffer); ok && b.asked {
			return b.wait
		}
	}
	bound := shortest
	if bound == 0 {
		bound = min(time.Millisecond, longest) // nothing doubled is nothing
	}
	for range turn {
		if bound >= longest/2 {
			bound = longest
			break
		}
		bound *= 2
	}
	if bound <= 0 {
		return 0
	}
	return rand.N(bound)
}
