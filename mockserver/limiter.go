package mockserver

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// RateLimits says how many requests one API key may make. A zero field sets
// no limit, so that the zero value switches the limits off; this is also the
// default of [New] and [Start].
type RateLimits struct {
	// PerHour is the number of requests in a whole UTC hour. It is what the
	// X-RateLimit headers tell about.
	PerHour int
	// PerMinute is the number of requests in a whole UTC minute.
	PerMinute int
	// Concurrent is the number of requests at the same time.
	Concurrent int
}

// DefaultRateLimits are the limits that the API guide documents: 1000 requests
// per hour, 100 per minute, 10 at the same time, for each key.
var DefaultRateLimits = RateLimits{PerHour: 1000, PerMinute: 100, Concurrent: 10}

func (l RateLimits) validate() error {
	for _, field := range []struct {
		name  string
		value int
	}{{"PerHour", l.PerHour}, {"PerMinute", l.PerMinute}, {"Concurrent", l.Concurrent}} {
		if field.value < 0 {
			return fmt.Errorf("RateLimits.%s is %d: give a positive number, or 0 for no limit", field.name, field.value)
		}
	}
	return nil
}

// documentedPerHour is what X-RateLimit-Limit says where the hour is not
// limited.
const documentedPerHour = 1000

// limiter counts the requests of each key.
type limiter struct {
	limits RateLimits

	mu   sync.Mutex
	keys map[string]*budget
}

// budget is what one key has used up.
type budget struct {
	hour, minute     int64 // numbers of the windows since 1970
	inHour, inMinute int
	running          int
}

// usage is what the X-RateLimit headers say.
type usage struct {
	limit, remaining int
	reset            int64 // Unix seconds
}

// refusal says which limit a request met.
type refusal struct {
	limit      string
	retryAfter int // seconds, at least 1
}

// maxIdleKeys is how many keys are kept before those of past windows go. Any
// test key is good for the sandbox, so their number is not bounded.
const maxIdleKeys = 10_000

// admit counts a request, or refuses it without counting. An admitted request
// has to be released.
func (l *limiter) admit(key string, now time.Time) (usage, *refusal) {
	seconds := now.Unix()
	use := usage{limit: l.limits.PerHour, remaining: l.limits.PerHour, reset: (seconds/3600 + 1) * 3600}
	if l.limits.PerHour == 0 {
		use.limit, use.remaining = documentedPerHour, documentedPerHour
	}
	if l.limits == (RateLimits{}) {
		return use, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.budget(key, seconds/3600, seconds/60)
	if l.limits.PerHour > 0 {
		use.remaining = max(0, l.limits.PerHour-b.inHour)
	}
	// A window that is full makes the others not worth telling about, the
	// longest wait first.
	switch {
	case l.limits.PerHour > 0 && b.inHour >= l.limits.PerHour:
		return use, &refusal{fmt.Sprintf("%d requests per hour", l.limits.PerHour), int(use.reset - seconds)}
	case l.limits.PerMinute > 0 && b.inMinute >= l.limits.PerMinute:
		return use, &refusal{fmt.Sprintf("%d requests per minute", l.limits.PerMinute), int((seconds/60+1)*60 - seconds)}
	case l.limits.Concurrent > 0 && b.running >= l.limits.Concurrent:
		return use, &refusal{fmt.Sprintf("%d concurrent requests", l.limits.Concurrent), 1}
	}
	b.inHour++
	b.inMinute++
	b.running++
	if l.limits.PerHour > 0 {
		use.remaining--
	}
	return use, nil
}

// budget returns the key's, with its windows brought up to date.
func (l *limiter) budget(key string, hour, minute int64) *budget {
	b := l.keys[key]
	if b == nil {
		if len(l.keys) >= maxIdleKeys {
			l.sweep(hour)
		}
		if l.keys == nil {
			l.keys = make(map[string]*budget)
		}
		b = new(budget)
		l.keys[key] = b
	}
	if b.hour != hour {
		b.hour, b.inHour = hour, 0
	}
	if b.minute != minute {
		b.minute, b.inMinute = minute, 0
	}
	return b
}

// sweep forgets the keys that have nothing running and nothing counted in this
// hour, and where that is not enough any that have nothing running.
func (l *limiter) sweep(hour int64) {
	for key, b := range l.keys {
		if b.running == 0 && b.hour != hour {
			delete(l.keys, key)
		}
	}
	for key, b := range l.keys {
		if len(l.keys) < maxIdleKeys {
			return
		}
		if b.running == 0 {
			delete(l.keys, key)
		}
	}
}

// release frees the slot of an admitted request.
func (l *limiter) release(key string) {
	if l.limits == (RateLimits{}) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.keys[key]; b != nil {
		b.running--
	}
}

// reset forgets everything but the requests that are running.
func (l *limiter) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, b := range l.keys {
		if b.running == 0 {
			delete(l.keys, key)
			continue
		}
		*b = budget{running: b.running}
	}
}

// limit is the stage that counts a request against its key's limits.
func (s *Server) limit(c *call) *reply {
	use, refused := s.limiter.admit(c.key.token, c.at)
	c.usage = use
	if refused == nil {
		c.admitted = true
		return nil
	}
	r := errorReply(http.StatusTooManyRequests, errorBody{
		Error:      "Rate limit exceeded: " + refused.limit,
		RetryAfter: refused.retryAfter,
	})
	return r.set("Retry-After", strconv.Itoa(refused.retryAfter))
}
