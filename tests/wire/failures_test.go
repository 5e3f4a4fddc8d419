package wire_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// large writes a failure with so many bytes of a body, until the client goes.
func large(size int, chunks bool) reply {
	return func(conn net.Conn, _ *http.Request) {
		piece := strings.Repeat("no ", 5461)
		if chunks {
			io.WriteString(conn, "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n")
		} else {
			fmt.Fprintf(conn, "HTTP/1.1 503 No\r\nContent-Length: %d\r\n\r\n", size)
		}
		for sent := 0; sent < size; sent += len(piece) {
			text := piece[:min(len(piece), size-sent)]
			if chunks {
				text = fmt.Sprintf("%x\r\n%s\r\n", len(text), text)
			}
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
		}
		if chunks {
			io.WriteString(conn, "0\r\n\r\n")
		}
	}
}

// A failure costs little memory, however much of it comes, and keeps less.
func TestLargeFailures(t *testing.T) {
	for _, chunks := range []bool{false, true} {
		bubble(t, fmt.Sprintf("chunks %v", chunks), func(t *testing.T) {
			server := &wire{script: []reply{large(31*mib, chunks)}}
			client := server.client(t)
			heap := func() int {
				var m runtime.MemStats
				runtime.GC()
				runtime.GC() // empties the pools
				runtime.ReadMemStats(&m)
				return int(m.HeapAlloc)
			}
			before := heap()
			var errs [20]error
			allocated := allocatedBy(func() {
				for i := range errs {
					errs[i] = getCourse(t.Context(), client)
				}
			}) / len(errs)
			kept := (heap() - before) / len(errs) // with a share in the pool's buffer
			e := asError(t, errs[0])
			if e.StatusCode != 503 || e.Attempts != 3 || len(e.Body) > 64<<10 || len(e.Body) < 60<<10 || e.Message == "" {
				t.Errorf("status %d after %d attempts, %d bytes of body, message %q", e.StatusCode, e.Attempts, len(e.Body), e.Message)
			}
			if kept > 192<<10 {
				t.Errorf("%d KiB are kept of each", kept>>10)
			}
			if allocated > 32*mib { // with the server's share, and the pool's luck
				t.Errorf("%d KiB were allocated for each", allocated>>10)
			}
			t.Logf("chunks %v: %d KiB kept, %d KiB allocated", chunks, kept>>10, allocated>>10)
			runtime.KeepAlive(errs)
		})
	}
}

func TestLongFailures(t *testing.T) {
	var fields strings.Builder
	for i := range 500 {
		fmt.Fprintf(&fields, `,"f%03d%s":"%s"`, i, strings.Repeat("n", 20), strings.Repeat("ü", 900))
	}
	body := `{"error":"` + strings.Repeat("ö", 40_000) + `","fields":{"` + strings.Repeat("a", 5000) + `":"long name"` + fields.String() + `}}`
	server := &wire{script: []reply{response(422, body)}}
	e := asError(t, createCourse(t.Context(), server.client(t)))
	if len(e.Message) > 4<<10+len("…") || !strings.HasSuffix(e.Message, "ö…") || len(e.Body) > 64<<10 {
		t.Errorf("message of %d bytes, body of %d: %.40q", len(e.Message), len(e.Body), e.Message)
	}
	if len(e.Fields) != 100 {
		t.Errorf("%d fields", len(e.Fields))
	}
	for name, problem := range e.Fields {
		if len(name) > 1<<10+len("…") || len(problem) > 1<<10+len("…") {
			t.Errorf("field of %d bytes with a problem of %d", len(name), len(problem))
		}
	}
	if n := len(e.Error()); n > 6<<10 {
		t.Errorf("text of %d bytes", n)
	}
}

// Whatever stands beside it, a message is found.
func TestFailureMessages(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"boom"}`:                                         "boom",
		`{"error":null,"message":"boom"}`:                          "boom",
		`{"error":true,"message":"boom"}`:                          "boom",
		`{"error":false,"message":"boom"}`:                         "boom",
		`{"error":{},"message":"boom"}`:                            "boom",
		`{"error":[],"message":"boom"}`:                            "boom",
		`{"error":["a"],"message":"boom"}`:                         "boom",
		`{"error":400,"message":"boom"}`:                           "boom",
		`{"error":"","message":"boom"}`:                            "boom",
		`{"error":{"message":null},"message":"boom"}`:              "boom",
		`{"error":{"message":"","code":""},"message":"boom"}`:      "boom",
		`{"message":"boom"}`:                                       "boom",
		`{"error":"short","message":"boom"}`:                       "short",
		`{"error":{"code":"x"}}`:                                   "x",
		`{"error":{"code":"x"},"message":"boom"}`:                  "x",
		`{"error":{"message":"boom"}}`:                             "boom",
		`{"error":{"message":"boom","code":"x"}}`:                  "boom (x)",
		`{"error":{"message":"boom","code":17}}`:                   "boom (17)",
		`{"error":{"message":"boom","code":null}}`:                 "boom",
		`{"error":{"message":["boom"]}}`:                           `["boom"]`,
		`{"error":400}`:                                            "400",
		`{"error":true}`:                                           "true",
		`{"error":null}`:                                           "the body is a JSON object without a message",
		`{"error":{}}`:                                             "{}",
		`{"message":null}`:                                         "the body is a JSON object without a message",
		`{"message":7}`:                                            "7",
		`{"code":"x"}`:                                             "the body is a JSON object without a message",
		`"boom"`:                                                   "the body is JSON but not an object",
		`{"error":"boom","fields":"none","retry_after":"garbage"}`: "boom",
		`{"error":"boom","fields":{"title":7}}`:                    "boom",
	} {
		server := &wire{script: []reply{response(400, body)}}
		if e := asError(t, createCourse(t.Context(), server.client(t))); e.Message != want {
			t.Errorf("%s: message %q, want %q", body, e.Message, want)
		}
	}
	server := &wire{script: []reply{response(422, `{"error":"boom","fields":{"a":7,"b":null,"c":["x","y"],"d":{"e":"f"}}}`)}}
	e := asError(t, createCourse(t.Context(), server.client(t)))
	if got, want := fmt.Sprint(e.Fields), `map[a:7 b: c:["x","y"] d:{"e":"f"}]`; got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
}
