package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWebhookLife(t *testing.T) {
	s, clock := newStore(t)
	w, generated, err := s.CreateWebhook(input[WebhookInput](t, `{"url":"https://example.com/h","events":["course.created","*","course.created"]}`))
	if err != nil || !generated || !strings.HasPrefix(string(w.Secret), "whsec_") {
		t.Fatal(generated, err)
	}
	if got := string(w.AppendJSONWithSecret(nil)); !strings.Contains(got, `"secret":"`+string(w.Secret)+`"`) {
		t.Error(got)
	}
	want := `{"id":"` + w.ID + `","url":"https://example.com/h","events":["course.created","*"],"status":"active","format":"api",` +
		`"created_at":"2024-03-01T12:00:00Z","updated_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(w.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	clock.t = clock.t.Add(time.Minute)
	w2 := must[Webhook](t)(s.UpdateWebhook(w.ID, input[WebhookChange](t, `{"status":"disabled","secret":"new one","format":"dashboard"}`)))
	if w2.Secret != "new one" || w2.Status != WebhookDisabled || w2.Wants("course.created") || !w.Wants("anything") {
		t.Error("the change was not made")
	}
	given, generated, err := s.CreateWebhook(input[WebhookInput](t, `{"url":"http://127.0.0.1:8080","events":["*"],"secret":"mine"}`))
	if err != nil || generated || given.Secret != "mine" {
		t.Errorf("with a secret: %v, %v", generated, err)
	}
	if _, err := s.DeleteWebhook(w.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.ListDeliveries(w.ID, ListParams{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestSecretsStayHidden(t *testing.T) {
	w := Webhook{Secret: "top-secret"}
	b, _ := json.Marshal(w)
	for _, shown := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x", w, w, w, w.Secret, w.Secret, w.Secret), fmt.Sprintf("%v %+v", &w, []any{w}), string(b),
	} {
		if strings.Contains(shown, "top-secret") || strings.Contains(shown, fmt.Sprintf("%x", "top-secret")) {
			t.Errorf("the secret is in %s", shown)
		}
	}
}

func TestWebhookValidation(t *testing.T) {
	s, _ := newStore(t)
	for doc, want := range map[string]map[string]string{
		`{}`: {"url": "is required", "events": "is required"},
		`{"url":"http://example.com","events":[],"secret":" ","format":"xml"}`: {
			"url": "must be an https URL; http is for loopback addresses only", "secret": "must not be blank",
			"events": `must name at least one type of event, or "*"`, "format": `must be one of api, dashboard, not "xml"`,
		},
		`{"url":"https://u:p@example.com","events":["course.create","x"]}`: {
			"url":       "must not contain a user name or password",
			"events[0]": `"course.create" is not a type of event; did you mean course.created?`, "events[1]": `"x" is not a type of event`,
		},
		`{"url":"https://example.com","events":[5,"x"]}`:           {"events[0]": "must be a string", "events[1]": `"x" is not a type of event`},
		`{"url":"ftp://example.com","events":["*"],"secret":null}`: {"url": "must be an https URL", "secret": "must not be null"},
	} {
		_, _, err := s.CreateWebhook(input[WebhookInput](t, doc))
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
	}
	for url, ok := range map[string]bool{
		"http://localhost:1/x": true, "http://LOCALHOST/": true, "http://localhost./": false, "http://[::1]:80": true, "http://127.9.9.9": true, "https://example.com": true,
		"http://127.0.0.1.example.com": false, "http://localhost.example.com": false, "http://0.0.0.0": false, "https://": false, "//x": false,
		"https://example.com/#a": false, "http://[::ffff:10.0.0.1]": false, "": false, "https://example.com/\x00": false,
	} {
		var p problems
		if checkURL(&p, "url", url); (p == nil) != ok {
			t.Errorf("%s: %v", url, p)
		}
	}
	if len(EventTypes) != 26 {
		t.Errorf("%d types of events", len(EventTypes))
	}
}

func TestDeliveryLog(t *testing.T) {
	s, clock := newStore(t)
	w, _, err := s.CreateWebhook(WebhookInput{URL: Some("https://example.com"), Events: Some([]string{"*"})})
	if err != nil {
		t.Fatal(err)
	}
	d := must[Delivery](t)(s.AddDelivery(DeliveryInput{WebhookID: w.ID, Event: "course.created", RequestBody: `{"a":"<"}`}))
	at := clock.t.Add(1500 * time.Millisecond)
	d = must[Delivery](t)(s.AddAttempt(d.ID, Attempt{At: at, ResponseTimeMS: 5000, Error: "timeout"}, DeliveryPending, at.Add(5*time.Minute)))
	d = must[Delivery](t)(s.AddAttempt(d.ID, Attempt{At: at.Add(5 * time.Minute), ResponseCode: 200, ResponseTimeMS: 3, ResponseBody: "ok"}, DeliverySucceeded, time.Time{}))
	want := `{"id":"` + d.ID + `","webhook_id":"` + w.ID + `","event_id":"` + d.EventID + `","event":"course.created","status":"succeeded","attempts":[` +
		`{"at":"2024-03-01T12:00:01Z","response_code":null,"response_time_ms":5000,"response_body":null,"error":"timeout"},` +
		`{"at":"2024-03-01T12:05:01Z","response_code":200,"response_time_ms":3,"response_body":"ok","error":null}],` +
		`"request_body":"{\"a\":\"<\"}","next_attempt_at":null,"created_at":"2024-03-01T12:00:00Z"}`
	if diff := cmp.Diff(want, string(d.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	for range 5 {
		must[Delivery](t)(s.AddDelivery(DeliveryInput{WebhookID: w.ID, Event: "course.updated"}))
	}
	s.TrimDeliveries(w.ID, 3)
	page, err := s.ListDeliveries(w.ID, ListParams{})
	if err != nil || page.Meta.TotalCount != 5 || len(s.Deliveries(DeliveryPending)) != 5 || len(s.Deliveries("")) != 5 {
		t.Errorf("after trimming, which spares the pending: %+v, %v", page.Meta, err)
	}
	if _, err := s.GetDelivery(w.ID, d.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a trimmed delivery: %v", err)
	}
	if got := must[Delivery](t)(s.GetDelivery(w.ID, page.Data[0].ID)); got.Event != "course.updated" {
		t.Errorf("%+v", got)
	}
	if _, err := s.AddDelivery(DeliveryInput{WebhookID: "wh_none"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := s.AddAttempt(page.Data[0].ID, Attempt{}, "odd", time.Time{}); !errors.Is(err, ErrValidation) {
		t.Error(err)
	}
}

func TestChangesCarryTheEndpointsOfTheirTime(t *testing.T) {
	s, _ := newStore(t)
	var counts []int
	s.SetSink(func(c Change) { counts = append(counts, len(c.Webhooks)) })
	course := func() { must[Course](t)(s.CreateCourse(CourseInput{Title: Some("Go")})) }
	course()
	w, _, err := s.CreateWebhook(WebhookInput{URL: Some("https://example.com"), Events: Some([]string{"*"})})
	if err != nil {
		t.Fatal(err)
	}
	course()
	snap := s.Snapshot()
	must[Webhook](t)(s.UpdateWebhook(w.ID, WebhookChange{Status: Some(WebhookDisabled)}))
	course()
	s.Restore(snap)
	course()
	must[Deleted](t)(s.DeleteWebhook(w.ID))
	course()
	if diff := cmp.Diff([]int{0, 1, 0, 1, 0}, counts); diff != "" {
		t.Error(diff)
	}
}
