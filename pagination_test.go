package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// shelf responds with lists of courses: by page, what it says.
type shelf struct {
	mu    sync.Mutex
	pages func(page int) (status int, body string)
	asked []int
}

func (s *shelf) RoundTrip(req *http.Request) (*http.Response, error) {
	page, err := strconv.Atoi(req.URL.Query().Get("page"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.asked = append(s.asked, page)
	s.mu.Unlock()
	status, body := s.pages(page)
	return respond(req, status, body), nil
}

func (s *shelf) client(t *testing.T) *selgora.Client {
	t.Helper()
	return newClient(t, selgora.WithHTTPClient(&http.Client{Transport: s}), selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0))
}

// listBody has two courses, named after the page.
func listBody(page int, meta string) string {
	return fmt.Sprintf(`{"data":[{"id":"%da"},{"id":"%db"}],"meta":{%s}}`, page, page, meta)
}

func meta(current, total int) string {
	return fmt.Sprintf(`"current_page":%d,"total_pages":%d,"total_count":%d`, current, total, 2*total)
}

func of(total int) func(int) (int, string) {
	return func(page int) (int, string) { return 200, listBody(page, meta(page, total)) }
}

func collect(ctx context.Context, c *selgora.Client, params *selgora.CourseListParams) (ids []string, errs []error) {
	for course, err := range c.Courses.All(ctx, params) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ids = append(ids, course.ID)
	}
	return ids, errs
}

func TestIteratorEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		pages func(int) (int, string)
		want  string
		asked []int
	}{
		"on total_pages": {of(3), "1a 1b 2a 2b 3a 3b", []int{1, 2, 3}},
		"one page":       {of(1), "1a 1b", []int{1}},
		"no page": {func(int) (int, string) {
			return 200, `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}`
		}, "", []int{1}},
		"data null": {func(int) (int, string) { return 200, `{"data":null,"meta":{"current_page":1,"total_pages":9}}` }, "", []int{1}},
		"empty page on the way": {func(page int) (int, string) {
			if page == 2 {
				return 200, `{"data":[],"meta":{"current_page":2,"total_pages":9}}`
			}
			return of(9)(page)
		}, "1a 1b", []int{1, 2}},
		"page that repeats": {func(page int) (int, string) { return 200, listBody(min(page, 2), meta(min(page, 2), 9)) }, "1a 1b 2a 2b", []int{1, 2, 3}},
		"page that goes back": {func(page int) (int, string) {
			at := []int{0, 1, 2, 1}[page]
			return 200, listBody(at, meta(at, 9))
		}, "1a 1b 2a 2b", []int{1, 2, 3}},
		"always the first":   {func(int) (int, string) { return 200, listBody(1, meta(1, 9)) }, "1a 1b", []int{1, 2}},
		"before the start":   {func(int) (int, string) { return 200, listBody(1, meta(-3, 9)) }, "1a 1b 1a 1b 1a 1b 1a 1b 1a 1b 1a 1b 1a 1b 1a 1b 1a 1b", []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"far ahead":          {func(int) (int, string) { return 200, listBody(1, meta(math.MaxInt, math.MaxInt)) }, "1a 1b", []int{1, 2}},
		"no meta, empty":     {func(int) (int, string) { return 200, `{"data":[]}` }, "", []int{1}},
		"neither":            {func(int) (int, string) { return 200, `{}` }, "", []int{1}},
		"jump ahead":         {func(page int) (int, string) { return 200, listBody(page, meta(page+page/2*5, 9)) }, "1a 1b 2a 2b 3a 3b 4a 4b 5a 5b 6a 6b 7a 7b 8a 8b 9a 9b", []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"no current_page":    {func(page int) (int, string) { return 200, listBody(page, `"total_pages":2`) }, "1a 1b 2a 2b", []int{1, 2}},
		"total that grows":   {func(page int) (int, string) { return 200, listBody(page, meta(page, min(page+1, 4))) }, "1a 1b 2a 2b 3a 3b 4a 4b", []int{1, 2, 3, 4}},
		"total that shrinks": {func(page int) (int, string) { return 200, listBody(page, meta(page, 4-page)) }, "1a 1b 2a 2b", []int{1, 2}},
		"empty total, empty": {func(page int) (int, string) {
			if page == 2 { // the rest was deleted
				return 200, `{"data":[],"meta":{"current_page":2,"total_pages":0,"total_count":0}}`
			}
			return of(9)(page)
		}, "1a 1b", []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			server := &shelf{pages: tt.pages}
			ids, errs := collect(t.Context(), server.client(t), nil)
			if got := strings.Join(ids, " "); got != tt.want || errs != nil {
				t.Errorf("got %q, %v; want %q", got, errs, tt.want)
			}
			if diff := cmp.Diff(tt.asked, server.asked); diff != "" {
				t.Errorf("pages asked for (-want +got):\n%s", diff)
			}
		})
	}
}

