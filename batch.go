package selgora

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/selgora/selgora-go/internal/wire"
)

const (
	batchSize               = 50 // addresses per request, as the API guide has it
	defaultBatchConcurrency = 4
)

// EnrollmentCreateBatchParams describes the enrollment of many students in one
// course.
type EnrollmentCreateBatchParams struct {
	CourseID string   // required
	Emails   []string // any number; blank and repeated ones are reported, not sent
	// Concurrency is how many requests are under way at once; 0 stands for 4.
	// The client's rate limits apply to them as to all others.
	Concurrency int
	// OnProgress, if set, is called after each request, and once more if there
	// are addresses for which no request was made. It runs on the goroutine that
	// called CreateBatch. A slow function holds up the batch. If it panics, what
	// is under way is canceled, and the panic passes through CreateBatch.
	OnProgress func(BatchProgress)
}

// BatchProgress says how far a batch has come, in addresses of the input.
type BatchProgress struct {
	Done   int // with a result, of any status
	Failed int // of these, failed or not sent
	Total  int
	// Items are the results that are new in this report, in the order of the
	// input: those of the last request and of duplicates of its addresses, and
	// in the first report the blank ones. All reports together contain each
	// address of the input exactly once, so the results can be stored as they
	// come. The function may keep the slice.
	Items []BatchItem
}

// BatchStatus is what became of one address of a batch.
type BatchStatus string

// The statuses of an address.
const (
	// BatchEnrolled means that the response contains the enrollment with its id:
	// a new one, if the server distinguishes new ones from old.
	BatchEnrolled BatchStatus = "enrolled"
	// BatchAlreadyEnrolled means that the address was already enrolled in the
	// course.
	BatchAlreadyEnrolled BatchStatus = "already enrolled"
	// BatchAccepted means that the response is a success but says nothing about
	// the address, or nothing that can be read: no guide documents its body.
	BatchAccepted BatchStatus = "accepted"
	// BatchFailed means that the address was refused, or that its request failed.
	// The request may have been carried out; repeating it does no harm.
	BatchFailed BatchStatus = "failed"
	// BatchNotSent means that the address never left this machine.
	BatchNotSent BatchStatus = "not sent"
)

// BatchItem is the result for one address of the input.
type BatchItem struct {
	Email  string // as in the input
	Status BatchStatus
	// Enrollment is set if the response contains one. Its UserEmail is spelled as
	// the server spells it.
	Enrollment *Enrollment
	Err        error // why it failed or was not sent
	// Duplicate marks an address that also comes earlier in the input, compared
	// without regard to case. It was sent once; this is the result of the first.
	Duplicate bool
}

func (it *BatchItem) failed() bool { return it.Status == BatchFailed || it.Status == BatchNotSent }

// refused reports whether the address would fail again.
func (it *BatchItem) refused() bool {
	var item *BatchItemError
	var e *Error
	switch {
	case !it.failed():
		return false
	case strings.TrimSpace(it.Email) == "":
		return true
	case it.Status == BatchNotSent:
		return false
	case errors.As(it.Err, &item):
		return true
	case !errors.As(it.Err, &e) || e.StatusCode/100 != 4 || endsBatch(it.Err):
		return false
	}
	return e.StatusCode != http.StatusRequestTimeout && e.StatusCode != http.StatusTooManyRequests
}

// BatchResult holds one item for each address, in the order of the input.
type BatchResult struct {
	Items []BatchItem
}

// Retryable returns the addresses that may succeed if they are passed to another
// call, which enrolls nobody twice: those that were not sent, those whose request
// got no response, a 408, a 429 or a 5xx, and those of a request that ended the
// whole batch. Each is included once, in the order of the input. Fix what ended
// the batch first, and limit the number of rounds. It returns nil for a nil
// result.
func (r *BatchResult) Retryable() []string {
	return r.emails(func(it *BatchItem) bool { return it.failed() && !it.refused() })
}

// Refused returns the addresses that would be refused again: those that the
// server named as failed, those of a request that was refused as a whole, such as
// with a 400, 413 or 422, and blank ones. Each is included once, in the order of
// the input. An address that failed or was not sent is either here or in
// [BatchResult.Retryable]. It returns nil for a nil result.
func (r *BatchResult) Refused() []string { return r.emails((*BatchItem).refused) }

func (r *BatchResult) emails(want func(*BatchItem) bool) []string {
	if r == nil {
		return nil
	}
	var emails []string
	for i := range r.Items {
		if it := &r.Items[i]; !it.Duplicate && want(it) {
			emails = append(emails, it.Email)
		}
	}
	return emails
}

// Count returns how many addresses of the input have the status, or 0 for a nil
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

func (p *EnrollmentCreateBatchParams) validate() error {
	switch {
	case p == nil:
		return &ParamError{"EnrollmentCreateBatchParams", "is nil"}
	case strings.TrimSpace(p.CourseID) == "":
		return &ParamError{"EnrollmentCreateBatchParams.CourseID", "is required"}
	case p.Concurrency < 0:
		return &ParamError{"EnrollmentCreateBatchParams.Concurrency", fmt.Sprintf("%d is negative", p.Concurrency)}
	}
	return nil
}

