package webhooktest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

const secret = "whsec_test_vector_1"

var formats = []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard}

func TestSignVectors(t *testing.T) {
	data, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Secret, Body, Signature string
		Format                        webhook.Format
		Signer                        bool
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	signed := 0
	for _, v := range vectors {
		if !v.Signer {
			continue
		}
		signed++
		if got := webhooktest.Sign(v.Format, v.Secret, []byte(v.Body)); got != v.Signature {
			t.Errorf("%s: other signature than the vector's", v.Name)
		}
	}
	if signed < 5 {
		t.Errorf("only %d vectors for signers", signed)
	}
}

func TestEverySampleIsReceived(t *testing.T) {
	if n := len(webhook.Types()); n != 26 {
		t.Fatalf("%d types", n)
	}
	for _, format := range formats {
		for _, name := range webhook.Types() {
			t.Run(fmt.Sprint(format, " ", name), func(t *testing.T) {
				body := webhooktest.Sample(format, name)
				var compact bytes.Buffer
				if err := json.Compact(&compact, body); err != nil || !bytes.Equal(compact.Bytes(), body) {
					t.Fatalf("not compact JSON: %v\n%s", err, body)
				}
				event, err := webhook.Parse(body, webhooktest.Sign(format, secret, body), secret)
				if err != nil {
					t.Fatal(err)
				}
				if event.Type != name || event.Format != format || event.CreatedAt.IsZero() || string(event.Data) == "{}" {
					t.Errorf("type %q, format %q, created %v, data %s", event.Type, event.Format, event.CreatedAt, event.Data)
				}
				if !bytes.Equal(body, webhooktest.Sample(format, name)) {
					t.Error("the second sample differs")
				}
			})
		}
	}
}

func TestPostReachesTheTypedHandler(t *testing.T) {
	for _, format := range formats {
		var got *webhook.Event
		var data webhook.OrderCreatedData
		h := handler(t, func(r *webhook.Router) {
			webhook.On(r, webhook.OrderCreated, func(_ context.Context, e *webhook.Event, o *webhook.OrderCreatedData) error {
				got, data = e, *o
				return nil
			})
		})
		want := webhook.OrderCreatedData{OrderID: "ord_<1>", Amount: 4900, Currency: "EUR"}
		body, err := webhooktest.Encode(format, webhook.OrderCreated, &want)
		if err != nil {
			t.Fatal(err)
		}
		res := webhooktest.Post(h, format, secret, body, webhooktest.Retry(3), webhooktest.Delivery("dlv_1"), nil)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", format, res.StatusCode)
		}
		if diff := cmp.Diff(want, data); diff != "" {
			t.Errorf("%s: data (-want +got)\n%s", format, diff)
		}
		if got.Retry != 3 || got.DeliveryID != "dlv_1" || got.Format != format {
			t.Errorf("%s: retry %d, delivery %q, format %q", format, got.Retry, got.DeliveryID, got.Format)
		}
		if bytes.Contains(body, []byte(`\u003c`)) {
			t.Errorf("%s: body is escaped for HTML: %s", format, body)
		}
	}
}

func TestEncodeMakesNewEvents(t *testing.T) {
	ids := map[string]bool{}
	for range 10 {
		body, err := webhooktest.Encode(webhook.FormatAPI, webhook.EmailSent, &webhook.EmailSentData{})
		if err != nil {
			t.Fatal(err)
		}
		event, err := webhook.ParseUnverified(body)
		if err != nil {
			t.Fatal(err)
		}
		ids[event.ID] = true
	}
	if len(ids) != 10 {
		t.Errorf("%d different ids of 10", len(ids))
	}
}

func TestEncodeReportsWhatJSONCannotHold(t *testing.T) {
	const odd webhook.EventType[map[string]any] = "odd.type"
	if _, err := webhooktest.Encode(webhook.FormatAPI, odd, &map[string]any{"f": func() {}}); err == nil {
		t.Error("no error")
	}
}

func TestHeaderOverridesTheSignature(t *testing.T) {
	h := handler(t, func(*webhook.Router) {})
	body := webhooktest.Sample(webhook.FormatDashboard, "some.type")
	res := webhooktest.Post(h, webhook.FormatDashboard, secret, body, webhooktest.Header(webhook.SignatureHeader, "sha256=test"))
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", res.StatusCode)
	}
	if res := webhooktest.Post(h, webhook.FormatDashboard, secret, body); res.StatusCode != http.StatusOK {
		t.Errorf("status %d for an unknown type", res.StatusCode)
	}
}

func handler(t *testing.T, register func(*webhook.Router)) *webhook.Handler {
	t.Helper()
	v, err := webhook.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := webhook.NewRouter()
	register(r)
	h, err := webhook.NewHandler(r, v, webhook.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ExamplePost() {
	verifier, _ := webhook.NewVerifier(secret)
	router := webhook.NewRouter()
	webhook.On(router, webhook.OrderCompleted,
		func(_ context.Context, _ *webhook.Event, o *webhook.OrderCompletedData) error {
			fmt.Println("sold", o.Products[0].Name)
			return nil
		})
	handler, _ := webhook.NewHandler(router, verifier)

	body := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCompleted)
	fmt.Println(webhooktest.Post(handler, webhook.FormatDashboard, secret, body).Status)
	fmt.Println(webhooktest.Post(handler, webhook.FormatDashboard, secret, body).Status, "for the repeated delivery")
	// Output:
	// sold Complete Course
	// 200 OK
	// 200 OK for the repeated delivery
}

func ExampleEncode() {
	body, err := webhooktest.Encode(webhook.FormatAPI, webhook.OrderCreated,
		&webhook.OrderCreatedData{OrderID: "ord_1", Amount: 4900, Currency: "EUR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	event, err := webhook.Parse(body, webhooktest.Sign(webhook.FormatAPI, secret, body), secret)
	fmt.Println(event.Type, string(event.Data), err)
	// Output: order.created {"order_id":"ord_1","customer_email":"","amount":4900,"currency":"EUR","status":""} <nil>
}
