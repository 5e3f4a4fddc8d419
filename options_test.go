package selgora_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func TestOptionsRefuse(t *testing.T) {
	for name, tt := range map[string]struct {
		opts []selgora.Option
		says []string
	}{
		"base URL empty":           {[]selgora.Option{selgora.WithBaseURL(" ")}, []string{"base URL", "empty"}},
		"base URL no URL":          {[]selgora.Option{selgora.WithBaseURL("http://[::1")}, []string{"base URL", "not a URL"}},
		"base URL no scheme":       {[]selgora.Option{selgora.WithBaseURL("api.selgora.com/v1")}, []string{"base URL", "https://"}},
		"base URL other scheme":    {[]selgora.Option{selgora.WithBaseURL("ftp://api.selgora.com")}, []string{"base URL", "https://"}},
		"base URL no host":         {[]selgora.Option{selgora.WithBaseURL("https:///v1")}, []string{"base URL", "no host"}},
		"base URL only a port":     {[]selgora.Option{selgora.WithBaseURL("https://:443/v1")}, []string{"base URL", "no host"}},
		"base URL opaque":          {[]selgora.Option{selgora.WithBaseURL("https:api.selgora.com")}, []string{"base URL", "no host"}},
		"base URL with a password": {[]selgora.Option{selgora.WithBaseURL("https://me:hunter2@example.com")}, []string{"base URL", "password"}},
		"base URL with a query":    {[]selgora.Option{selgora.WithBaseURL("https://example.com/?a=b")}, []string{"base URL", "query"}},
		"base URL with a ?":        {[]selgora.Option{selgora.WithBaseURL("https://example.com/?")}, []string{"base URL", "query"}},
		"base URL with a fragment": {[]selgora.Option{selgora.WithBaseURL("https://example.com/#v1")}, []string{"base URL", "fragment"}},
		"base URL with a ..":       {[]selgora.Option{selgora.WithBaseURL("https://example.com/v1/../x")}, []string{"base URL", `".."`}},
		"base URL ends in ..":      {[]selgora.Option{selgora.WithBaseURL("https://example.com/v1/../")}, []string{"base URL", `".."`}},
		"base URL with a .":        {[]selgora.Option{selgora.WithBaseURL("https://example.com/./v1")}, []string{"base URL", `"."`}},
		"base URL, encoded ..":     {[]selgora.Option{selgora.WithBaseURL("https://example.com/v1/%2e%2E/x")}, []string{"base URL", `".."`}},
		"base URL, half encoded":   {[]selgora.Option{selgora.WithBaseURL("https://example.com/v1/.%2e/x")}, []string{"base URL", `".."`}},
		"base URL, encoded slash":  {[]selgora.Option{selgora.WithBaseURL("https://example.com/v1%2f..%2fx")}, []string{"base URL", `".."`}},
		"base URL port too large":  {[]selgora.Option{selgora.WithBaseURL("https://example.com:99999/v1")}, []string{"base URL", "port 99999", "65535"}},
		"base URL port by one":     {[]selgora.Option{selgora.WithBaseURL("http://127.0.0.1:65536")}, []string{"base URL", "port 65536"}},
		"base URL port 0":          {[]selgora.Option{selgora.WithBaseURL("http://[::1]:0/v1")}, []string{"base URL", "port 0"}},
		"plain http":               {[]selgora.Option{selgora.WithBaseURL("http://example.com")}, []string{"base URL", "plain http", "WithInsecureHTTP"}},
		"http to a like name":      {[]selgora.Option{selgora.WithBaseURL("http://127.0.0.1.example.com")}, []string{"plain http"}},
		"http to a like name 2":    {[]selgora.Option{selgora.WithBaseURL("http://localhost.example.com")}, []string{"plain http"}},
		"http to the network":      {[]selgora.Option{selgora.WithBaseURL("http://192.168.0.1")}, []string{"plain http"}},
		"http to any":              {[]selgora.Option{selgora.WithBaseURL("http://0.0.0.0")}, []string{"plain http"}},
		"environment":              {[]selgora.Option{selgora.WithEnvironment("live")}, []string{"environment", `"live"`, "production"}},
		"both":                     {[]selgora.Option{selgora.WithBaseURL("https://example.com"), selgora.WithEnvironment(selgora.Sandbox)}, []string{"base URL", "environment", "both"}},
		"key function":             {[]selgora.Option{selgora.WithAPIKeyFunc(nil)}, []string{"WithAPIKeyFunc", "nil"}},
		"HTTP client":              {[]selgora.Option{selgora.WithHTTPClient(nil)}, []string{"WithHTTPClient", "nil"}},
		"retries":                  {[]selgora.Option{selgora.WithMaxRetries(-1)}, []string{"WithMaxRetries", "-1"}},
		"retry wait":               {[]selgora.Option{selgora.WithRetryWait(-1, 1)}, []string{"WithRetryWait", "-1ns"}},
		"retry wait, reversed":     {[]selgora.Option{selgora.WithRetryWait(2*time.Second, time.Second)}, []string{"WithRetryWait", "2s", "1s"}},
		"max retry after":          {[]selgora.Option{selgora.WithMaxRetryAfter(-time.Second)}, []string{"WithMaxRetryAfter", "-1s"}},
		"attempt timeout":          {[]selgora.Option{selgora.WithAttemptTimeout(0)}, []string{"WithAttemptTimeout", "0s"}},
		"rate limit hour":          {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerHour: -1})}, []string{"PerHour", "-1"}},
		"rate limit minute":        {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{PerMinute: -2})}, []string{"PerMinute", "-2"}},
		"rate limit concurrent":    {[]selgora.Option{selgora.WithRateLimit(selgora.RateLimit{Concurrent: -3})}, []string{"Concurrent", "-3"}},
		"response bytes":           {[]selgora.Option{selgora.WithMaxResponseBytes(0)}, []string{"WithMaxResponseBytes", "0"}},
		"user agent":               {[]selgora.Option{selgora.WithUserAgent("")}, []string{"WithUserAgent", "empty"}},
		"user agent with a break":  {[]selgora.Option{selgora.WithUserAgent("crm/1\r\nX: y")}, []string{"WithUserAgent", "line break"}},
		"middleware":               {[]selgora.Option{selgora.WithMiddleware(nil)}, []string{"WithMiddleware", "nil"}},
		"middleware of nothing": {[]selgora.Option{selgora.WithMiddleware(func(http.RoundTripper) http.RoundTripper { return nil })},
			[]string{"WithMiddleware", "number 1", "nil"}},
		"all at once": {[]selgora.Option{selgora.WithMaxRetries(-1), selgora.WithAttemptTimeout(-1)}, []string{"WithMaxRetries", "WithAttemptTimeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := selgora.NewClient(testKey, tt.opts...)
			if err == nil || client != nil {
				t.Fatalf("%v, %v; want an error", client, err)
			}
			for _, want := range append(tt.says, "selgora: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), testKey) {
				t.Errorf("%q says too much", err)
			}
		})
	}
}