// CreateBatch enrolls any number of students in a course, 50 per request, with
// several requests at once. The result has one item for each address of the
// input, even if there is an error: a [*BatchError] that joins all failures. A
// request that fails affects only its own addresses. What would make every
// further request fail ends the batch: a 401, a 403, a 404, a 422 about
// course_id, a [*ParamError], or a key function that fails. So does the end of
// the context. The remaining addresses are then not sent, those included that
// wait for a rate limit.
//
// Requests wait for the rate limits, and for as long as a 429 asks, until the
// context ends; [WithMaxWait] does not apply.
//
// An address that is already enrolled is not a failure, so a batch can be
// repeated: pass on what [BatchResult.Retryable] returns. Request options apply
// to each request; [WithResponse] shows the one that ended last.
//
// The API guide documents the request, but not the body of the response. A 2xx
// that comes whole is a success, whatever its body, for all addresses that it
// does not name as failed; one that it names both as enrolled and as failed has
// failed. Addresses are compared without regard to case and surrounding space. The result is nil
// only if the parameters or options are refused as a whole.
func (s *EnrollmentService) CreateBatch(ctx context.Context, params *EnrollmentCreateBatchParams, opts ...RequestOption) (*BatchResult, error) {
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
	p := *params // the caller's may be used for another batch before this one has ended
	b := newBatch(&p)
	b.response = o.response
	b.run(ctx, func(ctx context.Context, emails []string, call *departure) (chunkAnswer, error) {
		return s.createChunk(ctx, p.CourseID, emails, call, o)
	})
	return b.result()
}

// chunkAnswer is the response to one request of a batch.
type chunkAnswer struct {
	verdicts []verdict // one for each address
	response Response
}

func (s *EnrollmentService) createChunk(ctx context.Context, courseID string, emails []string, call *departure, o requestOptions) (answer chunkAnswer, err error) {
	body := struct {
		CourseID string   `json:"course_id"`
		Emails   []string `json:"emails"`
	}{courseID, emails}
	if o.response != nil {
		o.response = &answer.response // the caller's is not for several requests at once
	}
	r := createEnrollmentBatch.at().with(body)
	r.batched = call
	r.decode = func(o wire.Outcome, _ any) error {
		answer.verdicts = readBatch(emails, o.Body, o.Redact)
		return nil
	}
	err = s.core.doWith(ctx, r, o, &answer)
	return answer, err
}

// BatchError is the error of a batch in which addresses failed or were not sent.
// It matches whatever any of them failed with.
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

// Unwrap returns every cause: one for each request that failed as a whole, one
// for each address that failed alone, and one for all those not sent because the
// batch had ended.
func (e *BatchError) Unwrap() []error { return e.causes }

// effectOfCall looks only at what failed: the rest is done, and doing it again
// changes nothing.
func (e *BatchError) effectOfCall() Effect {
	for _, cause := range e.causes {
		if EffectOf(cause) != EffectNone {
			return EffectUnknown
		}
	}
	return EffectNone
}

// BatchItemError is an address that the server refused in a batch.
type BatchItemError struct {
	Email string
	// Message is the server's message in one line, at most 1 KiB of it, or says
	// that the server gave none. Should the server repeat the API key or an
	// address of the request, it is replaced.
	Message string
}

// Error returns the message without the address, since errors end up in logs.
func (e *BatchItemError) Error() string { return "selgora: address refused: " + e.Message }

func (e *BatchItemError) effectOfCall() Effect { return EffectNone }

// courseField is the field of a batch whose problem is every request's.
const courseField = "course_id"

// endsBatch reports whether every further request would fail with err too.
func endsBatch(err error) bool {
	var (
		param *ParamError
		key   *keyFuncError
		e     *Error
	)
	if errors.As(err, &param) || errors.As(err, &key) {
		return true
	}
	if !errors.As(err, &e) {
		return false
	}
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	case http.StatusUnprocessableEntity:
		_, course := e.Fields[courseField]
		return course
	}
	return false
}

// What a batch keeps of each failed request: it may keep the errors of thousands.
const (
	maxBatchErrorBody    = 4 << 10
	maxBatchErrorMessage = 1 << 10
	maxBatchErrorFields  = 10
	maxBatchErrorField   = 256
)

// shorten takes off what is too much to be kept for each request.
func (e *Error) shorten() {
	e.Message = wire.Shorten(e.Message, maxBatchErrorMessage)
	if len(e.Body) > maxBatchErrorBody {
		e.Body = bytes.Clone(e.Body[:maxBatchErrorBody])
	}
	var fields map[string]string
	for i, name := range slices.Sorted(maps.Keys(e.Fields)) {
		if i >= maxBatchErrorFields && name != courseField {
			continue
		}
		if fields == nil {
			fields = make(map[string]string)
		}
		fields[wire.Shorten(name, maxBatchErrorField)] = wire.Shorten(e.Fields[name], maxBatchErrorField)
	}
	e.Fields = fields
}
