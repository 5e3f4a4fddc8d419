package selgora

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzReadBatch(f *testing.F) {
	for _, body := range []string{
		``, `<html>`, `"queued"`, `{"data":{"enrolled":2}}`, `{"data":[{"user_email":"A@example.com","created":false},null]}`,
		`[{"id":1,"email":"a@example.com"},{"enrollment":{"id":"e","user_email":"no address"}}]`, `{"data":[{"id":"e1"},{"id":"e2"},{"id":"e3"}]}`,
		`{"errors":{"a@example.com":{"message":"key"},"\u03a3@example.com":["key",{"code":1}]}}`,
		`{"errors":["a@example.com: key","no address","say 'ς@example.com'"],"DATA":[{}],"Errors":[[[[[[]]]]]]}`,
		`{"failed":[{"a@example.com":"` + strings.Repeat("é", 600) + `"}]}`,
	} {
		f.Add([]byte(body))
	}
	emails := []string{"a@example.com", "no address", "ς@example.com"}
	redact := func(s string) string { return strings.ReplaceAll(s, "key", "[redacted]") }
	f.Fuzz(func(t *testing.T, body []byte) {
		got := readBatch(emails, body, redact)
		if len(got) != len(emails) {
			t.Fatalf("%d verdicts", len(got))
		}
		for _, v := range got {
			failed, enrolled := v.status == BatchFailed, v.status == BatchEnrolled || v.status == BatchAlreadyEnrolled
			switch {
			case !failed && !enrolled && v.status != BatchAccepted,
				failed != (v.message != ""), enrolled != (v.enrollment != nil):
				t.Fatalf("%+v", v)
			case len(v.message) > maxItemMessage, !utf8.ValidString(v.message), strings.Contains(v.message, "key"):
				t.Fatalf("message %q", v.message)
			}
		}
		if diff := cmp.Diff(got, readBatch(emails, body, redact), cmp.AllowUnexported(verdict{})); diff != "" {
			t.Fatalf("read again:\n%s", diff)
		}
	})
}
