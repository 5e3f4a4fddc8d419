package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

var faultControls = []controlEndpoint{
	{"GET", "/_mock/faults", "the faults that can still happen, and how often they were seen", false, faultsList},
	{"POST", "/_mock/faults", `injects a fault, such as {"operation": "courses.get", "status": 503}`, false, faultsInject},
	{"DELETE", "/_mock/faults", "takes all faults away", false, faultsClear},
}

// faultJSON is a [Fault] in the control API.
type faultJSON struct {
	Operation   Operation           `json:"operation,omitempty"`
	Nth         int                 `json:"nth,omitempty"`
	Times       int                 `json:"times,omitempty"`
	Probability float64             `json:"probability,omitempty"`
	Optional    bool                `json:"optional,omitempty"`
	AfterCommit bool                `json:"after_commit,omitempty"`
	Delay       duration            `json:"delay,omitempty"`
	Status      int                 `json:"status,omitempty"`
	Header      map[string]oneOrAll `json:"header,omitempty"`
	Body        json.RawMessage     `json:"body,omitempty"` // a string is sent as its text, other JSON as it is
	Reset       bool                `json:"reset,omitempty"`
	Empty       bool                `json:"empty,omitempty"`
	Truncate    bool                `json:"truncate,omitempty"`
	ResetBody   bool                `json:"reset_body,omitempty"`
	Keep        int                 `json:"keep,omitempty"`
	Garbage     bool                `json:"garbage,omitempty"`
	SlowBody    duration            `json:"slow_body,omitempty"`
}

// activeFaultJSON adds what has become of it.
type activeFaultJSON struct {
	faultJSON
	Seen  int `json:"seen"`
	Fired int `json:"fired"`
}

// oneOrAll is a header's value, or a list of them.
type oneOrAll []string

func (v *oneOrAll) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*v = oneOrAll{one}
		return nil
	}
	if json.Unmarshal(text, (*[]string)(v)) != nil {
		return errors.New("a header's value is a string or a list of strings")
	}
	return nil
}

func (f faultJSON) fault() Fault {
	fault := Fault{
		Operation: f.Operation, Nth: f.Nth, Times: f.Times, Probability: f.Probability, Optional: f.Optional,
		AfterCommit: f.AfterCommit, Delay: time.Duration(f.Delay), Status: f.Status,
		Reset: f.Reset, Empty: f.Empty, Truncate: f.Truncate, ResetBody: f.ResetBody, Keep: f.Keep,
		Garbage: f.Garbage, SlowBody: time.Duration(f.SlowBody),
	}
	for name, values := range f.Header {
		if fault.Header == nil {
			fault.Header = make(http.Header)
		}
		fault.Header[name] = values
	}
	var text string
	switch {
	case f.Body == nil || bytes.Equal(f.Body, []byte("null")):
	case json.Unmarshal(f.Body, &text) == nil:
		fault.Body = []byte(text)
	default:
		fault.Body = f.Body
	}
	return fault
}

func newFaultJSON(f Fault) faultJSON {
	shown := faultJSON{
		Operation: f.Operation, Nth: f.Nth, Times: f.Times, Probability: f.Probability, Optional: f.Optional,
		AfterCommit: f.AfterCommit, Delay: duration(f.Delay), Status: f.Status,
		Reset: f.Reset, Empty: f.Empty, Truncate: f.Truncate, ResetBody: f.ResetBody, Keep: f.Keep,
		Garbage: f.Garbage, SlowBody: duration(f.SlowBody),
	}
	for name, values := range f.Header {
		if shown.Header == nil {
			shown.Header = make(map[string]oneOrAll)
		}
		shown.Header[name] = values
	}
	if f.Body != nil {
		shown.Body, _ = encode(string(f.Body)) // a string can be encoded
	}
	return shown
}

func faultsList(s *Server, _ *call) *reply {
	list := []activeFaultJSON{}
	for _, a := range s.faults.list() {
		list = append(list, activeFaultJSON{newFaultJSON(a.Fault), a.seen, a.fired})
	}
	return jsonReply(http.StatusOK, map[string]any{"data": list})
}

func faultsInject(s *Server, c *call) *reply {
	in, bad := controlInput[faultJSON](c)
	if bad != nil {
		return bad
	}
	f := in.fault()
	if err := s.TryInject(f); err != nil {
		return unprocessable(err)
	}
	return jsonReply(http.StatusCreated, newFaultJSON(f))
}

func faultsClear(s *Server, _ *call) *reply {
	s.ClearFaults()
	return done()
}