// Where a list does not say whether it goes on, what came is kept and the doubt
// is told, once.
func TestIteratorWithoutTotal(t *testing.T) {
	for name, tail := range map[string]string{
		"no meta": "", "meta null": `,"meta":null`, "empty meta": `,"meta":{}`,
		"no total": `,"meta":{"current_page":2}`, "zero": `,"meta":{"current_page":2,"total_pages":0}`, "negative": `,"meta":{"total_pages":-7}`,
	} {
		t.Run(name, func(t *testing.T) {
			server := &shelf{pages: func(page int) (int, string) {
				if page == 1 {
					return of(9)(page)
				}
				return 200, `{"data":[{"id":"2a"}]` + tail + `}`
			}}
			client := server.client(t)
			ids, errs := collect(t.Context(), client, nil)
			want := "selgora: GET /courses: page 2 does not say how many pages there are; the list may go on"
			if got := strings.Join(ids, " "); got != "1a 1b 2a" || len(errs) != 1 || errs[0].Error() != want {
				t.Errorf("got %q, %v; want all that came and one error", got, errs)
			}
			if diff := cmp.Diff([]int{1, 2}, server.asked); diff != "" {
				t.Errorf("pages asked for (-want +got):\n%s", diff)
			}
			if page, err := client.Courses.List(t.Context(), &selgora.CourseListParams{Page: 2}); err != nil || len(page.Data) != 1 {
				t.Errorf("List: %+v, %v", page, err)
			}
		})
	}
	server := &shelf{pages: func(int) (int, string) { return 200, `{"data":[{"id":"reg_1"}]}` }}
	var got error
	for _, err := range server.client(t).Events.AllRegistrations(t.Context(), testKey, nil) {
		got = err
	}
	if want := "selgora: GET /events/{id}/registrations: page 1 does not"; got == nil || !strings.HasPrefix(got.Error(), want) {
		t.Errorf("error %v, want %s…", got, want)
	}
}

func TestIteratorErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		is     error
	}{
		"typed":     {404, `{"error":"gone"}`, selgora.ErrNotFound},
		"not JSON":  {200, `<html>`, nil},
		"bad page":  {200, listBody(2, `"current_page":"2","total_pages":3`), nil},
		"bad meta":  {200, listBody(2, `"current_page":2,"total_pages":"3"`), nil},
		"huge meta": {200, listBody(2, `"current_page":2,"total_pages":99999999999999999999`), nil},
		"bad item":  {200, `{"data":[{"id":"2a"},{"id":7}],"meta":{"current_page":2,"total_pages":3}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := &shelf{pages: func(page int) (int, string) {
				if page == 2 {
					return tt.status, tt.body
				}
				return of(3)(page)
			}}
			ids, errs := collect(t.Context(), server.client(t), nil)
			if got := strings.Join(ids, " "); got != "1a 1b" || len(errs) != 1 || (tt.is != nil && !errors.Is(errs[0], tt.is)) {
				t.Errorf("got %q, %v; want the first page and one error", got, errs)
			}
			if diff := cmp.Diff([]int{1, 2}, server.asked); diff != "" {
				t.Errorf("pages asked for (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIteratorStopsEarly(t *testing.T) {
	server := &shelf{pages: of(3)}
	seq := server.client(t).Courses.All(t.Context(), nil)
	if len(server.asked) != 0 {
		t.Errorf("asked for %v before the loop", server.asked)
	}
	for want, stopAt := range []string{"1a", "1b", "2a"} {
		server.asked = nil
		for course, err := range seq {
			if err != nil {
				t.Fatal(err)
			}
			if course.ID == stopAt {
				break
			}
		}
		if pages := max(1, want); len(server.asked) != pages {
			t.Errorf("stopped at %s: asked for %v", stopAt, server.asked)
		}
	}
}

func TestIteratorTwice(t *testing.T) {
	server := &shelf{pages: of(3)}
	params := &selgora.CourseListParams{Page: 2, Limit: 2}
	seq := server.client(t).Courses.All(t.Context(), params)
	*params = selgora.CourseListParams{Page: 77, Limit: 77} // later changes are not seen
	for range 2 {
		var ids []string
		for course, err := range seq {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, course.ID)
		}
		if got := strings.Join(ids, " "); got != "2a 2b 3a 3b" {
			t.Errorf("got %q", got)
		}
	}
	if *params != (selgora.CourseListParams{Page: 77, Limit: 77}) {
		t.Errorf("the caller's params are %+v", params)
	}
	if diff := cmp.Diff([]int{2, 3, 2, 3}, server.asked); diff != "" {
		t.Errorf("pages asked for (-want +got):\n%s", diff)
	}
}

func TestIteratorConcurrently(t *testing.T) {
	server := &shelf{pages: of(5)}
	seq := server.client(t).Courses.All(t.Context(), nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			n := 0
			for course, err := range seq {
				if want := fmt.Sprintf("%d%c", n/2+1, 'a'+n%2); err != nil || course.ID != want {
					t.Errorf("%v, %v; want %s", course, err, want)
				}
				n++
			}
			if n != 10 {
				t.Errorf("%d items", n)
			}
		})
	}
	wg.Wait()
}

// The items are pointers into a page of their own, to keep.
func TestIteratorItemsAreKept(t *testing.T) {
	server := &shelf{pages: of(3)}
	var kept []*selgora.Course
	for course, err := range server.client(t).Courses.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, course)
	}
	for i, course := range kept {
		if want := fmt.Sprintf("%d%c", i/2+1, 'a'+i%2); course.ID != want {
			t.Errorf("item %d is %s now, want %s", i, course.ID, want)
		}
	}
}

func TestIteratorContext(t *testing.T) {
	server := &shelf{pages: of(3)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	for course, err := range server.client(t).Courses.All(ctx, nil) {
		if err != nil {
			got = append(got, fmt.Sprint(errors.Is(err, context.Canceled)))
			continue
		}
		got = append(got, course.ID)
		cancel()
	}
	if diff := cmp.Diff([]string{"1a", "1b", "true"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPage(t *testing.T) {
	server := &shelf{pages: func(page int) (int, string) {
		return 200, `{"data":[{"id":"a"}],"meta":{"current_page":2,"total_pages":5,"total_count":45},"links":{}}`
	}}
	page, err := server.client(t).Courses.List(t.Context(), &selgora.CourseListParams{Page: 2})
	want := &selgora.Page[selgora.Course]{Data: []selgora.Course{{ID: "a"}}, Meta: selgora.Meta{CurrentPage: 2, TotalPages: 5, TotalCount: 45}}
	if diff := cmp.Diff(want, page); err != nil || diff != "" {
		t.Errorf("error %v, (-want +got):\n%s", err, diff)
	}
}

// The options of an iterator are those it was made with.
func TestIteratorKeepsItsOptions(t *testing.T) {
	var got []string
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		got = append(got, req.Header.Get("X-Tenant"))
		return respond(req, 200, `{"data":[{"id":"course_1"}],"meta":{"current_page":`+req.URL.Query().Get("page")+`,"total_pages":3}}`), nil
	}))
	opts := []selgora.RequestOption{selgora.WithHeader("X-Tenant", "a")}
	seqA := client.Courses.All(t.Context(), nil, opts...)
	opts[0] = selgora.WithHeader("X-Tenant", "b")
	seqB := client.Courses.All(t.Context(), nil, opts...)
	for range seqA {
	}
	for range seqB {
	}
	if fmt.Sprint(got) != "[a a a b b b]" {
		t.Errorf("sent as %v", got)
	}
}
