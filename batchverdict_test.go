package selgora_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// "Error gives the message, and not the address: errors end up in logs."
func TestRefusedAddressIsInNoErrorText(t *testing.T) {
	for _, body := range []string{
		`{"errors":["ann@example.com is not a valid address"]}`,
		`{"errors":["ann@example.com: ann@example.com is blocked"]}`,
		`{"errors":[{"email":"ann@example.com","error":"ann@example.com is blocked"}]}`,
		`{"errors":{"ann@example.com":["Ann@example.com is blocked"]}}`,
		`{"results":[{"email":"ann@example.com","error":{"code":"E1","input":"ann@example.com"}},{"email":"bob@example.com"}]}`,
		`{"results":[{"email":"ann@example.com","error":{"input":"ann@example.com"}},{"email":"bob@example.com"}]}`,
	} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, body), nil }))
		_, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: []string{"ann@example.com", "bob@example.com"}})
		var item *selgora.BatchItemError
		if !errors.As(err, &item) {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if strings.Contains(strings.ToLower(item.Error()), "ann@") || strings.Contains(strings.ToLower(err.Error()), "ann@") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// What says that there is no problem is none.
func TestNoProblemIsNoRefusal(t *testing.T) {
	for _, entry := range []string{
		`"error":{"code":0,"message":""}`,
		`"error":{"message":null,"code":null}`,
		`"errors":{"email":[]}`,
		`"error":0.0`,
		`"error":{"message":""}`,
	} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
			return respond(req, 200, `{"data":[{"id":"enr_1","user_email":"ann@example.com","status":"active",`+entry+`}]}`), nil
		}))
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: []string{"ann@example.com"}})
		if err != nil || res.Items[0].Status != selgora.BatchEnrolled {
			t.Errorf("%s: %v, %v", entry, res.Items[0].Status, err)
		}
	}
}

// "BatchEnrolled is an enrollment that the response has"; what the response
// says was not done is none.
func TestNotEnrolledIsNotEnrolled(t *testing.T) {
	for _, body := range []string{
		`{"results":[{"email":"ann@example.com","status":"skipped","reason":"unsubscribed"}]}`,
		`{"results":[{"email":"ann@example.com","enrolled":false}]}`,
		`{"results":[{"email":"ann@example.com","success":"false","message":"blocked"}]}`,
		`{"data":[{"email":"ann@example.com","status":"FAILURE"}]}`,
		`{"data":[{"email":"ann@example.com","ok":false}]}`,
		`{"data":[{"email":"ann@example.com"}]}`,
	} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, body), nil }))
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: []string{"ann@example.com"}})
		it := res.Items[0]
		if err != nil {
			continue
		}
		if it.Status == selgora.BatchEnrolled && it.Enrollment.ID == "" {
			t.Errorf("%s: enrolled, with %+v", body, it.Enrollment)
		}
	}
}
