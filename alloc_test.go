//go:build !race

package selgora_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// canned responds to every request in-process, with as few allocations of its
// own as can be.
type canned struct {
	header http.Header
	body   string
}

func (c *canned) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: c.header, Request: req,
		ContentLength: int64(len(c.body)), Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

func cannedClient(t *testing.T, body string, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	transport := &canned{http.Header{"Content-Type": {"application/json"}}, body}
	return newClient(t, append([]selgora.Option{
		selgora.WithHTTPClient(&http.Client{Transport: transport}), selgora.WithoutRateLimit(),
	}, opts...)...)
}

// courseList has no value twice, since a decoder may share equal strings.
func courseList(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":"course_%d","title":"Go for people of %d","slug":"go-%d","price":49.%02d,"currency":"USD","status":"draft",`+
			`"enrolled_count":%d,"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-01-15T10:30:00Z"}`, i, i, i, i, i)
	}
	return `{"data":[` + strings.Join(items, ",") + `],"meta":{"current_page":1,"total_pages":1,"total_count":1}}`
}

// allocs returns the allocations of one call.
func allocs(t *testing.T, call func(context.Context) error) float64 {
	t.Helper()
	ctx := t.Context()
	return testing.AllocsPerRun(200, func() {
		if err := call(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAllocationBudgets holds calls to what they cost now, the canned
// transport's share included. They are budgets under every supported toolchain;
// the older decoder needs the most.
func TestAllocationBudgets(t *testing.T) {
	get := func(opts ...selgora.Option) float64 {
		client := cannedClient(t, courseJSON, opts...)
		return allocs(t, func(ctx context.Context) error {
			_, err := client.Courses.Get(ctx, "course_1")
			return err
		})
	}
	list := func(n int) float64 {
		client := cannedClient(t, courseList(n))
		return allocs(t, func(ctx context.Context) error {
			_, err := client.Courses.List(ctx, &selgora.CourseListParams{Limit: 100})
			return err
		})
	}
	iterate := func(n int) float64 {
		client := cannedClient(t, courseList(n))
		return allocs(t, func(ctx context.Context) error {
			for _, err := range client.Courses.All(ctx, nil) {
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	create := func() float64 {
		client := cannedClient(t, courseJSON)
		return allocs(t, func(ctx context.Context) error {
			_, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go"})
			return err
		})
	}
	plain := get()
	for _, tt := range []struct {
		name      string
		got, most float64
	}{
		{"get", plain, 28},
		{"what a limiter adds to a get", get(selgora.WithRateLimit(selgora.RateLimit{PerHour: 1 << 30, PerMinute: 1 << 30})) - plain, 0},
		{"create", create(), 39},
		{"empty list", list(0), 30},
		{"item of a list", (list(100) - list(50)) / 50, 5},
		{"item of an iteration", (iterate(100) - iterate(50)) / 50, 5},
	} {
		t.Logf("| %s | %.2f |", tt.name, tt.got)
		if tt.got > tt.most {
			t.Errorf("%s: %.2f allocations, want at most %.0f", tt.name, tt.got, tt.most)
		}
	}
}
