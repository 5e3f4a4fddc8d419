package selgora_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// checkRoundTrip decodes body into a T and encodes that: all that came must be
// there, except for members that are null, and what is there beyond must be a
// text, number or flag that a response without it leaves at zero.
func checkRoundTrip[T any](t *testing.T, body string) {
	t.Helper()
	var object T
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		t.Fatalf("%T: %v", object, err)
	}
	again, err := json.Marshal(object)
	if err != nil {
		t.Fatalf("%T: %v", object, err)
	}
	came, shown := parseJSON(t, []byte(body)), parseJSON(t, again)
	if problem := differs("", came, shown); problem != "" {
		t.Errorf("%T: %s\ncame  %s\nshown %s", object, problem, body, again)
	}
	if bytes.Contains(again, []byte("0001-01-01")) || bytes.Contains(again, []byte("null")) && !strings.Contains(body, "null") {
		t.Errorf("%T: %s was made of %s", object, again, body)
	}
}

func parseJSON(t *testing.T, text []byte) (v any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func differs(at string, came, shown any) string {
	switch came := came.(type) {
	case map[string]any:
		object, ok := shown.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %v", at, shown)
		}
		for name, value := range came {
			other, there := object[name]
			if value == nil && (!there || other == nil || isEmpty(other)) {
				continue
			}
			if problem := differs(at+"/"+name, value, other); problem != "" {
				return problem
			}
		}
		for name, value := range object {
			if _, there := came[name]; !there && !isEmpty(value) {
				return fmt.Sprintf("%s/%s is invented: %v", at, name, value)
			}
		}
		return ""
	case []any:
		list, ok := shown.([]any)
		if !ok || len(list) != len(came) {
			return fmt.Sprintf("%s is %v", at, shown)
		}
		for i := range came {
			if problem := differs(fmt.Sprint(at, "/", i), came[i], list[i]); problem != "" {
				return problem
			}
		}
		return ""
	}
	if came != shown {
		return fmt.Sprintf("%s is %v, not %v", at, shown, came)
	}
	return ""
}

// isEmpty reports whether v is what text, a number or a flag is without a value.
func isEmpty(v any) bool { return v == "" || v == json.Number("0") || v == false }

// fakeBodies returns the bodies with which the fake responds to calls of every
// kind, by the type that the client makes of them.
func fakeBodies(t *testing.T) map[string][]string {
	ctx := t.Context()
	srv := mockserver.New(t, mockserver.WithSandboxData(), mockserver.WithClock(time.Date(2024, 3, 21, 10, 0, 0, 0, time.UTC)))
	client := srv.Client()
	bodies := map[string][]string{}
	var resp selgora.Response
	keep := selgora.WithResponse(&resp)
	get := func(object any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%T", object)
		bodies[name] = append(bodies[name], string(resp.Body))
	}
	get(client.Account.Get(ctx, keep))
	get(client.Courses.List(ctx, &selgora.CourseListParams{Limit: 100}, keep))
	get(client.Courses.List(ctx, &selgora.CourseListParams{Page: 99}, keep))
	get(client.Courses.Get(ctx, "course_abc123", keep))
	get(client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go"}, keep))
	get(client.Enrollments.List(ctx, &selgora.EnrollmentListParams{Limit: 100}, keep))
	get(client.Enrollments.List(ctx, &selgora.EnrollmentListParams{CourseID: "none"}, keep))
	created, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: "course_abc123", Email: "new@example.com"}, keep)
	get(created, err)
	get(client.Enrollments.Progress(ctx, created.ID, keep))
	get(client.Enrollments.Progress(ctx, "enr_xyz789", keep))
	get(client.Enrollments.Cancel(ctx, created.ID, keep))
	get(client.Contacts.List(ctx, &selgora.ContactListParams{Limit: 100}, keep))
	get(client.Contacts.Get(ctx, "con_456", keep))
	get(client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: "fresh@example.com"}, keep))
	get(client.Events.List(ctx, &selgora.EventListParams{Limit: 100}, keep))
	start := time.Date(2024, 5, 31, 15, 0, 0, 0, time.UTC)
	event, err := client.Events.Create(ctx, &selgora.EventCreateParams{Title: "Q&A", StartTime: start, DurationMinutes: 60, Recurring: &selgora.Recurrence{Frequency: selgora.Monthly, Count: 3}}, keep)
	get(event, err)
	get(client.Events.Create(ctx, &selgora.EventCreateParams{Title: "Once", StartTime: start, DurationMinutes: 1}, keep))
	get(client.Events.Register(ctx, event.ID, &selgora.EventRegisterParams{Email: "ada@example.com"}, keep))
	get(client.Events.Registrations(ctx, event.ID, nil, keep))
	get(client.Webhooks.List(ctx, nil, keep))
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		hook := srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), mockserver.WebhookEvents("order.completed"))
		get(client.Webhooks.SendTest(ctx, hook.ID, "order.completed", keep))
		if err := srv.WaitDeliveries(ctx); err != nil {
			t.Fatal(err)
		}
		get(client.Webhooks.Deliveries(ctx, hook.ID, nil, keep))
		get(client.Webhooks.Get(ctx, hook.ID, keep))
	}
	return bodies
}

