package wire

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for _, tt := range []struct {
		shortest, longest time.Duration
		bounds            []time.Duration
	}{
		{time.Second, 8 * time.Second, []time.Duration{1e9, 2e9, 4e9, 8e9, 8e9, 8e9}},
		{time.Second, 5 * time.Second, []time.Duration{1e9, 2e9, 5e9, 5e9}},
		{3, 3, []time.Duration{3, 3, 3}},
		{math.MaxInt64, math.MaxInt64, []time.Duration{math.MaxInt64, math.MaxInt64}},
		{math.MaxInt64/2 + 1, math.MaxInt64, []time.Duration{math.MaxInt64/2 + 1, math.MaxInt64}},
	} {
		for i, bound := range tt.bounds {
			var low, high int
			for range 200 {
				d := backoff(tt.shortest, tt.longest, i, nil)
				if d < 0 || d > bound {
					t.Fatalf("wait %d: %v is out of 0 to %v", i+1, d, bound)
				}
				if d < bound/2 {
					low++
				} else {
					high++
				}
			}
			if low < 40 || high < 40 {
				t.Errorf("wait %d of %v to %v: %d in the lower half, %d in the upper: no full jitter", i+1, tt.shortest, tt.longest, low, high)
			}
		}
	}
	if d := backoff(0, 0, 1<<30, nil); d != 0 {
		t.Errorf("without waits: %v", d)
	}
}

// The policy as a table: for each fate of an attempt, and each status, what it
// says of the effect, and who may try again.
func TestPolicy(t *testing.T) {
	for _, tt := range []struct {
		fate     Fate
		statuses []int
		effect   Effect
		repeat   repeat
	}{
		{Refused, []int{0}, EffectNone, noRepeat},
		{Untrusted, []int{0}, EffectNone, noRepeat},
		{Unsent, []int{0}, EffectNone, always},
		{Lost, []int{0}, EffectUnknown, ifRepeatable},
		{Cut, []int{200, 201, 204, 299}, EffectDone, ifRepeatable},
		{Responded, []int{200, 201, 202, 204, 299}, EffectDone, noRepeat},
		{Responded, []int{300, 301, 302, 303, 304, 307, 308, 399}, EffectUnknown, noRepeat},
		{Responded, []int{400, 401, 403, 404, 405, 406, 407, 409, 410, 413, 415, 422, 425, 426, 428, 430, 499}, EffectNone, noRepeat},
		{Responded, []int{408}, EffectUnknown, ifRepeatable},
		{Responded, []int{429}, EffectNone, always},
		{Responded, []int{500, 502, 503, 504}, EffectUnknown, ifRepeatable},
		{Responded, []int{501, 505, 506, 507, 508, 510, 511, 520, 599, 600, 999}, EffectUnknown, noRepeat},
	} {
		for _, status := range tt.statuses {
			if effect, again := verdict(tt.fate, status); effect != tt.effect || again != tt.repeat {
				t.Errorf("fate %d, status %d: effect %d, repeat %d; want %d, %d", tt.fate, status, effect, again, tt.effect, tt.repeat)
			}
		}
	}
}

// checkRetry adds to the policy what is the call's own: whether it may be
// repeated, how often, for how long, and whether anybody still wants it.
func TestCheckRetry(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := &Client{Config: Config{MaxWait: 10 * time.Second}}
	for _, tt := range []struct {
		name        string
		ctx         context.Context
		call        *call
		status      int
		asks        time.Duration // 0: for nothing
		want        bool
		interrupted bool
		overMaxWait bool
	}{
		{"done", t.Context(), &call{Request: Request{MaxRetries: 2, Repeatable: true}, fate: Responded}, 200, 0, false, false, false},
		{"repeatable", t.Context(), &call{Request: Request{MaxRetries: 2, Repeatable: true}, fate: Responded}, 503, 0, true, true, false},
		{"not repeatable", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Responded}, 503, 0, false, false, false},
		{"refused by the server", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Responded}, 429, time.Second, true, true, false},
		{"not sent", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Unsent}, 0, 0, true, true, false},
		{"lost", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Lost}, 0, 0, false, false, false},
		{"the last try", t.Context(), &call{Request: Request{MaxRetries: 2, Repeatable: true}, fate: Lost, turns: 1}, 0, 0, true, true, false},
		{"no try left", t.Context(), &call{Request: Request{MaxRetries: 2, Repeatable: true}, fate: Lost, turns: 2}, 0, 0, false, false, false},
		{"not wanted any more", ended, &call{Request: Request{MaxRetries: 2, Repeatable: true}, fate: Lost}, 0, 0, false, true, false},
		{"as long as it takes on itself", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Responded}, 429, 10 * time.Second, true, true, false},
		{"longer", t.Context(), &call{Request: Request{MaxRetries: 2}, fate: Responded}, 429, 11 * time.Second, false, false, true},
		{"longer, but patient", t.Context(), &call{Request: Request{MaxRetries: 2, Patient: true}, fate: Responded}, 429, 11 * time.Second, true, true, false},
		{"longer than the context", soon, &call{Request: Request{MaxRetries: 2, Patient: true}, fate: Responded}, 429, time.Hour, false, false, false},
	} {
		c := tt.call
		c.client, c.body = client, &buffer{wait: tt.asks, asked: tt.asks > 0}
		c.reply = Reply{Response: &http.Response{StatusCode: tt.status}}
		got, err := checkRetry(context.WithValue(tt.ctx, callKey{}, c), nil, nil)
		if state := fmt.Sprint(got, err, c.interrupted, c.overMaxWait); state != fmt.Sprint(tt.want, nil, tt.interrupted, tt.overMaxWait) {
			t.Errorf("%s: %s", tt.name, state)
		}
	}
}

// What a response asks for wins over the backoff.
func TestBackoffAsAsked(t *testing.T) {
	resp := &http.Response{Body: &buffer{wait: 7 * time.Hour, asked: true}}
	if got := backoff(time.Second, time.Second, 0, resp); got != 7*time.Hour {
		t.Errorf("a wait of %v", got)
	}
	resp = &http.Response{Body: &buffer{wait: 7 * time.Hour}}
	if got := backoff(time.Second, time.Second, 0, resp); got > time.Second {
		t.Errorf("a wait of %v", got)
	}
}
