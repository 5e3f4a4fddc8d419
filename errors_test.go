package selgora_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

func TestErrorText(t *testing.T) {
	e := &selgora.Error{
		StatusCode: 422, Method: "POST", Path: "/courses", Message: "invalid", RequestID: "req_1", Attempts: 2,
		Fields: map[string]string{"title": "is blank", "price": "is negative"},
	}
	const want = "selgora: POST /courses: 422 Unprocessable Entity: invalid (price: is negative; title: is blank) [request req_1] after 2 attempts"
	if e.Error() != want {
		t.Errorf("got %q, want %q", e.Error(), want)
	}
	if got := (&selgora.Error{StatusCode: 599, Method: "GET", Path: "/x"}).Error(); got != "selgora: GET /x: 599" {
		t.Errorf("got %q", got)
	}
}

func TestSentinels(t *testing.T) {
	sentinels := map[error][]int{
		selgora.ErrBadRequest: {400}, selgora.ErrUnauthorized: {401}, selgora.ErrForbidden: {403}, selgora.ErrNotFound: {404},
		selgora.ErrConflict: {409}, selgora.ErrValidation: {422}, selgora.ErrRateLimited: {429}, selgora.ErrServer: {500, 501, 503, 599},
		selgora.ErrNotSent: nil, selgora.ErrResponseTooLarge: nil,
	}
	for status := 100; status < 700; status++ {
		err := error(&selgora.Error{StatusCode: status})
		for sentinel, of := range sentinels {
			want := false
			for _, s := range of {
				want = want || s == status || (sentinel == selgora.ErrServer && status >= 500 && status <= 599)
			}
			if errors.Is(err, sentinel) != want {
				t.Errorf("%d is %v: %v", status, sentinel, !want)
			}
		}
	}
}

// "Error describes the response in one line."
func TestErrorIsOneLine(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) *http.Response{
		"message": func(r *http.Request) *http.Response {
			return respond(r, 400, `{"error":"no\nlevel=ERROR msg=\"forged record\""}`)
		},
		"field": func(r *http.Request) *http.Response {
			return respond(r, 422, `{"error":"no","fields":{"a\nb":"c\r\nd"}}`)
		},
		"escape": func(r *http.Request) *http.Response {
			return respond(r, 400, `{"error":"\u001b[2J\u0000"}`)
		},
	} {
		client := newClient(t, inProcess(func(r *http.Request) (*http.Response, error) { return answer(r), nil }))
		_, err := client.Courses.Get(t.Context(), "course_1")
		if text := err.Error(); strings.ContainsAny(text, "\n\r\x1b\x00") {
			t.Errorf("%s: %q", name, text)
		}
	}
	client := newClient(t, inProcess(func(r *http.Request) (*http.Response, error) {
		return respond(r, 200, `{"errors":[{"email":"ann@example.com","error":"no\nforged"}]}`), nil
	}))
	_, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "c", Emails: []string{"ann@example.com"}})
	if text := err.Error(); strings.Contains(text, "\n") {
		t.Errorf("batch: %q", text)
	}
}

// "Whatever the API key is, it is replaced in … Body": also where the cut goes
// through it.
func TestKeyAtTheCutIsReplaced(t *testing.T) {
	for name, size := range map[string]int{"64 KiB": 64 << 10, "a batch's 4 KiB": 4 << 10} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
			body := strings.Repeat("x", size-len(testKey)+1) + testKey + strings.Repeat("y", 100)
			return respond(req, 400, body), nil
		}))
		_, err := client.Courses.Get(t.Context(), "course_1")
		var e *selgora.Error
		if errors.As(err, &e) && bytes.Contains(e.Body, []byte(testKey[:20])) {
			t.Errorf("%s: the body ends in %q", name, e.Body[len(e.Body)-40:])
		}
	}
}
