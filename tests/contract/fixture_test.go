package contract

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// The requests under test and those that set the stage have keys of their own, so that their rate limits are apart.
const (
	mainKey  = "test_key_123"
	stageKey = "test_key_stage"
)

// A fixture is a fake with sandbox data and the id of something for each kind of path.
type fixture struct {
	*checker
	srv *mockserver.Server
	// ids of something that is there, by the first segment of the path.
	ids      map[string]string
	delivery string
}

func newFixture(t *testing.T, opts ...mockserver.Option) *fixture {
	t.Helper()
	srv := mockserver.New(t, append([]mockserver.Option{mockserver.WithSandboxData()}, opts...)...)
	f := &fixture{checker: newChecker(t, srv), srv: srv, ids: map[string]string{
		"courses": "course_abc123", "enrollments": "enr_xyz789", "contacts": "con_456",
	}}
	f.ids["events"] = f.create("/events", `{"title":"Studio hour","start_time":"2999-01-31T14:00:00Z","duration_minutes":60}`)
	f.ids["webhooks"] = f.create("/webhooks", `{"url":"https://shop.example.com/hooks","events":["*"]}`)
	f.delivery = f.create("/webhooks/"+f.ids["webhooks"]+"/test", `{"event":"course.deleted"}`)
	return f
}

// create makes an object and returns its id.
func (f *fixture) create(path, body string) string {
	f.t.Helper()
	response, answer := f.send("POST", path, body, withKey(stageKey))
	var object struct{ ID string }
	if err := json.Unmarshal(answer, &object); err != nil || object.ID == "" {
		f.t.Fatalf("POST %s: no object in the answer %d: %s", path, response.StatusCode, answer)
	}
	return object.ID
}

// path fills an operation's path with ids of things that are there.
func (f *fixture) path(op *operation) string {
	segment, _, _ := strings.Cut(op.path[1:], "/")
	return strings.NewReplacer("{id}", f.ids[segment], "{delivery_id}", f.delivery).Replace(op.path)
}

// body returns the document's example of an operation's request, "" if it has none.
func (f *fixture) body(op *operation) string {
	f.t.Helper()
	if op.RequestBody == nil {
		return ""
	}
	encoded, err := json.Marshal(plain(f.t, op.RequestBody.Content.GetOrZero("application/json").Example))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(encoded)
}
