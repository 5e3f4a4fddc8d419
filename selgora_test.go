package selgora_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// What NewClient did not make cannot work, but says so.
func TestNotMadeByNewClient(t *testing.T) {
	var client selgora.Client
	var courses selgora.CourseService
	var enrollments selgora.EnrollmentService
	var resp selgora.Response
	for name, err := range map[string]error{
		"Do":       client.Do(t.Context(), "GET", "/x", nil, nil),
		"Do, bad":  client.Do(t.Context(), "get", "/x", nil, nil, selgora.WithResponse(&resp)),
		"Delete":   courses.Delete(t.Context(), "x", selgora.WithResponse(&resp)),
		"iterator": first(courses.All(t.Context(), nil)),
		"batch": func() error {
			_, err := enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "x", Emails: []string{"a@example.com"}})
			return err
		}(),
		"Update, bad": func() error { _, err := courses.Update(t.Context(), "x", nil); return err }(),
	} {
		if err == nil || !errors.Is(err, selgora.ErrNotSent) || !strings.Contains(err.Error(), "NewClient") {
			t.Errorf("%s: %v", name, err)
		}
	}
	client.CloseIdleConnections()
	if got := client.BaseURL(); got != "" {
		t.Errorf("the zero Client sends to %q", got)
	}
	if got := (&selgora.BatchError{Failed: 2, Total: 3}).Error(); got != "selgora: batch enrollment: 2 of 3 addresses failed" {
		t.Errorf("a BatchError made by hand reads %q", got)
	}
}

func TestNilContext(t *testing.T) {
	checkRefused(t, []refused{
		{"ctx", func(_ ctx, c cl) error { return getCourse(noContext, c) }},
		{"ctx", func(_ ctx, c cl) error { return first(c.Courses.All(noContext, nil)) }},
		{"ctx", func(_ ctx, c cl) error { return c.Do(noContext, "GET", "/courses", nil, nil) }},
		{"ctx", func(_ ctx, c cl) error { return getCourse(noContext, c, selgora.WithRequestTimeout(time.Second)) }},
	})
}
