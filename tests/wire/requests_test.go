package wire_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func TestHeaders(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{ok}}
		client := server.client(t, selgora.WithUserAgent("my-crm/2.1"))
		err := createCourse(t.Context(), client, selgora.WithHeader("accept", "application/json"), selgora.WithHeader("X-Tab", "a\tb"), selgora.WithHeader("X-Name", "Zoë"))
		if err != nil {
			t.Fatal(err)
		}
		if err := getCourse(t.Context(), server.client(t)); err != nil {
			t.Fatal(err)
		}
		want := []http.Header{{
			"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer " + testKey}, "Connection": {"close"},
			"Content-Length": {"14"}, "Content-Type": {"application/json"}, "User-Agent": {"my-crm/2.1 selgora-go/" + selgora.Version},
			"X-Tab": {"a\tb"}, "X-Name": {"Zoë"},
		}, {
			"Accept": {"application/vnd.selgora.v1+json"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer " + testKey}, "Connection": {"close"},
			"User-Agent": {"selgora-go/" + selgora.Version},
		}}
		for i, r := range server.seen() {
			if diff := cmp.Diff(want[i], r.Header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		}
	})
}

// Each attempt sends the same whole request, on headers and a URL of its own.
func TestAttemptsSendTheSame(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{response(503, ""), reset(""), ok}}
		seen := 0
		mw := func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				seen++
				req.Header.Add("X-Mine", "added by a middleware")
				req.Header.Del("X-Yours")
				req.URL.RawQuery += "&mine"
				return next.RoundTrip(req)
			})
		}
		client := server.client(t, selgora.WithMiddleware(mw))
		err := client.Do(t.Context(), "PATCH", "/courses/a%2Fb?x=1", &selgora.CourseUpdateParams{Title: selgora.Set("Go")}, nil, selgora.WithHeader("X-Theirs", "1"))
		if err != nil {
			t.Fatal(err)
		}
		requests := server.seen()
		if len(requests) != 3 || seen != 3 {
			t.Fatalf("%d requests, %d through the middleware", len(requests), seen)
		}
		for i, r := range requests {
			if r.Method != "PATCH" || r.Path != "/v1/courses/a%2Fb?x=1&mine" || r.Body != `{"title":"Go"}` ||
				len(r.Header["X-Mine"]) != 1 || len(r.Header["X-Theirs"]) != 1 || len(r.Header["Authorization"]) != 1 ||
				r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/vnd.selgora.v1+json" {
				t.Errorf("attempt %d: %+v", i+1, r)
			}
		}
	})
}

// Cookies are the caller's jar's, once each, on retries too.
func TestCookieJar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		base, _ := url.Parse(wireBase)
		jar.SetCookies(base, []*http.Cookie{{Name: "old", Value: "1"}})
		server := &wire{script: []reply{response(503, "", "Set-Cookie: new=2"), response(503, ""), ok}}
		client := server.client(t, selgora.WithHTTPClient(&http.Client{Transport: server.transport(), Jar: jar}))
		if err := getCourse(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, r := range server.seen() {
			got = append(got, r.Header["Cookie"])
		}
		want := [][]string{{"old=1"}, {"new=2; old=1"}, {"new=2; old=1"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cookies (-want +got):\n%s", diff)
		}
	})
}

// Cookies of the call's own go beside the jar's, on retries and redirects too.
func TestCookieHeaderBesideJar(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse(wireBase)
	jar.SetCookies(base, []*http.Cookie{{Name: "jars", Value: "2"}})
	server := &wire{script: []reply{response(503, ""), response(302, "", "Location: /v1/courses/course_2"), ok}}
	client := server.client(t, selgora.WithHTTPClient(&http.Client{Transport: server.transport(), Jar: jar}))
	if err := getCourse(t.Context(), client, selgora.WithHeader("Cookie", "mine=1")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range server.seen() {
		got = append(got, strings.Join(r.Header["Cookie"], " | "))
	}
	if diff := cmp.Diff([]string{"mine=1; jars=2", "mine=1; jars=2", "mine=1; jars=2"}, got); diff != "" {
		t.Errorf("cookies (-want +got):\n%s", diff)
	}
}
