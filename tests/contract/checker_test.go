package contract

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// baseURL is what requests are sent to: the in-process transport serves every host.
const baseURL = "https://sandbox-api.selgora.com/v1"

// A checker stands between a client and the fake. It validates what passes in both directions and notes which answers
// of which operations it has seen.
type checker struct {
	t        *testing.T
	document *document
	next     http.RoundTripper
	// invalid tells that requests are wrong on purpose: then only the answers are validated.
	invalid bool

	mu   sync.Mutex
	seen map[answer]bool
}

// An answer is one status of one operation.
type answer struct {
	operation string
	status    int
}

func (a answer) String() string { return a.operation + " " + strconv.Itoa(a.status) }

func newChecker(t *testing.T, srv *mockserver.Server) *checker {
	t.Helper()
	return &checker{t: t, document: load(t), next: srv.Transport(), seen: map[answer]bool{}}
}

func (c *checker) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	// The validator reads bodies and changes requests, so that each reader gets its own.
	request := func() *http.Request {
		clone := r.Clone(r.Context())
		if r.Body != nil {
			clone.Body = io.NopCloser(bytes.NewReader(sent))
		}
		return clone
	}

	if !c.invalid {
		if ok, errs := c.document.validator.ValidateHttpRequestSync(request()); !ok {
			c.t.Errorf("%s %s: the request is not as the document says:\n%s\n  body: %s", r.Method, r.URL, describe(errs), sent)
		}
	}
	response, err := c.next.RoundTrip(request())
	if err != nil {
		return nil, err
	}
	received, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(received))
	if ok, errs := c.document.validator.ValidateHttpResponse(request(), response); !ok {
		c.t.Errorf("%s %s: the answer %d is not as the document says:\n%s\n  body: %s", r.Method, r.URL, response.StatusCode, describe(errs), received)
	}
	response.Body = io.NopCloser(bytes.NewReader(received))

	if op := c.document.find(r.Method, r.URL.EscapedPath()); op != nil {
		c.mu.Lock()
		c.seen[answer{op.id, response.StatusCode}] = true
		c.mu.Unlock()
	}
	return response, nil
}

// find returns the operation that a request is for, or nil. It knows nothing of the validator's or the fake's routing.
func (d *document) find(method, path string) *operation {
	path, ok := strings.CutPrefix(path, "/v1")
	if !ok {
		return nil
	}
	var found *operation
	for _, op := range d.operations {
		if op.method != method || !matches(op.path, path) {
			continue
		}
		// /enrollments/batch is also an /enrollments/{id}.
		if found == nil || strings.Count(op.path, "{") < strings.Count(found.path, "{") {
			found = op
		}
	}
	return found
}

func matches(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// send makes a request and returns the answer with its body.
func (c *checker) send(method, path, body string, change ...func(*http.Request)) (*http.Response, []byte) {
	c.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, baseURL+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+mainKey)
	r.Header.Set("Accept", "application/vnd.selgora.v1+json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range change {
		f(r)
	}
	response, err := c.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	received, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, received
}

// want fails the test unless an answer has the status.
func (c *checker) want(status int, response *http.Response, body []byte) {
	c.t.Helper()
	if response.StatusCode != status {
		c.t.Errorf("%s %s: status %d, want %d: %s", response.Request.Method, response.Request.URL, response.StatusCode, status, body)
	}
}

// merge adds what another checker has seen.
func merge(into map[answer]bool, c *checker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for a := range c.seen {
		into[a] = true
	}
}

// expected returns every answer that the document has.
func (d *document) expected(t *testing.T) map[answer]bool {
	t.Helper()
	all := map[answer]bool{}
	for _, op := range d.operations {
		for code := range op.Responses.Codes.KeysFromOldest() {
			all[answer{op.id, statusCode(t, code)}] = true
		}
	}
	return all
}

func statusCode(t *testing.T, code string) int {
	t.Helper()
	status, err := strconv.Atoi(code)
	if err != nil {
		t.Fatalf("the status %q is not a number", code)
	}
	return status
}
