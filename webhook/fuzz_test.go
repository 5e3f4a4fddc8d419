package webhook_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// FuzzSignature holds the decoding of signatures against a slow one.
func FuzzSignature(f *testing.F) {
	for _, vec := range vectors(f) {
		f.Add(vec.Signature)
	}
	f.Add("SHA256=" + strings.Repeat("Ab", 32))
	f.Add("sha256=" + strings.Repeat("é", 32))
	v := verifier(f)
	body := []byte(`{"type":"t"}`)
	good := strings.TrimPrefix(webhooktest.Sign(webhook.FormatAPI, secret, body), "sha256=")
	f.Fuzz(func(t *testing.T, signature string) {
		got := outcome(t, v.Verify(body, signature))
		trimmed := strings.Trim(signature, " \t\r\n")
		digits := trimmed
		if len(digits) >= 7 && strings.ToLower(digits[:7]) == "sha256=" {
			digits = digits[7:]
		}
		mac, err := hex.DecodeString(digits)
		want := "mismatch"
		switch {
		case len(signature) > 1024:
			want = "malformed_signature"
		case trimmed == "":
			want = "missing_signature"
		case err != nil || len(mac) != 32:
			want = "malformed_signature"
		case hex.EncodeToString(mac) == good:
			want = "ok"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", signature, got, want)
		}
	})
}

// FuzzEnvelope holds the scanner against encoding/json: the same bodies are
// valid, and the members are the same bytes.
func FuzzEnvelope(f *testing.F) {
	for _, vec := range vectors(f) {
		f.Add([]byte(vec.Body))
	}
	for _, name := range webhook.Types() {
		f.Add(webhooktest.Sample(webhook.FormatAPI, name))
	}
	for _, body := range []string{
		`{"\u0074ype":"a","id":1e5,"data":[0,-0,-1.5E+3,{"a":"\"\\\/\b\f\n\r\t\uD83D\uDE00"}]}`,
		`{"type":"a","type":"b","event":"c","id":null,"created_at":"2024-11-15T10:00:00+01:00"}`,
		"{\"type\":\"\xff\xfe\",\"id\":\"\u2028\"}", ` { "type" : "a" } `, `{"type":"a","data":{}`, `{"type":"a"}}`, `[{"type":"a"}]`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		event, err := webhook.ParseUnverified(body)
		if !bytes.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		if err != nil && (!errors.Is(err, webhook.ErrMalformedPayload) || event != nil) {
			t.Fatalf("%v, %v", event, err)
		}
		var members map[string]json.RawMessage
		reference := json.Unmarshal(body, &members)
		if reference != nil || members == nil {
			if err == nil {
				t.Fatalf("accepted what encoding/json does not (%v)", reference)
			}
			return
		}
		str := func(name string) (s string) {
			if json.Unmarshal(members[name], &s) != nil || strings.TrimSpace(s) == "" {
				return ""
			}
			return s
		}
		want := str("type")
		if want == "" {
			want = str("event")
		}
		if (want == "") != (err != nil) {
			t.Fatalf("type %q, but error %v", want, err)
		}
		if err != nil {
			return
		}
		if event.Type != want || event.ID == "" {
			t.Errorf("type %q, id %q; want type %q", event.Type, event.ID, want)
		}
		if id := str("id"); id != "" && event.ID != id {
			t.Errorf("id %q, want %q", event.ID, id)
		}
		data := members["data"]
		if string(data) == "null" {
			data = nil
		}
		if !bytes.Equal(event.Data, data) {
			t.Errorf("data %s, want %s", event.Data, data)
		}
	})
}

// FuzzData decodes anything as the data of each type: no panic, and what was
// read can be written and read again.
func FuzzData(f *testing.F) {
	for i, name := range webhook.Types() {
		for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
			event, err := webhook.ParseUnverified(webhooktest.Sample(format, name))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint(i), []byte(event.Data))
		}
	}
	f.Add(uint(0), []byte(`{"contact":{"contact":{"id":7}},"contact_id":null}`))
	f.Fuzz(func(t *testing.T, which uint, data []byte) {
		names := webhook.Types()
		name := names[which%uint(len(names))]
		every(func(candidate string, decode func(*webhook.Event) (any, error)) {
			if candidate != name {
				return
			}
			first, err := decode(&webhook.Event{ID: "e", Type: name, Data: data})
			if err != nil {
				if !errors.Is(err, webhook.ErrMalformedPayload) {
					t.Errorf("%s: %v", name, err)
				}
				return
			}
			if !json.Valid(data) {
				t.Fatalf("%s: invalid JSON was decoded: %q", name, data)
			}
			written, err := json.Marshal(first)
			if err != nil {
				return // a year beyond 9999 can be read in another zone, not written
			}
			second, err := decode(&webhook.Event{ID: "e", Type: name, Data: written})
			if err != nil {
				t.Fatalf("%s: %s cannot be read again: %v", name, written, err)
			}
			again, err := json.Marshal(second)
			if err != nil || !bytes.Equal(written, again) {
				t.Errorf("%s: %s came back as %s (%v)", name, written, again, err)
			}
		})
	})
}

