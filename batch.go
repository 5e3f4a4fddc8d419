package selgora

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

const (
	batchSize               = 50 // addresses per request, as the API guide has it
	defaultBatchConcurrency = 4
)

// BatchEnrollParams describes the enrollment of many students in one course.
type BatchEnrollParams struct {
	CourseID string   // required
	Emails   []string // any number; blank and repeated ones are reported, not sent
	// Concurrency is how many requests are under way at once; 0 stands for 4.
	// The client's rate limits hold for them as for all others.
	Concurrency int
	// OnProgress, if set, is called after each request, on the goroutine that
	// called CreateBatch. A slow function holds the batch up. One that panics
	// ends it: what is under way is canceled, and the panic passes through
	// CreateBatch.
	OnProgress func(BatchProgress)
}

// BatchProgress is how far a batch has come, in addresses of the input.
type BatchProgress struct {
	Done   int // with a result, whichever
	Failed int // of these, failed or not sent
	Total  int
}

// BatchStatus is what became of one address of a batch.
type BatchStatus string

// The statuses of an address.
const (
	// BatchEnrolled is an enrollment that the server answered with; a new one,
	// if the server tells new ones from old.
	BatchEnrolled BatchStatus = "enrolled"
	// BatchAlreadyEnrolled is an address that had an enrollment in the course.
	BatchAlreadyEnrolled BatchStatus = "already enrolled"
	// BatchAccepted is an address of which the server said nothing in
	// particular in an answer of success: no guide documents its body.
	BatchAccepted BatchStatus = "accepted"
	// BatchFailed is an address that was refused, or one whose request failed.
	// The request may have been carried out; to repeat it does no harm.
	BatchFailed BatchStatus = "failed"
	// BatchNotSent is an address of which nothing left this machine.
	BatchNotSent BatchStatus = "not sent"
)

// BatchItem is the result for one address of the input.
type BatchItem struct {
	Email      string // as in the input
	Status     BatchStatus
	Enrollment *Enrollment // where the server answered with one
	Err        error       // why it failed or was not sent
	// Duplicate marks an address that stands earlier in the input, in whatever
	// case. It was sent once; this is the result of the first.
	Duplicate bool
}

func (it BatchItem) failed() bool { return it.Status == BatchFailed || it.Status == BatchNotSent }

// BatchResult has one item for each address, in the order of the input.
type BatchResult struct {
	Items []BatchItem
}

// Failed returns the addresses that failed or were not sent, each once, in the
// order of the input: what to give to the next call. Blank ones are left out.
// A nil result has none.
func (r *BatchResult) Failed() []string {
	if r == nil {
		return nil
	}
	var emails []string
	for _, it := range r.Items {
		if it.failed() && !it.Duplicate && strings.TrimSpace(it.Email) != "" {
			emails = append(emails, it.Email)
		}
	}
	return emails
}

// Count returns how many addresses of the input have the status, 0 for a nil
// result.
func (r *BatchResult) Count(status BatchStatus) int {
	if r == nil {
		return 0
	}
	n := 0
	for _, it := range r.Items {
		if it.Status == status {
			n++
		}
	}
	return n
}

// BatchError is the error of a batch of which some addresses failed or were
// not sent. It matches what any of them failed with.
type BatchError struct {
	Failed, Total int // addresses of the input

	causes []error
}

// Error counts the failures and shows the first of their causes.
func (e *BatchError) Error() string {
	msg := fmt.Sprintf("selgora: batch enrollment: %d of %d addresses failed", e.Failed, e.Total)
	if len(e.causes) == 0 {
		return msg // made by hand, in a test of the caller's
	}
	msg += ": " + strings.TrimPrefix(e.causes[0].Error(), "selgora: ")
	switch more := len(e.causes) - 1; more {
	case 0:
	case 1:
		msg += " (and 1 more cause)"
	default:
		msg += fmt.Sprintf(" (and %d more causes)", more)
	}
	return msg
}

// Unwrap returns every cause: one for a request that failed as a whole, one
// for each address that failed alone.
func (e *BatchError) Unwrap() []error { return e.causes }

// BatchItemError is an address that the server refused in a batch.
type BatchItemError struct {
	Email   string
	Message string // the server's
}

// Error gives the address and the message.
func (e *BatchItemError) Error() string { return "selgora: " + e.Email + ": " + e.Message }

func (p *BatchEnrollParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"BatchEnrollParams", "is nil"}
	case strings.TrimSpace(p.CourseID) == "":
		return &ParamError{"BatchEnrollParams.CourseID", "is required"}
	case p.Concurrency < 0:
		return &ParamError{"BatchEnrollParams.Concurrency", fmt.Sprintf("%d is negative", p.Concurrency)}
	}
	return nil
}

// CreateBatch enrolls any number of students in a course, 50 per request,
// several requests at once. The result has one item per address of the input,
// also when the error is not nil: a [*BatchError] that joins what failed. A
// request that fails takes none but its own addresses with it, and a context
// that ends leaves the rest not sent. An address that is enrolled already is no
// failure, so that a batch can be repeated: pass [BatchResult.Failed] on. Request
// options hold for each request; [WithResponse] shows the one that ended last.
//
// Documented in the API guide, but for what the answer says. Only parameters
// that make the whole call senseless yield a nil result.
func (s *EnrollmentService) CreateBatch(ctx context.Context, params *BatchEnrollParams, opts ...RequestOption) (*BatchResult, error) {
	if err := params.validate(); err != nil {
		return nil, s.core.refuse(err, opts)
	}
	if ctx == nil {
		return nil, s.core.refuse(&ParamError{"ctx", "is nil"}, opts)
	}
	o, err := s.core.requestOptions(opts)
	if err != nil {
		return nil, err
	}
	b := newBatch(params)
	b.response = o.response
	b.run(ctx, func(ctx context.Context, emails []string) (chunkAnswer, error) {
		return s.createChunk(ctx, params.CourseID, emails, o)
	})
	return b.result()
}

// batchAnswer is what may be in a batch's answer. Nil Data says that there is
// nothing per address.
type batchAnswer struct {
	Data []struct {
		Enrollment
		Created *bool `json:"created"`
	} `json:"data"`
	Errors []struct {
		Email string `json:"email"`
		Error string `json:"error"`
	} `json:"errors"`
}

// chunkAnswer is the answer to one request of a batch.
type chunkAnswer struct {
	batchAnswer
	response Response
}

func (s *EnrollmentService) createChunk(ctx context.Context, courseID string, emails []string, o requestOptions) (answer chunkAnswer, err error) {
	path := pathOf("enrollments", "batch")
	to, err := path.target(s.core.baseURL)
	if err != nil {
		return answer, err
	}
	body := struct {
		CourseID string   `json:"course_id"`
		Emails   []string `json:"emails"`
	}{courseID, emails}
	if o.response != nil {
		o.response = &answer.response // the caller's is not for several requests at once
	}
	r := request{method: http.MethodPost, path: path, body: body, decode: decodeBatch}
	err = s.core.doAt(ctx, r, to, o, &answer.batchAnswer)
	return answer, err
}

// decodeBatch takes an empty body too: the guide shows none.
func decodeBatch(body []byte, out any) error {
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	return decodeWhole(body, out)
}
