package mockserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

var t0 = time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)

func TestCourseFromCreationToDeletion(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{mockserver.WithClock(t0)}
	bothDoors(t, opts, func(t *testing.T, srv *mockserver.Server, d door) {
		created := d.send(t, "POST", "/courses", `{"title":"Über Go","description":"a < b","price":49.90,"currency":"EUR"}`).want(t, 201)
		id := created.field(t, "id")
		for name, want := range map[string]string{
			"title": "Über Go", "slug": "ueber-go", "description": "a < b", "price": "49.9", "currency": "EUR",
			"status": "draft", "enrolled_count": "0", "lessons_count": "0", "created_at": "2026-03-01T12:30:15Z", "updated_at": "2026-03-01T12:30:15Z",
		} {
			if got := created.field(t, name); got != want && (d.exact || !strings.HasSuffix(name, "_at")) {
				t.Errorf("%s = %s, want %s", name, got, want)
			}
		}
		if got := d.send(t, "GET", "/courses/"+id, "").want(t, 200); got.body != created.body {
			t.Errorf("read back %s, created %s", got.body, created.body)
		}

		srv.Advance(time.Minute)
		changed := d.send(t, "PATCH", "/courses/"+id, `{"price":0,"description":null,"status":"published"}`).want(t, 200)
		for name, want := range map[string]string{
			"price": "0", "description": "", "status": "published", "title": "Über Go", "updated_at": "2026-03-01T12:31:15Z",
		} {
			if got := changed.field(t, name); got != want && (d.exact || !strings.HasSuffix(name, "_at")) {
				t.Errorf("after the update %s = %s, want %s", name, got, want)
			}
		}

		if got := d.send(t, "DELETE", "/courses/"+id, "").want(t, 200).body; got != `{"id":"`+id+`","deleted":true}` {
			t.Errorf("deletion answered %s", got)
		}
		for _, method := range []string{"GET", "DELETE"} {
			d.send(t, method, "/courses/"+id, "").want(t, 404)
		}
		d.send(t, "PATCH", "/courses/"+id, `{"price":1}`).want(t, 404)
	})
}

func TestCourseValidationNamesEveryProblem(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	d := inProcess(srv)
	for _, test := range []struct {
		body string
		want []string
	}{
		{`{}`, []string{"title"}},
		{`{"title":"","price":-1,"currency":"XYZ"}`, []string{"title", "price", "currency"}},
		{`{"title":7,"price":"free","description":[]}`, []string{"title", "price", "description"}},
		{`{"title":"` + strings.Repeat("x", 256) + `"}`, []string{"title"}},
		{`{"title":null}`, []string{"title"}},
		{`{"title":"Yen","price":0.5,"currency":"JPY"}`, []string{"price"}},
	} {
		r := d.send(t, "POST", "/courses", test.body).want(t, 422)
		for _, name := range test.want {
			if r.field(t, "fields", name) == "" {
				t.Errorf("%s: nothing said about %s in %s", test.body, name, r.body)
			}
		}
		if n := strings.Count(r.field(t, "fields"), `":"`); n != len(test.want) {
			t.Errorf("%s: %d problems, want %d: %s", test.body, n, len(test.want), r.body)
		}
	}
	if got := d.send(t, "GET", "/courses", "").want(t, 200).body; got != `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}` {
		t.Errorf("after refused creations: %s", got)
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, _ *mockserver.Server, d door) {
		var all []string
		for i := range 45 {
			all = append(all, d.send(t, "POST", "/courses", fmt.Sprintf(`{"title":"Course %d"}`, i)).want(t, 201).field(t, "id"))
		}
		for _, test := range []struct {
			query string
			want  []string
			meta  string
		}{
			{"", all[:10], `{"current_page":1,"total_pages":5,"total_count":45}`},
			{"?page=5", all[40:], `{"current_page":5,"total_pages":5,"total_count":45}`},
			{"?page=6", []string{}, `{"current_page":6,"total_pages":5,"total_count":45}`},
			{"?limit=100", all, `{"current_page":1,"total_pages":1,"total_count":45}`},
			{"?page=2&limit=1", all[1:2], `{"current_page":2,"total_pages":45,"total_count":45}`},
		} {
			r := d.send(t, "GET", "/courses"+test.query, "").want(t, 200)
			if got := r.data(t); !slices.Equal(got, test.want) {
				t.Errorf("%s: ids %v, want %v", test.query, got, test.want)
			}
			if got := r.field(t, "meta"); got != test.meta {
				t.Errorf("%s: meta %s, want %s", test.query, got, test.meta)
			}
		}
		for _, query := range []string{
			"page=0", "page=-1", "page=x", "page=", "page=1.5", "page=99999999999999999999", "limit=0", "limit=101", "limit=ten",
			"page=1&page=2", "page=%zz",
		} {
			r := d.send(t, "GET", "/courses?"+query, "").want(t, 400)
			if r.field(t, "error") == "" {
				t.Errorf("%s: no reason given: %s", query, r.body)
			}
		}
	})
}
