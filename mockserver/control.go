package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// controlEndpoint is one operation of the control API: what tests in other
// languages, and curl, have in place of the methods of [Server].
type controlEndpoint struct {
	method  string
	pattern string
	about   string
	open    bool // to clients on other machines too
	handle  func(*Server, *call) *reply
}

// controls holds the control API; each file of it adds its part.
var controls = slices.Concat(
	healthControls,
	clockControls,
	stateControls,
	faultControls,
	journalControls,
	webhookControls,
	simulateControls,
)

// isControl tells whether a path belongs to the server itself and not to the
// API.
func isControl(path string) bool {
	return path == "/" || path == "/_mock" || strings.HasPrefix(path, "/_mock/") ||
		path == "/livez" || path == "/readyz" || path == "/openapi.yaml"
}

// control answers requests to the server itself. They need no key, count for
// no limit and are not in the journal.
func (s *Server) control(c *call) *reply {
	r := s.controlled(c)
	r.date = s.clock.Now()
	return r
}

func (s *Server) controlled(c *call) *reply {
	var allow []string
	path := c.request.URL.EscapedPath()[1:]
	if path == "" {
		path = "_mock"
	}
	for i := range s.controls {
		e := &s.controls[i]
		if !newSegments(e.pattern).match(path, &c.ids) {
			continue
		}
		if e.method == c.request.Method || e.method == http.MethodGet && c.request.Method == http.MethodHead {
			if !e.open {
				if r := s.guard(c); r != nil {
					return r
				}
			}
			return e.handle(s, c)
		}
		allow = append(allow, e.method)
	}
	if allow != nil {
		list := strings.Join(allow, ", ")
		return errorf(http.StatusMethodNotAllowed, "method not allowed: /%s takes %s", path, list).set("Allow", list)
	}
	patterns := make([]string, len(s.controls))
	for i, e := range s.controls {
		patterns[i] = e.pattern
	}
	return errorf(http.StatusNotFound, "the control API has no /%s%s; GET /_mock lists what it has", path, didYouMean("/"+path, patterns))
}

// maxControlBody is larger than that of the API, since whole accounts are
// imported.
const maxControlBody = 256 << 20

// controlBody reads the request's body.
func controlBody(c *call) ([]byte, *reply) {
	if c.request.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxControlBody+1))
	switch {
	case err != nil:
		return nil, errorf(http.StatusBadRequest, "the request's body could not be read to its end")
	case len(body) > maxControlBody:
		return nil, errorf(http.StatusRequestEntityTooLarge, "the request's body is larger than %d bytes", maxControlBody)
	}
	return body, nil
}

// controlInput decodes the request's body, an object with known members only.
// No body is an empty object.
func controlInput[T any](c *call) (T, *reply) {
	var in T
	body, bad := controlBody(c)
	if bad != nil || len(bytes.TrimSpace(body)) == 0 {
		return in, bad
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&in)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more behind the object")
		}
	}
	if err != nil {
		return in, errorf(http.StatusBadRequest, "the request's body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return in, nil
}

// done is the answer where there is nothing to tell.
func done() *reply { return jsonReply(http.StatusOK, map[string]string{"status": "ok"}) }

// unprocessable answers with what is wrong with an input.
func unprocessable(err error) *reply {
	return errorf(http.StatusUnprocessableEntity, "%s", strings.TrimPrefix(err.Error(), "mockserver: "))
}

// index describes the control API. It goes by the server, because the list
// cannot refer to itself.
func index(s *Server, _ *call) *reply {
	type line struct {
		Request string `json:"request"`
		About   string `json:"about"`
	}
	lines := make([]line, len(s.controls))
	for i, e := range s.controls {
		lines[i] = line{e.method + " " + e.pattern, e.about}
	}
	return jsonReply(http.StatusOK, map[string]any{
		"about":   "A fake of the Selgora API.",
		"api":     basePath,
		"auth":    fmt.Sprintf("Authorization: Bearer %s…, any key that begins so", sandboxPrefix),
		"control": lines,
	})
}
