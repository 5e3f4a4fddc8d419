package wire

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// tooLong stands for a wait that is too long for a Duration.
const tooLong = time.Duration(math.MaxInt64)

// defaultWait is what the guide's sample waits after a 429 that names no time.
const defaultWait = 60 * time.Second

// readRetryAfter finds the wait that an unsuccessful response asks for.
func (b *buffer) readRetryAfter(resp *http.Response) time.Duration {
	b.wait, b.asked = parseRetryAfter(resp.Header, time.Now())
	if !b.asked {
		var body struct {
			RetryAfter json.RawMessage `json:"retry_after"`
		}
		if jsonx.Unmarshal(b.data, &body) == nil {
			b.wait, b.asked = parseRetryAfterField(body.RetryAfter)
		}
	}
	if !b.asked && resp.StatusCode == http.StatusTooManyRequests {
		b.wait, b.asked = defaultWait, true
	}
	return b.wait
}

// parseRetryAfter reads a Retry-After header: whole seconds or an HTTP-date.
// A date counts against the server's own clock where the response shows it.
func parseRetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(Field(h, "Retry-After"))
	if value == "" {
		return 0, false
	}
	if isDigits(value) {
		return parseSeconds(value)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(Field(h, "Date")); err == nil {
		now = date
	}
	return max(at.Sub(now), 0), true
}

// parseRetryAfterField reads the body's retry_after: a JSON number of seconds,
// or a string that holds one.
func parseRetryAfterField(raw json.RawMessage) (time.Duration, bool) {
	value := strings.Trim(string(raw), `" `)
	if isDigits(value) {
		return parseSeconds(value)
	}
	seconds, err := strconv.ParseFloat(value, 64)
	switch {
	case strings.ContainsAny(value, "xX_"):
		return 0, false // Go's syntax, not JSON's
	case math.IsInf(seconds, 1) && errors.Is(err, strconv.ErrRange):
		return tooLong, true
	case err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) || seconds < 0:
		return 0, false
	case seconds >= tooLong.Seconds():
		return tooLong, true
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second))), true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseSeconds takes digits only.
func parseSeconds(digits string) (time.Duration, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > int64(tooLong/time.Second) {
		return tooLong, true
	}
	return time.Duration(n) * time.Second, true
}

// ParseRateLimit reads the X-RateLimit header fields. The zero value says that
// there are none that can be used.
func ParseRateLimit(h http.Header) RateLimitStatus {
	if h["X-Ratelimit-Remaining"] == nil {
		return RateLimitStatus{} // spares the errors of parsing nothing
	}
	limit, _ := strconv.Atoi(Field(h, "X-Ratelimit-Limit"))
	remaining, err := strconv.Atoi(Field(h, "X-Ratelimit-Remaining"))
	reset, resetErr := strconv.ParseInt(Field(h, "X-Ratelimit-Reset"), 10, 64)
	if err != nil || resetErr != nil {
		return RateLimitStatus{}
	}
	status := RateLimitStatus{Limit: limit, Remaining: remaining, Reset: time.Unix(reset, 0).UTC()}
	if date, err := http.ParseTime(Field(h, "Date")); err == nil {
		status.ResetAfter = status.Reset.Sub(date)
	}
	return status
}

// Field is Header.Get for a name already in canonical form.
func Field(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}
