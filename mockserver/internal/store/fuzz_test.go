package store

import (
	"bytes"
	"encoding/json"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzCustomFields holds custom fields to coming back as they went in.
func FuzzCustomFields(f *testing.F) {
	f.Add(`{"a":12345678901234567890,"b":1.0,"c":"<\u2028>","d":{"z":[1e400, null]},"a":2}`)
	f.Add(`{"x":null}`)
	f.Add(`{"\ud800":1,"\ud801":null,"\uD800":2}`)
	f.Fuzz(func(t *testing.T, doc string) {
		if !json.Valid([]byte(doc)) {
			return
		}
		var in ContactInput
		if err := json.Unmarshal([]byte(`{"email":"a@b.co","custom_fields":`+doc+`}`), &in); err != nil {
			t.Fatal(err)
		}
		s := New(&testClock{start}, 1)
		c, _, err := s.UpsertContact(in)
		if err != nil {
			var sent any
			_ = json.Unmarshal([]byte(doc), &sent)
			if _, object := sent.(map[string]any); object && utf8.ValidString(doc) {
				t.Fatalf("%s is refused: %v", doc, err)
			}
			return
		}
		out := c.CustomFields.AppendJSON(nil)
		var sent, got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(doc), &sent); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%s became %s: %v", doc, out, err)
		}
		ambiguous := false // a name may stand for several that encoding/json takes for one
		for name, v := range sent {
			ambiguous = ambiguous || strings.Contains(name, "\uFFFD")
			if string(v) == "null" {
				delete(sent, name)
			}
		}
		if ambiguous {
			sent = got
		}
		if diff := cmp.Diff(sent, got, cmp.Comparer(func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })); diff != "" {
			t.Fatalf("%s became %s: %s", doc, out, diff)
		}
		exported := s.Export()
		other := New(&testClock{start}, 1)
		if err := other.Import(exported); err != nil || !bytes.Equal(exported, other.Export()) {
			t.Fatalf("%s does not survive an export: %v", doc, err)
		}
	})
}

// FuzzImport holds whatever is imported to coming out the same twice.
func FuzzImport(f *testing.F) {
	s := New(&testClock{start}, 1)
	f.Add(s.Export())
	f.Add([]byte(`{"courses":[{"id":"course_a","title":"A","lessons":[{"title":"x"}]}],"enrollments":[{"course_id":"course_a","user_email":"a@b.co"}]}`))
	f.Add([]byte(`{"events":[{"title":"A","start_time":"2024-01-31T00:00:00Z","duration_minutes":5,"recurring":{"frequency":"monthly","count":3}}]}`))
	f.Add([]byte(`{"webhooks":[{"id":"wh_1","url":"https://a.b"}],"deliveries":[{"webhook_id":"wh_1","event":"x","attempts":[{"error":"e"}]}]}`))
	f.Add([]byte(`{"orders":[{"customer_email":"a@b.co","amount":5,"status":"pending"}],"emails":[{"to":"a@b.co","subject":"x"}],"ids":{"con_":4}}`))
	f.Add([]byte(`{"subscriptions":[{"customer_email":"a@b.co","plan":"x","status":"cancelled"}],"payments":[{"customer_email":"a@b.co","status":"failed"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s := New(&testClock{start}, 1)
		if s.Import(doc) != nil {
			return
		}
		first := s.Export()
		other := New(&testClock{start}, 2)
		if err := other.Import(first); err != nil {
			t.Fatalf("an export is refused: %v\n%s", err, first)
		}
		if second := other.Export(); !bytes.Equal(first, second) {
			t.Fatalf("exports differ: %s", cmp.Diff(string(first), string(second)))
		}
	})
}

// FuzzInputs throws any JSON at every input: it is taken or refused with reasons, and never panics.
func FuzzInputs(f *testing.F) {
	f.Add([]byte(`{"title":"x","price":1,"email":"a@b.co","tags":[1],"recurring":{"count":0}}`))
	f.Add([]byte(`{"course_id":"course_1","emails":["a",null],"url":"http://x","events":["*"],"start_time":"2024-01-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s := New(&testClock{start}, 1)
		try := func(err error) {
			if v, ok := err.(*ValidationError); ok && len(v.Fields) == 0 {
				t.Fatal("a validation error without a field")
			}
		}
		attempt(doc, func(in CourseInput) { _, err := s.CreateCourse(in); try(err) })
		attempt(doc, func(in EnrollmentInput) { _, _, err := s.CreateEnrollment(in); try(err) })
		attempt(doc, func(in BatchInput) { _, err := s.EnrollBatch(in); try(err) })
		attempt(doc, func(in ContactInput) { _, _, err := s.UpsertContact(in); try(err) })
		attempt(doc, func(in EventInput) { _, err := s.CreateEvent(in); try(err) })
		attempt(doc, func(in WebhookInput) { _, _, err := s.CreateWebhook(in); try(err) })
		attempt(doc, func(in OrderInput) { _, err := s.CreateOrder(in); try(err) })
		attempt(doc, func(in PaymentInput) { _, err := s.CompletePayment(in); try(err) })
		attempt(doc, func(in SubscriptionInput) { _, err := s.CreateSubscription(in); try(err) })
		attempt(doc, func(in LessonInput) { _, err := s.CompleteLesson(in); try(err) })
		if !json.Valid(s.Export()) {
			t.Fatalf("the state is not JSON: %s", s.Export())
		}
	})
}

func attempt[T any](doc []byte, call func(T)) {
	var in T
	if json.Unmarshal(doc, &in) == nil {
		call(in)
	}
}

// FuzzEmail holds every address that passes to being one for net/mail too.
func FuzzEmail(f *testing.F) {
	for _, s := range []string{"a@b.co", "x+y@sub.example.com", "a..b@c.de", `"q"@b.co`, "a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if CheckEmail(s) != "" {
			return
		}
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			t.Fatalf("%q passes, but is %v, %v", s, a, err)
		}
	})
}

func FuzzString(f *testing.F) {
	f.Add("a\"\\\n\x00<\u2028\xff é")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		out := appendString(nil, s)
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%q became %s: %v", s, out, err)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); utf8.ValidString(s) && got != want {
			t.Fatalf("%q became %s", s, out)
		}
		if !utf8.Valid(out) {
			t.Fatalf("%q became bytes that are not UTF-8", s)
		}
	})
}

func TestTimesAreWholeSecondsInUTC(t *testing.T) {
	at := time.Date(2024, 3, 1, 1, 2, 3, 999, time.FixedZone("", 3600))
	if got := string(appendTime(nil, at)); got != `"2024-03-01T00:02:03Z"` {
		t.Error(got)
	}
}