// FuzzParseDate: what is accepted comes back as it was.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2024-12-15", "2024-02-29", "2023-02-29", "0000-01-01", "9999-12-31", "2024-1-1", "२०२४-१२-१५", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := webhook.ParseDate(s)
		if err != nil {
			if d != (webhook.Date{}) {
				t.Errorf("%v beside %v", d, err)
			}
			return
		}
		if d.String() != s {
			t.Errorf("%q came back as %q", s, d)
		}
		if at := d.In(nil); at.Format("2006-01-02") != s {
			t.Errorf("%q is %v", s, at)
		}
	})
}

// FuzzHandler sends anything: nothing panics, every answer is one of the
// table's, and no handler sees what was not signed.
func FuzzHandler(f *testing.F) {
	f.Add("POST", true, "", "", int64(-1), []byte(`{"type":"order.created","data":{"amount":1}}`))
	f.Add("POST", false, "sha256=test", "2", int64(3), []byte(`{"type":"t"}`))
	f.Add("GET", false, "", "-1", int64(0), []byte(nil))
	f.Add("POST", true, "", "", int64(1<<40), []byte(`[]`))
	f.Fuzz(func(t *testing.T, method string, sign bool, signature, retry string, length int64, body []byte) {
		ran := 0
		router := webhook.NewRouter()
		must(t, router.OnAny(func(_ context.Context, e *webhook.Event) error {
			ran++
			if !bytes.Equal(e.Body, body) {
				t.Errorf("the handler saw another body")
			}
			return nil
		}), webhook.On(router, webhook.OrderCreated, func(context.Context, *webhook.Event, *webhook.OrderCreatedData) error { return nil }))
		h, err := webhook.NewHandler(router, verifier(t), webhook.WithLogger(nil), webhook.MaxBody(1<<16))
		must(t, err)
		r := &http.Request{Method: method, Header: http.Header{}, Body: http.NoBody, ContentLength: length}
		r.Body = httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)).Body
		if sign {
			signature = webhooktest.Sign(webhook.FormatAPI, secret, body)
		}
		r.Header[webhook.SignatureHeader] = []string{signature}
		r.Header["X-Selgora-Retry"] = []string{retry}
		r.Header["X-Selgora-Delivery"] = []string{retry + method}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200, 401, 405, 413, 500:
		default:
			t.Errorf("status %d", w.Code)
		}
		if ran > 0 && (!sign && webhook.Verify(body, signature, secret) != nil || method != http.MethodPost) {
			t.Error("a handler ran")
		}
	})
}

// The reference of FuzzEnvelope must be the one this package follows.
func TestScannerTakesWhatEncodingJSONTakes(t *testing.T) {
	for _, body := range []string{
		`{"type":"a","data":0}`, `{"type":"a","data":-0}`, `{"type":"a","data":0.0e0}`, `{"type":"a","data":1E+99999}`, `{"type":"a","data":[[],{},""]}`,
		`{"type":"a","":{"":""}}`, "{\"type\":\"a\",\"x\":\"\u007f\x80\"}", `{"type":"a","data":{"a":[1,2,{"b":null}],"c":true,"d":false}}`,
		`{"type":"a","data":00}`, `{"type":"a","data":1 2}`, `{"type":"a","data":tru}`, `{"type":"a","data":[1,]}`, `{"type":"a","data":[,1]}`, `{"type":"a","data":{"a"}}`,
		`{"type":"a","data":{"a":}}`, `{"type":"a","data":{,}}`, `{"type":"a",,}`, "{\"type\":\"a\"\v}", "{\"type\":\"a\x1f\"}", `{"type":"a","data":"\ud800"}`, `{"type":"a","data":"\u000"}`,
	} {
		_, err := webhook.ParseUnverified([]byte(body))
		if valid := json.Valid([]byte(body)); valid != (err == nil) {
			t.Errorf("%q: valid for encoding/json: %v; here: %v", body, valid, err)
		}
	}
}
