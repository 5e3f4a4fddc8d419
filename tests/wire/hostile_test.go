package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// endless writes a head, and then the same piece until the client goes.
func endless(head, piece string) reply {
	return func(conn net.Conn, _ *http.Request) {
		io.WriteString(conn, head)
		for {
			if _, err := io.WriteString(conn, piece); err != nil {
				return
			}
		}
	}
}

// drip writes a head at once and the rest in single bytes, far apart.
func drip(head, rest string) reply {
	return func(conn net.Conn, _ *http.Request) {
		io.WriteString(conn, head)
		for i := range len(rest) {
			time.Sleep(7 * time.Second)
			if _, err := conn.Write([]byte{rest[i]}); err != nil {
				return
			}
		}
	}
}

// zippedError is a compressed response of a status.
func zippedError(status int, body []byte) reply {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body)
	w.Close()
	return response(status, b.String(), "Content-Encoding: gzip")
}

// json200 is a response of JSON.
func json200(body string, header ...string) reply { return response(http.StatusOK, body, header...) }

const (
	mib          = 1 << 20
	hostileCap   = mib // of the client's responses
	hostileAlloc = mib // what a row may allocate unless it says otherwise
)

func listCourses(ctx context.Context, c *selgora.Client, _ ...selgora.RequestOption) error {
	_, err := c.Courses.List(ctx, nil)
	return err
}

func deleteCourse(ctx context.Context, c *selgora.Client, _ ...selgora.RequestOption) error {
	return c.Courses.Delete(ctx, "course_1")
}

// hostileServer is a server that means harm or is broken, and what the user of the client sees of it.
type hostileServer struct {
	name     string
	reply    reply
	call     func(context.Context, *selgora.Client, ...selgora.RequestOption) error // nil for reading a course
	want     string                                                                 // in the error; "" for none
	status   int                                                                    // of the *Error; 0 for another error
	is       error
	attempts int  // 0 for 1
	alloc    int  // bytes; 0 for hostileAlloc
	tcp      bool // over TCP with the client's own transport, and not in virtual time
}

