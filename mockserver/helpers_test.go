package mockserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/selgora/selgora-go/mockserver"
)

// door is a way to a server: its transport or a TCP connection.
type door struct {
	client *http.Client
	base   string // ends in /v1
	key    string
	exact  bool // time stands still unless the test moves it
}

func inProcess(srv *mockserver.Server) door {
	return door{client: srv.HTTPClient(), base: "https://api.selgora.com/v1", key: srv.APIKey()}
}

// overTCP makes a new connection for each request, since net/http repeats
// some requests by itself on one that it has used before.
func overTCP(t *testing.T, srv *mockserver.Server) door {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return door{client: &http.Client{Transport: transport}, base: srv.URL(), key: srv.APIKey()}
}

// bothDoors runs a test over each door, with a server of its own; in-process
// in a bubble, where all that waits has to end.
func bothDoors(t *testing.T, opts []mockserver.Option, test func(t *testing.T, srv *mockserver.Server, d door)) {
	t.Helper()
	t.Run("in-process", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			srv := mockserver.New(t, opts...)
			d := inProcess(srv)
			d.exact = true
			test(t, srv, d)
		})
	})
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		srv := mockserver.New(t, opts...)
		test(t, srv, overTCP(t, srv))
	})
}

// result is an answer that has been read to its end.
type result struct {
	status int
	header http.Header
	body   string
}

// request makes a request with the key and, if there is a body, its type.
// Headers come in pairs of name and value; an empty value removes one.
func (d door) request(t testing.TB, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, d.base+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+d.key)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	return request
}

// try sends a request and reads its answer.
func (d door) try(t testing.TB, method, path, body string, headers ...string) (result, error) {
	t.Helper()
	return do(d.client, d.request(t, method, path, body, headers...))
}

func do(client *http.Client, request *http.Request) (result, error) {
	response, err := client.Do(request)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return result{response.StatusCode, response.Header, string(text)}, err
}

// send is try where nothing may go wrong on the way.
func (d door) send(t testing.TB, method, path, body string, headers ...string) result {
	t.Helper()
	r, err := d.try(t, method, path, body, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// want fails the test unless the answer has the status.
func (r result) want(t testing.TB, status int) result {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d; body: %s", r.status, status, r.body)
	}
	return r
}

// field returns a member of the answer's object as it stands there; "" if it
// is absent. A path of names leads into inner objects.
func (r result) field(t testing.TB, names ...string) string {
	t.Helper()
	raw := json.RawMessage(r.body)
	for _, name := range names {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatalf("not an object: %s", raw)
		}
		raw = object[name]
	}
	return strings.Trim(string(raw), `"`)
}

// data returns the ids of a list's items.
func (r result) data(t testing.TB) []string {
	t.Helper()
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("not a list: %s", r.body)
	}
	ids := []string{}
	for _, item := range list.Data {
		ids = append(ids, item.ID)
	}
	return ids
}

// recorder is a test that notes what it is told.
type recorder struct {
	mu       sync.Mutex
	errors   []string
	fatals   []string
	cleanups []func()
}

func (*recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fatals = append(r.fatals, fmt.Sprintf(format, args...))
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// end does what happens at the end of a test.
func (r *recorder) end() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

// reported returns everything that failed the test so far.
func (r *recorder) reported() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(append(r.fatals, r.errors...), "\n")
}
