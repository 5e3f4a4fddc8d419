package mockserver

import (
	"fmt"
	"net/http"
	"time"
)

// reply is what a request is answered with, as a value: the stages, the
// handlers and the faults make and change it, and only the two writers (TCP
// and in-process) know how it gets to the client.
type reply struct {
	status int
	header http.Header // beyond what every answer has; nil for none
	body   []byte      // never changed once it is here
	date   time.Time

	// problem is the strict failure that this answer is about, for the
	// journal.
	problem string

	wire wire
	// err is set where there is no answer, because the client is gone or the
	// server closed.
	err error
}

// wire says how the bytes of an answer travel.
type wire struct {
	cut  cut
	sent int           // bytes of the body that arrive, with cutTruncate and cutResetBody
	pace time.Duration // how long the body takes to arrive
}

// cut is where an answer ends before its end.
type cut uint8

const (
	cutNone      cut = iota
	cutReset         // a connection reset in place of the answer
	cutEmpty         // the connection is closed without an answer
	cutTruncate      // the connection is closed within the body
	cutResetBody     // a connection reset within the body
)

const jsonType = "application/json"

// errorBody is the shape of every error.
type errorBody struct {
	Error      string            `json:"error"`
	RetryAfter int               `json:"retry_after,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
}

// errorf answers with an error in the API's shape.
func errorf(status int, format string, args ...any) *reply {
	return errorReply(status, errorBody{Error: fmt.Sprintf(format, args...)})
}

func errorReply(status int, body errorBody) *reply {
	return jsonReply(status, body)
}

// jsonReply answers with a value that this package made, so that it can be
// encoded.
func jsonReply(status int, value any) *reply {
	body, err := encode(value)
	if err != nil {
		return &reply{status: http.StatusInternalServerError, body: []byte(`{"error":"the fake could not encode its answer"}`)}
	}
	return &reply{status: status, body: body}
}

// set adds a header to the answer.
func (r *reply) set(name, value string) *reply {
	if r.header == nil {
		r.header = make(http.Header, 1)
	}
	r.header.Set(name, value)
	return r
}
