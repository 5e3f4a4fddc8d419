package selgora_test

import (
	"bytes"
	"compress/gzip"
	"context"
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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

func padded(size int) string {
	const head, tail = `{"id":"course_1","title":"`, `"}`
	return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
}

// chunked answers without a Content-Length.
func chunked(body string) reply {
	return raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
}

func zipped(body []byte) reply {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(body)
	w.Close()
	return answer(200, buf.String(), "Content-Encoding: gzip")
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
		{"exact", answer(200, padded(limit)), limit, true},
		{"over", answer(200, padded(limit+1)), limit, false},
		{"exact, no length", chunked(padded(limit)), limit, true},
		{"over, no length", chunked(padded(limit + 1)), limit, false},
		{"far over, no length", chunked(padded(1 << 22)), limit, false},
		{"gzip, exact", zipped([]byte(padded(limit))), limit, true},
		{"gzip, over", zipped([]byte(padded(limit + 1))), limit, false},
		{"gzip bomb", zipped(bytes.Repeat([]byte(" "), 64<<20)), limit, false},
		{"length only announced", raw(huge), limit, false},
		{"1", answer(200, "{}"), 1, false},
		{"no cap to speak of", answer(200, padded(limit)), math.MaxInt64, true},
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
		server := &wire{script: []reply{answer(503, strings.Repeat("x", 3000)), ok}}
		if err := getCourse(t.Context(), server.client(t, selgora.WithMaxResponseBytes(2000))); err != nil {
			t.Error(err)
		}
		server = &wire{script: []reply{answer(404, strings.Repeat("x", 3000))}}
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
		{"string", answer(404, `{"error":"no such course"}`), 404, "no such course", nil},
		{"fields", answer(422, `{"error":"invalid","fields":{"title":"is blank","price":"is negative"}}`), 422, "invalid",
			map[string]string{"title": "is blank", "price": "is negative"}},
		{"fields of other types", answer(422, `{"error":"invalid","fields":{"a":["x","y"],"b":3,"c":null}}`), 422, "invalid",
			map[string]string{"a": `["x","y"]`, "b": "3", "c": ""}},
		{"fields that are none", answer(422, `{"error":"invalid","fields":["title"]}`), 422, "invalid", nil},
		{"object", answer(400, `{"error":{"message":"bad page","code":"page_range"}}`), 400, "bad page (page_range)", nil},
		{"object with a message", answer(400, `{"error":{"message":"bad page"}}`), 400, "bad page", nil},
		{"object with a code", answer(400, `{"error":{"code":17}}`), 400, "17", nil},
		{"message at the top", answer(400, `{"message":"bad page"}`), 400, "bad page", nil},
		{"number", answer(400, `{"error":17}`), 400, "17", nil},
		{"null", answer(400, `{"error":null}`), 400, "the body is a JSON object without a message", nil},
		{"no message", answer(400, `{"status":"bad"}`), 400, "the body is a JSON object without a message", nil},
		{"JSON null", answer(400, `null`), 400, "the body is JSON but not an object", nil},
		{"array", answer(400, `["bad"]`), 400, "the body is JSON but not an object", nil},
		{"empty", answer(400, ""), 400, "the body is empty", nil},
		{"blank", answer(400, " \r\n"), 400, "the body is empty", nil},
		{"truncated JSON", answer(400, `{"error":"x"`), 400, "the body is not valid JSON (12 bytes)", nil},
		{"truncated with a plan", answer(400, `{"error":"x","fields":{"a":"b"}`), 400, "the body is not valid JSON (31 bytes)", nil},
		{"HTML", typed(501, "text/html; charset=utf-8", html), 501, "the body is text/html, not JSON (37 bytes)", nil},
		{"HTML of a proxy", typed(502, "text/html", html), 502, "the body is text/html, not JSON (37 bytes)", nil},
		{"a strange content type", typed(400, ";;;", html), 400, "the body is not valid JSON (37 bytes)", nil},
		{"JSON under another type", typed(400, "text/plain", `{"error":"still read"}`), 400, "still read", nil},
		{"body shorter than announced", raw("HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n{\"error\":\"gone\"}"), 404, "gone", nil},
		{"teapot", answer(418, `{"error":"short and stout"}`), 418, "short and stout", nil},
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

func TestErrorText(t *testing.T) {
	e := &selgora.Error{
		StatusCode: 422, Method: "POST", Path: "/courses", Message: "invalid", RequestID: "req_1", Attempts: 2,
		Fields: map[string]string{"title": "is blank", "price": "is negative"},
	}
	const want = "selgora: POST /courses: 422 Unprocessable Entity: invalid (price: is negative; title: is blank) [request req_1] after 2 attempts"
	if e.Error() != want {
		t.Errorf("got %q, want %q", e.Error(), want)
	}
	if got := (&selgora.Error{StatusCode: 599, Method: "GET", Path: "/x"}).Error(); got != "selgora: GET /x: 599" {
		t.Errorf("got %q", got)
	}
}

func TestSentinels(t *testing.T) {
	sentinels := map[error][]int{
		selgora.ErrBadRequest: {400}, selgora.ErrUnauthorized: {401}, selgora.ErrForbidden: {403}, selgora.ErrNotFound: {404},
		selgora.ErrConflict: {409}, selgora.ErrValidation: {422}, selgora.ErrRateLimited: {429}, selgora.ErrServer: {500, 501, 503, 599},
		selgora.ErrNotSent: nil, selgora.ErrResponseTooLarge: nil,
	}
	for status := 100; status < 700; status++ {
		err := error(&selgora.Error{StatusCode: status})
		for sentinel, of := range sentinels {
			want := false
			for _, s := range of {
				want = want || s == status || (sentinel == selgora.ErrServer && status >= 500 && status <= 599)
			}
			if errors.Is(err, sentinel) != want {
				t.Errorf("%d is %v: %v", status, sentinel, !want)
			}
		}
	}
}

func TestUnusableSuccess(t *testing.T) {
	for name, tt := range map[string]struct{ body, says string }{
		"empty":         {"", "empty"},
		"null":          {"null", "JSON but not an object"},
		"array":         {"[]", "JSON but not an object"},
		"string":        {`"fine"`, "JSON but not an object"},
		"HTML":          {"<html>log in</html>", "not valid JSON"},
		"truncated":     {`{"id":"course_1"`, "not valid JSON"},
		"two values":    {`{"id":"course_1"}{}`, "not valid JSON"},
		"wrong type":    {`{"id":7}`, "number"},
		"wrong time":    {`{"created_at":"yesterday"}`, "yesterday"},
		"wrong price":   {`{"price":"dear"}`, "dear"},
		"data is null":  {`{"data": null}`, "an envelope with null as its data"},
		"data no JSON":  {`{"data":{"id":"course_1"}`, "not valid JSON"},
		"data is wrong": {`{"data":{"id":7}}`, "number"},
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{answer(200, tt.body)}}
			course, err := server.client(t).Courses.Get(t.Context(), "course_1")
			e := asError(t, err)
			if course != nil || e.StatusCode != 200 || !strings.Contains(e.Message, "the answer cannot be used") || !strings.Contains(err.Error(), tt.says) || string(e.Body) != tt.body {
				t.Errorf("%+v, %v", course, err)
			}
			if errors.Unwrap(err) == nil || len(server.seen()) != 1 {
				t.Errorf("cause %v, %d requests", errors.Unwrap(err), len(server.seen()))
			}
		})
	}
	bubble(t, "list", func(t *testing.T) {
		server := &wire{script: []reply{answer(200, `[{"id":"course_1"}]`)}}
		if page, err := server.client(t).Courses.List(t.Context(), nil); page != nil || asError(t, err).StatusCode != 200 {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestObjectShapes(t *testing.T) {
	for name, body := range map[string]string{
		"bare":            `{"id":"con_1","email":"a@example.com"}`,
		"under data":      `{"data":{"id":"con_1","email":"a@example.com"}}`,
		"unknown fields":  `{"id":"con_1","email":"a@example.com","new":{"data":{"id":"x"}}}`,
		"blanks":          "\r\n\t {\"id\":\"con_1\",\"email\":\"a@example.com\"} \n",
		"nulls":           `{"id":"con_1","email":"a@example.com","first_name":null,"tags":null,"last_activity":null,"lifetime_value":null,"custom_fields":null}`,
		"names in a case": `{"ID":"con_1","Email":"a@example.com"}`,
		"data with meta":  `{"meta":{},"data":{"id":"con_1","email":"a@example.com"}}`,
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{answer(200, body)}}
			contact, err := server.client(t).Contacts.Get(t.Context(), "con_1")
			if err != nil || contact.ID != "con_1" || contact.Email != "a@example.com" || contact.FirstName != "" || !contact.LastActivity.IsZero() {
				t.Errorf("%+v, %v", contact, err)
			}
		})
	}
}

