package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// walk notes what an iteration over pages yields: where a page says that it
// stands and what is on it, or an error.
func walk(seq iter.Seq2[*selgora.Page[selgora.Course], error]) (seen []string) {
	for page, err := range seq {
		if (page == nil) == (err == nil) {
			return append(seen, fmt.Sprintf("page %v and error %v", page, err))
		}
		if err != nil {
			seen = append(seen, "error")
			continue
		}
		ids := ""
		for _, course := range page.Data {
			ids += " " + course.ID
		}
		seen = append(seen, fmt.Sprintf("%d/%d%s", page.Meta.CurrentPage, page.Meta.TotalPages, ids))
	}
	return seen
}

func TestPages(t *testing.T) {
	at := func(bodies ...string) func(int) (int, string) {
		return func(page int) (int, string) { return 200, bodies[page-1] }
	}
	for name, tt := range map[string]struct {
		params *selgora.CourseListParams
		pages  func(int) (int, string)
		want   string
		asked  []int
	}{
		"all":             {nil, of(3), "1/3 1a 1b, 2/3 2a 2b, 3/3 3a 3b", []int{1, 2, 3}},
		"resumed":         {&selgora.CourseListParams{Page: 2, Limit: 2}, of(3), "2/3 2a 2b, 3/3 3a 3b", []int{2, 3}},
		"past the end":    {&selgora.CourseListParams{Page: 4}, func(int) (int, string) { return 200, `{"data":[],"meta":{` + meta(4, 3) + `}}` }, "4/3", []int{4}},
		"back at the end": {&selgora.CourseListParams{Page: 4}, func(int) (int, string) { return of(3)(3) }, "", []int{4}},
		"empty list":      {nil, at(`{"data":[],"meta":{` + meta(1, 0) + `}}`), "1/0", []int{1}},
		"empty, no meta":  {nil, at(`{"data":null}`), "0/0", []int{1}},
		"empty between":   {nil, at(listBody(1, meta(1, 9)), `{"data":[],"meta":{`+meta(2, 1)+`}}`), "1/9 1a 1b, 2/1", []int{1, 2}},
		"repeated":        {nil, at(listBody(1, meta(1, 9)), listBody(1, meta(1, 9))), "1/9 1a 1b", []int{1, 2}},
		"no total":        {nil, at(listBody(1, meta(1, 9)), listBody(2, `"current_page":2`)), "1/9 1a 1b, 2/0 2a 2b, error", []int{1, 2}},
		"broken":          {nil, at(listBody(1, meta(1, 9)), `<html>`), "1/9 1a 1b, error", []int{1, 2}},
		"shrinking":       {nil, at(listBody(1, meta(1, 9)), listBody(2, meta(2, 1))), "1/9 1a 1b, 2/1 2a 2b", []int{1, 2}},
		"negative page":   {&selgora.CourseListParams{Page: -1}, of(3), "error", nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := &shelf{pages: tt.pages}
			var before selgora.CourseListParams
			if tt.params != nil {
				before = *tt.params
			}
			seq := server.client(t).Courses.Pages(t.Context(), tt.params)
			for range 2 {
				server.asked = nil
				if got := strings.Join(walk(seq), ", "); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if diff := cmp.Diff(tt.asked, server.asked); diff != "" {
					t.Errorf("pages asked for (-want +got):\n%s", diff)
				}
			}
			if tt.params != nil && *tt.params != before {
				t.Errorf("the caller's params are %+v", *tt.params)
			}
		})
	}
}

// A page belongs to whom it was yielded to; the next does not depend on it.
func TestPagesAreTheCallers(t *testing.T) {
	server := &shelf{pages: of(4)}
	client := server.client(t)
	n := 0
	for page, err := range client.Courses.Pages(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		*page = selgora.Page[selgora.Course]{}
	}
	if n != 4 {
		t.Errorf("%d pages of 4", n)
	}
	server.asked = nil
	for range client.Courses.Pages(t.Context(), nil) {
		break
	}
	if diff := cmp.Diff([]int{1}, server.asked); diff != "" {
		t.Errorf("left on page 1 (-want +got):\n%s", diff)
	}
}

func TestPagesFillAResponseEach(t *testing.T) {
	server := &shelf{pages: of(3)}
	var resp selgora.Response
	for page, err := range server.client(t).Courses.Pages(t.Context(), nil, selgora.WithResponse(&resp)) {
		if err != nil {
			t.Fatal(err)
		}
		if at := page.Meta.CurrentPage; string(resp.Body) != listBody(at, meta(at, 3)) {
			t.Errorf("page %d: the response is %s", at, resp.Body)
		}
	}
}

// Every list that has Pages starts where its parameters say and refuses what
// cannot be, once, as All does.
func TestPagesOfEveryList(t *testing.T) {
	for name, walk := range map[string]func(context.Context, *selgora.Client, int) []error{
		"Courses": func(ctx context.Context, c *selgora.Client, page int) []error {
			p := &selgora.CourseListParams{Page: page}
			return append(errorsOf(c.Courses.Pages(ctx, p)), errorsOf(c.Courses.All(ctx, p))...)
		},
		"Enrollments": func(ctx context.Context, c *selgora.Client, page int) []error {
			p := &selgora.EnrollmentListParams{Page: page}
			return append(errorsOf(c.Enrollments.Pages(ctx, p)), errorsOf(c.Enrollments.All(ctx, p))...)
		},
		"Contacts": func(ctx context.Context, c *selgora.Client, page int) []error {
			p := &selgora.ContactListParams{Page: page}
			return append(errorsOf(c.Contacts.Pages(ctx, p)), errorsOf(c.Contacts.All(ctx, p))...)
		},
		"Events": func(ctx context.Context, c *selgora.Client, page int) []error {
			p := &selgora.EventListParams{Page: page}
			return append(errorsOf(c.Events.Pages(ctx, p)), errorsOf(c.Events.All(ctx, p))...)
		},
		"Webhooks": func(ctx context.Context, c *selgora.Client, page int) []error {
			p := &selgora.WebhookListParams{Page: page}
			return append(errorsOf(c.Webhooks.Pages(ctx, p)), errorsOf(c.Webhooks.All(ctx, p))...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := &shelf{pages: of(3)}
			client := server.client(t)
			if errs := walk(t.Context(), client, 2); len(errs) != 0 {
				t.Errorf("errors %v", errs)
			}
			if diff := cmp.Diff([]int{2, 3, 2, 3}, server.asked); diff != "" {
				t.Errorf("pages asked for (-want +got):\n%s", diff)
			}
			errs := walk(t.Context(), client, -1)
			if len(errs) != 2 || len(server.asked) != 4 {
				t.Fatalf("asked for %v, errors %v", server.asked, errs)
			}
			for _, err := range errs {
				var p *selgora.ParamError
				if !errors.As(err, &p) || !strings.HasSuffix(p.Field, "ListParams.Page") {
					t.Errorf("error %v, want a *ParamError for the page", err)
				}
			}
		})
	}
}

func errorsOf[T any](seq iter.Seq2[T, error]) (errs []error) {
	for _, err := range seq {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
