package wire_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// A middleware may write into the values of a request's header fields, in
// place. It changes that attempt, and no other: of the call, the client, or
// another client.
func TestHeaderValuesAreTheAttempts(t *testing.T) {
	var seen []http.Header
	spoil := selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			seen = append(seen, req.Header.Clone())
			for name := range maps.Keys(req.Header) {
				values := req.Header[name]
				for i := range values {
					values[i] = "spoiled"
				}
				_ = append(values, "spoiled too") // into memory beyond, if there is any
				values = slices.Grow(values, 1)
				req.Header[name] = append(values, "more")
			}
			req.Header["X-More"] = []string{"spoiled"}
			return next.RoundTrip(req)
		})
	})
	attempts := 0
	server := inProcess(func(req *http.Request) (*http.Response, error) {
		switch attempts++; {
		case req.Method == http.MethodGet && attempts%3 == 1:
			return respond(req, 302, "", "Location: /v1/courses/course_1"), nil
		case attempts%3 != 0:
			return respond(req, 503, ""), nil
		}
		return respond(req, 200, courseJSON), nil
	})
	options := []selgora.RequestOption{selgora.WithHeader("X-Mine", "kept"), selgora.WithRetryUnsafe()}
	for range 2 {
		client := newClient(t, spoil, server, selgora.WithRetryWait(0, 0), selgora.WithUserAgent("my-crm/2.1"))
		for range 2 {
			if err := getCourse(t.Context(), client, options...); err != nil {
				t.Fatal(err)
			}
			if err := createCourse(t.Context(), client, options...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(seen) != 24 {
		t.Fatalf("%d attempts, want 24", len(seen))
	}
	want := http.Header{
		"Accept": {"application/vnd.selgora.v1+json"}, "Authorization": {"Bearer " + testKey},
		"User-Agent": {"my-crm/2.1 selgora-go/" + selgora.Version}, "X-Mine": {"kept"},
	}
	post := want.Clone()
	post.Set("Content-Type", "application/json")
	for i, got := range seen {
		got.Del("Referer") // of a redirect
		want := want
		if i%6 >= 3 {
			want = post
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attempt %d: %s", i+1, diff)
		}
	}
}