// Custom fields come back to the byte, even those named like a wrapper.
func TestCustomFieldsAreKept(t *testing.T) {
	fields := map[string]json.RawMessage{
		"data": json.RawMessage(`{"id":"not the contact"}`), "big": json.RawMessage(`12345678901234567890123`), "float": json.RawMessage(`1.0`),
		"html": json.RawMessage(`"<a href='x'>&</a>"`), "sep": json.RawMessage("\"\u2028\u2029\""), "escaped": json.RawMessage(`"\u003c\ud83d\ude00\u2028"`),
		"null": json.RawMessage(`null`), "nested": json.RawMessage(`{"b":[1e400,-0,{"a":1,"a":2}],"a":{}}`), "half": json.RawMessage(`"\ud800"`),
	}
	bubble(t, "", func(t *testing.T) {
		echo := roundTripper(func(req *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			return respond(req, 200, string(body)), nil
		})
		client := newClient(t, inProcess(echo))
		contact, err := client.Contacts.Upsert(t.Context(), &selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: fields})
		if err != nil {
			t.Fatal(err)
		}
		if contact.Email != "a@example.com" {
			t.Errorf("contact %+v", contact)
		}
		if diff := cmp.Diff(fields, contact.CustomFields); diff != "" {
			t.Errorf("custom fields (-sent +got):\n%s", diff)
		}
	})
}