func TestObjectsShowWhatCame(t *testing.T) {
	checks := map[string]func(*testing.T, string){
		"*selgora.Course":                        checkRoundTrip[selgora.Course],
		"*selgora.Enrollment":                    checkRoundTrip[selgora.Enrollment],
		"*selgora.EnrollmentProgress":            checkRoundTrip[selgora.EnrollmentProgress],
		"*selgora.Contact":                       checkRoundTrip[selgora.Contact],
		"*selgora.Event":                         checkRoundTrip[selgora.Event],
		"*selgora.Registration":                  checkRoundTrip[selgora.Registration],
		"*selgora.Webhook":                       checkRoundTrip[selgora.Webhook],
		"*selgora.Delivery":                      checkRoundTrip[selgora.Delivery],
		"*selgora.Account":                       checkRoundTrip[struct{ Account selgora.Account }],
		"*selgora.Page[" + pkg + "Course]":       checkRoundTrip[selgora.Page[selgora.Course]],
		"*selgora.Page[" + pkg + "Enrollment]":   checkRoundTrip[selgora.Page[selgora.Enrollment]],
		"*selgora.Page[" + pkg + "Contact]":      checkRoundTrip[selgora.Page[selgora.Contact]],
		"*selgora.Page[" + pkg + "Event]":        checkRoundTrip[selgora.Page[selgora.Event]],
		"*selgora.Page[" + pkg + "Registration]": checkRoundTrip[selgora.Page[selgora.Registration]],
		"*selgora.Page[" + pkg + "Webhook]":      checkRoundTrip[selgora.Page[selgora.Webhook]],
		"*selgora.Page[" + pkg + "Delivery]":     checkRoundTrip[selgora.Page[selgora.Delivery]],
	}
	bodies := fakeBodies(t)
	for name, check := range checks {
		if len(bodies[name]) == 0 {
			t.Errorf("the fake gave no body for %s", name)
		}
		for _, body := range bodies[name] {
			if name == "*selgora.Account" {
				body = strings.Replace(body, `"account"`, `"Account"`, 1)
			}
			check(t, body)
		}
		delete(bodies, name)
		if strings.Contains(name, "Page") {
			check(t, `{"data":[]}`)
			check(t, `{"data":[{"id":"x"}],"meta":{"current_page":2}}`)
		} else if name != "*selgora.Account" {
			check(t, `{}`)
			if name != "*selgora.EnrollmentProgress" { // which has no id
				check(t, `{"id":"x"}`)
			}
		}
	}
	for name := range bodies {
		t.Errorf("nothing checks %s", name)
	}
	checkRoundTrip[selgora.Account](t, `{"id":"acc_1"}`)
	checkRoundTrip[selgora.DeliveryAttempt](t, `{"at":"2024-01-15T10:30:00Z","response_code":null,"response_time_ms":5000,"response_body":null,"error":"timeout"}`)
	// As the API guide has them, and the extremes.
	checkRoundTrip[selgora.Course](t, `{"id":"course_abc123","title":"Digital Marketing Mastery","slug":"digital-marketing-mastery","price":497,"currency":"USD","enrolled_count":0,"description":"","created_at":"2024-01-15T10:30:00Z","updated_at":"2024-01-15T10:30:00+02:00"}`)
	checkRoundTrip[selgora.Contact](t, `{"id":"con_1","email":"a@example.com","first_name":"","tags":[],"custom_fields":{},"lifetime_value":0.01,"last_activity":null,"subscribed":false}`)
	checkRoundTrip[selgora.Contact](t, `{"id":"con_1","custom_fields":{"big":12345678901234567890123,"float":1.0,"html":"<","none":null}}`)
	checkRoundTrip[selgora.Event](t, `{"id":"event_1","recurring":null,"occurrences":[],"status":"some other"}`)
}

const pkg = "github.com/selgora/selgora-go."

// A list without data is an empty one, whoever asks.
func TestPageDataIsNeverNil(t *testing.T) {
	for _, body := range []string{`{}`, `{"data":null}`, `{"data":null,"meta":null}`, `{"data":[]}`} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, body), nil }))
		page, err := client.Courses.List(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(page)
		if diff := cmp.Diff(`{"data":[]}`, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v, (-want +got)\n%s", body, err, diff)
		}
	}
}
