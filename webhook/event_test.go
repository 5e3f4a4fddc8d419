package webhook_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestEnvelopes(t *testing.T) {
	at := time.Date(2024, 11, 15, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name, body string
		want       webhook.Event
	}{
		{"API guide", `{"id":"evt_1","type":"a.b","created_at":"2024-11-15T10:00:00Z","data":{"x":1}}`,
			webhook.Event{ID: "evt_1", Type: "a.b", CreatedAt: at, Format: "api", Data: []byte(`{"x":1}`)}},
		{"with user_id", `{"id":"evt_1","type":"a.b","user_id":"con_9","data":{}}`,
			webhook.Event{ID: "evt_1", Type: "a.b", UserID: "con_9", Format: "api", Data: []byte(`{}`)}},
		{"user_id null", `{"id":"evt_1","type":"a.b","user_id":null,"data":{}}`,
			webhook.Event{ID: "evt_1", Type: "a.b", Format: "api", Data: []byte(`{}`)}},
		{"webhook guide", `{"event":"a.b","created_at":"2024-11-15T10:00:00Z","data":{}}`,
			webhook.Event{ID: hash(`{"event":"a.b","created_at":"2024-11-15T10:00:00Z","data":{}}`), Type: "a.b", CreatedAt: at, Format: "dashboard", Data: []byte(`{}`)}},
		{"webhook guide with id", `{"id":"evt_2","event":"a.b","data":{}}`,
			webhook.Event{ID: "evt_2", Type: "a.b", Format: "dashboard", Data: []byte(`{}`)}},
		{"an offset", `{"id":"e","type":"a.b","created_at":"2024-11-15T12:00:00.5+02:00"}`,
			webhook.Event{ID: "e", Type: "a.b", CreatedAt: at.Add(time.Second / 2), Format: "api"}},
		{"created_at is no time", `{"id":"e","type":"a.b","created_at":"yesterday"}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"created_at is a number", `{"id":"e","type":"a.b","created_at":1731664800}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"id is a number", `{"id":12345678901234567890,"type":"a.b"}`, webhook.Event{ID: "12345678901234567890", Type: "a.b", Format: "api"}},
		{"id is null", `{"id":null,"type":"a.b"}`, webhook.Event{ID: hash(`{"id":null,"type":"a.b"}`), Type: "a.b", Format: "api"}},
		{"id is blank", `{"id":" ","type":"a.b"}`, webhook.Event{ID: hash(`{"id":" ","type":"a.b"}`), Type: "a.b", Format: "api"}},
		{"id is an object", `{"id":{},"type":"a.b"}`, webhook.Event{ID: hash(`{"id":{},"type":"a.b"}`), Type: "a.b", Format: "api"}},
		{"data null", `{"id":"e","type":"a.b","data":null}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"data is no object", `{"id":"e","type":"a.b","data":[1, 2]}`, webhook.Event{ID: "e", Type: "a.b", Format: "api", Data: []byte(`[1, 2]`)}},
		{"both names", `{"id":"e","event":"c.d","type":"a.b"}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"type null beside event", `{"id":"e","event":"c.d","type":null}`, webhook.Event{ID: "e", Type: "c.d", Format: "dashboard"}},
		{"type an object beside event", `{"id":"e","event":"c.d","type":{}}`, webhook.Event{ID: "e", Type: "c.d", Format: "dashboard"}},
		{"event an object beside type", `{"id":"e","event":{"a":1},"type":"a.b"}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"unknown fields and blanks", " {\n\"v\" : [ ] , \"id\":\t\"e\" ,\"type\":\"a.b\",\"z\":{\"id\":\"no\",\"type\":\"no\"} , \"data\" : { \"a\" : [ {} ] } }\r\n",
			webhook.Event{ID: "e", Type: "a.b", Format: "api", Data: []byte(`{ "a" : [ {} ] }`)}},
		{"escapes in names and values", `{"\u0069d":"e\n\u00e9","typ\u0065":"a.\u0062"}`, webhook.Event{ID: "e\né", Type: "a.b", Format: "api"}},
		{"other case is another name", `{"ID":"no","Type":"no","id":"e","type":"a.b","TYPE":"no"}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"repeated names: the last counts", `{"id":"no","type":"no","data":1,"id":"e","type":"a.b","data":2}`, webhook.Event{ID: "e", Type: "a.b", Format: "api", Data: []byte(`2`)}},
		{"repeated name, escaped", `{"id":"e","type":"no","\u0074ype":"a.b"}`, webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"invalid UTF-8", "{\"id\":\"e\xff\",\"type\":\"a.b\"}", webhook.Event{ID: "e\ufffd", Type: "a.b", Format: "api"}},
		{"deep objects", `{"id":"e","type":"a.b","x":` + strings.Repeat(`{"a":`, 9999) + "1" + strings.Repeat(`}`, 9999) + `}`,
			webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
		{"deep, but no deeper than encoding/json", `{"id":"e","type":"a.b","x":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`,
			webhook.Event{ID: "e", Type: "a.b", Format: "api"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := []byte(test.body)
			event, err := webhook.Parse(body, webhooktest.Sign(webhook.FormatAPI, secret, body), secret)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Body = body
			if diff := cmp.Diff(&test.want, event); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			unverified, err := webhook.ParseUnverified(body)
			if err != nil {
				t.Fatal(err)
			}
			test.want.SecretIndex = -1
			if diff := cmp.Diff(&test.want, unverified); diff != "" {
				t.Errorf("ParseUnverified (-want +got)\n%s", diff)
			}
		})
	}
}

func TestMalformedPayloads(t *testing.T) {
	for _, body := range []string{
		``, ` `, `null`, `true`, `7`, `"type"`, `[]`, `[{"type":"a.b"}]`, `{`, `{}`, `{"id":"e"}`, `{"type":"a.b"`, `{"type":"a.b"}}`,
		`{"type":"a.b"} {}`, `{"type":"a.b",}`, `{"type":"a.b" "id":"e"}`, `{type:"a.b"}`, `{'type':'a.b'}`, `{"type":""}`, `{"type":"  "}`,
		`{"type":7}`, `{"type":null,"event":null}`, `{"type":["a.b"]}`, `{"type":"a.b","data":}`, `{"type":"a.b","data":nul}`,
		`{"type":"a.b","data":01}`, `{"type":"a.b","data":1.}`, `{"type":"a.b","data":-}`, `{"type":"a.b","data":+1}`, `{"type":"a.b","data":.5}`,
		`{"type":"a.b","data":1e}`, `{"type":"a.b","data":"\x"}`, `{"type":"a.b","data":"\u12g4"}`, `{"type":"a.b","data":"\u12`,
		`{"type":"a.b","data":"\`, "{\"type\":\"a.b\",\"data\":\"\n\"}", "{\"type\":\"a.b\"}\x00", "\ufeff{\"type\":\"a.b\"}",
		`{"type":"a.b","x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
		`{"type":"a.b","x":` + strings.Repeat(`{"a":`, 1<<17),
		`{"type":"a.b","x":` + strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat(`}`, 10000) + `}`,
	} {
		event, err := webhook.ParseUnverified([]byte(body))
		if !errors.Is(err, webhook.ErrMalformedPayload) || event != nil {
			t.Errorf("%.60q: %v, %v", body, event, err)
		}
	}
}

func TestParseRequest(t *testing.T) {
	v := verifier(t)
	body := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCreated)
	header := func(name string, values ...string) webhooktest.RequestOption {
		return func(r *http.Request) { r.Header[name] = values }
	}
	long := strings.Repeat("x", 257)
	tests := []struct {
		name     string
		opts     []webhooktest.RequestOption
		err      error
		delivery string
		retry    int
	}{
		{name: "plain"},
		{name: "delivery and retry", opts: []webhooktest.RequestOption{webhooktest.Delivery("dlv_1"), webhooktest.Retry(5)}, delivery: "dlv_1", retry: 5},
		{name: "retry is no number", opts: []webhooktest.RequestOption{webhooktest.Header("X-Selgora-Retry", "often")}},
		{name: "retry is negative", opts: []webhooktest.RequestOption{webhooktest.Retry(-1)}},
		{name: "retry is huge", opts: []webhooktest.RequestOption{webhooktest.Header("X-Selgora-Retry", "99999999999999999999")}},
		{name: "delivery is too long to be one", opts: []webhooktest.RequestOption{webhooktest.Delivery(long)}},
		{name: "no signature", opts: []webhooktest.RequestOption{func(r *http.Request) { r.Header.Del(webhook.SignatureHeader) }}, err: webhook.ErrMissingSignature},
		{name: "signature twice", opts: []webhooktest.RequestOption{
			func(r *http.Request) {
				r.Header.Add(webhook.SignatureHeader, r.Header.Get(webhook.SignatureHeader))
			},
		}, err: webhook.ErrMalformedSignature},
		{name: "good signature after an empty one", opts: []webhooktest.RequestOption{
			func(r *http.Request) {
				r.Header[webhook.SignatureHeader] = []string{"", r.Header.Get(webhook.SignatureHeader)}
			},
		}, err: webhook.ErrMalformedSignature},
		{name: "endless signature", opts: []webhooktest.RequestOption{header(webhook.SignatureHeader, strings.Repeat(" ", 1<<20))}, err: webhook.ErrMalformedSignature},
		{name: "content type and method do not count", opts: []webhooktest.RequestOption{webhooktest.Header("Content-Type", "text/html"), func(r *http.Request) { r.Method = "PUT" }}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event, err := v.ParseRequest(webhooktest.NewRequest(webhook.FormatDashboard, secret, body, test.opts...))
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err == nil && (event.DeliveryID != test.delivery || event.Retry != test.retry || event.Type != "order.created") {
				t.Errorf("delivery %q, retry %d, type %q", event.DeliveryID, event.Retry, event.Type)
			}
		})
	}
	for name, r := range map[string]*http.Request{"nil": nil, "no body": {}} {
		if _, err := v.ParseRequest(r); !errors.Is(err, webhook.ErrMalformedPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless never ends and counts what is taken from it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestParseRequestBoundsTheBody(t *testing.T) {
	v := verifier(t)
	exact := []byte(`{"type":"t","data":"` + strings.Repeat("x", webhook.DefaultMaxBody-22) + `"}`)
	if len(exact) != webhook.DefaultMaxBody {
		t.Fatal(len(exact))
	}
	request := func(body io.Reader, length int64) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.ContentLength = length
		r.Header.Set(webhook.SignatureHeader, webhooktest.Sign(webhook.FormatAPI, secret, exact))
		return r
	}
	for _, length := range []int64{-1, 0, 1, int64(len(exact))} {
		if _, err := v.ParseRequest(request(iotest.HalfReader(strings.NewReader(string(exact))), length)); err != nil {
			t.Errorf("body of exactly the limit, declared as %d: %v", length, err)
		}
	}
	more := string(exact) + " "
	for _, length := range []int64{-1, 0, int64(len(more)), 1 << 60} {
		if _, err := v.ParseRequest(request(strings.NewReader(more), length)); !errors.Is(err, webhook.ErrTooLarge) {
			t.Errorf("one byte more, declared as %d: %v", length, err)
		}
	}
	flood := &endless{}
	if _, err := v.ParseRequest(request(flood, -1)); !errors.Is(err, webhook.ErrTooLarge) {
		t.Errorf("endless body: %v", err)
	}
	if flood.read > 2*webhook.DefaultMaxBody {
		t.Errorf("read %d bytes of an endless body", flood.read)
	}
	declared := &endless{}
	if _, err := v.ParseRequest(request(declared, 1<<40)); !errors.Is(err, webhook.ErrTooLarge) || declared.read > 0 {
		t.Errorf("declared as 1 TiB: %v after %d bytes", err, declared.read)
	}
	limited := request(strings.NewReader(more), -1)
	limited.Body = http.MaxBytesReader(nil, limited.Body, 100)
	if _, err := v.ParseRequest(limited); !errors.Is(err, webhook.ErrTooLarge) {
		t.Errorf("under a stricter limit of the caller: %v", err)
	}
	broken := errors.New("connection reset")
	if _, err := v.ParseRequest(request(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), -1)); !errors.Is(err, broken) {
		t.Errorf("broken body: %v", err)
	}
	// A large length may be declared for nothing; it must not cost memory.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		if _, err := v.ParseRequest(request(strings.NewReader(""), webhook.DefaultMaxBody)); err == nil {
			t.Fatal("an empty body was accepted")
		}
	}
	runtime.ReadMemStats(&after)
	if cost := (after.TotalAlloc - before.TotalAlloc) / 100; cost > 200<<10 {
		t.Errorf("an empty body declared as 1 MiB costs %d bytes", cost)
	}
}
