package selgora_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// holders puts what has a secret wherever users keep such things.
func holders(text string) map[string]any {
	secret := selgora.NewSecret(text)
	hook := selgora.Webhook{ID: "wh_1", Secret: secret}
	create := selgora.WebhookCreateParams{URL: "https://example.com", Secret: secret}
	update := selgora.WebhookUpdateParams{Secret: selgora.Set(secret)}
	type exported struct {
		Secret selgora.Secret
		Hook   selgora.Webhook
		Hooks  []*selgora.Webhook
		Opt    selgora.Opt[selgora.Secret]
		Any    any
	}
	type hidden struct {
		secret  selgora.Secret
		pointer *selgora.Secret
		hook    selgora.Webhook
		hooks   []selgora.Webhook
		byName  map[string]selgora.WebhookCreateParams
		update  *selgora.WebhookUpdateParams
		opt     selgora.Opt[selgora.Secret]
		array   [1]selgora.Secret
		any     any
	}
	in := hidden{
		secret, &secret, hook, []selgora.Webhook{hook}, map[string]selgora.WebhookCreateParams{"x": create}, &update,
		selgora.Set(secret), [1]selgora.Secret{secret}, hook,
	}
	return map[string]any{
		"Secret": secret, "*Secret": &secret, "Opt": selgora.Set(secret),
		"Webhook": hook, "*Webhook": &hook, "create": create, "*create": &create, "update": update, "*update": &update,
		"slice": []selgora.Webhook{hook}, "pointers": []*selgora.Webhook{&hook}, "secrets": []selgora.Secret{secret},
		"map": map[string]selgora.Webhook{"x": hook}, "array": [1]selgora.WebhookCreateParams{create},
		"page":            &selgora.Page[selgora.Webhook]{Data: []selgora.Webhook{hook}},
		"exported fields": exported{secret, hook, []*selgora.Webhook{&hook}, selgora.Set(secret), hook},
		"fields":          in, "*fields": &in, "fields in fields": struct{ in []hidden }{[]hidden{in}},
		"func": func() selgora.Secret { return secret }, "wrapped": fmt.Errorf("no endpoint: %v", hook),
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	const text = "whsec_of_the_tests_0123456789"
	values := holders(text)
	checkSecret(t, text, values)
	for name, v := range values {
		var logs bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&logs, nil))
		logger.Info("x", "v", v)
		logger.With("v", v).WithGroup("g").Info("x", slog.Group("h", "v", v))
		slog.New(slog.NewJSONHandler(&logs, nil)).Info("x", "v", v)
		shown := logs.String()
		if body, err := json.Marshal(v); err == nil {
			shown += string(body)
		}
		for _, form := range spell(text) {
			if strings.Contains(shown, form) {
				t.Errorf("%s is shown as %s", name, shown)
			}
		}
	}
	for _, name := range []string{"Secret", "Opt", "Webhook", "create", "update", "slice", "page", "exported fields"} {
		body, err := json.Marshal(values[name])
		if printed := fmt.Sprintf("%v", values[name]); err != nil || !strings.Contains(printed, "[redacted]") || !strings.Contains(string(body), `"[redacted]"`) {
			t.Errorf("%s does not tell that it has a secret: %s, %s, %v", name, printed, body, err)
		}
	}
	for name, v := range holders("") {
		if text := fmt.Sprintf("%v %+v %#v %s", v, v, v, v); strings.Contains(text, "[redacted]") {
			t.Errorf("%s shows a secret that is not there: %s", name, text)
		}
	}
	if got := fmt.Sprintf("[%v] [%q] [%12s]", selgora.Secret{}, selgora.Secret{}, selgora.NewSecret("x")); got != `[] [""] [  [redacted]]` {
		t.Errorf("printed as %s", got)
	}
}

func TestSecretIsReadAndCompared(t *testing.T) {
	for in, want := range map[string]string{
		`{"secret":"whsec_<1>"}`: "whsec_<1>", `{"secret":""}`: "", `{"secret":null}`: "", `{}`: "",
		`{"secret":"[redacted]"}`: "", // what a hidden one was written as
	} {
		var hook selgora.Webhook
		if err := json.Unmarshal([]byte(in), &hook); err != nil || hook.Secret.Reveal() != want || hook.Secret.IsZero() != (want == "") {
			t.Errorf("%s: read as %q, %v", in, hook.Secret.Reveal(), err)
		}
	}
	if err := json.Unmarshal([]byte(`{"secret":7}`), new(selgora.Webhook)); err == nil {
		t.Error("a number was taken for a secret")
	}
	a, b, c := selgora.NewSecret("a"), selgora.NewSecret(strings.Clone("a")), selgora.NewSecret("c")
	for _, equal := range []func(x, y selgora.Secret) bool{
		selgora.Secret.Equal,
		func(x, y selgora.Secret) bool { return cmp.Equal(x, y) },
		func(x, y selgora.Secret) bool { return reflect.DeepEqual(x, y) },
		func(x, y selgora.Secret) bool { return selgora.Set(x).Equal(selgora.Set(y)) },
	} {
		if !equal(a, b) || equal(a, c) || equal(a, selgora.Secret{}) || !equal(selgora.Secret{}, selgora.NewSecret("")) {
			t.Error("secrets are not compared by their text")
		}
	}
}

// What is sent has the secret, to the byte, and so has what came back.
func TestSecretIsSentAndReceived(t *testing.T) {
	const text = "whsec_<&>\u2028 \"ü\""
	var sent []string
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		var got struct {
			Secret string `json:"secret"`
		}
		err = json.Unmarshal(body, &got)
		sent = append(sent, got.Secret)
		return respond(req, 200, string(body)), err
	}))
	created, err := client.Webhooks.Create(t.Context(), &selgora.WebhookCreateParams{URL: "https://example.com", Events: []string{"*"}, Secret: selgora.NewSecret(text)})
	updated, err2 := client.Webhooks.Update(t.Context(), "wh_1", &selgora.WebhookUpdateParams{Secret: selgora.Set(selgora.NewSecret(text))})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{text, text, text, text}, append(sent, created.Secret.Reveal(), updated.Secret.Reveal())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// verbs are all letters that fmt can be given, known or not.
func verbs() []string {
	var all []string
	for _, flags := range []string{"", "+", "#", "-20", "# ", "x", "[1]"} {
		for c := 'A'; c <= 'z'; c++ {
			if c <= 'Z' || c >= 'a' {
				all = append(all, "%"+flags+string(c))
			}
		}
	}
	return all
}

// spell is a secret in the forms in which fmt could write it.
func spell(secret string) []string {
	return []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret),
		strings.Trim(fmt.Sprint([]byte(secret)), "[]"), fmt.Sprintf("%#v", []byte(secret)[:8])[7:40]}
}

// checkSecret prints values with every verb.
func checkSecret(t *testing.T, secret string, values map[string]any) {
	t.Helper()
	forms := spell(secret)
	for name, v := range values {
		for _, verb := range verbs() {
			text := fmt.Sprintf(verb, v)
			for _, form := range forms {
				if strings.Contains(text, form) {
					t.Errorf("%s shows the secret under %s: %s", name, verb, text)
				}
			}
		}
	}
}
