package mockserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

// step is a request with the answer that is expected. {name} in a path or body
// stands for what an earlier step saved.
type step struct {
	method, path, body string
	status             int
	fields             map[string]string // of the answer; names of inner fields after a dot
	save               string            // saves the answer's id under the name
}

func run(t *testing.T, d door, steps []step) map[string]string {
	t.Helper()
	saved := map[string]string{}
	fill := func(text string) string {
		for name, value := range saved {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
		return text
	}
	for i, s := range steps {
		r := d.send(t, s.method, fill(s.path), fill(s.body))
		at := fmt.Sprintf("step %d, %s %s %s", i+1, s.method, s.path, s.body)
		if r.status != s.status {
			t.Fatalf("%s: %d, want %d: %s", at, r.status, s.status, r.body)
		}
		for name, want := range s.fields {
			if got := r.field(t, strings.Split(name, ".")...); got != fill(want) {
				t.Errorf("%s: %s = %s, want %s", at, name, got, fill(want))
			}
		}
		if s.save != "" {
			saved[s.save] = r.field(t, "id")
		}
	}
	return saved
}

func TestEnrollments(t *testing.T) {
	t.Parallel()
	bothDoors(t, []mockserver.Option{mockserver.WithClock(t0)}, func(t *testing.T, _ *mockserver.Server, d door) {
		run(t, d, []step{
			{"POST", "/courses", `{"title":"A"}`, 201, nil, "course"},
			{"POST", "/enrollments", `{}`, 422, map[string]string{"fields.course_id": "is required", "fields.user_email": "is required"}, ""},
			{"POST", "/enrollments", `{"course_id":"course_x","user_email":"nobody","notify":"yes"}`, 422, map[string]string{"fields.notify": "must be true or false"}, ""},
			{"POST", "/enrollments", `{"course_id":"{course}","user_email":"Ann@example.com"}`, 201,
				map[string]string{"course_id": "{course}", "user_email": "Ann@example.com", "status": "active", "completed_at": "null"}, "ann"},
			{"POST", "/enrollments", `{"course_id":"{course}","user_email":"ann@EXAMPLE.com","notify":false}`, 200, map[string]string{"id": "{ann}"}, ""},
			{"GET", "/courses/{course}", "", 200, map[string]string{"enrolled_count": "1"}, ""},
			{"GET", "/contacts", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/enrollments/{ann}", "", 200, map[string]string{"id": "{ann}"}, ""},
			{"GET", "/enrollments/{ann}/progress", "", 200, map[string]string{"enrollment_id": "{ann}", "progress_percentage": "0", "last_activity": "null", "completion_estimated": "null"}, ""},
			{"DELETE", "/enrollments/{ann}", "", 200, map[string]string{"id": "{ann}", "status": "cancelled"}, ""},
			{"DELETE", "/enrollments/{ann}", "", 200, map[string]string{"status": "cancelled"}, ""},
			{"POST", "/enrollments", `{"course_id":"{course}","user_email":"ann@example.com"}`, 201, map[string]string{"status": "active"}, "again"},
			{"GET", "/enrollments?course_id={course}&status=active", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/enrollments?status=cancelled", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/enrollments?course_id=course_unknown", "", 200, map[string]string{"data": "[]", "meta.total_pages": "0"}, ""},
			{"GET", "/enrollments?status=lost", "", 400, nil, ""},
			{"GET", "/enrollments?course_id=", "", 400, map[string]string{"error": "the parameter course_id is empty"}, ""},
			{"DELETE", "/courses/{course}", "", 200, nil, ""},
			{"GET", "/enrollments/{again}", "", 200, map[string]string{"status": "cancelled"}, ""},
		})
	})
}

func TestBatch(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	d := inProcess(srv)
	saved := run(t, d, []step{
		{"POST", "/courses", `{"title":"A"}`, 201, nil, "course"},
		{"POST", "/enrollments/batch", `{"course_id":"course_x","emails":["a@example.com"]}`, 422, nil, ""},
		{"POST", "/enrollments/batch", `{"course_id":"{course}","emails":[]}`, 422, nil, ""},
		{"POST", "/enrollments/batch", `{"course_id":"{course}"}`, 422, map[string]string{"fields.emails": "is required"}, ""},
		{"POST", "/enrollments/batch", `{"course_id":"{course}","emails":["a@example.com","nobody","A@example.com","b@example.com"]}`, 200,
			map[string]string{"meta.total": "4", "meta.failed": "1"}, ""},
		{"GET", "/enrollments", "", 200, map[string]string{"meta.total_count": "2"}, ""},
	})
	emails := strings.TrimSuffix(strings.Repeat(`"x@example.com",`, 51), ",")
	d.send(t, "POST", "/enrollments/batch", `{"course_id":"`+saved["course"]+`","emails":[`+emails+`]}`).want(t, 422)
	lenient := inProcess(mockserver.New(t, mockserver.WithLenient()))
	if got := lenient.send(t, "GET", "/enrollments/batch", "").want(t, 405).header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %s", got)
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	bothDoors(t, []mockserver.Option{mockserver.WithClock(t0)}, func(t *testing.T, srv *mockserver.Server, d door) {
		run(t, d, []step{
			{"POST", "/contacts", `{}`, 422, map[string]string{"fields.email": "is required"}, ""},
			{"POST", "/contacts", `{"email":"Jo@example.com","first_name":"Jo","tags":[" a ","b","a"],"custom_fields":{"x":1}}`, 201,
				map[string]string{"email": "Jo@example.com", "first_name": "Jo", "last_name": "", "tags": `["a","b"]`, "lifetime_value": "0", "last_activity": "null", "subscribed": "true"}, "jo"},
			{"POST", "/contacts", `{"email":"jo@EXAMPLE.com","first_name":null,"tags":["c"],"custom_fields":{"x":null,"y":2}}`, 200,
				map[string]string{"id": "{jo}", "first_name": "", "tags": `["c"]`, "custom_fields": `{"y":2}`}, ""},
			{"POST", "/contacts/{jo}/tags", `{"tags":["d","c"]}`, 200, map[string]string{"id": "{jo}", "tags": `["c","d"]`}, ""},
			{"POST", "/contacts/{jo}/tags", `{}`, 422, map[string]string{"fields.tags": "is required"}, ""},
			{"GET", "/contacts/{jo}", "", 200, map[string]string{"tags": `["c","d"]`}, ""},
			{"GET", "/contacts?tag=d&limit=50", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/contacts?tag=unknown", "", 200, map[string]string{"meta.total_count": "0"}, ""},
			{"GET", "/contacts?tag=", "", 400, nil, ""},
			{"GET", "/contacts?created_after=2026-03-01T12:00:00Z", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/contacts?created_after=2026-03-02T12:00:00%2B01:00", "", 200, map[string]string{"meta.total_count": "0"}, ""},
			{"GET", "/contacts?created_after=yesterday", "", 400, nil, ""},
			{"DELETE", "/contacts/{jo}", "", 200, map[string]string{"id": "{jo}", "deleted": "true"}, ""},
			{"GET", "/contacts/{jo}", "", 404, nil, ""},
			{"POST", "/contacts", `{"email":"jo@example.com"}`, 201, nil, ""},
		})
	})
}

func TestCustomFieldsComeBackExactly(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, _ *mockserver.Server, d door) {
		fields := `{"big":12345678901234567890,"one":1.0,"html":"<a> & b","line":"` + "\u2028" + `","nested":{"a":[1,{"b":null}],"e":1e400},"é":"\u00e9","s":"\ud83d\ude00","\ud800":"\ud800","\udc00x\"":{"\ud800":1,"\ud801":2},"\ud801":"\ud801"}`
		r := d.send(t, "POST", "/contacts", `{"email":"a@example.com","custom_fields":`+fields+`}`).want(t, 201)
		if got := r.field(t, "custom_fields"); got != fields {
			t.Errorf("custom fields\n%s came back as\n%s", fields, got)
		}
		d.send(t, "POST", "/contacts", `{"email":"b@example.com","custom_fields":{"\ud800":1,"\uD800":2}}`).want(t, 400)
		r = d.send(t, "POST", "/contacts", `{"email":"c@example.com","custom_fields":{"\uD800":1,"\u0061\/":2,"\ud801":3}}`).want(t, 201)
		if got := r.field(t, "custom_fields"); got != `{"\ud800":1,"a/":2,"\ud801":3}` {
			t.Errorf("names came back as %s", got)
		}
		r = d.send(t, "POST", "/contacts", `{"email":"c@example.com","custom_fields":{"\uD800":null,"a\u002f":4}}`).want(t, 200)
		if got := r.field(t, "custom_fields"); got != `{"a/":4,"\ud801":3}` {
			t.Errorf("after an update names came back as %s", got)
		}
	})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(t0))
		d := inProcess(srv)
		saved := run(t, d, []step{
			{"POST", "/events", `{"title":"","duration_minutes":0,"start_time":"soon","recurring":{"frequency":"hourly","count":366}}`, 422, nil, ""},
			{"POST", "/events", `{}`, 422, map[string]string{"fields.title": "is required", "fields.start_time": "is required", "fields.duration_minutes": "is required"}, ""},
			{"POST", "/events", `{"title":"Office hours","start_time":"2026-03-31T16:00:00+02:00","duration_minutes":60,"recurring":{"frequency":"monthly","count":2}}`, 201,
				map[string]string{"start_time": "2026-03-31T14:00:00Z", "status": "upcoming", "occurrences": `["2026-03-31T14:00:00Z","2026-04-30T14:00:00Z"]`, "registrations_count": "0"}, "event"},
			{"PATCH", "/events/{event}", `{"recurring":null,"title":"Hours"}`, 200, map[string]string{"recurring": "null", "title": "Hours", "occurrences": `["2026-03-31T14:00:00Z"]`}, ""},
			{"PATCH", "/events/{event}", `{"duration_minutes":1441}`, 422, nil, ""},
			{"POST", "/events/{event}/registrations", `{"email":"a@example.com","name":"A"}`, 201, map[string]string{"event_id": "{event}", "email": "a@example.com", "name": "A"}, "reg"},
			{"POST", "/events/{event}/registrations", `{"email":"A@example.com"}`, 200, map[string]string{"id": "{reg}"}, ""},
			{"POST", "/events/{event}/registrations", `{"email":"nobody"}`, 422, nil, ""},
			{"GET", "/events/{event}/registrations", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/events/{event}", "", 200, map[string]string{"registrations_count": "1"}, ""},
			{"GET", "/events?status=upcoming", "", 200, map[string]string{"meta.total_count": "1"}, ""},
			{"GET", "/events?status=soon", "", 400, nil, ""},
			{"POST", "/events", `{"title":"Other","start_time":"2026-03-31T14:00:00Z","duration_minutes":5}`, 201, nil, "other"},
			{"DELETE", "/events/{other}", "", 200, map[string]string{"status": "cancelled"}, ""},
			{"POST", "/events/{other}/registrations", `{"email":"a@example.com"}`, 409, nil, ""},
		})
		srv.Advance(30*24*time.Hour + 2*time.Hour)
		d.send(t, "GET", "/events?status=live", "").want(t, 200)
		if got := d.send(t, "GET", "/events/"+saved["event"], "").field(t, "status"); got != "live" {
			t.Errorf("after 30 days: %s at %v", got, srv.Now())
		}
		srv.Advance(time.Hour)
		if got := d.send(t, "GET", "/events/"+saved["event"], "").field(t, "status"); got != "past" {
			t.Errorf("an hour later: %s", got)
		}
		d.send(t, "POST", "/events/"+saved["event"]+"/registrations", `{"email":"late@example.com"}`).want(t, 409)
	})
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
		saved := run(t, d, []step{
			{"POST", "/webhooks", `{}`, 422, map[string]string{"fields.url": "is required", "fields.events": "is required"}, ""},
			{"POST", "/webhooks", `{"url":"http://example.com/","events":["course.created","nothing"]}`, 422, nil, ""},
			{"POST", "/webhooks", `{"url":"https://example.com/hook","events":["course.completed"],"secret":"hush hush"}`, 201,
				map[string]string{"status": "active", "format": "api", "secret": ""}, "given"},
			{"POST", "/webhooks", `{"url":"http://127.0.0.1:9/hook","events":["*"],"format":"dashboard"}`, 201, map[string]string{"format": "dashboard"}, "made"},
			{"GET", "/webhooks/{made}", "", 200, map[string]string{"secret": ""}, ""},
			{"PATCH", "/webhooks/{made}", `{"status":"disabled","events":["order.created"],"secret":"rotated secret"}`, 200,
				map[string]string{"status": "disabled", "events": `["order.created"]`, "secret": ""}, ""},
			{"PATCH", "/webhooks/{made}", `{"status":"paused"}`, 422, nil, ""},
			{"GET", "/webhooks", "", 200, map[string]string{"meta.total_count": "2"}, ""},
			{"GET", "/webhooks/{made}/deliveries", "", 200, map[string]string{"data": "[]"}, ""},
			{"POST", "/webhooks/{made}/test", `{"event":"order.complete"}`, 422, nil, ""},
			{"POST", "/webhooks/{made}/test", `{}`, 422, map[string]string{"fields.event": "is required"}, ""},
			{"POST", "/webhooks/{made}/test", `{"event":"*"}`, 422, nil, ""},
			{"DELETE", "/webhooks/{given}", "", 200, map[string]string{"id": "{given}", "deleted": "true"}, ""},
			{"GET", "/webhooks/{given}", "", 404, nil, ""},
		})
		made := d.send(t, "POST", "/webhooks", `{"url":"https://example.com","events":["*"]}`).want(t, 201)
		if len(made.field(t, "secret")) < 16 {
			t.Errorf("no secret was generated: %s", made.body)
		}
		for _, r := range srv.Requests() {
			for _, secret := range []string{"hush", "rotated", made.field(t, "secret")} {
				if strings.Contains(string(r.Body)+string(r.Response), secret) {
					t.Errorf("a secret is in the journal: %s", r)
				}
			}
		}
		if ids := d.send(t, "GET", "/webhooks", "").data(t); !slices.Contains(ids, saved["made"]) {
			t.Errorf("webhooks: %v", ids)
		}
	})
}

func TestAccount(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, _ *mockserver.Server, d door) {
		r := d.send(t, "GET", "/account", "").want(t, 200)
		for _, name := range []string{"id", "name", "email", "plan", "created_at"} {
			if r.field(t, "account", name) == "" {
				t.Errorf("no %s: %s", name, r.body)
			}
		}
	})
}

func TestStrictNestedField(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	d := inProcess(mockserver.New(rec))
	r := d.send(t, "POST", "/events", `{"title":"A","start_time":"2030-01-01T00:00:00Z","duration_minutes":5,"recurring":{"freqency":"daily","count":2}}`).want(t, 422)
	if !strings.Contains(r.body, `"recurring.freqency":"is unknown (did you mean recurring.frequency?)"`) {
		t.Error(r.body)
	}
	d.send(t, "POST", "/contacts", `{"email":"a@example.com","custom_fields":{"anything":{"goes":1}}}`).want(t, 201)
	rec.end()
}
