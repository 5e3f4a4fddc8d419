package mockserver

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// What the routes say a body may hold is what the store's inputs take.
func TestRoutesNameTheFieldsOfTheInputs(t *testing.T) {
	t.Parallel()
	inputs := map[Operation]any{
		CoursesCreate:          store.CourseInput{},
		CoursesUpdate:          store.CourseChange{},
		EnrollmentsCreate:      store.EnrollmentInput{},
		EnrollmentsCreateBatch: store.BatchInput{},
		ContactsUpsert:         store.ContactInput{},
		ContactsAddTags:        store.TagsInput{},
		EventsCreate:           store.EventInput{},
		EventsUpdate:           store.EventChange{},
		EventsRegister:         store.RegistrationInput{},
		WebhooksCreate:         store.WebhookInput{},
		WebhooksUpdate:         store.WebhookChange{},
		WebhooksSendTest:       testInput{},
	}
	for _, route := range Routes() {
		input, ok := inputs[route.Operation]
		if ok != (route.Body != nil) {
			t.Errorf("%s: body %v, input %T", route.Operation, route.Body, input)
			continue
		}
		if !ok {
			continue
		}
		var names []string
		for field := range reflect.TypeOf(input).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			names = append(names, name)
		}
		got := topLevel(route.Body)
		slices.Sort(names)
		slices.Sort(got)
		if diff := cmp.Diff(names, got); diff != "" {
			t.Errorf("%s: fields of the input and of the route differ (-input +route):\n%s", route.Operation, diff)
		}
	}
}

func TestScanMembers(t *testing.T) {
	t.Parallel()
	text := ` {"a" : 1 , "b":[{"c":"x\"}"},[],{"d":{}}], "":null,"\u0065":-1.5e3 }`
	var got []string
	scanMembers([]byte(text), func(m member) {
		got = append(got, strings.Join([]string{string(rune('0' + m.object)), m.name, text[m.start:m.end]}, " "))
	})
	want := []string{`0 a 1`, `1 c "x\"}"`, `2 d {}`, `0 b [{"c":"x\"}"},[],{"d":{}}]`, `0  null`, `0 e -1.5e3`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// FuzzParseObject checks the members found against encoding/json's idea of the
// same text.
func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1,"b":[{"c":"d"}]}`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":2}}`, `[]`, `{"\u0061":"\"\\"}`, "{\"\xff\":1}", `{"a":tru}`, `{"a":1}x`, ` { } `, `{"\ud800":1,"\ud801":2}`, `{"\ud800":1,"\uD800":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := parseObject(text)
		var object map[string]json.RawMessage
		valid := json.Unmarshal(text, &object) == nil && object != nil
		if err != nil {
			return
		}
		if !valid {
			t.Fatalf("%q was taken", text)
		}
		if strings.Contains(strings.Join(slices.Collect(maps.Keys(object)), ""), "\uFFFD") {
			return // may stand for several names that encoding/json takes for one
		}
		if len(members) != len(object) {
			t.Fatalf("%q has %d members, found %d", text, len(object), len(members))
		}
		for _, m := range members {
			if !bytes.Equal(text[m.start:m.end], object[m.name]) {
				t.Fatalf("%q: %q is %q, found %q", text, m.name, object[m.name], text[m.start:m.end])
			}
		}
	})
}

// FuzzRedactBody checks that no value of a member named secret is left.
func FuzzRedactBody(f *testing.F) {
	for _, seed := range []string{
		`{"secret":"hush"}`, `{"a":[{"SeCret":{"secret":1}}]}`, `{"\u0073ecret":"hush"}`, `secret`, `{"secret":`, `{"a":"secret"}`, `"secret"`, `{"ſecret":"hush"}`, `{"sSECRET":1,"SECRET":"hush"}`, `{"secre":"secre"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		shown := redactMembers(body)
		if !json.Valid(body) {
			if bytes.Contains(bytes.ToLower(body), []byte("secret")) && bytes.Equal(shown, body) {
				t.Fatalf("%q was shown", body)
			}
			return
		}
		if !json.Valid(shown) {
			t.Fatalf("%q became %q", body, shown)
		}
		scanMembers(shown, func(m member) {
			if strings.EqualFold(m.name, "secret") && string(shown[m.start:m.end]) != `"[redacted]"` {
				t.Fatalf("%q is left in %q", shown[m.start:m.end], shown)
			}
		})
	})
}

// FuzzPaths checks that the ids found in a path are those that were put in.
func FuzzPaths(f *testing.F) {
	for _, seed := range [][2]string{{"wh_1", "dlv_1"}, {"a/b", "%2F"}, {"..", "."}, {"", "x"}, {"é ?#", "\x00"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		u, err := url.Parse("http://host/v1/webhooks/" + url.PathEscape(a) + "/deliveries/" + url.PathEscape(b) + "/resend")
		if err != nil {
			t.Fatal(err)
		}
		entry, ids := paths.find(u)
		if a == "" || b == "" {
			if entry != nil {
				t.Fatalf("%s was found", u)
			}
			return
		}
		if entry == nil || entry.method(http.MethodPost).Operation != WebhooksResend || ids != [maxPathIDs]string{a, b} {
			t.Fatalf("%s: %v %q", u, entry, ids)
		}
		// Anything at all as a path must do no harm.
		paths.find(&url.URL{Path: a, RawPath: b})
	})
}

// FuzzHeaders checks that no header value brings the server down, and that a
// time to wait is never negative.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/json;q=0", "a;b=\"", ",,,", "5", "-5", "99999999999999999999", "Sun, 01 Mar 2026 12:30:20 GMT"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		acceptable(value)
		checkContentType(value)
		localName(value)
		if d := retryAfter(http.Header{"Retry-After": {value}}, now); d < 0 {
			t.Fatalf("Retry-After %q: %v", value, d)
		}
	})
}
