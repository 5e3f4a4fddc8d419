package webhook_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func TestNewVerifierRefusesBlankSecrets(t *testing.T) {
	for _, secrets := range [][]string{{""}, {" "}, {"\t\n"}, {"\u00a0"}, {"good", ""}, {"good", "good", " "}, {"", "good"}} {
		v, err := webhook.NewVerifier(secrets[0], secrets[1:]...)
		if !errors.Is(err, webhook.ErrEmptySecret) || v != nil {
			t.Errorf("NewVerifier(%q): %v, %v", secrets, v, err)
		}
	}
	if _, err := webhook.NewVerifier("good", "good", ""); err == nil || !strings.Contains(err.Error(), "secret 3 of 3") {
		t.Errorf("the error does not say which secret: %v", err)
	}
}

func TestVerifierWithoutSecretsRefusesEverything(t *testing.T) {
	body := []byte("{}")
	for name, v := range map[string]*webhook.Verifier{"nil": nil, "zero": {}} {
		if err := v.Verify(body, webhooktest.Sign(webhook.FormatAPI, "", body)); !errors.Is(err, webhook.ErrEmptySecret) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := v.Parse(body, strings.Repeat("0", 64)); !errors.Is(err, webhook.ErrEmptySecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := webhook.Verify(body, strings.Repeat("0", 64)); !errors.Is(err, webhook.ErrEmptySecret) {
		t.Errorf("Verify without secrets: %v", err)
	}
	if _, err := webhook.Parse(body, strings.Repeat("0", 64)); !errors.Is(err, webhook.ErrEmptySecret) {
		t.Errorf("Parse without secrets: %v", err)
	}
}

func TestEventSaysWhichSecretMatched(t *testing.T) {
	secrets := []string{"current", "previous", "older"}
	v, err := webhook.NewVerifier(secrets[0], secrets[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	body := webhooktest.Sample(webhook.FormatAPI, webhook.EmailSent)
	for i, s := range secrets {
		event, err := v.Parse(body, webhooktest.Sign(webhook.FormatAPI, s, body))
		if err != nil || event.SecretIndex != i {
			t.Errorf("secret %d: %v, %v", i, event, err)
		}
	}
	if _, err := v.Parse(body, webhooktest.Sign(webhook.FormatAPI, "oldest", body)); !errors.Is(err, webhook.ErrSignatureMismatch) {
		t.Errorf("unknown secret: %v", err)
	}
}

// Every single wrong bit of a MAC or a body must show.
func TestEveryBitCounts(t *testing.T) {
	v := verifier(t)
	body := []byte(`{"id":"evt_1","type":"t"}`)
	good := webhooktest.Sign(webhook.FormatAPI, secret, body)
	const digits = "0123456789abcdef"
	for i := range good {
		for bit := range 4 {
			wrong := []byte(good)
			wrong[i] = digits[strings.IndexByte(digits, good[i])^1<<bit]
			if err := v.Verify(body, string(wrong)); !errors.Is(err, webhook.ErrSignatureMismatch) {
				t.Fatalf("digit %d, bit %d: %v", i, bit, err)
			}
		}
	}
	for i := range body {
		for bit := range 8 {
			wrong := append([]byte(nil), body...)
			wrong[i] ^= 1 << bit
			if err := v.Verify(wrong, good); !errors.Is(err, webhook.ErrSignatureMismatch) {
				t.Fatalf("byte %d, bit %d: %v", i, bit, err)
			}
		}
	}
	if err := v.Verify(body, good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestVerifierIsSafeForConcurrentUse(t *testing.T) {
	v, err := webhook.NewVerifier("current", "previous")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				body := fmt.Appendf(nil, "body %d of %d", i, g)
				s := []string{"current", "previous", "neither"}[i%3]
				err := v.Verify(body, webhooktest.Sign(webhook.FormatDashboard, s, body))
				if ok := s != "neither"; ok != (err == nil) {
					t.Errorf("%s: %v", s, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestVerifyAllocatesNothing(t *testing.T) {
	if raceEnabled {
		// sync.Pool drops entries at random under the race detector; that the
		// answers are right there is what the other tests show.
		return
	}
	body, signature := benchBody()
	v := benchVerifier(t)
	if n := testing.AllocsPerRun(200, func() {
		if err := v.Verify(body, signature); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations of a good signature", n)
	}
	wrong := "sha256=" + strings.Repeat("0", 64)
	if n := testing.AllocsPerRun(200, func() { _ = v.Verify(body, wrong) }); n != 0 {
		t.Errorf("%v allocations of a wrong signature", n)
	}
}

func TestParseRequestAllocatesLittle(t *testing.T) {
	if raceEnabled {
		return // see above
	}
	body, signature := benchBody()
	v := benchVerifier(t)
	r, reset := resetRequest(body, signature)
	if n := testing.AllocsPerRun(200, func() {
		reset()
		if _, err := v.ParseRequest(r); err != nil {
			t.Fatal(err)
		}
	}); n > 8 {
		t.Errorf("%v allocations, want at most 8", n)
	}
}

// Neither a secret nor a MAC may come out of anything that can be printed.
func TestSecretsAreNeverPrinted(t *testing.T) {
	const hidden = "whsec_do_not_print_me"
	v, err := webhook.NewVerifier(hidden, hidden+"_previous")
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"type":"t"}`)
	good := webhooktest.Sign(webhook.FormatAPI, hidden, body)
	var logs logBuffer
	h, err := webhook.NewHandler(webhook.NewRouter(), v, webhook.WithLogger(logs.logger()))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%!"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", struct{ V *webhook.Verifier }{v})
	}
	logs.logger().Info("config", "verifier", v, slog.Any("handler", h))
	for _, signature := range []string{"", good[:63], good[1:] + "0", strings.ToUpper(good) + "x", webhooktest.Sign(webhook.FormatAPI, "other", body)} {
		_, err := v.Parse(body, signature)
		fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
		webhooktest.Post(h, webhook.FormatAPI, hidden, body, webhooktest.Header(webhook.SignatureHeader, signature))
	}
	webhooktest.Post(h, webhook.FormatAPI, hidden, []byte(`{`))
	all := out.String() + logs.String()
	hexSecret := fmt.Sprintf("%x", hidden)
	for _, leak := range []string{hidden, hexSecret, strings.ToUpper(hexSecret), good[:16], good[40:]} {
		if strings.Contains(strings.ToLower(all), strings.ToLower(leak)) {
			t.Errorf("found %d bytes of something secret in the output", len(leak))
		}
	}
	if !strings.Contains(all, "webhook.Verifier(2 secrets)") || !strings.Contains(logs.String(), "reason=signature") {
		t.Errorf("the output is not what this test thinks it reads:\n%.2000s", all)
	}
}
