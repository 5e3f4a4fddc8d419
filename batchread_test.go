package selgora_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// enrollIn makes a batch of a server that has one response to everything.
func enrollIn(t *testing.T, status int, body string, emails ...string) (*selgora.BatchResult, error) {
	t.Helper()
	client := newClient(t, selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) {
		return respond(req, status, body), nil
	}))
	res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: emails})
	if res == nil || len(res.Items) != len(emails) {
		t.Fatalf("result %+v, %v", res, err)
	}
	return res, err
}

// outcomes returns one line for each item: its status, and the enrollment's id
// or the message.
func outcomes(res *selgora.BatchResult) []string {
	var lines []string
	for _, it := range res.Items {
		line := string(it.Status)
		if it.Enrollment != nil {
			line += " " + it.Enrollment.ID
		}
		var refused *selgora.BatchItemError
		if errors.As(it.Err, &refused) {
			line += ": " + refused.Message
		}
		lines = append(lines, line)
	}
	return lines
}

// A 2xx is success for every address that it does not name as failed.
func TestCreateBatchShapes(t *testing.T) {
	const accepted, noReason = "accepted", "failed: the server gave no reason"
	for name, tt := range map[string]struct{ body, ada, bob string }{
		"empty":                    {"", accepted, accepted},
		"blank":                    {" \r\n", accepted, accepted},
		"null":                     {`null`, accepted, accepted},
		"a word":                   {`"queued"`, accepted, accepted},
		"true":                     {`true`, accepted, accepted},
		"a number":                 {`2`, accepted, accepted},
		"HTML":                     {`<html>`, accepted, accepted},
		"cut JSON":                 {`{"data":[{"id":"e1","user_e`, accepted, accepted},
		"no object":                {`[]`, accepted, accepted},
		"no data":                  {`{"status":"ok"}`, accepted, accepted},
		"meta alone":               {`{"meta":{"total":2,"enrolled":1,"failed":1}}`, accepted, accepted},
		"null members":             {`{"data":null,"errors":null}`, accepted, accepted},
		"empty members":            {`{"data":[],"errors":[]}`, accepted, accepted},
		"a count":                  {`{"data":{"enrolled":2},"errors":0,"failed":0}`, accepted, accepted},
		"words":                    {`{"data":"queued","errors":"none"}`, accepted, accepted},
		"a problem of nobody's":    {`{"errors":["slow today",{"error":"slow"},7,null,[]]}`, accepted, accepted},
		"another's problem":        {`{"errors":[{"email":"eve@example.com","error":"no"}]}`, accepted, accepted},
		"enrollments":              {`{"data":[{"id":"e1","user_email":"ADA@example.com "},{"id":"e2","user_email":"bob@example.com","created":false}]}`, "enrolled e1", "already enrolled e2"},
		"a bare array":             {`[{"id":"e2","user_email":"bob@example.com"},{"id":"e1","user_email":"ada@example.com"}]`, "enrolled e1", "enrolled e2"},
		"email for user_email":     {`{"data":[{"id":"e1","email":"ada@example.com"}]}`, "enrolled e1", accepted},
		"nested":                   {`{"data":[{"enrollment":{"id":"e1","user_email":"ada@example.com"}},{"email":"bob@example.com","enrollment":{"id":"e2"},"created":false}]}`, "enrolled e1", "already enrolled e2"},
		"wrapped":                  {`{"data":{"enrollments":[{"id":"e1","user_email":"ada@example.com"}],"errors":{"bob@example.com":"no"}}}`, "enrolled e1", "failed: no"},
		"twice":                    {`{"data":[{"id":"e1","user_email":"ada@example.com"},{"id":"e9","user_email":"ada@example.com"},{"id":"e2","user_email":"bob@example.com"}]}`, "enrolled e1", "enrolled e2"},
		"one is left out":          {`{"data":[{"id":"e2","user_email":"bob@example.com"}]}`, accepted, "enrolled e2"},
		"not asked for":            {`{"data":[{"id":"e9","user_email":"eve@example.com"}]}`, accepted, accepted},
		"by position":              {`{"data":[{"id":"e1"},{"id":"e2"}]}`, "enrolled e1", "enrolled e2"},
		"other spelling":           {`{"data":[{"id":"e1","user_email":"ada@example.com"},{"id":"e2","user_email":"robert@example.com"}]}`, "enrolled e1", "enrolled e2"},
		"other spelling and order": {`{"data":[{"id":"e9","user_email":"robert@example.com"},{"id":"e1","user_email":"ada@example.com"}]}`, "enrolled e1", accepted},
		"positions of the rest":    {`{"data":[{"id":"e2"}],"errors":["ada@example.com: no"]}`, "failed: no", "enrolled e2"},
		"odd entries":              {`{"data":[null,7]}`, accepted, accepted},
		"odd members":              {`{"data":[{"id":7,"user_email":"ada@example.com","created_at":"soon","status":[],"created":"no"},{"id":{},"user_email":"bob@example.com"}],"errors":{"x":1},"meta":"?"}`, "enrolled 7", accepted},
		"enrolled and failed":      {`{"data":[{"id":"e1","user_email":"ada@example.com"}],"errors":[{"email":"ada@example.com","error":"no"}]}`, "failed: no", accepted},
		"failed in an entry":       {`{"data":[{"email":"ada@example.com","error":{"message":"no"}},{"email":"bob@example.com","status":"failed","message":"nor he"}]}`, "failed: no", "failed: nor he"},
		"no success":               {`[{"email":"ada@example.com","success":false},{"id":"e2","email":"bob@example.com","success":true,"error":null,"errors":[ ],"message":"welcome"}]`, noReason, "enrolled e2"},
		"errors: objects":          {`{"errors":[{"email":"Ada@Example.com","error":"no"},{"user_email":"bob@example.com","message":"nor he"}]}`, "failed: no", "failed: nor he"},
		"errors: objects inside":   {`{"errors":[{"email":"ada@example.com","error":{"code":17}},{"email":"bob@example.com","errors":[{"detail":"a"},"b"]}]}`, "failed: 17", "failed: a; b"},
		"errors: repeated":         {`{"errors":[{"email":"ada@example.com","error":"no"},{"email":"ada@example.com","error":"never"}]}`, "failed: no", accepted},
		"errors: texts":            {`{"errors":["ada@example.com: no: never","bob@example.com"]}`, "failed: no: never", noReason},
		"errors: sentences":        {`{"errors":["The address 'ada@example.com' is bad.",{"message":"bob@example.com: no"}]}`, "failed: The address '[redacted]' is bad.", "failed: no"},
		"errors: one text":         {`{"errors":"ada@example.com: no"}`, "failed: no", accepted},
		"errors: a map":            {`{"errors":{"ADA@example.com":"no","bob@example.com":{"error":"nor he"},"eve@example.com":"?"}}`, "failed: no", "failed: nor he"},
		"errors: a map to lists":   {`{"errors":{"ada@example.com":["no","never"],"bob@example.com":null}}`, "failed: no; never", noReason},
		"errors: maps in a list":   {`{"errors":[{"ada@example.com":"no"}]}`, "failed: no", accepted},
		"failed: a list":           {`{"enrolled":["bob@example.com"],"failed":["ada@example.com"]}`, noReason, accepted},
	} {
		t.Run(name, func(t *testing.T) {
			for _, status := range []int{200, 201, 202, 207} {
				res, err := enrollIn(t, status, tt.body, "ada@example.com", "bob@example.com")
				if diff := cmp.Diff([]string{tt.ada, tt.bob}, outcomes(res)); diff != "" {
					t.Errorf("%d (-want +got):\n%s", status, diff)
				}
				refused := strings.Count(tt.ada+tt.bob, "failed")
				if len(res.Refused()) != refused || res.Retryable() != nil || (err != nil) != (refused > 0) {
					t.Errorf("%d: refused %q, retryable %q, %v", status, res.Refused(), res.Retryable(), err)
				}
			}
		})
	}
}

