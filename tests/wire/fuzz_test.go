package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// fuzzClient is a client of a server that gives one response to everything.
func fuzzClient(t *testing.T, status int, contentType, body string) *selgora.Client {
	t.Helper()
	return newClient(t, selgora.WithoutRateLimit(), selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) {
		resp := respond(req, status, body)
		resp.Header.Set("Content-Type", contentType)
		return resp, nil
	}))
}

// checkFuzzError holds every error to what users rely on.
func checkFuzzError(t *testing.T, err error, status int) {
	t.Helper()
	var e *selgora.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T) is no *selgora.Error", err, err)
	}
	text := err.Error()
	switch {
	case e.StatusCode != status || e.Attempts != 1 || e.Message == "":
		t.Fatalf("%+v", e)
	case len(text) > 10_000 || !strings.HasPrefix(text, "selgora: "):
		t.Fatalf("error of %d bytes: %.200q", len(text), text)
	}
	for _, shown := range []string{text, e.Message, string(e.Body)} { // not joined: that could make the key
		if strings.Contains(shown, testKey) {
			t.Fatalf("the key is in %+v", e)
		}
	}
}

func FuzzErrorBody(f *testing.F) {
	f.Add(404, "application/json", `{"error":"no such course"}`)
	f.Add(422, "application/json", `{"error":"invalid","fields":{"title":"is blank","a":["x"],"b":null}}`)
	f.Add(429, "application/json", `{"error":{"message":"slow down","code":17},"retry_after":"1e3"}`)
	f.Add(502, "text/html; charset=\xff", "<html>"+testKey)
	f.Add(500, "application/json", `{"error":"`+testKey+`","ERROR":"\ud800","fields":{"`+testKey+`":{}}}`)
	f.Add(401, "application/json", `{"error":"sk_live_\u0073ecret_of_the_tests"}`)
	f.Add(999, "", "[[[[")
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		if status < 400 || status > 999 {
			return
		}
		checkFuzzError(t, getCourse(t.Context(), fuzzClient(t, status, contentType, body)), status)
		var resp selgora.Response
		another := fuzzClient(t, status, contentType, body) // a 429 makes the first wait
		checkFuzzError(t, createCourse(t.Context(), another, selgora.WithResponse(&resp)), status)
		if strings.Contains(string(resp.Body), testKey) {
			t.Fatalf("the key is in %q", resp.Body)
		}
	})
}

func FuzzPage(f *testing.F) {
	f.Add(`{"data":[` + courseJSON + `],"meta":{"current_page":1,"total_pages":1,"total_count":1}}`)
	f.Add(`{"data":[null,{}],"meta":{"current_page":-1,"total_pages":9223372036854775807}}`)
	f.Add(`{"data":[{"price":1e999,"id":"\ud800"}],"DATA":[{}],"meta":null}`)
	f.Add(`{"data":{},"meta":[]}`)
	f.Add(`{"data":[{"tags":null,"custom_fields":{"a":1e400},"occurrences":["x"]}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		client := fuzzClient(t, 200, "application/json", body)
		checkList(t, client.Courses.List)
		checkList(t, client.Enrollments.List)
		checkList(t, client.Contacts.List)
		checkList(t, client.Events.List)
		checkList(t, client.Webhooks.List)
		failed, items := 0, 0
		for course, err := range client.Courses.All(t.Context(), nil) {
			if (course == nil) == (err == nil) || failed > 0 {
				t.Fatalf("course %v and error %v after %d errors", course, err, failed)
			}
			if err != nil {
				failed++
			}
			if items++; items == 300 {
				break // a list may say that it has any number of pages
			}
		}
	})
}

func checkList[P, T any](t *testing.T, list func(context.Context, *P, ...selgora.RequestOption) (*selgora.Page[T], error)) {
	t.Helper()
	page, err := list(t.Context(), nil)
	if (page == nil) == (err == nil) {
		t.Fatalf("page %v and error %v", page, err)
	}
	if err != nil {
		checkFuzzError(t, err, 200)
	}
}

func FuzzObjects(f *testing.F) {
	f.Add(courseJSON)
	f.Add(`{"data":` + courseJSON + `}`)
	f.Add(`{"data":{"data":{"id":1}},"data":null}`)
	f.Add(`{"account":{"id":"acc_1","created_at":"2024-01-15T10:30:00Z"}}`)
	f.Add(`{"id":"con_1","custom_fields":{"a":[1.0,"\u2028",12345678901234567890]},"lifetime_value":49.99,"tags":[]}`)
	f.Add(`{"id":"event_1","recurring":{"frequency":"weekly","count":1e1},"occurrences":[null]}`)
	f.Add(`{"data":[{"user_email":"A@example.com","created":false},{"user_email":""}],"errors":[{"email":"b@example.com","error":"no"},null]}`)
	f.Add("")
	f.Fuzz(func(t *testing.T, body string) {
		client := fuzzClient(t, 200, "application/json", body)
		checkObject(t, client.Courses.Get)
		checkObject(t, client.Enrollments.Get)
		checkObject(t, client.Enrollments.Progress)
		checkObject(t, client.Contacts.Get)
		checkObject(t, client.Events.Get)
		checkObject(t, client.Webhooks.Get)
		checkObject(t, func(ctx context.Context, _ string, opts ...selgora.RequestOption) (*selgora.Account, error) {
			return client.Account.Get(ctx, opts...)
		})
		emails := []string{"a@example.com", "", "B@example.com", "b@example.com "}
		result, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: emails})
		if err == nil || len(result.Items) != len(emails) {
			t.Fatalf("%+v, %v", result, err) // the blank address alone is an error
		}
		for i, item := range result.Items {
			if item.Email != emails[i] || item.Status == "" || (item.Status == selgora.BatchFailed) != (item.Err != nil && item.Status != selgora.BatchNotSent) {
				t.Fatalf("item %d: %+v", i, item)
			}
		}
	})
}

func checkObject[T any](t *testing.T, get func(context.Context, string, ...selgora.RequestOption) (*T, error)) {
	t.Helper()
	object, err := get(t.Context(), "some_1")
	if (object == nil) == (err == nil) {
		t.Fatalf("object %v and error %v", object, err)
	}
	if err != nil {
		checkFuzzError(t, err, 200)
	}
}
