package payload_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/internal/jsstringify"
	"github.com/selgora/selgora-go/internal/jsstringify/jstest"
	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/payload"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

var update = flag.Bool("update", false, "write testdata anew")

var start = time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)

var formats = []delivery.Format{delivery.FormatAPI, delivery.FormatDashboard}

// TestSamples compares the samples of all types with stored bodies.
func TestSamples(t *testing.T) {
	const file = "testdata/samples.json"
	got := make(map[string]map[delivery.Format]string)
	for _, name := range store.EventTypes {
		e, ok := payload.Sample(name, start)
		if !ok {
			t.Errorf("no sample of %s", name)
			continue
		}
		got[name] = make(map[delivery.Format]string)
		for _, format := range formats {
			body, err := e.Body("evt_abc123", format)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			got[name][format] = body
		}
	}
	if _, ok := payload.Sample("course.eaten", start); ok {
		t.Error("a sample of an unknown type")
	}
	if *update {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[delivery.Format]string
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	for name, bodies := range want {
		for format, body := range bodies {
			if again, err := jsstringify.Append(nil, []byte(body)); err != nil || string(again) != body {
				t.Errorf("%s in %s format is not what JavaScript prints: %v", name, format, err)
			}
		}
	}
}

func TestOneContactInTwoShapes(t *testing.T) {
	got := bodies(t, `{"email":"a@example.com","custom_fields":{"z":1.0,"10":"<b>","9":1e400,"n":null,"u":"\u2028é","__proto__":12345678901234567890}}`,
		`{"email":"A@example.com","tags":["x"],"first_name":"Ä","custom_fields":{"z":null,"9":{"b":1,"a":[1E2]}}}`)
	want := []string{
		`{"id":"evt_1","type":"contact.created","created_at":"2025-03-01T10:00:00Z","user_id":"CON","data":{"contact":{"id":"CON","email":"a@example.com","first_name":"","last_name":"","tags":[],"custom_fields":{"9":null,"10":"<b>","z":1,"u":"` + "\u2028" + `é","__proto__":12345678901234567000},"lifetime_value":0,"last_activity":null,"source":"api","subscribed":true,"created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z"}}}`,
		`{"id":"evt_1","event":"contact.created","created_at":"2025-03-01T10:00:00Z","data":{"contact_id":"CON","email":"a@example.com","source":"api","tags":[],"custom_fields":{"9":null,"10":"<b>","z":1,"u":"` + "\u2028" + `é","__proto__":12345678901234567000}}}`,
		`{"id":"evt_1","type":"contact.updated","created_at":"2025-03-01T10:00:00Z","user_id":"CON","data":{"contact":{"id":"CON","email":"a@example.com","first_name":"Ä","last_name":"","tags":["x"],"custom_fields":{"9":{"b":1,"a":[100]},"10":"<b>","u":"` + "\u2028" + `é","__proto__":12345678901234567000},"lifetime_value":0,"last_activity":null,"source":"api","subscribed":true,"created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z"}}}`,
		`{"id":"evt_1","event":"contact.updated","created_at":"2025-03-01T10:00:00Z","data":{"contact_id":"CON","changes":{"tags":{"added":["x"],"removed":[]},"custom_fields":{"9":{"b":1,"a":[100]},"z":null},"first_name":{"from":"","to":"Ä"}}}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

// bodies returns what is sent, in both formats, for one contact that is
// written several times. The contact's id is replaced by CON.
func bodies(t testing.TB, inputs ...string) []string {
	t.Helper()
	st := store.New(clock{}, 1)
	hook, _, err := st.CreateWebhook(store.WebhookInput{URL: store.Some("https://example.com"), Events: store.Some([]string{"*"})})
	if err != nil {
		t.Fatal(err)
	}
	var changes []store.Change
	st.SetSink(func(c store.Change) { changes = append(changes, c) })
	id := ""
	for _, text := range inputs {
		var in store.ContactInput
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		c, _, err := st.UpsertContact(in)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		id = c.ID
	}
	var got []string
	for _, c := range changes {
		if len(c.Webhooks) != 1 || c.Webhooks[0].ID != hook.ID {
			t.Errorf("a change has the endpoints %v", c.Webhooks)
		}
		for _, e := range payload.Of(c) {
			for _, format := range formats {
				body, err := e.Body("evt_1", format)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(bytes.ReplaceAll([]byte(body), []byte(id), []byte("CON"))))
			}
		}
	}
	return got
}

type clock struct{}

func (clock) Now() time.Time { return start }

func TestAgainstNode(t *testing.T) {
	var texts [][]byte
	for _, name := range store.EventTypes {
		e, _ := payload.Sample(name, start)
		for _, format := range formats {
			body, err := e.Body("evt_1", format)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, []byte(body))
		}
	}
	g := jstest.Generator{Rand: rand.New(rand.NewPCG(3, 14))}
	for range 1000 {
		var inputs []string
		for range 2 { // one to create the contact, one to change it
			fields := []byte(`{"email":"a@example.com","custom_fields":{"first":`)
			fields = g.Value(fields, 1)
			fields = append(fields, `,"10":`...)
			fields = g.Value(fields, 1)
			fields = append(fields, `,"9":`...)
			fields = g.Number(fields)
			fields = append(fields, `}}`...)
			inputs = append(inputs, string(bytes.ToValidUTF8(fields, []byte("?"))))
		}
		for _, body := range bodies(t, inputs...) {
			texts = append(texts, []byte(body))
		}
	}
	for i, want := range jstest.Stringify(t, texts) {
		if !bytes.Equal(texts[i], want) {
			t.Errorf("sent %s\nNode %s", texts[i], want)
		}
	}
}

// Whatever is in a custom field, the body is what JavaScript prints again.
func FuzzCustomFields(f *testing.F) {
	f.Add(`{"a":1.0}`)
	f.Add(`{"7":"\u2028<","__proto__":[1e400,-0]}`)
	f.Add(`{"\ud800":"\uDC00"}`)
	f.Fuzz(func(t *testing.T, fields string) {
		var in store.ContactInput
		if json.Unmarshal([]byte(`{"email":"a@example.com","custom_fields":`+fields+`}`), &in) != nil {
			return
		}
		st := store.New(clock{}, 1)
		if _, _, err := st.CreateWebhook(store.WebhookInput{URL: store.Some("https://example.com"), Events: store.Some([]string{"*"})}); err != nil {
			t.Fatal(err)
		}
		var changes []store.Change
		st.SetSink(func(c store.Change) { changes = append(changes, c) })
		if _, _, err := st.UpsertContact(in); err != nil {
			return
		}
		for _, c := range changes {
			for _, e := range payload.Of(c) {
				for _, format := range formats {
					body, err := e.Body("evt_1", format)
					if err != nil {
						t.Fatalf("the store took the fields, but: %v", err)
					}
					again, err := jsstringify.Append(nil, []byte(body))
					if err != nil || string(again) != body {
						t.Errorf("not stable: %s\n%s, %v", body, again, err)
					}
				}
			}
		}
	})
}

// Every fact of the store is told of: a new one must not be forgotten here.
func TestEveryTypeHasItsFact(t *testing.T) {
	var names []string
	for _, name := range store.EventTypes {
		if e, ok := payload.Sample(name, start); ok && e.Type == name {
			names = append(names, name)
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(store.EventTypes)), slices.Sorted(slices.Values(names))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if events := payload.Of(store.Change{At: start, Fact: store.Announced{Type: "custom.thing", Data: []byte(`{"a":1.0}`)}}); len(events) != 1 {
		t.Errorf("events of an announcement: %v", events)
	} else if body, err := events[0].Body("evt_1", delivery.FormatDashboard); err != nil || body != `{"id":"evt_1","event":"custom.thing","created_at":"2025-03-01T10:00:00Z","data":{"a":1}}` {
		t.Errorf("announcement: %s, %v", body, err)
	}
}

// What is nested as deeply as a request can be still fits into an event.
func TestDeepestCustomField(t *testing.T) {
	const deepest = 10_000 - 2 // encoding/json's limit, less the body and custom_fields
	deep := strings.Repeat("[", deepest) + strings.Repeat("]", deepest)
	got := bodies(t, `{"email":"a@example.com","custom_fields":{"deep":`+deep+`}}`)
	if len(got) != 2 || !strings.Contains(got[0], deep) || !strings.Contains(got[1], deep) {
		t.Errorf("%d bodies without the field", len(got))
	}
}

func TestBodyOfDataThatIsNotJSON(t *testing.T) {
	e := payload.Event{Type: "a.b", At: start, Data: func() {}}
	if body, err := e.Body("evt_1", delivery.FormatAPI); err == nil {
		t.Errorf("no error but %s", body)
	}
}
