package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestContactUpsert(t *testing.T) {
	s, clock := newStore(t)
	var facts []Fact
	s.SetSink(func(c Change) { facts = append(facts, c.Fact) })
	c, created, err := s.UpsertContact(input[ContactInput](t, `{"email":"Jo@Example.com","first_name":"Jo","last_name":"Do",
		"tags":[" a ","b","a"],"custom_fields":{"n":12345678901234567890,"f":1.0,"h":"<>&\u2028 ","o":{"z":1, "a":[1e400]}}}`))
	if err != nil || !created {
		t.Fatal(created, err)
	}
	want := `{"id":"` + c.ID + `","email":"Jo@Example.com","first_name":"Jo","last_name":"Do","tags":["a","b"],` +
		`"custom_fields":{"n":12345678901234567890,"f":1.0,"h":"<>&\u2028 ","o":{"z":1, "a":[1e400]}},"lifetime_value":0,` +
		`"last_activity":null,"source":"api","subscribed":true,"created_at":"2024-03-01T12:00:00Z","updated_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(c.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	clock.t = clock.t.Add(time.Hour)
	c2, created, err := s.UpsertContact(input[ContactInput](t,
		`{"email":"jo@example.COM","first_name":null,"tags":["b","c"],"custom_fields":{"f":null,"n":12345678901234567890,"x":true}}`))
	if err != nil || created || c2.ID != c.ID || c2.Email != "Jo@Example.com" || c2.FirstName != "" || c2.LastName != "Do" {
		t.Fatalf("%+v, %v, %v", c2, created, err)
	}
	if got := string(c2.CustomFields.AppendJSON(nil)); got != `{"n":12345678901234567890,"h":"<>&\u2028 ","o":{"z":1, "a":[1e400]},"x":true}` {
		t.Errorf("custom_fields are %s", got)
	}
	wantChanges := ContactChanges{
		TagsAdded: []string{"c"}, TagsRemoved: []string{"a"}, CustomFields: Fields{{"f", "null"}, {"x", "true"}},
		Scalars: []Scalar{{"first_name", "Jo", ""}},
	}
	if diff := cmp.Diff(wantChanges, facts[1].(ContactUpdated).Changes); diff != "" {
		t.Error(diff)
	}
	clock.t = clock.t.Add(time.Hour)
	c3, err := s.AddTags(c.ID, input[TagsInput](t, `{"tags":["c","b "]}`))
	if err != nil || len(facts) != 2 || !c3.UpdatedAt.Equal(c2.UpdatedAt) {
		t.Errorf("tags that are there changed something: %+v, %d facts, %v", c3, len(facts), err)
	}
	c4, err := s.AddTags(c.ID, input[TagsInput](t, `{"tags":["d","b","e"]}`))
	if err != nil || strings.Join(c4.Tags, " ") != "b c d e" {
		t.Errorf("tags are %v, %v", c4.Tags, err)
	}
	if strings.Join(c3.Tags, " ") != "b c" {
		t.Errorf("a value handed out before changed: %v", c3.Tags)
	}
	c5, err := s.SetSubscribed(c.ID, false)
	if err != nil || c5.Subscribed || !facts[3].(ContactUpdated).Unsubscribed {
		t.Errorf("%+v, %v", c5, err)
	}
	if _, err := s.DeleteContact(c.ID); err != nil {
		t.Error(err)
	}
	if got := facts[4].(ContactDeleted).Contact.Email; got != "Jo@Example.com" {
		t.Errorf("the deletion is of %q", got)
	}
	if p, _ := s.ListContacts(ContactFilter{Tag: "d"}, ListParams{}); p.Meta.TotalCount != 0 {
		t.Error("a deleted contact is listed")
	}
}

func TestContactValidation(t *testing.T) {
	s, _ := newStore(t)
	_, _, err := s.UpsertContact(input[ContactInput](t,
		`{"email":"nobody","first_name":5,"tags":["ok"," ",7],"custom_fields":[1],"last_name":"`+strings.Repeat("é", 256)+`"}`))
	want := map[string]string{
		"email": "must contain an @", "first_name": "must be a string", "tags[1]": "must not be blank", "tags[2]": "must be a string",
		"custom_fields": "must be an object", "last_name": "must be at most 255 characters long, not 256",
	}
	if diff := cmp.Diff(want, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	_, _, err = s.UpsertContact(input[ContactInput](t, `{"email":"a@b.co","tags":["ok"," "],"custom_fields":null}`))
	want = map[string]string{"tags[1]": "must not be blank", "custom_fields": "must not be null"}
	if diff := cmp.Diff(want, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	_, _, err = s.UpsertContact(ContactInput{Email: Some("a@b.co"), CustomFields: Some(Fields{{"x", "{"}})})
	if diff := cmp.Diff(map[string]string{"custom_fields.x": "must be valid JSON"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckEmail(t *testing.T) {
	for _, ok := range []string{
		"a@b.co", "first.last+tag@sub.example.com", "o'brien@example.ie", "x_y-z@1.2.example", strings.Repeat("a", 64) + "@example.com",
	} {
		if p := CheckEmail(ok); p != "" {
			t.Errorf("%q %s", ok, p)
		}
	}
	for _, bad := range []string{
		"", " a@b.co", "a@b.co ", "a b@c.de", "a@b", "@b.co", "a@", "a.@b.co", ".a@b.co", "a..b@c.de", "a@@b.co", "a@-b.co",
		"a@b-.co", "a@b..co", "a@b.co.", `"a"@b.co`, "a@[127.0.0.1]", "a,b@c.de", "ä@b.de", "a@b_c.de", "a\n@b.co",
		strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b", 64) + ".co", "a@" + strings.Repeat("b.", 127) + "co",
	} {
		if CheckEmail(bad) == "" {
			t.Errorf("%q passes", bad)
		}
	}
}
