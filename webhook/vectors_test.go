package webhook_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/selgora/selgora-go/webhook"
)

// vector is an entry of testdata/vectors.json, whose MACs were not made with
// this package. Where signer is true a signer must make exactly this
// signature for the secret, the body and the format.
type vector struct {
	Name, Secret, Body, Signature, Outcome, Type, ID string
	Previous                                         []string
	Format                                           webhook.Format
	Signer                                           bool
	SecretIndex                                      int `json:"secret_index"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("only %d vectors", len(all))
	}
	return all
}

func outcome(t testing.TB, err error) string {
	t.Helper()
	outcomes := map[string]error{
		"missing_signature":   webhook.ErrMissingSignature,
		"malformed_signature": webhook.ErrMalformedSignature,
		"mismatch":            webhook.ErrSignatureMismatch,
		"malformed_payload":   webhook.ErrMalformedPayload,
		"empty_secret":        webhook.ErrEmptySecret,
	}
	found := ""
	for name, sentinel := range outcomes {
		if errors.Is(err, sentinel) {
			if found != "" {
				t.Errorf("error %v is both %s and %s", err, found, name)
			}
			found = name
		}
	}
	if err == nil {
		return "ok"
	}
	return found
}

func TestVectors(t *testing.T) {
	for _, vec := range vectors(t) {
		t.Run(vec.Name, func(t *testing.T) {
			secrets := append([]string{vec.Secret}, vec.Previous...)
			event, err := webhook.Parse([]byte(vec.Body), vec.Signature, secrets...)
			if got := outcome(t, err); got != vec.Outcome {
				t.Fatalf("Parse: %s (%v), want %s", got, err, vec.Outcome)
			}
			want := vec.Outcome
			if want == "malformed_payload" {
				want = "ok"
			}
			if got := outcome(t, webhook.Verify([]byte(vec.Body), vec.Signature, secrets...)); got != want {
				t.Errorf("Verify: %s, want %s", got, want)
			}
			if vec.Outcome != "ok" {
				if event != nil {
					t.Errorf("an event beside the error: %v", event)
				}
				return
			}
			if event.Type != vec.Type || event.ID != vec.ID || event.Format != vec.Format || event.SecretIndex != vec.SecretIndex {
				t.Errorf("got type %q id %q format %q secret %d, want %q %q %q %d",
					event.Type, event.ID, event.Format, event.SecretIndex, vec.Type, vec.ID, vec.Format, vec.SecretIndex)
			}
			if string(event.Body) != vec.Body {
				t.Errorf("body changed: %q", event.Body)
			}
		})
	}
}