func TestBaseURLs(t *testing.T) {
	for _, tt := range []struct {
		key  string
		opts []selgora.Option
		want string
	}{
		{"sk_live_1", nil, "https://api.selgora.com/v1"},
		{"anything", nil, "https://api.selgora.com/v1"},
		{"test_key_123", nil, "https://sandbox-api.selgora.com/v1"},
		{"test_key_123", []selgora.Option{selgora.WithEnvironment(selgora.Sandbox)}, "https://sandbox-api.selgora.com/v1"},
		{"sk_live_1", []selgora.Option{selgora.WithEnvironment(selgora.Staging)}, "https://staging-api.selgora.com/v1"},
		{"test_key_123", []selgora.Option{selgora.WithBaseURL("http://127.0.0.1:8484/v1/")}, "http://127.0.0.1:8484/v1"},
		{"sk_live_1", []selgora.Option{selgora.WithBaseURL("HTTP://[::1]:8484//")}, "http://[::1]:8484"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://example.com:65535/v1.0/..a/.b")}, "https://example.com:65535/v1.0/..a/.b"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://example.com:/v1")}, "https://example.com:/v1"},
		{"k", []selgora.Option{selgora.WithBaseURL("http://LocalHost/v1")}, "http://LocalHost/v1"},
		{"k", []selgora.Option{selgora.WithBaseURL("http://[::ffff:127.0.0.1]/v1")}, "http://[::ffff:127.0.0.1]/v1"},
		{"k", []selgora.Option{selgora.WithBaseURL("http://10.0.0.1/v1"), selgora.WithInsecureHTTP()}, "http://10.0.0.1/v1"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://proxy.example.com/a%2Fb/v1"), nil}, "https://proxy.example.com/a%2Fb/v1"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://proxy.example.com/a%2Fb//")}, "https://proxy.example.com/a%2Fb"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://proxy.example.com/a%2F/")}, "https://proxy.example.com/a%2F"},
		{"k", []selgora.Option{selgora.WithBaseURL("https://proxy.example.com/%2F")}, "https://proxy.example.com/%2F"},
	} {
		client, err := selgora.NewClient(tt.key, tt.opts...)
		if err != nil || client.BaseURL() != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.key, client, err, tt.want)
		}
	}
}

