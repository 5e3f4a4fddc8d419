package selgora_test

import (
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

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
		{" ", nil, "space"},
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
		{"pk_live_1", at("https://Sandbox-API.selgora.com./v1"), "live key"},
		{"sk_test_1", in(selgora.Sandbox), ""},
		{"key_sk_live_1", in(selgora.Sandbox), ""}, // the prefix counts
		{"live_key_1", in(selgora.Sandbox), ""},
		{"SK_LIVE_1", in(selgora.Sandbox), ""},
		{"sk_liver", in(selgora.Sandbox), ""},
		{"key_test_key_1", in(selgora.Production), ""},
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

func TestBaseURLsRefuse(t *testing.T) {
	checkRefusedOptions(t, map[string]refusedOptions{
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
		"base URL, other dots":     {[]selgora.Option{selgora.WithBaseURL("https://api。selgora。com/v1")}, []string{"base URL", "ASCII"}},
		"base URL, wide letters":   {[]selgora.Option{selgora.WithBaseURL("https://ａpi.selgora.com/v1")}, []string{"base URL", "ASCII"}},
		"base URL, escaped host":   {[]selgora.Option{selgora.WithBaseURL("https://api%E3%80%82selgora%E3%80%82com/v1")}, []string{"base URL", "ASCII"}},
		"plain http":               {[]selgora.Option{selgora.WithBaseURL("http://example.com")}, []string{"base URL", "plain http", "WithInsecureHTTP"}},
		"http to a like name":      {[]selgora.Option{selgora.WithBaseURL("http://127.0.0.1.example.com")}, []string{"plain http"}},
		"http to a like name 2":    {[]selgora.Option{selgora.WithBaseURL("http://localhost.example.com")}, []string{"plain http"}},
		"http to the network":      {[]selgora.Option{selgora.WithBaseURL("http://192.168.0.1")}, []string{"plain http"}},
		"http to any":              {[]selgora.Option{selgora.WithBaseURL("http://0.0.0.0")}, []string{"plain http"}},
		"environment":              {[]selgora.Option{selgora.WithEnvironment("live")}, []string{"environment", `"live"`, "production"}},
		"both":                     {[]selgora.Option{selgora.WithBaseURL("https://example.com"), selgora.WithEnvironment(selgora.Sandbox)}, []string{"base URL", "environment", "both"}},
	})
}
