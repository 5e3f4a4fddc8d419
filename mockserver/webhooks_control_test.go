package mockserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver"
)

// control makes requests to the control API of one server.
type control struct {
	t      *testing.T
	client *http.Client
}

// do returns the decoded answer.
func (c control) do(method, path, body string, status int) map[string]any {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, "http://localhost/_mock"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, status, text)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		c.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	return answer
}

// post is do for a simulation, and returns the id in the answer.
func (c control) post(path, body string) string {
	c.t.Helper()
	id, _ := c.do("POST", path, body, http.StatusOK)["id"].(string)
	return id
}

func TestSimulationsOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		got, _ := catch(srv)
		c := control{t, srv.HTTPClient()}
		course := srv.AddCourse(mockserver.Course{Title: "Oils", Price: "5"})
		contact := srv.AddContact(mockserver.Contact{Email: "a@example.com"})

		c.post("/simulate/courses/"+course.ID+"/lessons", `{"titles":["One","Two"]}`)
		c.post("/simulate/courses/"+course.ID+"/publish", "")
		order := c.post("/simulate/orders", `{"customer_email":"a@example.com","products":[{"course_id":"`+course.ID+`"}]}`)
		c.post("/simulate/payments/fail", `{"order_id":"`+order+`"}`)
		c.post("/simulate/orders/"+order+"/complete", "")
		c.post("/simulate/orders/"+order+"/refund", `{"amount":1,"reason":"late"}`)
		payment := c.post("/simulate/payments/complete", `{"customer_email":"a@example.com","amount":7}`)
		c.post("/simulate/payments/"+payment+"/refund", "")
		sub := c.post("/simulate/subscriptions", `{"customer_email":"a@example.com","amount":9700}`)
		c.post("/simulate/subscriptions/"+sub+"/update", `{"plan":"annual"}`)
		c.post("/simulate/subscriptions/"+sub+"/cancel", `{"feedback":"Too dear"}`)
		enrollment := c.post("/simulate/lessons/complete", `{"course_id":"`+course.ID+`","user_email":"a@example.com","quiz_score":80}`)
		c.post("/simulate/enrollments/"+enrollment+"/complete", "")
		email := c.post("/simulate/emails", `{"to":"a@example.com","subject":"Hello"}`)
		c.post("/simulate/emails/"+email+"/open", "{}")
		c.post("/simulate/emails/"+email+"/click", `{"link":"https://example.com/"}`)
		c.post("/simulate/contacts/"+contact.ID+"/unsubscribe", "")
		c.post("/simulate/contacts/"+contact.ID+"/resubscribe", "")
		c.post("/simulate/events", `{"type":"custom.thing","data":{"a":1.0}}`)
		c.post("/simulate/events", `{"type":"custom.other"}`)
		c.do("POST", "/deliveries/wait", "", http.StatusOK)

		want := []string{
			"course.updated", "course.published", "course.updated", "order.created", "payment.failed",
			"payment.completed", "order.completed", "enrollment.created", "course.enrolled",
			"payment.refunded", "order.refunded", "payment.completed", "payment.refunded",
			"subscription.created", "subscription.updated", "subscription.cancelled",
			"lesson.completed", "enrollment.completed", "course.completed",
			"email.sent", "email.opened", "email.clicked",
			"contact.unsubscribed", "contact.updated", "contact.updated", "custom.thing", "custom.other",
		}
		if diff := cmp.Diff(want, got.types()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}

		for path, status := range map[string]int{
			"/simulate/orders/ord_0/complete":            http.StatusNotFound,
			"/simulate/orders/" + order + "/complete":    http.StatusConflict,
			"/simulate/orders":                           http.StatusUnprocessableEntity,
			"/simulate/events":                           http.StatusUnprocessableEntity,
			"/simulate/subscriptions/" + sub + "/cancel": http.StatusConflict,
		} {
			c.do("POST", path, "{}", status)
		}
		c.do("POST", "/simulate/orders", `{"customer":"a@example.com"}`, http.StatusBadRequest)
		c.do("POST", "/simulate/events", `{"type":`, http.StatusBadRequest)
		c.do("POST", "/simulate/ordres", `{}`, http.StatusNotFound)
	})
}

func TestEndpointsOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(webhookStart))
		got, known := catch(srv)
		srv.RemoveWebhook(known.ID)
		c := control{t, srv.HTTPClient()}
		made := c.do("POST", "/webhooks", `{"url":"`+known.URL+`","secret":"`+webhookSecret+`","hazards":{"duplicates":1}}`, http.StatusCreated)
		id := made["id"].(string)
		if made["format"] != "dashboard" || made["secret"] != nil || made["status"] != "active" || cmp.Diff([]any{"*"}, made["events"]) != "" {
			t.Errorf("made %v", made)
		}
		c.do("POST", "/webhooks/"+id+"/test", `{"event":"order.completed"}`, http.StatusCreated)
		c.do("POST", "/deliveries/wait", "", http.StatusOK)
		if len(got.seen) != 2 || !got.seen[0].Signed || !strings.Contains(got.bodies[0], `"event":"order.completed"`) {
			t.Errorf("%+v, %q", got.seen, got.bodies)
		}
		log := c.do("GET", "/deliveries?webhook_id="+id+"&status=succeeded", "", http.StatusOK)["data"].([]any)
		if len(log) != 1 || len(log[0].(map[string]any)["attempts"].([]any)) != 2 {
			t.Fatalf("log: %v", log)
		}
		if none := c.do("GET", "/deliveries?status=failed", "", http.StatusOK)["data"].([]any); len(none) != 0 {
			t.Errorf("failed: %v", none)
		}
		delivery := log[0].(map[string]any)["id"].(string)
		c.do("POST", "/webhooks/"+id+"/deliveries/"+delivery+"/resend", "", http.StatusCreated)
		c.do("POST", "/deliveries/wait", "", http.StatusOK)
		if len(got.seen) != 4 || got.bodies[3] != got.bodies[0] {
			t.Errorf("resent: %+v", got.seen)
		}

		changed := c.do("PATCH", "/webhooks/"+id, `{"status":"disabled","format":"api"}`, http.StatusOK)
		if changed["status"] != "disabled" || changed["format"] != "api" {
			t.Errorf("changed: %v", changed)
		}
		if one := c.do("GET", "/webhooks/"+id, "", http.StatusOK); cmp.Diff(changed, one) != "" {
			t.Errorf("read back: %v", one)
		}
		if all := c.do("GET", "/webhooks", "", http.StatusOK)["data"].([]any); len(all) != 1 {
			t.Errorf("list: %v", all)
		}
		generated := c.do("POST", "/webhooks", `{"url":"http://127.0.0.1:1/","events":["order.created"],"format":"api"}`, http.StatusCreated)
		if secret, _ := generated["secret"].(string); !strings.HasPrefix(secret, "whsec_") || generated["format"] != "api" {
			t.Errorf("with a generated secret: %v", generated["format"])
		}
		c.do("DELETE", "/webhooks/"+id, "", http.StatusOK)
		c.do("GET", "/webhooks/"+id, "", http.StatusNotFound)

		invalid := c.do("POST", "/webhooks", `{"url":"https://example.com","hazards":{"reorder":5000}}`, http.StatusUnprocessableEntity)
		if fields, _ := invalid["fields"].(map[string]any); fields["hazards.reorder"] == nil {
			t.Errorf("too much to reorder: %v", invalid)
		}
		c.do("POST", "/webhooks", `{"url":"http://example.com"}`, http.StatusUnprocessableEntity)
		c.do("POST", "/webhooks", `{"uri":"http://127.0.0.1"}`, http.StatusBadRequest)
		c.do("POST", "/webhooks/wh_0/test", `{"event":"order.completed"}`, http.StatusNotFound)
		c.do("POST", "/webhooks/"+generated["id"].(string)+"/test", `{"event":"x"}`, http.StatusUnprocessableEntity)
	})
}
