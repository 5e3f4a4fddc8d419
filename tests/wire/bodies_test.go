package wire_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func padded(size int) string {
	const head, tail = `{"id":"course_1","title":"`, `"}`
	return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
}

// chunked responds without a Content-Length.
func chunked(body string) reply {
	return raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
}

func zipped(body []byte) reply {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(body)
	w.Close()
	return response(200, buf.String(), "Content-Encoding: gzip")
}

func TestBodyCap(t *testing.T) {
	const limit = 5000
	huge := "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(math.MaxInt64) + "\r\n\r\n"
	for _, tt := range []struct {
		name  string
		reply reply
		limit int64
		fits  bool
	}{
		{"exact", response(200, padded(limit)), limit, true},
		{"over", response(200, padded(limit+1)), limit, false},
		{"exact, no length", chunked(padded(limit)), limit, true},
		{"over, no length", chunked(padded(limit + 1)), limit, false},
		{"far over, no length", chunked(padded(1 << 22)), limit, false},
		{"gzip, exact", zipped([]byte(padded(limit))), limit, true},
		{"gzip, over", zipped([]byte(padded(limit + 1))), limit, false},
		{"gzip bomb", zipped(bytes.Repeat([]byte(" "), 64<<20)), limit, false},
		{"length only announced", raw(huge), limit, false},
		{"1", response(200, "{}"), 1, false},
		{"no cap to speak of", response(200, padded(limit)), math.MaxInt64, true},
		{"no cap to speak of, no length", chunked(padded(3 << 20)), math.MaxInt64, true},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{tt.reply}}
			client := server.client(t, selgora.WithMaxResponseBytes(tt.limit))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := getCourse(t.Context(), client)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 32<<20 {
				t.Errorf("%d MiB were allocated", got>>20)
			}
			if tt.fits {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e := asError(t, err)
			if !errors.Is(err, selgora.ErrResponseTooLarge) || e.StatusCode != 200 || e.Attempts != 1 || len(server.seen()) != 1 {
				t.Errorf("error %v after %d requests", err, len(server.seen()))
			}
			if len(e.Body) > int(tt.limit) {
				t.Errorf("%d bytes of the body in the error", len(e.Body))
			}
		})
	}
}

// A length that is only announced costs nothing, whatever the cap.
func TestAnnouncedLengthIsNotBelieved(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{raw("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{}")}}
		client := server.client(t, selgora.WithMaxResponseBytes(1<<50), selgora.WithMaxRetries(0))
		if err := getCourse(t.Context(), client); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v", err)
		}
	})
}

// A busy server stays busy, however long it is about it.
func TestTooLargeErrorIsRetried(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{response(503, strings.Repeat("x", 3000)), ok}}
		if err := getCourse(t.Context(), server.client(t, selgora.WithMaxResponseBytes(2000))); err != nil {
			t.Error(err)
		}
		server = &wire{script: []reply{response(404, strings.Repeat("x", 3000))}}
		err := getCourse(t.Context(), server.client(t, selgora.WithMaxResponseBytes(2000)))
		if !errors.Is(err, selgora.ErrNotFound) || !errors.Is(err, selgora.ErrResponseTooLarge) {
			t.Errorf("error %v", err)
		}
	})
}

func TestErrorBodies(t *testing.T) {
	const html = "<html><h1>502 Bad Gateway</h1></html>"
	typed := func(status int, contentType, body string) reply {
		return raw("HTTP/1.1 " + strconv.Itoa(status) + " X\r\nContent-Type: " + contentType + "\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
	}
	for _, tt := range []struct {
		name    string
		reply   reply
		status  int
		message string
		fields  map[string]string
	}{
		{"string", response(404, `{"error":"no such course"}`), 404, "no such course", nil},
		{"fields", response(422, `{"error":"invalid","fields":{"title":"is blank","price":"is negative"}}`), 422, "invalid",
			map[string]string{"title": "is blank", "price": "is negative"}},
		{"fields of other types", response(422, `{"error":"invalid","fields":{"a":["x","y"],"b":3,"c":null}}`), 422, "invalid",
			map[string]string{"a": `["x","y"]`, "b": "3", "c": ""}},
		{"fields that are none", response(422, `{"error":"invalid","fields":["title"]}`), 422, "invalid", nil},
		{"object", response(400, `{"error":{"message":"bad page","code":"page_range"}}`), 400, "bad page (page_range)", nil},
		{"object with a message", response(400, `{"error":{"message":"bad page"}}`), 400, "bad page", nil},
		{"object with a code", response(400, `{"error":{"code":17}}`), 400, "17", nil},
		{"message at the top", response(400, `{"message":"bad page"}`), 400, "bad page", nil},
		{"number", response(400, `{"error":17}`), 400, "17", nil},
		{"null", response(400, `{"error":null}`), 400, "the body is a JSON object without a message", nil},
		{"no message", response(400, `{"status":"bad"}`), 400, "the body is a JSON object without a message", nil},
		{"JSON null", response(400, `null`), 400, "the body is JSON but not an object", nil},
		{"array", response(400, `["bad"]`), 400, "the body is JSON but not an object", nil},
		{"empty", response(400, ""), 400, "the body is empty", nil},
		{"blank", response(400, " \r\n"), 400, "the body is empty", nil},
		{"truncated JSON", response(400, `{"error":"x"`), 400, "the body is not valid JSON (12 bytes)", nil},
		{"truncated with a plan", response(400, `{"error":"x","fields":{"a":"b"}`), 400, "the body is not valid JSON (31 bytes)", nil},
		{"HTML", typed(501, "text/html; charset=utf-8", html), 501, "the body is text/html, not JSON (37 bytes)", nil},
		{"HTML of a proxy", typed(502, "text/html", html), 502, "the body is text/html, not JSON (37 bytes)", nil},
		{"a strange content type", typed(400, ";;;", html), 400, "the body is not valid JSON (37 bytes)", nil},
		{"JSON under another type", typed(400, "text/plain", `{"error":"still read"}`), 400, "still read", nil},
		{"body shorter than announced", raw("HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n{\"error\":\"gone\"}"), 404, "gone", nil},
		{"teapot", response(418, `{"error":"short and stout"}`), 418, "short and stout", nil},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: []reply{tt.reply}}
			var resp selgora.Response
			_, err := server.client(t, selgora.WithMaxRetries(0)).Courses.Get(t.Context(), "course_1", selgora.WithResponse(&resp))
			e := asError(t, err)
			if e.StatusCode != tt.status || e.Message != tt.message || e.Method != "GET" || e.Path != "/courses/course_1" {
				t.Errorf("error %+v, want %d %q", e, tt.status, tt.message)
			}
			if diff := cmp.Diff(tt.fields, e.Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if !bytes.Equal(resp.Body, e.Body) || resp.StatusCode != tt.status {
				t.Errorf("response %d %q, error's body %q", resp.StatusCode, resp.Body, e.Body)
			}
			var syntax *json.SyntaxError
			if errors.As(err, &syntax) {
				t.Errorf("%v is a JSON error", err)
			}
		})
	}
}

// A HEAD announces a body that does not come.
func TestHeadMayAnnounceMuch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(1<<40))
	}))
	defer server.Close()
	client := newClient(t, selgora.WithBaseURL(server.URL+"/v1"))
	var resp selgora.Response
	if err := client.Do(t.Context(), http.MethodHead, "/courses", nil, nil, selgora.WithResponse(&resp)); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || len(resp.Body) != 0 {
		t.Errorf("status %d and %d bytes", resp.StatusCode, len(resp.Body))
	}
}
