package delivery_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

// The vectors are those that the receiver is tested with, so that the two
// cannot agree on the same mistake.
func TestSignVectors(t *testing.T) {
	text, err := os.ReadFile("../../../webhook/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Secret, Body, Signature string
		Format                        delivery.Format
		Signer                        bool // the signature is one that a provider makes
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	signed := map[delivery.Format]int{}
	for _, v := range vectors {
		if !v.Signer {
			continue
		}
		signed[v.Format]++
		if got := delivery.Sign(v.Format, v.Secret, v.Body); got != v.Signature {
			t.Errorf("%s: signed %q, want %q", v.Name, got, v.Signature)
		}
	}
	if signed[delivery.FormatAPI] < 2 || signed[delivery.FormatDashboard] < 2 {
		t.Errorf("vectors per format: %v", signed)
	}
}