func TestDeleteAnswers(t *testing.T) {
	for _, r := range []reply{raw("HTTP/1.1 204 No Content\r\n\r\n"), answer(200, ""), answer(200, `{"id":"x","deleted":true}`), answer(202, "accepted")} {
		bubble(t, "", func(t *testing.T) {
			if err := (&wire{script: []reply{r}}).client(t).Courses.Delete(t.Context(), "course_1"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Transports of callers return what they like.
func TestStrangeTransports(t *testing.T) {
	boom := errors.New("boom")
	closed := 0
	for name, tt := range map[string]struct {
		rt     roundTripper
		status int
	}{
		"nothing":  {func(*http.Request) (*http.Response, error) { return nil, nil }, 0},
		"both":     {func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), boom }, 0},
		"no body":  {func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 404}, nil }, 404},
		"status 0": {func(*http.Request) (*http.Response, error) { return &http.Response{}, nil }, 0},
		"a body that ends in an error": {func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 200, "")
			resp.ContentLength, resp.Body = -1, &failingBody{data: `{"id":`, err: boom, closed: &closed}
			return resp, nil
		}, 0},
		"a body with data and EOF": {func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 404, "")
			resp.ContentLength, resp.Body = -1, &failingBody{data: `{"error":"gone"}`, err: io.EOF, closed: &closed}
			return resp, nil
		}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			closed = 0
			client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(tt.rt))
			var resp selgora.Response
			err := getCourse(t.Context(), client, selgora.WithResponse(&resp))
			var e *selgora.Error
			if err == nil || errors.As(err, &e) != (tt.status != 0 || name == "status 0") || resp.StatusCode != tt.status {
				t.Errorf("error %v, response %+v", err, resp)
			}
			if strings.HasPrefix(name, "a body") && closed != resp.Attempts {
				t.Errorf("%d of %d bodies were closed", closed, resp.Attempts)
			}
		})
	}
}

type failingBody struct {
	data   string
	err    error
	closed *int
}

func (b *failingBody) Read(p []byte) (int, error) {
	n := copy(p, b.data)
	b.data = b.data[n:]
	if b.data == "" {
		return n, b.err
	}
	return n, nil
}

func (b *failingBody) Close() error { *b.closed++; return nil }

// A panic of a transport goes through, and takes nothing with it.
func TestPanicFreesTheSlot(t *testing.T) {
	calls := 0
	client := newClient(t, selgora.WithRateLimit(selgora.RateLimit{Concurrent: 1}), inProcess(func(req *http.Request) (*http.Response, error) {
		if calls++; calls == 1 {
			panic("mine")
		}
		return respond(req, 200, courseJSON), nil
	}))
	func() {
		defer func() {
			if recover() != "mine" {
				t.Error("the panic was swallowed")
			}
		}()
		getCourse(t.Context(), client)
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := getCourse(ctx, client); err != nil {
		t.Error(err)
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

// An answer without a body has not that of the attempt before.
func TestNilBodyAfterAnother(t *testing.T) {
	attempts := 0
	client := newClient(t, selgora.WithoutRateLimit(), selgora.WithRetryWait(time.Nanosecond, time.Nanosecond),
		inProcess(func(req *http.Request) (*http.Response, error) {
			if attempts++; attempts == 1 {
				return respond(req, 503, courseJSON), nil
			}
			resp := respond(req, 200, "")
			resp.Body, resp.ContentLength = nil, 0
			return resp, nil
		}))
	course, err := client.Courses.Get(t.Context(), "course_1")
	if err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("course %+v and error %v after %d attempts", course, err, attempts)
	}
}
