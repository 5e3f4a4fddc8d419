package mockserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxBody is how large a request's body may be.
const maxBody = 1 << 20

// read is the stage that takes in the body. It comes before the faults,
// because magic values are in it and because net/http notices that a client
// is gone only once the body is read.
func (s *Server) read(c *call) *reply {
	if c.request.ContentLength > maxBody {
		c.tooLarge = true // its client may never send it all
		return nil
	}
	body, err := readBody(c.request)
	if err != nil {
		c.bodyErr = err
		if cause := context.Cause(c.ctx); cause != nil {
			return &reply{err: cause}
		}
		return errorf(http.StatusBadRequest, "the request's body could not be read to its end")
	}
	c.tooLarge = len(body) > maxBody
	c.bodyDone = !c.tooLarge
	c.body = body
	return nil
}

// trustedLength is up to where memory is set aside for a body because its
// Content-Length says so; more has to be seen first.
const trustedLength = 64 << 10

// readBody reads up to one byte more than is allowed.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if size := r.ContentLength; size > 0 && size <= trustedLength {
		body := make([]byte, size)
		n, err := io.ReadFull(r.Body, body)
		if n == 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return body[:n], err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && int64(len(body)) < min(r.ContentLength, maxBody) {
		err = io.ErrUnexpectedEOF
	}
	return slices.Clip(body), err
}

// parse is the stage that checks what the body says of itself, its size and
// that it is a JSON object that means one thing only.
func (s *Server) parse(c *call) *reply {
	if c.Body == nil {
		return nil
	}
	if len(c.body) == 0 && !c.tooLarge {
		return errorf(http.StatusBadRequest, "the request has no body: a JSON object is expected")
	}
	if r := checkContentType(c.request.Header.Get("Content-Type")); r != nil {
		return r
	}
	if c.tooLarge {
		return errorf(http.StatusRequestEntityTooLarge, "the request's body is larger than %d bytes", maxBody)
	}
	members, err := parseObject(c.body)
	if err != nil {
		return errorf(http.StatusBadRequest, "malformed JSON: %v", err)
	}
	c.members = members
	return nil
}

func checkContentType(value string) *reply {
	mediaType, params, err := mime.ParseMediaType(value)
	switch {
	case value == "":
		return errorf(http.StatusUnsupportedMediaType, "the request's body has no Content-Type: send %s", jsonType)
	case err != nil, mediaType != jsonType:
		return errorf(http.StatusUnsupportedMediaType, "the Content-Type %q is not supported: send %s", value, jsonType)
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return errorf(http.StatusUnsupportedMediaType, "the charset %q is not supported: JSON is UTF-8", params["charset"])
	}
	return nil
}

// parseObject checks a body and returns the members of the object that it is.
// Repeated names are refused: receivers disagree on which of them counts.
func parseObject(body []byte) ([]member, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not valid UTF-8")
	}
	if !json.Valid(body) {
		return nil, syntaxError(body)
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); trimmed[0] != '{' {
		return nil, errors.New("an object is expected")
	}
	type place struct {
		object int
		key    string
	}
	var (
		members  []member
		repeated []string
		seen     = make(map[place]bool)
	)
	scanMembers(body, func(m member) {
		at := place{m.object, m.key}
		if seen[at] {
			repeated = append(repeated, m.name)
		}
		seen[at] = true
		if m.object == 0 {
			members = append(members, m)
		}
	})
	if repeated != nil {
		return nil, fmt.Errorf("the name %q is repeated in one object", repeated[0])
	}
	return members, nil
}

// syntaxError says what keeps a body from being JSON.
func syntaxError(body []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(body, &raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%w, at byte %d", err, syntax.Offset)
	}
	return err
}

// known reduces the body to the fields that the operation has. The decoder
// behind would take other spellings ("Title") for them too, which the API
// does not.
func (c *call) known(unknown func(name string, known []string)) json.RawMessage {
	var keep []member
	for _, m := range c.members {
		if slices.Contains(c.Body, m.name) {
			keep = append(keep, m)
			c.nested(m, unknown)
			continue
		}
		unknown(m.name, topLevel(c.Body))
	}
	if len(keep) == len(c.members) {
		return c.body
	}
	known := []byte("{")
	for i, m := range keep {
		if i > 0 {
			known = append(known, ',')
		}
		known = fmt.Appendf(known, "%q:%s", m.name, c.body[m.start:m.end])
	}
	return append(known, '}')
}

// nested looks for unknown members of an object whose members the route lists
// as "field.member".
func (c *call) nested(m member, unknown func(name string, known []string)) {
	prefix := m.name + "."
	value := c.body[m.start:m.end]
	if value[0] != '{' || !slices.ContainsFunc(c.Body, func(name string) bool { return strings.HasPrefix(name, prefix) }) {
		return
	}
	scanMembers(value, func(inner member) {
		if name := prefix + inner.name; inner.object == 0 && !slices.Contains(c.Body, name) {
			unknown(name, c.Body)
		}
	})
}

// topLevel leaves the nested names out.
func topLevel(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.Contains(name, ".") })
}
