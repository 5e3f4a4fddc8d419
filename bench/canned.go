package bench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// pages is how many pages the iteration goes over.
const pages = 100

const oneCourse = `{"id":"course_abc123","title":"Digital Marketing Mastery","description":"Everything about it","slug":"digital-marketing-mastery",` +
	`"price":497,"currency":"USD","status":"published","lessons_count":18,"enrolled_count":1250,` +
	`"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-03-20T14:45:00Z"}`

// canned answers every request from memory, as a RoundTripper and a Handler.
type canned struct {
	course []byte
	page   map[string][]byte // by page number
}

func newCanned() *canned {
	c := &canned{course: []byte(oneCourse), page: map[string][]byte{}}
	items := strings.TrimSuffix(strings.Repeat(oneCourse+",", 50), ",")
	for n := 1; n <= pages; n++ {
		body := fmt.Sprintf(`{"data":[%s],"meta":{"current_page":%d,"total_pages":%d,"total_count":%d}}`, items, n, pages, 50*pages)
		c.page[strconv.Itoa(n)] = []byte(body)
	}
	return c
}

func (c *canned) answer(method, path, page string) (int, []byte) {
	switch {
	case method == http.MethodPost:
		return http.StatusCreated, c.course
	case strings.HasSuffix(path, "/courses"):
		return http.StatusOK, c.page[page]
	}
	return http.StatusOK, c.course
}

func pageOf(query string) string {
	for part := range strings.SplitSeq(query, "&") {
		if v, ok := strings.CutPrefix(part, "page="); ok {
			return v
		}
	}
	return "1"
}

var jsonType = []string{"application/json"}

// RoundTrip answers in-process.
func (c *canned) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		io.Copy(io.Discard, req.Body)
		req.Body.Close()
	}
	status, body := c.answer(req.Method, req.URL.Path, pageOf(req.URL.RawQuery))
	return &http.Response{
		StatusCode: status, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": jsonType}, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader(body)), Request: req,
	}, nil
}

// ServeHTTP answers over a connection.
func (c *canned) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	io.Copy(io.Discard, req.Body)
	status, body := c.answer(req.Method, req.URL.Path, pageOf(req.URL.RawQuery))
	w.Header()["Content-Type"] = jsonType
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// Way is how the answers come: the base URL, and the transport to it.
type Way struct {
	Name      string
	BaseURL   string
	Transport http.RoundTripper
	Close     func()
}

// InProcess answers without a connection.
func InProcess() Way {
	return Way{"in-process", "http://127.0.0.1/v1", newCanned(), func() {}}
}

// Loopback answers over TCP on this machine.
func Loopback() (Way, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Way{}, err
	}
	srv := &http.Server{Handler: newCanned()}
	go srv.Serve(l)
	tr := &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}
	return Way{"loopback", "http://" + l.Addr().String() + "/v1", tr, func() {
		tr.CloseIdleConnections()
		srv.Close()
	}}, nil
}