// Addresses that differ in case alone are one, in the input and in responses,
// in scripts too that have three forms of a letter.
func TestCreateBatchFoldsCase(t *testing.T) {
	res, err := enrollIn(t, 200, `{"data":[{"id":"e1","user_email":"ΝΙΚΟΣ@example.com"}],"errors":{"kelvin@example.com":"no"}}`,
		"νικος@example.com", "\u00a0νικοσ@example.com", "\u212aelvin@example.com", "ſ@example.com", "S@example.com")
	if diff := cmp.Diff([]string{"enrolled e1", "enrolled e1", "failed: no", "accepted", "accepted"}, outcomes(res)); diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var duplicates []bool
	for _, it := range res.Items {
		duplicates = append(duplicates, it.Duplicate)
	}
	if diff := cmp.Diff([]bool{false, true, false, false, true}, duplicates); diff != "" {
		t.Errorf("duplicates (-want +got):\n%s", diff)
	}
}

// What a server says of an address is kept short, and never has the key in it.
func TestCreateBatchMessageIsBounded(t *testing.T) {
	for name, body := range map[string]string{
		"key":          `{"errors":{"a@example.com":"bad key ` + testKey + `"}}`,
		"key at 1 KiB": `{"errors":{"a@example.com":"` + strings.Repeat("x", 1020-len(testKey)/2) + testKey + `"}}`,
		"200 kB":       `{"errors":["a@example.com: ` + strings.Repeat("é", 100_000) + `"]}`,
		"raw":          `{"errors":[{"email":"a@example.com","error":{"x":"` + strings.Repeat(testKey, 200) + `"}}]}`,
	} {
		res, err := enrollIn(t, 200, body, "a@example.com")
		var refused *selgora.BatchItemError
		if !errors.As(err, &refused) {
			t.Fatalf("%s: %v", name, err)
		}
		text := refused.Message + err.Error() + res.Items[0].Err.Error()
		for _, part := range []string{testKey, testKey[:len(testKey)-3]} {
			if strings.Contains(text, part) {
				t.Errorf("%s: the key is in %q", name, text)
			}
		}
		if n := len(refused.Message); n > 1<<10 || !utf8.ValidString(refused.Message) {
			t.Errorf("%s: a message of %d bytes: %q", name, n, refused.Message)
		}
		if long := len(body) > 2000; long != strings.HasSuffix(refused.Message, "…") && name != "raw" {
			t.Errorf("%s: %q", name, refused.Message)
		}
		if strings.Contains(err.Error(), "a@example.com") {
			t.Errorf("%s: the address is in %v", name, err)
		}
	}
}
