package mockserver_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

const hostileMiB = 1 << 20

// hostileClient is a client that means harm or is broken.
type hostileClient struct {
	name   string
	head   string // of the request, without the lines that all have
	body   string
	again  string // written for ever after the body, until the server has enough
	status int    // of the answer; 0 for a connection that ends without one
	want   string // in its body
	opts   []mockserver.Option
}

func hostileClients() []hostileClient {
	const post = "POST /v1/courses HTTP/1.1\r\nContent-Type: application/json\r\n"
	sized := func(head, body string) (string, string) {
		return fmt.Sprintf("%sContent-Length: %d\r\n", head, len(body)), body
	}
	// with makes a row of a whole body.
	with := func(name, head, body string, status int, want string) hostileClient {
		head, body = sized(head, body)
		return hostileClient{name: name, head: head, body: body, status: status, want: want}
	}
	get := func(name, target string, status int, want string) hostileClient {
		return hostileClient{name: name, head: "GET " + target + " HTTP/1.1\r\n", status: status, want: want}
	}
	var many strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&many, `"field%d":1,`, i)
	}
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(make([]byte, 16*hostileMiB))
	_ = zip.Close()
	tooLarge := "larger than 1048576 bytes"
	return []hostileClient{
		// Too much.
		{name: "endless request line", head: "GET /v1/courses?tag=", again: strings.Repeat("a", 4096), status: 431},
		{name: "endless headers", head: "GET /v1/courses HTTP/1.1\r\n", again: "X-More: " + strings.Repeat("a", 100) + "\r\n", status: 431},
		{name: "endless header", head: "GET /v1/courses HTTP/1.1\r\nX-More: ", again: strings.Repeat("a", 4096), status: 431},
		{name: "endless chunks", head: post + "Transfer-Encoding: chunked\r\n", again: "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", status: 413, want: tooLarge},
		{name: "announced terabyte", head: post + "Content-Length: 1099511627776\r\n", again: strings.Repeat(" ", 4096), status: 413, want: tooLarge},
		{name: "announced terabyte and no more", head: post + "Content-Length: 1099511627776\r\n", body: "{", status: 413, want: tooLarge},
		{name: "body for an unknown route", head: "POST /v1/nothing HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", again: "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", status: 404},
		{name: "body without a key", head: "POST /v1/courses HTTP/1.1\r\nAuthorization: Bearer nobody\r\nTransfer-Encoding: chunked\r\n", again: "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", status: 401},
		with("gzip bomb", post+"Content-Encoding: gzip\r\n", bomb.String(), 400, "malformed JSON"),
		with("many fields", post, "{"+many.String()+`"title":"A"}`, 201, `"title":"A"`),
		with("many problems", post, `{"title":1,"price":"x","currency":[],"description":{}}`, 422, `"title"`),
		with("long title", post, `{"title":"`+strings.Repeat("a", 1_000_000)+`"}`, 422, `"title"`),
		with("many tags", strings.Replace(post, "courses", "contacts", 1), `{"email":"a@example.com","tags":["`+strings.Repeat(`a","`, 200_000)+`b"]}`, 201, `"tags":["a","b"]`),
		with("many addresses", strings.Replace(post, "courses", "enrollments/batch", 1), `{"course_id":"c","emails":["`+strings.Repeat(`a@example.com","`, 50_000)+`b"]}`, 422, `"emails"`),
		get("many parameters", "/v1/courses?"+strings.Repeat("a=1&", 15_000), 400, "malformed query"),
		get("many keys", "/v1/courses?"+strings.Repeat("%61", 10_000)+"=1", 200, `"data"`),

		// Elsewhere.
		get("dot segments", "/v1/../_mock/export", 404, "no such route"),
		get("escaped dot segments", "/v1/courses/%2e%2e/%2e%2e/_mock/export", 404, "no such route"),
		get("escaped slash", "/v1/courses/%2f_mock%2fexport", 404, "course"),
		get("two slashes", "//v1//courses", 404, "no such route"),
		get("long path", "/v1/courses/"+strings.Repeat("a", 50_000), 404, "course"),
		get("deep path", "/v1"+strings.Repeat("/a", 20_000), 404, "no such route"),
		get("control characters in the path", "/v1/courses/%00%0d%0aX-Evil:%201", 404, "course"),
		get("another server", "http://evil.example/v1/courses", 200, `"data"`),
		get("page out of range", "/v1/courses?page=99999999999999999999", 400, "page"),
		get("largest page", "/v1/courses?page=9223372036854775807&limit=100", 200, `"data":[]`),
		get("page of rubbish", "/v1/courses?page=%ff%fe", 400, "page"),
		get("half an escape", "/v1/courses?page=%f", 400, "malformed query"),
		get("time out of range", "/v1/contacts?created_after=99999-01-01T00:00:00Z", 400, "created_after"),
		{name: "control API from a web page", head: "GET /_mock/export HTTP/1.1\r\nOrigin: https://evil.example\r\n", status: 403},

		// Something else.
		{name: "no HTTP", head: "SSH-2.0-OpenSSH_9.9\r\n", status: 400},
		{name: "two lengths", head: post + "Content-Length: 2\r\nContent-Length: 3\r\n", body: "{}", status: 400},
		{name: "negative length", head: post + "Content-Length: -2\r\n", body: "{}", status: 400},
		{name: "no chunks", head: post + "Transfer-Encoding: chunked\r\n", body: "zz\r\n{}", status: 400},
		{name: "smuggled request", head: post + "Content-Length: 4\r\nTransfer-Encoding: gzip\r\n", body: "{}\r\n", status: 501},
		{name: "space before the colon", head: "GET /v1/courses HTTP/1.1\r\nX-A : 1\r\n", status: 400},
		{name: "endless Accept", head: "GET /v1/courses HTTP/1.1\r\nAccept: " + strings.Repeat("a/b;q=1,", 7000) + "\r\n", status: 406},
		with("deep nesting", post, `{"title":`+strings.Repeat("[", 500_000), 400, "malformed JSON"),
		with("deep nesting that closes", post, `{"title":`+strings.Repeat("[", 400_000)+strings.Repeat("]", 400_000)+"}", 400, "malformed JSON"),
		with("nesting as deep as it goes", strings.Replace(post, "courses", "contacts", 1),
			`{"email":"a@example.com","custom_fields":{"a":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+"}}", 201, "[[[["),
		with("invalid UTF-8", post, "{\"title\":\"a\xff\"}", 400, "not valid UTF-8"),
		with("half a surrogate", post, `{"title":"\ud800"}`, 201, `"title"`),
		with("a repeated name", post, `{"title":"A","title":"B"}`, 400, "repeated"),
		with("a repeated name in disguise", post, `{"title":"A","\u0074itle":"B"}`, 400, "repeated"),
		with("no object", post, `[1]`, 400, "an object is expected"),
		with("a price out of range", post, `{"title":"A","price":1e999999999}`, 422, `"price"`),
		with("a price of many digits", post, `{"title":"A","price":`+strings.Repeat("9", 900_000)+`}`, 422, `"price"`),
		with("a count out of range", strings.Replace(post, "courses", "events", 1),
			`{"title":"A","start_time":"2999-01-31T14:00:00Z","duration_minutes":1e400}`, 422, `"duration_minutes"`),
		with("recurrence out of range", strings.Replace(post, "courses", "events", 1),
			`{"title":"A","start_time":"9999-12-31T23:59:59Z","duration_minutes":1440,"recurring":{"frequency":"monthly","count":365}}`, 422, ""),
		with("a webhook to an odd place", strings.Replace(post, "courses", "webhooks", 1), `{"url":"https://user:pass@[::ffff:127.0.0.1%25eth0]:0/","events":["*"]}`, 422, `"url"`),
	}
}

// TestHostileClients meets every client of the table over a fresh connection. With -v it prints the table with what
// each request allocated on both sides.
func TestHostileClients(t *testing.T) {
	for _, h := range hostileClients() {
		t.Run(h.name, func(t *testing.T) {
			srv, err := mockserver.Start(h.opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			address := strings.TrimPrefix(srv.ControlURL(), "http://")
			var status int
			var body string
			allocated := allocatedBy(func() { status, body = h.meet(t, address) })
			if status != h.status || !strings.Contains(body, h.want) {
				t.Errorf("status %d, want %d; body %.300q, want one with %q", status, h.status, body, h.want)
			}
			if limit := 128 * hostileMiB; allocated > limit {
				t.Errorf("%d bytes were allocated, want at most %d", allocated, limit)
			}
			if len(body) > 4*hostileMiB {
				t.Errorf("the answer has %d bytes", len(body))
			}
			t.Logf("| %s | %d | %.100q | %d KiB |", h.name, status, body, allocated>>10)
			// It still works for others.
			inProcess(srv).send(t, "GET", "/account", "").want(t, 200)
		})
	}
}

// meet sends the request and reads the answer.
func (h hostileClient) meet(t *testing.T, address string) (status int, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var writing sync.WaitGroup
	defer writing.Wait()
	defer conn.Close()
	writing.Go(func() {
		request := h.head
		if h.again == "" || strings.Contains(h.head, "Transfer-Encoding") || strings.Contains(h.head, "Content-Length") {
			if !strings.Contains(request, "Authorization") {
				request += "Authorization: Bearer test_key_123\r\n"
			}
			request += "Host: 127.0.0.1\r\n\r\n" + h.body
		}
		if _, err := io.WriteString(conn, request); err != nil {
			return // the server has answered before the end
		}
		for h.again != "" {
			if _, err := io.WriteString(conn, h.again); err != nil {
				return
			}
		}
	})
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err.Error()
	}
	text, _ := io.ReadAll(resp.Body) // a server that had enough resets the connection
	return resp.StatusCode, string(text)
}

// allocatedBy returns how many bytes f makes the program allocate, freed ones included.
func allocatedBy(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// inUse returns how many bytes are reachable.
func inUse() int {
	runtime.GC()
	runtime.GC() // the first one only moves what pools hold
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestManyHostileRequests sends more than the fake may remember.
func TestManyHostileRequests(t *testing.T) {
	limited := mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 1 << 30})
	for _, tt := range []struct {
		name string
		n    int
		send func(t *testing.T, d door, i int)
		most int // bytes kept at the end
	}{
		{"bodies of a megabyte", 40, func(t *testing.T, d door, i int) {
			d.send(t, "POST", "/courses", `{"title":"`+strings.Repeat("a", 1_000_000)+`"}`).want(t, 422)
		}, 40 * hostileMiB},
		{"bodies of a megabyte to nowhere", 40, func(t *testing.T, d door, i int) {
			d.send(t, "POST", "/nothing", strings.Repeat("a", 1_000_000)).want(t, 404)
		}, 40 * hostileMiB},
		{"keys", 12_000, func(t *testing.T, d door, i int) {
			d.key = fmt.Sprint("test_key_", i)
			d.send(t, "GET", "/account", "").want(t, 200)
		}, 60 * hostileMiB},
		{"unknown keys", 12_000, func(t *testing.T, d door, i int) {
			d.key = fmt.Sprint("unknown_", i)
			d.send(t, "GET", "/account", "").want(t, 401)
		}, 60 * hostileMiB},
		{"unknown routes", 12_000, func(t *testing.T, d door, i int) {
			d.send(t, "GET", fmt.Sprint("/nothing/", i), "").want(t, 404)
		}, 60 * hostileMiB},
		{"magic addresses", 12_000, func(t *testing.T, d door, i int) {
			d.send(t, "POST", "/enrollments/batch", fmt.Sprintf(`{"course_id":"none","emails":["%d","fail+503x1@example.com"]}`, i))
		}, 60 * hostileMiB},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, err := mockserver.Start(limited, mockserver.WithMagicValues())
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			d := inProcess(srv)
			before := inUse()
			for i := range tt.n {
				tt.send(t, d, i)
			}
			kept := inUse() - before
			if kept > tt.most {
				t.Errorf("%d MiB are kept, want at most %d", kept/hostileMiB, tt.most/hostileMiB)
			}
			t.Logf("| %d × %s | %d KiB kept |", tt.n, tt.name, kept>>10)
		})
	}
}

// TestClientsThatStall holds connections open in every state, which keeps nobody else from being served, nor the
// server from closing.
func TestClientsThatStall(t *testing.T) {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(srv.ControlURL(), "http://")
	head := "Host: a\r\nAuthorization: Bearer test_key_123\r\nContent-Type: application/json\r\n"
	list := "GET /v1/contacts?limit=100 HTTP/1.1\r\n" + head + "\r\n"
	before := inUse()
	var conns []net.Conn
	for i := range 100 {
		for _, request := range []string{
			"",
			"GET /v1/courses HT",
			"POST /v1/courses HTTP/1.1\r\n" + head,
			"POST /v1/courses HTTP/1.1\r\n" + head + "Content-Length: 1000000\r\n\r\n{",
			"POST /v1/courses HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
			strings.Repeat(list, 200), // and never reads the answers
		} {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(i, err)
			}
			defer conn.Close()
			conns = append(conns, conn)
			// The server stops reading while it cannot write, and then so must this.
			if len(request) > 10_000 && i >= 20 {
				continue
			}
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(i, err)
			}
		}
	}
	for range 100 {
		overTCP(t, srv).send(t, "GET", "/courses?limit=100", "").want(t, 200)
	}
	if kept := inUse() - before; kept > 60*hostileMiB {
		t.Errorf("%d MiB are in use for %d stalled connections", kept/hostileMiB, len(conns))
	} else {
		t.Logf("%d stalled connections, %d KiB in use", len(conns), kept>>10)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}

// TestPipelinedRequests sends a thousand requests at once over one connection.
func TestPipelinedRequests(t *testing.T) {
	srv, err := mockserver.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.ControlURL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 1000
	go func() {
		_, _ = io.WriteString(conn, strings.Repeat("GET /v1/account HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test_key_123\r\n\r\n", n))
	}()
	answers := bufio.NewReader(conn)
	for i := range n {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
			t.Fatalf("answer %d: status %d, %v", i, resp.StatusCode, err)
		}
	}
}

// TestHostileReceivers delivers to handlers that do not answer as they should.
func TestHostileReceivers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"large answer": func(w http.ResponseWriter, r *http.Request) {
			for range 1000 {
				_, _ = w.Write(make([]byte, 64<<10))
			}
		},
		"many headers": func(w http.ResponseWriter, r *http.Request) {
			for i := range 10_000 {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("a", 100))
			}
		},
		"panic": func(http.ResponseWriter, *http.Request) { panic("no") },
	} {
		t.Run(name, func(t *testing.T) {
			srv := mockserver.New(t)
			srv.DeliverTo(handler)
			before := inUse()
			d := inProcess(srv)
			for i := range 20 {
				d.send(t, "POST", "/courses", fmt.Sprintf(`{"title":"A %d"}`, i)).want(t, 201)
			}
			if err := srv.WaitDeliveries(t.Context()); err != nil {
				t.Fatal(err)
			}
			deliveries := srv.Deliveries()
			if len(deliveries) != 20 {
				t.Errorf("%d deliveries", len(deliveries))
			}
			for _, d := range deliveries {
				if n := len(d.Attempts[0].Response); n > 64<<10 {
					t.Errorf("%d bytes of an answer are kept", n)
				}
			}
			if kept := inUse() - before; kept > 10*hostileMiB {
				t.Errorf("%d MiB are kept", kept/hostileMiB)
			}
		})
	}
}
