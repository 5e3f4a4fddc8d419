package wire

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"testing"
	"time"
)

var retryAfterNow = time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	const date = "Mon, 15 Jan 2024 09:00:00 GMT" // 90 minutes before the local clock
	for _, tt := range []struct {
		value, date string
		want        time.Duration
		ok          bool
	}{
		{"", "", 0, false},
		{"0", "", 0, true},
		{"120", "", 2 * time.Minute, true},
		{" 7\t", "", 7 * time.Second, true},
		{"007", "", 7 * time.Second, true},
		{"-1", "", 0, false},
		{"+1", "", 0, false},
		{"1.5", "", 0, false},
		{"1e3", "", 0, false},
		{"0x10", "", 0, false},
		{"1_0", "", 0, false},
		{"soon", "", 0, false},
		{"٣", "", 0, false},
		{"5, 10", "", 0, false},
		{"9223372036", "", 9223372036 * time.Second, true},
		{"9223372037", "", tooLong, true},
		{"9223372036854775808", "", tooLong, true},
		{"99999999999999999999999999", "", tooLong, true},
		{"Mon, 15 Jan 2024 10:31:00 GMT", "", time.Minute, true},
		{"Monday, 15-Jan-24 10:31:00 GMT", "", time.Minute, true},
		{"Mon Jan 15 10:31:00 2024", "", time.Minute, true},
		{"Mon, 15 Jan 2024 09:01:00 GMT", date, time.Minute, true},
		{"Mon, 15 Jan 2024 08:00:00 GMT", date, 0, true},
		{"Mon, 15 Jan 2024 10:31:00 GMT", "rubbish", time.Minute, true},
		{"Fri, 31 Dec 9999 23:59:59 GMT", date, tooLong, true},
		{"2024-01-15T10:31:00Z", "", 0, false},
	} {
		h := http.Header{"Retry-After": {tt.value}}
		if tt.date != "" {
			h.Set("Date", tt.date)
		}
		if got, ok := parseRetryAfter(h, retryAfterNow); got != tt.want || ok != tt.ok {
			t.Errorf("%q at %q: %v, %v; want %v, %v", tt.value, tt.date, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := parseRetryAfter(nil, retryAfterNow); ok {
		t.Error("found in no header")
	}
}

func TestParseRetryAfterField(t *testing.T) {
	for _, tt := range []struct {
		raw  string
		want time.Duration
		ok   bool
	}{
		{``, 0, false},
		{`null`, 0, false},
		{`true`, 0, false},
		{`{}`, 0, false},
		{`[5]`, 0, false},
		{`""`, 0, false},
		{`" "`, 0, false},
		{`0`, 0, true},
		{`5`, 5 * time.Second, true},
		{`5.0`, 5 * time.Second, true},
		{`1.5`, 1500 * time.Millisecond, true},
		{`1e1`, 10 * time.Second, true},
		{`1e-12`, 1, true}, // never sooner than asked
		{`"5"`, 5 * time.Second, true},
		{`" 5 "`, 5 * time.Second, true},
		{`"1.5"`, 1500 * time.Millisecond, true},
		{`-1`, 0, false},
		{`"-1"`, 0, false},
		{`-0.5`, 0, false},
		{`-1e400`, 0, false},
		{`1e400`, tooLong, true},
		{`1e18`, tooLong, true},
		{`9223372036`, 9223372036 * time.Second, true},
		{`9223372036.854775807`, tooLong, true},
		{`9223372036.854776`, tooLong, true},
		{`9223372037`, tooLong, true},
		{`123456789012345678901234567890`, tooLong, true},
		{`"soon"`, 0, false},
		{`"NaN"`, 0, false},
		{`"Inf"`, 0, false},
		{`"-Infinity"`, 0, false},
		{`"0x10"`, 0, false},
		{`"0x1p4"`, 0, false},
		{`"0x_1p4"`, 0, false},
		{`"1_0"`, 0, false},
	} {
		if got, ok := parseRetryAfterField(json.RawMessage(tt.raw)); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v, %v; want %v, %v", tt.raw, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", "-1", "9223372037", "Mon, 15 Jan 2024 10:31:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(s, "")
		f.Add("120", s)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		got, ok := parseRetryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, retryAfterNow)
		if got < 0 || (!ok && got != 0) {
			t.Errorf("%q at %q: %v, %v", value, date, got, ok)
		}
	})
}

func FuzzParseRetryAfterField(f *testing.F) {
	for _, s := range []string{``, `5`, `"5"`, `1.5`, `-1`, `1e400`, `9223372036.854775807`, `"0x1p4"`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := parseRetryAfterField(json.RawMessage(raw))
		if got < 0 || (!ok && got != 0) {
			t.Fatalf("%q: %v, %v", raw, got, ok)
		}
		var seconds float64
		if ok && got < tooLong && json.Unmarshal([]byte(raw), &seconds) == nil {
			if diff := math.Abs(got.Seconds() - seconds); diff > 1e-6*math.Max(1, seconds) {
				t.Errorf("%q: %v", raw, got)
			}
		}
	})
}

func FuzzParseRateLimit(f *testing.F) {
	f.Add("1000", "999", "1705312800", "Mon, 15 Jan 2024 09:00:00 GMT")
	f.Add("", "0", "9223372036854775807", "")
	f.Add("-1", "9223372036854775807", "-9223372036854775808", "Fri, 31 Dec 9999 23:59:59 GMT")
	f.Fuzz(func(t *testing.T, limit, remaining, reset, date string) {
		l := NewLocalLimiter(Limits{PerHour: 1000, PerMinute: 100, Concurrent: 10}, time.Minute)
		id, err := l.Acquire(t.Context(), "key", 0)
		if err != nil {
			t.Fatal(err)
		}
		l.Release(id, PermitOutcome{StatusCode: 200, RateLimit: ParseRateLimit(http.Header{
			"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}, "Date": {date},
		})})
		var wait *WaitError
		if _, err := l.Acquire(t.Context(), "key", 0); errors.As(err, &wait) && wait.Wait > time.Hour {
			t.Errorf("the client would wait for %v", wait.Wait)
		}
	})
}