func TestKeysAndHosts(t *testing.T) {
	const test, live = "test_key_123", "sk_live_123"
	at := func(u string) []selgora.Option { return []selgora.Option{selgora.WithBaseURL(u)} }
	in := func(e selgora.Environment) []selgora.Option { return []selgora.Option{selgora.WithEnvironment(e)} }
	for _, tt := range []struct {
		key  string
		opts []selgora.Option
		says string // "" is accepted
	}{
		{"", nil, "empty"},
		{" ", nil, "blank"},
		{"sk_live_1\n", nil, "line break"},
		{"sk_live_ü", nil, "ASCII"},
		{"sk\x00", nil, "control"},
		{test, in(selgora.Production), "sandbox"},
		{test, in(selgora.Staging), "sandbox"},
		{test, at("https://api.selgora.com/v1"), "sandbox"},
		{test, at("https://API.Selgora.com:443/v2"), "sandbox"},
		{test, at("https://api.selgora.com./v1"), "sandbox"},
		{test, at("https://staging-api.selgora.com"), "sandbox"},
		{live, in(selgora.Sandbox), "live key"},
		{"pk_live_1", in(selgora.Sandbox), "live key"},
		{live, at("https://sandbox-api.selgora.com/v1"), "live key"},
		{live, in(selgora.Production), ""},
		{live, in(selgora.Staging), ""},
		{test, at("https://api.selgora.com.example.com/v1"), ""},
		{test, at("https://example.com/api.selgora.com"), ""},
		{"other_key", in(selgora.Sandbox), ""},
	} {
		_, err := selgora.NewClient(tt.key, tt.opts...)
		if (err != nil) != (tt.says != "") || (err != nil && !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%q: %v, want %q", tt.key, err, tt.says)
		}
		if err != nil && len(tt.key) > 5 && strings.Contains(err.Error(), tt.key) {
			t.Errorf("the key is in %v", err)
		}
	}
}

