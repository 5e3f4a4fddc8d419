package selgora_test

import (
	"context"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

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

// Whoever mixes the variables up does not find the key in the log.
func TestMixedUpVariablesShowNoKey(t *testing.T) {
	for _, name := range []string{"SELGORA_API_KEY", "SELGORA_ENVIRONMENT", "SELGORA_BASE_URL"} {
		t.Run(name, func(t *testing.T) {
			for _, other := range []string{"SELGORA_API_KEY", "SELGORA_ENVIRONMENT", "SELGORA_BASE_URL"} {
				t.Setenv(other, "")
			}
			t.Setenv("SELGORA_API_KEY", testKey)
			t.Setenv(name, testKey+map[bool]string{true: "\n"}[name == "SELGORA_API_KEY"])
			_, err := selgora.NewClientFromEnv()
			if err == nil || strings.Contains(err.Error(), testKey) {
				t.Errorf("%v", err)
			}
		})
	}
}
