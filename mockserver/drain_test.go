package mockserver_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// A client that sends a large body to its end before it looks for the answer
// gets the answer, although nobody wanted the body.
func TestUnwantedBodiesDoNotCostTheAnswer(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t, mockserver.WithLenient())
	const size = 12 << 20 // more than a connection holds by itself
	for _, test := range []struct {
		name, key, framing string
		status             int
	}{
		{"announced", srv.APIKey(), fmt.Sprintf("Content-Length: %d", size), 413},
		{"announced, no key", "nobody", fmt.Sprintf("Content-Length: %d", size), 401},
		{"chunked", srv.APIKey(), "Transfer-Encoding: chunked", 413},
		{"chunked, no key", "nobody", "Transfer-Encoding: chunked", 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(srv.ControlURL(), "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			head := "POST /v1/courses HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " + test.key + "\r\n" + test.framing + "\r\n\r\n"
			body := strings.Repeat(" ", size)
			if strings.HasPrefix(test.framing, "Transfer") {
				body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, body)
			}
			if _, err := io.WriteString(conn, head+body); err != nil {
				t.Fatalf("sending: %v", err)
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("the answer: %v", err)
			}
			if _, err := io.ReadAll(response.Body); err != nil || response.StatusCode != test.status || !response.Close {
				t.Errorf("%d, closing %v, %v", response.StatusCode, response.Close, err)
			}
		})
	}
}
