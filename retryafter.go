package selgora

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// overlong stands for a wait that is too long for a Duration.
const overlong = time.Duration(math.MaxInt64)

// parseRetryAfter reads a Retry-After header: whole seconds or an HTTP-date.
// A date counts against the server's own clock where the answer shows it.
func parseRetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(headerValue(h, "Retry-After"))
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
	if date, err := http.ParseTime(headerValue(h, "Date")); err == nil {
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
		return overlong, true
	case err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) || seconds < 0:
		return 0, false
	case seconds >= overlong.Seconds():
		return overlong, true
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
	if err != nil || n > int64(overlong/time.Second) {
		return overlong, true
	}
	return time.Duration(n) * time.Second, true
}
