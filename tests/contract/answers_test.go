package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

func withKey(key string) func(*http.Request) {
	return withHeader("Authorization", "Bearer "+key)
}

func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// TestEveryAnswer causes each status of each operation in the document, validates the answer, and demands that none was
// left out.
func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	d := load(t)
	want := d.expected(t)
	seen := map[answer]bool{}
	run := func(name string, opts []mockserver.Option, f func(*fixture)) {
		t.Run(name, func(t *testing.T) {
			x := newFixture(t, opts...)
			f(x)
			merge(seen, x.checker)
		})
	}
	// each runs a case for every operation that it is about, on one fake.
	each := func(name string, about func(*operation) bool, f func(*fixture, *operation), opts ...mockserver.Option) {
		run(name, opts, func(x *fixture) {
			x.invalid = true
			for _, op := range d.sorted() {
				if about(op) {
					f(x, op)
				}
			}
		})
	}
	all := func(*operation) bool { return true }
	takesBody := func(op *operation) bool { return op.RequestBody != nil }

	for _, op := range d.sorted() {
		run("success/"+op.id, nil, func(x *fixture) {
			if response, body := x.send(op.method, x.path(op), x.body(op)); response.StatusCode >= 300 {
				x.t.Errorf("%s: status %d: %s", op.id, response.StatusCode, body)
			}
			// Once more: some find what the first has made, some that it is gone.
			x.send(op.method, x.path(op), x.body(op))
		})
	}
	run("success/an address that is new", nil, func(x *fixture) {
		course, event := x.ids["courses"], x.ids["events"]
		for path, body := range map[string]string{
			"/contacts":                           `{"email":"new.contact@example.com"}`,
			"/enrollments":                        fmt.Sprintf(`{"course_id":%q,"user_email":"new.student@example.com"}`, course),
			"/events/" + event + "/registrations": `{"email":"new.guest@example.com"}`,
		} {
			for _, status := range []int{http.StatusCreated, http.StatusOK} {
				response, answer := x.send("POST", path, body)
				x.want(status, response, answer)
			}
		}
	})

	each("no key", all, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), x.body(op), func(r *http.Request) { r.Header.Del("Authorization") })
		x.want(http.StatusUnauthorized, response, body)
	})
	each("unknown key", all, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), x.body(op), withKey("nobody's"))
		x.want(http.StatusUnauthorized, response, body)
	})
	each("key of another environment", all, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), x.body(op), withKey("sk_live_elsewhere"))
		x.want(http.StatusUnauthorized, response, body)
	})
	for _, op := range d.sorted() {
		need := op.Security[0].Requirements.GetOrZero("apiKey")
		if len(need) != 1 {
			t.Errorf("%s: the document names the permissions %v, want one", op.id, need)
			continue
		}
		others := slices.DeleteFunc(allPermissions(d), func(p string) bool { return p == need[0] })
		options := []mockserver.Option{mockserver.WithAPIKey("test_key_without", others...), mockserver.WithAPIKey("test_key_with", need[0])}
		run("permission/"+op.id, options, func(x *fixture) {
			response, body := x.send(op.method, x.path(op), x.body(op), withKey("test_key_without"))
			x.want(http.StatusUnauthorized, response, body)
			if !strings.Contains(string(body), need[0]) {
				x.t.Errorf("%s: the answer does not name the missing permission %s: %s", op.id, need[0], body)
			}
			if response, body := x.send(op.method, x.path(op), x.body(op), withKey("test_key_with")); response.StatusCode >= 300 {
				x.t.Errorf("%s: with %s alone: status %d: %s", op.id, need[0], response.StatusCode, body)
			}
		})
	}

	each("unknown id", func(op *operation) bool { return strings.Contains(op.path, "{id}") }, func(x *fixture, op *operation) {
		path := strings.NewReplacer("{id}", "nothing_0", "{delivery_id}", x.delivery).Replace(op.path)
		response, body := x.send(op.method, path, x.body(op))
		x.want(http.StatusNotFound, response, body)
		if strings.Contains(op.path, "{delivery_id}") {
			path := strings.NewReplacer("{id}", x.ids["webhooks"], "{delivery_id}", "nothing_0").Replace(op.path)
			response, body := x.send(op.method, path, x.body(op))
			x.want(http.StatusNotFound, response, body)
		}
	})
	each("another version", all, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), x.body(op), withHeader("Accept", "application/vnd.selgora.v2+json"))
		x.want(http.StatusNotAcceptable, response, body)
	})
	each("malformed body", takesBody, func(x *fixture, op *operation) {
		for _, malformed := range []string{`{"a":`, `[]`, `"x"`, `{} {}`, "{\"a\":\"\xff\"}"} {
			response, body := x.send(op.method, x.path(op), malformed)
			x.want(http.StatusBadRequest, response, body)
		}
	})
	each("parameter out of range", func(op *operation) bool { return op.parameters("query") != nil }, func(x *fixture, op *operation) {
		queries := []string{"page=0", "page=x", "limit=0", "limit=101", "limit=", "page=1&page=2", "page=%zz"}
		for _, name := range op.parameters("query") {
			switch name {
			case "status", "created_after":
				queries = append(queries, name+"=nonsense")
			}
		}
		for _, query := range queries {
			response, body := x.send(op.method, x.path(op)+"?"+query, "")
			x.want(http.StatusBadRequest, response, body)
		}
	})
	each("body too large", takesBody, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), `{"padding":"`+strings.Repeat("x", 1<<20)+`"}`)
		x.want(http.StatusRequestEntityTooLarge, response, body)
	})
	each("body of another type", takesBody, func(x *fixture, op *operation) {
		for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"} {
			response, body := x.send(op.method, x.path(op), x.body(op), withHeader("Content-Type", contentType))
			x.want(http.StatusUnsupportedMediaType, response, body)
		}
	})
	each("every field wrong", takesBody, func(x *fixture, op *operation) {
		wrong := map[string]any{}
		for name := range op.bodySchema().Properties.KeysFromOldest() {
			wrong[name] = [][]int{{}}
		}
		encoded, err := json.Marshal(wrong)
		if err != nil {
			x.t.Fatal(err)
		}
		response, body := x.send(op.method, x.path(op), string(encoded))
		x.want(http.StatusUnprocessableEntity, response, body)
		var problem struct{ Fields map[string]string }
		if err := json.Unmarshal(body, &problem); err != nil {
			x.t.Fatal(err)
		}
		for name := range wrong {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(problem.Fields)), func(field string) bool { return strings.HasPrefix(field, name) }) {
				x.t.Errorf("%s: %s is wrong, but not in fields: %s", op.id, name, body)
			}
		}
	})
	each("required fields missing", func(op *operation) bool { return takesBody(op) && len(op.bodySchema().Required) > 0 }, func(x *fixture, op *operation) {
		response, body := x.send(op.method, x.path(op), `{}`)
		x.want(http.StatusUnprocessableEntity, response, body)
		var problem struct{ Fields map[string]string }
		if err := json.Unmarshal(body, &problem); err != nil {
			x.t.Fatal(err)
		}
		required := slices.Sorted(slices.Values(op.bodySchema().Required))
		if got := slices.Sorted(maps.Keys(problem.Fields)); !slices.Equal(got, required) {
			x.t.Errorf("%s: the fields %v are missing, but the document requires %v", op.id, got, required)
		}
	})

	run("conflict", nil, func(x *fixture) {
		_, body := x.send("GET", "/enrollments?status=completed&limit=1", "")
		var page struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(body, &page); err != nil || len(page.Data) != 1 {
			x.t.Fatalf("the sandbox has no completed enrollment: %s", body)
		}
		response, body := x.send("DELETE", "/enrollments/"+page.Data[0].ID, "")
		x.want(http.StatusConflict, response, body)

		response, body = x.send("DELETE", "/events/"+x.ids["events"], "")
		x.want(http.StatusOK, response, body)
		response, body = x.send("POST", "/events/"+x.ids["events"]+"/registrations", `{"email":"late@example.com"}`)
		x.want(http.StatusConflict, response, body)

		past := x.create("/events", `{"title":"Over","start_time":"2001-01-01T00:00:00Z","duration_minutes":1}`)
		response, body = x.send("POST", "/events/"+past+"/registrations", `{"email":"late@example.com"}`)
		x.want(http.StatusConflict, response, body)
	})

	noon := time.Date(2030, time.June, 3, 12, 0, 0, 0, time.UTC)
	for name, limits := range map[string]mockserver.RateLimits{"hour": {PerHour: 20}, "minute": {PerMinute: 20}} {
		each("rate limit of the "+name, all, func(x *fixture, op *operation) {
			for range 20 {
				response, _ := x.send("GET", "/account", "")
				if response.StatusCode == http.StatusTooManyRequests {
					break
				}
			}
			response, body := x.send(op.method, x.path(op), x.body(op))
			x.want(http.StatusTooManyRequests, response, body)
			if !strings.Contains(string(body), `"Rate limit exceeded`) || !strings.Contains(string(body), `"retry_after":`+response.Header.Get("Retry-After")) {
				x.t.Errorf("%s: Retry-After %s beside the body %s", op.id, response.Header.Get("Retry-After"), body)
			}
		}, mockserver.WithRateLimits(limits), mockserver.WithClock(noon))
	}
	for _, status := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable} {
		each(fmt.Sprintf("injected %d", status), all, func(x *fixture, op *operation) {
			x.srv.Inject(mockserver.Fault{Operation: mockserver.Operation(op.id), Status: status})
			response, body := x.send(op.method, x.path(op), x.body(op))
			x.want(status, response, body)
		})
	}

	for a := range want {
		if !seen[a] {
			t.Errorf("%v is in the document, but was never answered", a)
		}
	}
	for a := range seen {
		if !want[a] {
			t.Errorf("%v was answered, but is not in the document", a)
		}
	}
	t.Logf("%d operations, %d answers of %d in the document", len(d.operations), len(seen), len(want))
}

// allPermissions returns the permissions that the document's operations name.
func allPermissions(d *document) []string {
	names := map[string]bool{}
	for _, op := range d.operations {
		for _, name := range op.Security[0].Requirements.GetOrZero("apiKey") {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