func TestNewClientFromEnv(t *testing.T) {
	for name, tt := range map[string]struct {
		key, base, env string
		opts           []selgora.Option
		want           string   // the base URL
		says           []string // or in the error
	}{
		"key":                   {key: "sk_live_1", want: "https://api.selgora.com/v1"},
		"test key":              {key: "test_key_1", want: "https://sandbox-api.selgora.com/v1"},
		"base URL":              {key: "k", base: "http://127.0.0.1:8484/v1", want: "http://127.0.0.1:8484/v1"},
		"environment":           {key: "k", env: "staging", want: "https://staging-api.selgora.com/v1"},
		"option before base":    {key: "k", base: "http://127.0.0.1:1", opts: []selgora.Option{selgora.WithEnvironment(selgora.Sandbox)}, want: "https://sandbox-api.selgora.com/v1"},
		"option before both":    {key: "k", base: "http://127.0.0.1:1", env: "staging", opts: []selgora.Option{selgora.WithBaseURL("http://127.0.0.1:2")}, want: "http://127.0.0.1:2"},
		"option before rubbish": {key: "k", base: "rubbish", env: "rubbish", opts: []selgora.Option{selgora.WithBaseURL("http://127.0.0.1:2")}, want: "http://127.0.0.1:2"},
		"insecure base":         {key: "k", base: "http://10.0.0.1/v1", opts: []selgora.Option{selgora.WithInsecureHTTP()}, want: "http://10.0.0.1/v1"},
		"no key":                {says: []string{"SELGORA_API_KEY", "empty or not set"}},
		"key function":          {opts: []selgora.Option{selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return "k", nil })}, want: "https://api.selgora.com/v1"},
		"key with a line break": {key: "sk_live_1\n", says: []string{"SELGORA_API_KEY", "line break"}},
		"both":                  {key: "k", base: "http://127.0.0.1:1", env: "sandbox", says: []string{"SELGORA_BASE_URL", "SELGORA_ENVIRONMENT", "both"}},
		"bad environment":       {key: "k", env: "Production", says: []string{"SELGORA_ENVIRONMENT", `"Production"`}},
		"bad base URL":          {key: "k", base: "api.selgora.com", says: []string{"SELGORA_BASE_URL", "https://"}},
		"blank base URL":        {key: "k", base: " ", says: []string{"SELGORA_BASE_URL"}},
		"dots in base URL":      {key: "k", base: "https://example.com/v1/%2e%2e", says: []string{"SELGORA_BASE_URL", `".."`}},
		"port of base URL":      {key: "k", base: "http://127.0.0.1:99999/v1", says: []string{"SELGORA_BASE_URL", "port 99999"}},
		"insecure":              {key: "k", base: "http://10.0.0.1", says: []string{"SELGORA_BASE_URL", "plain http"}},
		"wrong key":             {key: "test_key_1", env: "production", says: []string{"SELGORA_API_KEY and SELGORA_ENVIRONMENT: ", "sandbox", "production"}},
		"wrong key for base":    {key: "test_key_1", base: "https://api.selgora.com/v1", says: []string{"SELGORA_API_KEY and SELGORA_BASE_URL: ", "sandbox", "production"}},
		"wrong key for option":  {key: "sk_live_1", opts: []selgora.Option{selgora.WithEnvironment(selgora.Sandbox)}, says: []string{"SELGORA_API_KEY: ", "live key", "sandbox"}},
		"both options":          {key: "k", opts: []selgora.Option{selgora.WithEnvironment(selgora.Sandbox), selgora.WithBaseURL("http://127.0.0.1:1")}, says: []string{"base URL", "both"}},
		"key function wins":     {key: "sk_live_1", env: "sandbox", opts: []selgora.Option{selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return "k", nil })}, want: "https://sandbox-api.selgora.com/v1"},
		"bad option":            {key: "k", opts: []selgora.Option{selgora.WithMaxRetries(-1)}, says: []string{"WithMaxRetries"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SELGORA_API_KEY", tt.key)
			t.Setenv("SELGORA_BASE_URL", tt.base)
			t.Setenv("SELGORA_ENVIRONMENT", tt.env)
			client, err := selgora.NewClientFromEnv(tt.opts...)
			if tt.says == nil {
				if err != nil || client.BaseURL() != tt.want {
					t.Errorf("%v, %v; want %s", client, err, tt.want)
				}
				return
			}
			if err == nil {
				t.Fatalf("%v, want an error", client)
			}
			for _, want := range tt.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if text := err.Error(); strings.Count(text, "selgora: ") != 1 || (len(tt.key) > 5 && strings.Contains(text, strings.TrimSpace(tt.key))) {
				t.Errorf("error %q", text)
			}
		})
	}
}

func TestRequestOptionsRefuse(t *testing.T) {
	for name, tt := range map[string]struct {
		opt   selgora.RequestOption
		field string
	}{
		"header name":          {selgora.WithHeader("", "x"), "WithHeader name"},
		"header name, blank":   {selgora.WithHeader("X Y", "x"), "WithHeader name"},
		"header name, break":   {selgora.WithHeader("X\r\nY", "x"), "WithHeader name"},
		"header name, unicode": {selgora.WithHeader("Ünder", "x"), "WithHeader name"},
		"header value":         {selgora.WithHeader("x-y", "a\r\nAuthorization: z"), "WithHeader X-Y"},
		"header value, null":   {selgora.WithHeader("X-Y", "a\x00"), "WithHeader X-Y"},
		"Authorization":        {selgora.WithHeader("authorization", "Bearer x"), "WithHeader Authorization"},
		"Host":                 {selgora.WithHeader("HOST", "x"), "WithHeader Host"},
		"Content-Length":       {selgora.WithHeader("content-length", "3"), "WithHeader Content-Length"},
		"Transfer-Encoding":    {selgora.WithHeader("Transfer-Encoding", "chunked"), "WithHeader Transfer-Encoding"},
		"Connection":           {selgora.WithHeader("Connection", "close"), "WithHeader Connection"},
		"Trailer":              {selgora.WithHeader("Trailer", "X"), "WithHeader Trailer"},
		"timeout":              {selgora.WithRequestTimeout(0), "WithRequestTimeout"},
		"retries":              {selgora.WithRequestRetries(-1), "WithRequestRetries"},
		"response":             {selgora.WithResponse(nil), "WithResponse"},
	} {
		t.Run(name, func(t *testing.T) {
			checkParamError(t, tt.field, func(ctx context.Context, c *selgora.Client) error { return getCourse(ctx, c, tt.opt) })
			checkParamError(t, tt.field, func(ctx context.Context, c *selgora.Client) error {
				return c.Do(ctx, "GET", "/courses", nil, nil, nil, tt.opt)
			})
		})
	}
}

