package mockserver

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is something that goes wrong with requests; see [Server.Inject]. The
// first fields choose the requests, AfterCommit the moment, the others what
// happens. A fault needs at least one of the latter.
//
// A request is hit by one fault at most: the first injected of those that are
// due. The others wait for the next request, so that several faults injected
// in a row happen one after the other. Requests that are refused with a 401 or
// by a rate limit are neither hit nor counted.
type Fault struct {
	// Operation is the operation to hit; the empty one is every operation and
	// also requests that fit none.
	Operation Operation
	// Nth is the first of the matching requests to hit, counted from 1 at the
	// moment of injection. Zero means 1.
	Nth int
	// Times is how many requests to hit; -1 is all from the Nth on. Zero means
	// one, or all with a Probability.
	Times int
	// Probability hits each request that is due with this chance, above 0 to
	// 1, from a sequence that [WithSeed] determines. Zero means always.
	Probability float64
	// Optional says that it is no mistake if the fault never happens.
	Optional bool

	// AfterCommit makes the change first and spoils its answer then: the
	// client cannot know that the work is done. Without it, nothing is
	// changed by a request that Status, Reset or Empty answers.
	AfterCommit bool

	// Delay is a time to wait before going on: to the other fields' effect or
	// to the ordinary answer. It goes by on the real clock, or on the bubble's
	// in testing/synctest. A client that gives up meanwhile ends the request
	// there, unless AfterCommit without its change.
	Delay time.Duration

	// Status is answered in place of the ordinary one: 200 to 599.
	Status int
	// Header is sent with Status, such as Retry-After.
	Header http.Header
	// Body is sent with Status; nil is an error as the API writes it.
	Body []byte

	// Reset resets the connection in place of an answer.
	Reset bool
	// Empty closes the connection in place of an answer.
	Empty bool

	// The following four spoil an answer on its way: the one with Status, or
	// without it the ordinary one, whose change is therefore made even
	// without AfterCommit.

	// Truncate closes the connection in the middle of the body, after Keep
	// bytes.
	Truncate bool
	// ResetBody resets the connection in the middle of the body, after Keep
	// bytes.
	ResetBody bool
	// Keep is how many bytes of the body Truncate and ResetBody let through.
	// Zero means half of it.
	Keep int
	// Garbage replaces the body with bytes that are not JSON.
	Garbage bool
	// SlowBody is how long the body takes to arrive, piece by piece, after the
	// headers.
	SlowBody time.Duration
}

// String describes the fault in the words of its fields.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString("fault")
	if f.Operation != "" {
		fmt.Fprintf(&b, " on %s", f.Operation)
	}
	sep := ": "
	for _, part := range f.parts() {
		b.WriteString(sep + part)
		sep = ", "
	}
	return b.String()
}

func (f Fault) parts() []string {
	var parts []string
	add := func(is bool, format string, args ...any) {
		if is {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(f.Delay != 0, "delay %v", f.Delay)
	add(f.Status != 0, "status %d", f.Status)
	add(f.Reset, "reset")
	add(f.Empty, "empty reply")
	add(f.Truncate, "truncated body")
	add(f.ResetBody, "reset in the body")
	add(f.Garbage, "garbage body")
	add(f.SlowBody != 0, "slow body %v", f.SlowBody)
	add(f.AfterCommit, "after commit")
	add(f.Nth > 1, "from request %d on", f.Nth)
	switch {
	case f.times() == math.MaxInt:
		parts = append(parts, "every time")
	case f.Times > 1:
		parts = append(parts, fmt.Sprintf("%d times", f.Times))
	}
	add(f.Probability != 0, "probability %v", f.Probability)
	return parts
}

// times is how many requests the fault hits at most.
func (f *Fault) times() int {
	switch {
	case f.Times < 0, f.Times == 0 && f.Probability > 0:
		return math.MaxInt
	case f.Times == 0:
		return 1
	}
	return f.Times
}

// replaces tells whether the fault has an answer, or the lack of one, of its
// own.
func (f *Fault) replaces() bool { return f.Status != 0 || f.Reset || f.Empty }

// validate returns every mistake in the fault.
func (f *Fault) validate() error {
	var problems []error
	refuse := func(is bool, format string, args ...any) {
		if is {
			problems = append(problems, fmt.Errorf("Fault."+format, args...))
		}
	}
	if f.Operation != "" && !slices.Contains(operationNames, string(f.Operation)) {
		refuse(true, "Operation %q is unknown%s", f.Operation, didYouMean(string(f.Operation), operationNames))
	}
	refuse(f.Nth < 0, "Nth is %d: requests are counted from 1", f.Nth)
	refuse(f.Times < -1, "Times is %d: give a number of requests, or -1 for all", f.Times)
	refuse(!(f.Probability >= 0 && f.Probability <= 1), "Probability is %v: it lies between 0 and 1", f.Probability)
	refuse(f.Delay < 0, "Delay is %v: it cannot be negative", f.Delay)
	refuse(f.SlowBody < 0, "SlowBody is %v: it cannot be negative", f.SlowBody)
	refuse(f.Keep < 0, "Keep is %d: it is a number of bytes", f.Keep)
	refuse(f.Keep > 0 && !f.Truncate && !f.ResetBody, "Keep says where Truncate or ResetBody cut: set one of them")
	refuse(f.Status != 0 && (f.Status < 200 || f.Status > 599), "Status is %d: answers have 200 to 599", f.Status)
	refuse(f.Status == 0 && f.Header != nil, "Header belongs to a Status: set one")
	refuse(f.Status == 0 && f.Body != nil, "Body belongs to a Status: set one")
	for name, values := range f.Header {
		refuse(!validHeaderName(name), "Header has the name %q, which HTTP does not allow", name)
		for _, framing := range []string{"Content-Length", "Transfer-Encoding"} {
			refuse(strings.EqualFold(name, framing), "Header has %s: it follows from the body", framing)
		}
		for _, value := range values {
			refuse(!validHeaderValue(value), "Header has a value for %s with a character that HTTP does not allow", name)
		}
	}
	spoils := f.Truncate || f.ResetBody || f.Garbage || f.SlowBody > 0
	refuse(f.Reset && f.Empty, "Reset and Empty: a connection ends in one way only")
	refuse(f.Truncate && f.ResetBody, "Truncate and ResetBody: a connection ends in one way only")
	refuse((f.Reset || f.Empty) && (f.Status != 0 || spoils), "Reset and Empty leave no answer: Status and the effects on a body do not go with them")
	refuse(f.Delay == 0 && !f.replaces() && !spoils, "Status, Delay, Reset, Empty, Truncate, ResetBody, Garbage, SlowBody: set at least one, this fault does nothing")
	return errors.Join(problems...)
}

// operationNames are the names of all operations.
var operationNames = func() []string {
	names := make([]string, len(table))
	for i := range table {
		names[i] = string(table[i].Operation)
	}
	return names
}()
