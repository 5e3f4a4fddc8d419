package mockserver_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// path fills the ids of a route's pattern in.
func path(r mockserver.Route) string {
	return strings.NewReplacer("{id}", "some_id", "{delivery_id}", "another_id").Replace(r.Pattern)
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	routes := mockserver.Routes()
	operations := map[mockserver.Operation]bool{}
	places := map[string]bool{}
	for _, r := range routes {
		if operations[r.Operation] || places[r.Method+r.Pattern] {
			t.Errorf("%s %s %s is there twice", r.Operation, r.Method, r.Pattern)
		}
		operations[r.Operation], places[r.Method+r.Pattern] = true, true
		resource, _, _ := strings.Cut(string(r.Operation), ".")
		kind := "write"
		if r.Method == http.MethodGet {
			kind = "read"
		}
		if want := resource + ":" + kind; r.Permission != want {
			t.Errorf("%s needs %s, want %s", r.Operation, r.Permission, want)
		}
		if (r.Query != nil) != (r.Method == http.MethodGet && slices.Contains(r.Query, "page")) {
			t.Errorf("%s has the parameters %v", r.Operation, r.Query)
		}
	}
	if len(routes) != 32 {
		t.Errorf("%d operations", len(routes))
	}
	routes[0].Query[0] = "changed"
	if mockserver.Routes()[0].Query[0] != "page" {
		t.Error("Routes hands out its own memory")
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	permissions := []string{}
	for _, r := range mockserver.Routes() {
		if !slices.Contains(permissions, r.Permission) {
			permissions = append(permissions, r.Permission)
		}
	}
	srv := mockserver.New(t)
	d := inProcess(srv)
	for _, p := range permissions {
		if err := srv.AddAPIKey("key_"+p, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range mockserver.Routes() {
		body := ""
		if r.Body != nil {
			body = "[]" // malformed for the API: nothing happens
		}
		for _, p := range permissions {
			d.key = "key_" + p
			got := d.send(t, r.Method, path(r), body)
			if (got.status == 401) != (p != r.Permission) {
				t.Errorf("%s with a key for %s: %d %s", r.Operation, p, got.status, got.body)
			}
			if got.status == 401 && !strings.Contains(got.body, "lacks the permission "+r.Permission) {
				t.Errorf("%s with a key for %s: %s", r.Operation, p, got.body)
			}
		}
	}
}

func TestDocumentedOnly(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	d := inProcess(mockserver.New(rec, mockserver.WithDocumentedOnly()))
	hidden := 0
	for _, r := range mockserver.Routes() {
		body := ""
		if r.Body != nil {
			body = "[]"
		}
		got := d.send(t, r.Method, path(r), body)
		if r.Documented {
			if strings.Contains(got.body, "no such route") {
				t.Errorf("%s: %s", r.Operation, got.body)
			}
			continue
		}
		hidden++
		if got.status != 404 && got.status != 405 {
			t.Errorf("%s: %d %s", r.Operation, got.status, got.body)
		}
		if allow := got.header.Get("Allow"); strings.Contains(allow, r.Method) {
			t.Errorf("%s: Allow %s", r.Operation, allow)
		}
	}
	if n := strings.Count(rec.reported(), "documented operations only"); n != hidden {
		t.Errorf("%d of %d reported:\n%s", n, hidden, rec.reported())
	}
	rec.end()
}

func TestEveryOperationOverBothDoors(t *testing.T) {
	t.Parallel()
	bothDoors(t, []mockserver.Option{mockserver.WithClock(t0), mockserver.WithLenient()}, func(t *testing.T, _ *mockserver.Server, d door) {
		// For each operation: an unknown id, a body that is not one, an
		// unsupported version, another type, too much.
		for _, r := range mockserver.Routes() {
			good := ""
			if r.Body != nil {
				good = "{}"
				d.send(t, r.Method, path(r), "[1]").want(t, 400)
				d.send(t, r.Method, path(r), "").want(t, 400)
				d.send(t, r.Method, path(r), "{}", "Content-Type", "text/plain").want(t, 415)
				d.send(t, r.Method, path(r), strings.Repeat(" ", 1<<20+1)).want(t, 413)
			}
			d.send(t, r.Method, path(r), good, "Accept", "application/vnd.selgora.v9+json").want(t, 406)
			d.send(t, r.Method, path(r), good, "Authorization", "").want(t, 401)
			d.send(t, "PUT", path(r), good).want(t, 405)
			if strings.Contains(r.Pattern, "{id}") && r.Operation != mockserver.WebhooksResend {
				if got := d.send(t, r.Method, path(r), good); got.status != 404 || !strings.Contains(got.body, "some_id") {
					t.Errorf("%s of an unknown id: %d %s", r.Operation, got.status, got.body)
				}
			}
			if r.Query != nil && r.Operation != mockserver.EventsRegistrations && r.Operation != mockserver.WebhooksDeliveries {
				if got := d.send(t, r.Method, path(r), "").want(t, 200); got.body != `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}` {
					t.Errorf("%s of nothing: %s", r.Operation, got.body)
				}
				for _, query := range []string{"page=0", "limit=0", "limit=101", "page=x"} {
					d.send(t, r.Method, path(r)+"?"+query, "").want(t, 400)
				}
			}
		}
	})
}
