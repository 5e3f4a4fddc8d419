package mockserver_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// TestThreeDoors runs one suite in-process, over TCP and against the command
// as a process of its own, with nothing but HTTP and the control API.
func TestThreeDoors(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{
		mockserver.WithLenient(), mockserver.WithSandboxData(), mockserver.WithRateLimits(mockserver.DefaultRateLimits),
		mockserver.WithMagicValues(), mockserver.WithClock(t0),
	}
	t.Run("in-process", func(t *testing.T) {
		t.Parallel()
		suite(t, inProcess(mockserver.New(t, opts...)))
	})
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		suite(t, overTCP(t, mockserver.New(t, opts...)))
	})
	t.Run("binary", func(t *testing.T) {
		t.Parallel()
		suite(t, binary(t, "-clock", t0.Format("2006-01-02T15:04:05Z07:00")))
	})
}

// binary starts the command and stops it at the end of the test.
func binary(t *testing.T, args ...string) door {
	t.Helper()
	file := filepath.Join(t.TempDir(), "selgora-mock")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, "../cmd/selgora-mock").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	command := exec.Command(file, append([]string{"-addr", "127.0.0.1:0", "-json"}, args...)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(io.Discard, stdout)
		if err := command.Wait(); err != nil || stderr.String() != "" {
			t.Errorf("the command ended with %v and wrote %q", err, stderr.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct {
		URL    string
		APIKey string `json:"api_key"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	d := overTCP(t, mockserver.New(t))
	d.base, d.key = ready.URL, ready.APIKey
	return d
}

func suite(t *testing.T, d door) {
	beginning := d.control(t, "POST", "/_mock/snapshots", "").want(t, 201).field(t, "id")
	run(t, d, []step{
		{"GET", "/courses", "", 200, map[string]string{"meta.total_count": "100"}, ""},
		{"GET", "/contacts?limit=100&page=10", "", 200, map[string]string{"meta.total_count": "1000", "meta.total_pages": "10"}, ""},
		{"GET", "/account", "", 200, nil, ""},
		{"POST", "/courses", `{"title":"New","price":49.99}`, 201, map[string]string{"price": "49.99", "status": "draft"}, "course"},
		{"PATCH", "/courses/{course}", `{"price":0}`, 200, map[string]string{"price": "0"}, ""},
		{"POST", "/enrollments", `{"course_id":"{course}","user_email":"new@example.com"}`, 201, nil, "enrollment"},
		{"GET", "/enrollments/{enrollment}/progress", "", 200, nil, ""},
		{"POST", "/enrollments/batch", `{"course_id":"{course}","emails":["a@example.com","bad"]}`, 200, map[string]string{"meta.failed": "1"}, ""},
		{"DELETE", "/enrollments/{enrollment}", "", 200, map[string]string{"status": "cancelled"}, ""},
		{"POST", "/events", `{"title":"E","start_time":"2026-03-25T14:00:00Z","duration_minutes":60}`, 201, nil, "event"},
		{"POST", "/events/{event}/registrations", `{"email":"a@example.com"}`, 201, nil, ""},
		{"POST", "/webhooks", `{"url":"https://example.com/","events":["*"]}`, 201, nil, "hook"},
		{"POST", "/webhooks/{hook}/test", `{"event":"order.completed"}`, 201, map[string]string{"event": "order.completed"}, ""},
		{"GET", "/courses?unknown=1", "", 200, nil, ""},
		{"POST", "/courses", `{}`, 422, map[string]string{"fields.title": "is required"}, ""},
		{"GET", "/nothing", "", 404, nil, ""},
		{"PUT", "/courses", "", 405, nil, ""},
		{"POST", "/contacts", `{"email":"fail+503@example.com"}`, 503, nil, ""},
		{"DELETE", "/courses/{course}", "", 200, nil, ""},
		{"GET", "/courses/{course}", "", 404, nil, ""},
	})
	d.send(t, "GET", "/courses", "", "Authorization", "Bearer sk_live_x").want(t, 401)

	d.control(t, "POST", "/_mock/faults", `{"operation":"courses.create","reset":true,"after_commit":true}`).want(t, 201)
	if _, err := d.try(t, "POST", "/courses", `{"title":"Lost"}`); err == nil {
		t.Error("the connection was not reset")
	}
	if got := d.send(t, "GET", "/courses", "").field(t, "meta", "total_count"); got != "101" {
		t.Errorf("%s courses after a lost answer", got)
	}
	// To the beginning of a minute, or a little behind it.
	d.control(t, "POST", "/_mock/clock/advance", `{"by":"59m45s"}`).want(t, 200)
	r := d.send(t, "GET", "/courses", "").want(t, 200)
	if r.header.Get("X-RateLimit-Limit") != "1000" || r.header.Get("X-RateLimit-Remaining") != "999" {
		t.Errorf("limits in the next hour: %v", r.header)
	}
	for n := 1; n < 100; n++ {
		d.send(t, "GET", "/courses?limit=1", "").want(t, 200)
	}
	d.send(t, "GET", "/courses", "").want(t, 429)
	if got := d.control(t, "GET", "/_mock/requests?status=429", "").field(t, "total"); got != "1" {
		t.Errorf("%s refused requests in the journal", got)
	}
	d.control(t, "POST", "/_mock/snapshots/"+beginning+"/restore", "").want(t, 200)
	d.control(t, "POST", "/_mock/clock/advance", `{"by":"1m"}`).want(t, 200)
	if got := d.send(t, "GET", "/courses", "").field(t, "meta", "total_count"); got != "100" {
		t.Errorf("%s courses after the restoration", got)
	}
}