func hostileServers() []hostileServer {
	tooLarge := fmt.Sprintf("response too large: more than %d bytes", hostileCap)
	deep := strings.Repeat("[", 500_000)
	return []hostileServer{
		// Too much.
		{name: "endless body", reply: endless("HTTP/1.1 200 OK\r\n\r\n{", strings.Repeat(" ", 32<<10)),
			want: tooLarge, status: 200, is: selgora.ErrResponseTooLarge, alloc: 12 * mib},
		{name: "endless chunks", reply: endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4000\r\n"+strings.Repeat("[", 0x4000)+"\r\n"),
			want: tooLarge, status: 200, is: selgora.ErrResponseTooLarge, alloc: 12 * mib},
		{name: "endless body of an error", reply: endless("HTTP/1.1 503 No\r\n\r\n", strings.Repeat("no ", 10<<10)),
			want: tooLarge, status: 503, is: selgora.ErrResponseTooLarge, attempts: 3, alloc: 24 * mib},
		{name: "endless body after a POST", call: createCourse, reply: endless("HTTP/1.1 201 Created\r\n\r\n{", strings.Repeat(" ", 32<<10)),
			want: tooLarge, status: 201, is: selgora.ErrResponseTooLarge, alloc: 12 * mib},
		{name: "announced terabyte", reply: raw("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{}"),
			want: tooLarge, status: 200, is: selgora.ErrResponseTooLarge},
		{name: "gzip bomb", reply: zipped(make([]byte, 16*mib)),
			want: tooLarge, status: 200, is: selgora.ErrResponseTooLarge, alloc: 12 * mib},
		{name: "gzip bomb of an error", reply: zippedError(500, make([]byte, 16*mib)),
			want: tooLarge, status: 500, is: selgora.ErrServer, attempts: 3, alloc: 24 * mib},
		{name: "endless headers", reply: endless("HTTP/1.1 200 OK\r\n", "X-More: "+strings.Repeat("a", 1000)+"\r\n"),
			tcp: true, want: "server response headers exceeded 262144 bytes", attempts: 3, alloc: 24 * mib},
		{name: "endless header", reply: endless("HTTP/1.1 200 OK\r\nX-More: ", strings.Repeat("a", 1000)),
			tcp: true, want: "server response headers exceeded 262144 bytes", attempts: 3, alloc: 24 * mib},
		{name: "endless hints", reply: endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
			tcp: true, want: "server response headers exceeded 262144 bytes", attempts: 3, alloc: 24 * mib},

		// Too slow.
		{name: "slow-loris head", reply: drip("", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
			want: "no complete response within the attempt timeout of 30s after 3 attempts", is: os.ErrDeadlineExceeded, attempts: 3},
		{name: "slow-loris body", reply: drip("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n", courseJSON),
			want: "200 OK: the response did not come whole: no complete response within the attempt timeout of 30s after 3 attempts", status: 200, is: os.ErrDeadlineExceeded, attempts: 3},
		{name: "slow-loris after a POST", call: createCourse, reply: drip("HTTP/1.1 201 Created\r\nContent-Length: 30\r\n\r\n", courseJSON),
			want: "POST /courses: 201 Created: the response did not come whole: no complete response within the attempt timeout of 30s; the call was carried out", status: 201, is: os.ErrDeadlineExceeded},

		// Elsewhere.
		{name: "redirect loop", reply: response(302, "", "Location: /v1/courses/course_1"), want: "302 Found: redirect not followed", status: 302, attempts: 10},
		{name: "redirect to another host", reply: response(301, "", "Location: http://evil.example/v1/courses/course_1"), want: "301 Moved Permanently: redirect not followed", status: 301},
		{name: "redirect to another port", reply: response(308, "", "Location: http://127.0.0.1:2/v1/courses/course_1"), want: "308 Permanent Redirect: redirect not followed", status: 308},
		{name: "redirect to another scheme", reply: response(302, "", "Location: https://127.0.0.1:1/v1/courses/course_1"), want: "redirect not followed", status: 302},
		{name: "redirect to no URL", reply: response(302, "", "Location: http://[::1"), want: "302 Found: redirect not followed: failed to parse Location header", status: 302},

		// Something else.
		{name: "wrong content type", reply: raw("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + courseJSON)},
		{name: "HTML", reply: raw("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>log in</html>"),
			want: "200 OK: the response cannot be used: the body is text/html, not JSON (19 bytes)", status: 200},
		{name: "HTML of a proxy", call: createCourse, reply: raw("HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\n\r\n<html>"),
			want: "502 Bad Gateway: the body is text/html, not JSON (6 bytes)", status: 502, is: selgora.ErrServer},
		{name: "an object where a list is due", call: listCourses, reply: json200(`{"data":{},"meta":{}}`), want: "the response cannot be used", status: 200},
		{name: "no HTTP", reply: raw("SSH-2.0-OpenSSH_9.9\r\n\r\n"), want: "malformed HTTP", attempts: 3},
		{name: "no status", reply: raw("HTTP/1.1 abc OK\r\n\r\n"), want: "malformed HTTP status code", attempts: 3},
		{name: "a status of its own", reply: raw("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), want: "/courses/course_1: 999: the body is empty", status: 999},
		{name: "two lengths", reply: raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), want: "Content-Length", attempts: 3},
		{name: "negative length", reply: raw("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"), want: "Content-Length", attempts: 3},
		{name: "no chunks", reply: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), want: "invalid byte in chunk length", status: 200, attempts: 3},
		{name: "gzip that is none", reply: json200(courseJSON, "Content-Encoding: gzip"), want: "gzip: invalid header", status: 200, attempts: 3},

		// Values.
		{name: "deep nesting", reply: json200(`{"id":` + deep), want: "the body is not valid JSON", status: 200, alloc: 8 * mib},
		{name: "deep nesting that closes", reply: json200(`{"x":` + deep[:100_000] + strings.Repeat("]", 100_000) + `}`), want: "the response cannot be used", status: 200, alloc: 8 * mib},
		{name: "deep nesting in an error", call: createCourse, reply: response(500, `{"error":`+deep), want: "500 Internal Server Error: the body is not valid JSON", status: 500, alloc: 8 * mib},
		{name: "deep nesting in fields", call: createCourse, reply: response(422, `{"fields":{"title":`+deep[:9000]+strings.Repeat("]", 9000)+`}}`), want: "422 Unprocessable Entity", status: 422, is: selgora.ErrValidation, alloc: 8 * mib},
		{name: "invalid UTF-8", reply: json200("{\"id\":\"course_1\",\"title\":\"a\xff\xfeb\"}")},
		{name: "invalid UTF-8 in an error", reply: response(404, "{\"error\":\"a\xff\xfeb\"}"), want: "404 Not Found: a\uFFFD\uFFFDb", status: 404, is: selgora.ErrNotFound},
		{name: "half a surrogate", reply: json200(`{"id":"course_1","title":"\ud800"}`)},
		{name: "a count out of range", reply: json200(`{"id":"course_1","enrolled_count":1e30}`), want: "the response cannot be used: json: cannot unmarshal", status: 200},
		{name: "a price out of range", reply: json200(`{"id":"course_1","price":1e999999999}`), want: "the response cannot be used", status: 200},
		{name: "a price of a million digits", reply: json200(`{"id":"course_1","price":` + strings.Repeat("9", 1_000_000) + `}`), want: "the response cannot be used", status: 200, alloc: 8 * mib},
		{name: "a time that is none", reply: json200(`{"id":"course_1","created_at":"99999-99-99"}`), want: "the response cannot be used", status: 200},
		{name: "another type", reply: json200(`{"id":{"a":1}}`), want: "the response cannot be used", status: 200},
		{name: "meta out of range", call: listCourses, reply: json200(`{"data":[],"meta":{"total_pages":1e400}}`), want: "the response cannot be used", status: 200},
		{name: "meta of another type", call: listCourses, reply: json200(`{"data":[],"meta":"none"}`), want: "the response cannot be used", status: 200},
		{name: "an endless message", call: createCourse, reply: response(400, `{"error":"`+strings.Repeat("no ", 300_000)+`"}`), want: "400 Bad Request: no no", status: 400, alloc: 12 * mib},
		{name: "a million fields", call: createCourse, reply: response(422, `{"fields":{`+strings.Repeat(`"a":"b",`, 100_000)+`"a":"c"}}`), want: "(a: c)", status: 422, alloc: 60 * mib},

		// Waits.
		{name: "Retry-After for ever", reply: response(503, "", "Retry-After: 99999999999999999999"), want: "503 Service Unavailable", status: 503},
		{name: "Retry-After in another era", reply: response(429, "", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"), want: "429 Too Many Requests", status: 429, is: selgora.ErrRateLimited},
		{name: "Retry-After below zero", reply: response(503, "", "Retry-After: -99"), want: "after 3 attempts", status: 503, attempts: 3},
		{name: "Retry-After of rubbish", reply: response(503, "", "Retry-After: "+strings.Repeat("9e", 10000)), want: "after 3 attempts", status: 503, attempts: 3},

		// Not there.
		{name: "gone before a word", reply: raw(""), want: "GET /courses/course_1: EOF after 3 attempts", is: io.EOF, attempts: 3},
		{name: "gone in the body", reply: raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + courseJSON), want: "unexpected EOF after 3 attempts", status: 200, is: io.ErrUnexpectedEOF, attempts: 3},
		{name: "gone in a delete's body", call: deleteCourse, reply: raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), want: "unexpected EOF after 3 attempts; the call was carried out", status: 200, is: io.ErrUnexpectedEOF, attempts: 3},
	}
}

// TestHostileServers meets every server of the table. With -v it prints the
// table with what each call allocated on both sides of the connection.
func TestHostileServers(t *testing.T) {
	for _, h := range hostileServers() {
		if h.tcp {
			t.Run(h.name, h.overTCP)
			continue
		}
		bubble(t, h.name, h.inBubble)
	}
}

func (h hostileServer) inBubble(t *testing.T) {
	server := &wire{script: []reply{h.reply}}
	transport := server.transport()
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if "http://"+addr+"/v1" != wireBase {
			t.Errorf("a request went to %s", addr) // which the key would be shown to
		}
		return server.dial(ctx, network, addr)
	}
	h.meet(t, server, server.client(t, selgora.WithMaxResponseBytes(hostileCap),
		selgora.WithHTTPClient(&http.Client{Transport: transport})))
	time.Sleep(time.Minute) // lets the server see that the client is gone
}

func (h hostileServer) overTCP(t *testing.T) {
	server := &wire{script: []reply{h.reply}}
	client := newClient(t, selgora.WithBaseURL("http://"+listenTCP(t, server, false)+"/v1"),
		selgora.WithMaxResponseBytes(hostileCap), selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0))
	defer client.CloseIdleConnections()
	h.meet(t, server, client)
}

func (h hostileServer) meet(t *testing.T, server *wire, client *selgora.Client) {
	call := h.call
	if call == nil {
		call = getCourse
	}
	var err error
	allocated := allocatedBy(func() { err = call(t.Context(), client) })
	h.check(t, err)
	if got, want := len(server.seen()), max(h.attempts, 1); got != want {
		t.Errorf("the server got %d requests, want %d", got, want)
	}
	if limit := max(h.alloc, hostileAlloc); allocated > limit {
		t.Errorf("%d bytes were allocated, want at most %d", allocated, limit)
	}
	t.Logf("| %s | %.300v | %d KiB |", h.name, err, allocated>>10)
}

// allocatedBy returns how many bytes f allocates, freed ones included.
func allocatedBy(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

func (h hostileServer) check(t *testing.T, err error) {
	t.Helper()
	if h.want == "" {
		if err != nil {
			t.Errorf("error %v", err)
		}
		return
	}
	if err == nil {
		t.Fatal("no error")
	}
	for _, shown := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		if strings.Contains(shown, testKey) {
			t.Errorf("the key is in the error: %s", shown)
		}
	}
	if text := err.Error(); !strings.Contains(text, h.want) || !strings.HasPrefix(text, "selgora: ") {
		t.Errorf("error %.300q, want one with %q", text, h.want)
	}
	if len(err.Error()) > 8<<10 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
	if h.is != nil && !errors.Is(err, h.is) {
		t.Errorf("error %v does not match %v", err, h.is)
	}
	var e *selgora.Error
	if errors.As(err, &e); h.status != 0 && (e == nil || e.StatusCode != h.status) {
		t.Errorf("error %.300v has not the status %d", err, h.status)
	} else if h.status == 0 && e != nil {
		t.Errorf("error %.300v is a response", err)
	}
}

// pages serves lists in-process; page makes the page of a request's number, from 1.
func pages(t *testing.T, page func(n int) string) (client *selgora.Client, requests *int) {
	requests = new(int)
	return newClient(t, selgora.WithoutRateLimit(), inProcess(func(req *http.Request) (*http.Response, error) {
		*requests++
		return respond(req, 200, page(*requests)), nil
	})), requests
}

// TestHostileLists iterates over lists that do not mean to end.
func TestHostileLists(t *testing.T) {
	const enough = 500 // what the user takes before leaving
	for _, tt := range []struct {
		name            string
		page            func(n int) string
		items, requests int
		want            string
	}{
		{name: "total_pages grows for ever", items: enough, requests: enough,
			page: func(n int) string {
				return fmt.Sprintf(`{"data":[{"id":"course_%d"}],"meta":{"current_page":%d,"total_pages":%d}}`, n, n, n+1)
			}},
		{name: "total_pages grows over empty pages", items: 0, requests: 1,
			page: func(n int) string {
				return fmt.Sprintf(`{"data":[],"meta":{"current_page":%d,"total_pages":%d}}`, n, n+1)
			}},
		{name: "a page that repeats", items: 1, requests: 2,
			page: func(int) string {
				return `{"data":[{"id":"course_1"}],"meta":{"current_page":1,"total_pages":9}}`
			}},
		{name: "pages that go back", items: 2, requests: 3,
			page: func(n int) string {
				return fmt.Sprintf(`{"data":[{"id":"course_%d"}],"meta":{"current_page":%d,"total_pages":9}}`, n, []int{1, 5, 4}[n-1])
			}},
		{name: "negative meta", items: 1, requests: 1, want: "the list may go on",
			page: func(int) string {
				return `{"data":[{"id":"course_1"}],"meta":{"current_page":-1,"total_pages":-5,"total_count":-9}}`
			}},
		{name: "largest meta", items: 1, requests: 2,
			page: func(int) string {
				return `{"data":[{"id":"course_1"}],"meta":{"current_page":9223372036854775807,"total_pages":9223372036854775807}}`
			}},
		{name: "no meta", items: 1, requests: 1, want: "the list may go on", page: func(int) string { return `{"data":[{"id":"course_1"}]}` }},
		{name: "no data", items: 0, requests: 1, page: func(int) string { return `{"meta":{"current_page":1,"total_pages":9}}` }},
		{name: "null data", items: 0, requests: 1, page: func(int) string { return `{"data":null,"meta":{"total_pages":9}}` }},
		{name: "null items", items: 2, requests: 1, page: func(int) string { return `{"data":[null,null],"meta":{"total_pages":1}}` }},
		{name: "more than was asked for", items: enough, requests: 1,
			page: func(int) string {
				return `{"data":[` + strings.Repeat(`{},`, 9999) + `{}],"meta":{"total_pages":1}}`
			}},
		{name: "an error in the middle", items: 1, requests: 2, want: "the response cannot be used",
			page: func(n int) string {
				return []string{`{"data":[{"id":"course_1"}],"meta":{"current_page":1,"total_pages":9}}`, `{"data":[{"id":1}]}`}[n-1]
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, requests := pages(t, tt.page)
			items := 0
			var failed error
			allocated := allocatedBy(func() {
				for course, err := range client.Courses.All(t.Context(), nil) {
					if err != nil {
						failed = err
						continue
					}
					if course == nil {
						t.Fatal("neither a course nor an error")
					}
					if items++; items == enough {
						break
					}
				}
			})
			if items != tt.items || *requests != tt.requests {
				t.Errorf("%d items in %d requests, want %d in %d", items, *requests, tt.items, tt.requests)
			}
			if (failed != nil) != (tt.want != "") || failed != nil && !strings.Contains(failed.Error(), tt.want) {
				t.Errorf("error %v, want %q", failed, tt.want)
			}
			if limit := 40 * mib; allocated > limit {
				t.Errorf("%d bytes were allocated, want at most %d", allocated, limit)
			}
			t.Logf("| %s | %d items, %d requests | %v | %d KiB |", tt.name, items, *requests, failed, allocated>>10)
		})
	}
}