func TestHeaders(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{ok}}
		client := server.client(t, selgora.WithUserAgent("my-crm/2.1"))
		err := createCourse(t.Context(), client, selgora.WithHeader("accept", "application/json"), selgora.WithHeader("X-Tab", "a\tb"), selgora.WithHeader("X-Name", "Zoë"))
		if err != nil {
			t.Fatal(err)
		}
		if err := getCourse(t.Context(), server.client(t)); err != nil {
			t.Fatal(err)
		}
		want := []http.Header{{
			"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer " + testKey}, "Connection": {"close"},
			"Content-Length": {"14"}, "Content-Type": {"application/json"}, "User-Agent": {"my-crm/2.1 selgora-go/" + selgora.Version},
			"X-Tab": {"a\tb"}, "X-Name": {"Zoë"},
		}, {
			"Accept": {"application/vnd.selgora.v1+json"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer " + testKey}, "Connection": {"close"},
			"User-Agent": {"selgora-go/" + selgora.Version},
		}}
		for i, r := range server.seen() {
			if diff := cmp.Diff(want[i], r.Header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		}
	})
}

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

func TestResponse(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{
			answer(503, "busy"),
			answer(201, courseJSON, "X-Request-Id: req_1", "X-RateLimit-Limit: 1000", "X-RateLimit-Remaining: 999", "X-RateLimit-Reset: 1705312800"),
		}}
		resp := selgora.Response{StatusCode: 999}
		err := getCourse(t.Context(), server.client(t), selgora.WithResponse(&resp))
		if err != nil {
			t.Fatal(err)
		}
		limit := selgora.RateLimitStatus{Limit: 1000, Remaining: 999, Reset: time.Unix(1705312800, 0).UTC()}
		if resp.StatusCode != 201 || resp.RequestID != "req_1" || resp.Attempts != 2 || string(resp.Body) != courseJSON || resp.RateLimit != limit || resp.Header.Get("X-Request-Id") != "req_1" {
			t.Errorf("response %+v", resp)
		}
		before := resp.Body
		if err := getCourse(t.Context(), server.client(t)); err != nil || string(before) != courseJSON {
			t.Errorf("%v; the body of the call before is %q now", err, before)
		}
		server.refuse = -1
		getCourse(t.Context(), server.client(t), selgora.WithResponse(&resp))
		if resp.StatusCode != 0 || resp.Attempts != 3 || resp.Body != nil || resp.Header != nil {
			t.Errorf("response without an answer %+v", resp)
		}
	})
}

// Options at the ends of their ranges.
func TestExtremeOptions(t *testing.T) {
	client := newClient(t, selgora.WithRetryWait(0, math.MaxInt64), selgora.WithMaxRetryAfter(math.MaxInt64), selgora.WithAttemptTimeout(math.MaxInt64),
		selgora.WithMaxRetries(math.MaxInt), selgora.WithMaxResponseBytes(math.MaxInt64),
		selgora.WithRateLimit(selgora.RateLimit{PerHour: math.MaxInt, PerMinute: math.MaxInt, Concurrent: math.MaxInt}),
		inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil }))
	for range 3 {
		if err := getCourse(t.Context(), client, selgora.WithRequestTimeout(math.MaxInt64), selgora.WithRequestRetries(math.MaxInt)); err != nil {
			t.Error(err)
		}
	}
}
