package selgora_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func TestMiddlewareOrder(t *testing.T) {
	var order []string
	mw := func(name string) selgora.Option {
		return selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				order = append(order, name+" before")
				if req.Header.Get("Authorization") == "" {
					t.Error("a middleware does not see the request as it goes out")
				}
				resp, err := next.RoundTrip(req)
				order = append(order, name+" after")
				return resp, err
			})
		})
	}
	n := 0
	client := newClient(t, mw("outer"), mw("inner"), selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
		n++
		order = append(order, "send")
		return respond(req, []int{503, 200}[n-1], courseJSON), nil
	}))
	if err := getCourse(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	once := []string{"outer before", "inner before", "send", "inner after", "outer after"}
	if diff := cmp.Diff(append(once, once...), order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// Options at the ends of their ranges.
func TestExtremeOptions(t *testing.T) {
	client := newClient(t, selgora.WithRetryWait(0, math.MaxInt64), selgora.WithMaxWait(math.MaxInt64), selgora.WithAttemptTimeout(math.MaxInt64),
		selgora.WithMaxRetries(math.MaxInt), selgora.WithMaxResponseBytes(math.MaxInt64),
		selgora.WithRateLimit(selgora.RateLimit{PerHour: math.MaxInt, PerMinute: math.MaxInt, Concurrent: math.MaxInt}),
		inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil }))
	for range 3 {
		if err := getCourse(t.Context(), client, selgora.WithRequestTimeout(math.MaxInt64), selgora.WithRequestRetries(math.MaxInt)); err != nil {
			t.Error(err)
		}
	}
}

func TestOptionsRefuse(t *testing.T) {
	checkRefusedOptions(t, map[string]refusedOptions{
		"key function":            {[]selgora.Option{selgora.WithAPIKeyFunc(nil)}, []string{"WithAPIKeyFunc", "nil"}},
		"HTTP client":             {[]selgora.Option{selgora.WithHTTPClient(nil)}, []string{"WithHTTPClient", "nil"}},
		"retries":                 {[]selgora.Option{selgora.WithMaxRetries(-1)}, []string{"WithMaxRetries", "-1"}},
		"retry wait":              {[]selgora.Option{selgora.WithRetryWait(-1, 1)}, []string{"WithRetryWait", "-1ns"}},
		"retry wait, reversed":    {[]selgora.Option{selgora.WithRetryWait(2*time.Second, time.Second)}, []string{"WithRetryWait", "2s", "1s"}},
		"max retry after":         {[]selgora.Option{selgora.WithMaxWait(-time.Second)}, []string{"WithMaxWait", "-1s"}},
		"attempt timeout":         {[]selgora.Option{selgora.WithAttemptTimeout(0)}, []string{"WithAttemptTimeout", "0s"}},
		"rate limit hour":         {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerHour: -1})}, []string{"PerHour", "-1"}},
		"rate limit minute":       {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerMinute: -2})}, []string{"PerMinute", "-2"}},
		"rate limit concurrent":   {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{Concurrent: -3})}, []string{"Concurrent", "-3"}},
		"response bytes":          {[]selgora.Option{selgora.WithMaxResponseBytes(0)}, []string{"WithMaxResponseBytes", "0"}},
		"user agent":              {[]selgora.Option{selgora.WithUserAgent("")}, []string{"WithUserAgent", "empty"}},
		"user agent with a break": {[]selgora.Option{selgora.WithUserAgent("crm/1\r\nX: y")}, []string{"WithUserAgent", "line break"}},
		"middleware":              {[]selgora.Option{selgora.WithMiddleware(nil)}, []string{"WithMiddleware", "nil"}},
		"middleware of nothing": {[]selgora.Option{selgora.WithMiddleware(func(http.RoundTripper) http.RoundTripper { return nil })},
			[]string{"WithMiddleware", "number 1", "nil"}},
		"all at once": {[]selgora.Option{selgora.WithMaxRetries(-1), selgora.WithAttemptTimeout(-1)}, []string{"WithMaxRetries", "WithAttemptTimeout"}},
	})
}

// "Options that cannot be used are errors of NewClient, all of them at once."
func TestAllOptionsAtOnce(t *testing.T) {
	_, err := selgora.NewClient(testKey, selgora.WithBaseURL("ftp://example.com"), selgora.WithMaxRetries(-1), selgora.WithAttemptTimeout(-1))
	for _, want := range []string{"base URL", "WithMaxRetries", "WithAttemptTimeout"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
}
