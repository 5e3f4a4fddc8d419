package selgora_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
)

// loud is a value with an encoding of its own.
type loud string

func (l loud) MarshalJSON() ([]byte, error) {
	if l == "" {
		return nil, errors.New("nothing to say")
	}
	return json.Marshal(strings.ToUpper(string(l)))
}

func TestCustomFieldsOfAnyType(t *testing.T) {
	type team struct {
		Size int    `json:"size"`
		Lead string `json:"lead,omitzero"`
	}
	var none *team
	var sent []byte
	client := newClient(t, inProcess(func(req *http.Request) (_ *http.Response, err error) {
		sent, err = io.ReadAll(req.Body)
		return respond(req, 200, string(sent)), err
	}))
	for want, value := range map[string]any{
		`"Acme <&> Co"`: "Acme <&> Co", `12`: 12, `0.1`: 0.1, `true`: true, `null`: nil,
		`9223372036854775807`: int64(math.MaxInt64), `49.99`: money.MustParse("49.99"), `"2024-03-25T12:00:00Z"`: time.Date(2024, 3, 25, 12, 0, 0, 0, time.UTC),
		`["go","sql"]`: []string{"go", "sql"}, `{"a":{"b":[1,null]}}`: map[string]any{"a": map[string]any{"b": []any{1, nil}}},
		`{"size":3}`: &team{Size: 3}, `{"size":0,"lead":"Ada"}`: team{Lead: "Ada"}, `"HELLO"`: loud("hello"), `1.50`: json.Number("1.50"),
		`[]`: []string{}, `7`: selgora.Set(7),
		`12345678901234567890123`: json.RawMessage(`12345678901234567890123`), `1.0`: json.RawMessage(`1.0`), `"<"`: json.RawMessage(`"<"`),
		`"\u003c"`: json.RawMessage(`"\u003c"`), "\"\u2028\"": json.RawMessage("\"\u2028\""), `{"a":1,"a":[1e400]}`: json.RawMessage(`{"a":1,"a":[1e400]}`),
		`[1.00]`: []json.RawMessage{json.RawMessage(`1.00`)},
	} {
		contact, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]any{"k": value}})
		if err != nil {
			t.Errorf("%T: %v", value, err)
			continue
		}
		if diff := cmp.Diff(`{"email":"a@example.com","custom_fields":{"k":`+want+`}}`, string(sent)); diff != "" {
			t.Errorf("%T (-want +sent):\n%s", value, diff)
		}
		if got := string(contact.CustomFields["k"]); got != want {
			t.Errorf("%T came back as %s", value, got)
		}
	}
	for name, value := range map[string]any{"nil pointer": none, "nil slice": []string(nil), "nil map": map[string]int(nil), "nil raw": json.RawMessage(nil), "Null": selgora.Null[string]()} {
		if _, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]any{"k": value}}); err != nil || !strings.Contains(string(sent), `{"k":null}`) {
			t.Errorf("%s: sent %s, %v", name, sent, err)
		}
	}
}

func TestCustomFieldsThatHaveNoJSON(t *testing.T) {
	ring := map[string]any{}
	ring["ring"] = ring
	type node struct{ Next *node }
	loop := &node{}
	loop.Next = loop
	list := make([]any, 1)
	list[0] = list
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		t.Error("was sent")
		return nil, errors.New("sent")
	}))
	for name, value := range map[string]any{
		"chan": make(chan int), "func": func() {}, "complex": 1i, "NaN": math.NaN(), "infinite": math.Inf(1),
		"half": json.RawMessage(`{"a":`), "empty": json.RawMessage{}, "two": json.RawMessage(`1 2`), "deep": []any{map[string]any{"x": make(chan int)}},
		"map in itself": ring, "pointer to itself": loop, "slice in itself": list, "refuses": loud(""), "number": json.Number("1x"),
		"late": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "keys": map[struct{ A int }]int{{1}: 1},
	} {
		_, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]any{"good": 1, "my field": value}})
		var p *selgora.ParamError
		if !errors.As(err, &p) || p.Field != `ContactUpsertParams.CustomFields["my field"]` || !strings.HasPrefix(p.Problem, "cannot be encoded as JSON: ") || len(p.Problem) > 300 {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// changing encodes otherwise each time, as a value does that somebody changes
// meanwhile.
type changing struct{ times int }

func (c *changing) MarshalJSON() ([]byte, error) {
	if c.times++; c.times > 1 {
		return []byte("{"), nil
	}
	return []byte("1"), nil
}

func TestCustomFieldsAreEncodedOnce(t *testing.T) {
	n := 0
	client := newClient(t, selgora.WithRetryWait(0, 0), selgora.WithoutRateLimit(), inProcess(func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if n++; n < 3 {
			return respond(req, 503, ""), err
		}
		return respond(req, 200, string(body)), err
	}))
	value := &changing{}
	fields := map[string]any{"k": value}
	contact, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: fields})
	if err != nil || string(contact.CustomFields["k"]) != "1" || value.times != 1 {
		t.Errorf("%+v, %v; encoded %d times", contact, err, value.times)
	}
	if diff := cmp.Diff(map[string]any{"k": value}, fields, cmp.AllowUnexported(changing{})); diff != "" {
		t.Errorf("the caller's fields were changed:\n%s", diff)
	}
}

// A hundred times what anybody sends, against the fake: merged, kept, deleted.
func TestManyCustomFields(t *testing.T) {
	client := mockserver.New(t).Client()
	fields, gone := map[string]any{}, map[string]any{}
	for i := range 2000 {
		name := "field " + strings.Repeat("x", i%50) + time.Duration(i).String()
		fields[name] = []any{i, "text", map[string]any{"a": true}}
		gone[name] = nil
	}
	contact, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: fields})
	if err != nil || len(contact.CustomFields) != len(fields) {
		t.Fatalf("%d fields, %v", len(contact.CustomFields), err)
	}
	contact, err = client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: gone})
	if err != nil || len(contact.CustomFields) != 0 {
		t.Errorf("%d fields are left, %v", len(contact.CustomFields), err)
	}
}
