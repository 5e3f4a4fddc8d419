package selgora_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func TestContactBadParams(t *testing.T) {
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	upsert := func(p selgora.ContactUpsertParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Contacts.Upsert(x, &p)) }
	}
	checkRefused(t, []refused{
		{"ContactUpsertParams", func(x ctx, c cl) error { return err2(c.Contacts.Upsert(x, nil)) }},
		{"ContactUpsertParams.Email", upsert(selgora.ContactUpsertParams{})},
		{"ContactUpsertParams.Tags", upsert(selgora.ContactUpsertParams{Email: "a@example.com", Tags: selgora.Null[[]string]()})},
		{"ContactUpsertParams.Tags[1]", upsert(selgora.ContactUpsertParams{Email: "a@example.com", Tags: selgora.Set([]string{"a", " "})})},
		{`ContactUpsertParams.CustomFields["a b"]`, upsert(selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]any{"a b": json.RawMessage("{")}})},
		{`ContactUpsertParams.CustomFields["k"]`, upsert(selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]any{"k": make(chan int)}})},
		{"tags", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "con_1", nil)) }},
		{"tags[0]", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "con_1", []string{""})) }},
		{"ContactListParams.Limit", func(x ctx, c cl) error { return err2(c.Contacts.List(x, &selgora.ContactListParams{Limit: 101})) }},
		{"ContactListParams.Limit", func(x ctx, c cl) error { return first(c.Contacts.All(x, &selgora.ContactListParams{Limit: 101})) }},
		{"ContactListParams.CreatedAfter", func(x ctx, c cl) error {
			return first(c.Contacts.All(x, &selgora.ContactListParams{CreatedAfter: late}))
		}},
	})
}

func TestContactRefusedIDs(t *testing.T) {
	checkRefusedIDs(t, "id",
		func(x ctx, c cl, id string) error { return err2(c.Contacts.Get(x, id)) },
		func(x ctx, c cl, id string) error { return c.Contacts.Delete(x, id) },
		func(x ctx, c cl, id string) error { return err2(c.Contacts.AddTags(x, id, []string{"a"})) },
	)
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestContactAbsentZeroAndNull(t *testing.T) {
	checkBodies(t, []sentBody{
		{"contact, absent", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com"}))
		}, `{"email":"a@example.com"}`},
		{"contact, zero", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com", FirstName: selgora.Set(""), LastName: selgora.Set(""), Tags: selgora.Set([]string(nil))}))
		}, `{"email":"a@example.com","first_name":"","last_name":"","tags":[]}`},
		{"contact, null", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com", FirstName: selgora.Null[string](), LastName: selgora.Null[string](), Tags: selgora.Set([]string{}), CustomFields: map[string]any{"gone": nil}}))
		}, `{"email":"a@example.com","first_name":null,"last_name":null,"tags":[],"custom_fields":{"gone":null}}`},
		{"tags", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "x", []string{"a", "b"})) }, `{"tags":["a","b"]}`},
	})
}

func TestContactListQueries(t *testing.T) {
	after := time.Date(2024, 1, 15, 11, 0, 0, 999, time.FixedZone("CET", 3600))
	checkQueries(t, []query{
		{"/v1/contacts", func(x ctx, c cl) error { return err2(c.Contacts.List(x, nil)) }},
		{"/v1/contacts?tag=vip+%2B%C3%BC%23&created_after=2024-01-15T10%3A00%3A00Z&page=1", func(x ctx, c cl) error {
			return err2(c.Contacts.List(x, &selgora.ContactListParams{Tag: "vip +ü#", CreatedAfter: after, Page: 1}))
		}},
		{"/v1/contacts?page=1&limit=100", func(x ctx, c cl) error { return first(c.Contacts.All(x, nil)) }},
	})
}

// Custom fields come back to the byte, even those named like a wrapper.
func TestCustomFieldsAreKept(t *testing.T) {
	fields := map[string]json.RawMessage{
		"data": json.RawMessage(`{"id":"not the contact"}`), "big": json.RawMessage(`12345678901234567890123`), "float": json.RawMessage(`1.0`),
		"html": json.RawMessage(`"<a href='x'>&</a>"`), "sep": json.RawMessage("\"\u2028\u2029\""), "escaped": json.RawMessage(`"\u003c\ud83d\ude00\u2028"`),
		"null": json.RawMessage(`null`), "nested": json.RawMessage(`{"b":[1e400,-0,{"a":1,"a":2}],"a":{}}`), "half": json.RawMessage(`"\ud800"`),
	}
	echo := roundTripper(func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		return respond(req, 200, string(body)), nil
	})
	client := newClient(t, inProcess(echo))
	contact, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: anyValues(fields)})
	if err != nil {
		t.Fatal(err)
	}
	if contact.Email != "a@example.com" {
		t.Errorf("contact %+v", contact)
	}
	if diff := cmp.Diff(fields, contact.CustomFields); diff != "" {
		t.Errorf("custom fields (-sent +got):\n%s", diff)
	}
}
