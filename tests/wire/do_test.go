package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

func TestDoPaths(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"/courses", "/v1/courses"},
		{"courses", "/v1/courses"},
		{"", "/v1/"},
		{"/courses?limit=1&page=2", "/v1/courses?limit=1&page=2"},
		{"courses?limit=1", "/v1/courses?limit=1"},
		{"?limit=1", "/v1/?limit=1"},
		{"/courses/a%2Fb/x", "/v1/courses/a%2Fb/x"},
		{"/courses/a b", "/v1/courses/a%20b"},
		{"/courses/ü", "/v1/courses/%C3%BC"},
		{"/courses/a:b", "/v1/courses/a:b"},
		{"/courses?tag=a%20b+c", "/v1/courses?tag=a%20b+c"},
		{"/courses/...", "/v1/courses/..."},
		{"/courses/", "/v1/courses/"},
		{"/courses#", "/v1/courses"},
	} {
		rec := new(recorder)
		if err := rec.client(t, "/v1").Do(t.Context(), "GET", tt.path, nil, nil); err != nil || rec.line != "GET "+tt.want {
			t.Errorf("%q arrived as %q (%v), want %q", tt.path, rec.line, err, tt.want)
		}
	}
	for _, path := range []string{
		"https://evil.example.com/", "//evil.example.com/x", "http:courses", "mailto:a@example.com", "//me@127.0.0.1:1/", "/x#frag", "/\x00", "/a\nb", "/%zz",
		"/..", "/../x", "/a/../b", "/a/.", "/%2e%2e/x", "/a/%2E/b", "..", "/x?a=b c", "/x?ü", "/x?a=\"\u2028\"", "courses:batch", ":",
	} {
		checkParamError(t, "path", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "GET", path, nil, nil) })
	}
}

func TestDoMethods(t *testing.T) {
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE"} {
		rec := new(recorder)
		if err := rec.client(t, "/v1").Do(t.Context(), method, "/x", nil, nil); err != nil || rec.line != method+" /v1/x" {
			t.Errorf("%s arrived as %q (%v)", method, rec.line, err)
		}
	}
	for _, method := range []string{"", "get", "Post", "GE T", "GET\r\n", "GÉT", "G(T"} {
		checkParamError(t, "method", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, method, "/x", nil, nil) })
	}
}

func TestDoBodies(t *testing.T) {
	rec := new(recorder)
	client := rec.client(t, "/v1")
	var nothing *struct{}
	for _, tt := range []struct {
		body any
		want string
	}{
		{nil, ""},
		{nothing, "null"},
		{map[string]any{"b": "<&>", "a": 1}, `{"a":1,"b":"<&>"}`},
		{json.RawMessage("{ \"big\" : 12345678901234567890,\n\"a\":\"\u2028\\u003c\" }"), "{ \"big\" : 12345678901234567890,\n\"a\":\"\u2028\\u003c\" }"},
		{[]int{}, "[]"},
		{"text", `"text"`},
		{struct {
			A selgora.Opt[int] `json:"a,omitzero"`
			B selgora.Opt[int] `json:"b,omitzero"`
		}{B: selgora.Set(0)}, `{"b":0}`},
	} {
		if err := client.Do(t.Context(), "POST", "/x", tt.body, nil); err != nil || rec.body != tt.want {
			t.Errorf("%#v was sent as %q (%v), want %q", tt.body, rec.body, err, tt.want)
		}
	}
	for _, body := range []any{make(chan int), func() {}, map[string]any{"x": make(chan int)}, json.RawMessage("{"), json.RawMessage(nil), failingJSON{},
		[]byte("{}"), strings.NewReader("{}"), new(bytes.Buffer)} {
		checkParamError(t, "body", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "POST", "/x", body, nil) })
	}
}

type failingJSON struct{}

func (failingJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("not today") }

func TestDoResponses(t *testing.T) {
	decode := func(status int, body string, out any) error {
		client := newClient(t, selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, status, body), nil }))
		return client.Do(t.Context(), "GET", "/x", nil, out)
	}
	var list []int
	if err := decode(200, "[1,2]", &list); err != nil || fmt.Sprint(list) != "[1 2]" {
		t.Errorf("%v, %v", list, err)
	}
	var raw json.RawMessage
	if err := decode(201, ` {"data":{"id":1}} `, &raw); err != nil || strings.TrimSpace(string(raw)) != `{"data":{"id":1}}` {
		t.Errorf("%s, %v", raw, err)
	}
	var data struct{ Data struct{ ID int } }
	if err := decode(200, `{"data":{"id":1}}`, &data); err != nil || data.Data.ID != 1 {
		t.Errorf("the caller's own type is not unwrapped: %+v, %v", data, err)
	}
	for _, body := range []string{"", "<html>", "[1]", "null"} {
		if err := decode(200, body, nil); err != nil {
			t.Errorf("%q without a place for it: %v", body, err)
		}
	}
	for _, body := range []string{"", "<html>", `{"a":`, `"x"`} {
		if err := decode(200, body, &list); err == nil || asError(t, err).StatusCode != 200 {
			t.Errorf("%q into a slice: %v", body, err)
		}
	}
	for _, out := range []any{7, "", struct{}{}, list, map[string]any{}, (*int)(nil)} {
		checkParamError(t, "out", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "POST", "/x", nil, out) })
	}
	if err := decode(404, "", &list); !errors.Is(err, selgora.ErrNotFound) {
		t.Error(err)
	}
}

// Do counts a POST as not repeatable, all else as repeatable.
func TestDoRetries(t *testing.T) {
	for method, want := range map[string]int{"GET": 3, "PUT": 3, "PATCH": 3, "DELETE": 3, "POST": 1} {
		n := 0
		client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) { n++; return respond(req, 503, ""), nil }))
		if e := asError(t, client.Do(t.Context(), method, "/x", nil, nil)); n != want || e.Attempts != want {
			t.Errorf("%s: %d attempts, want %d", method, n, want)
		}
	}
}
