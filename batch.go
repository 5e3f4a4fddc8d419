package selgora

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

const (
	batchSize               = 50 // addresses per request, as the API guide has it
	defaultBatchConcurrency = 4
)

// BatchEnrollParams describes the enrolment of many students in one course.
type BatchEnrollParams struct {
	CourseID string   // required
	Emails   []string // any number; blank and repeated ones are reported, not sent
	// Concurrency is how many requests are under way at once; 0 stands for 4.
	// The client's rate limits hold for them as for all others.
	Concurrency int
	// OnProgress, if set, is called after each request, never by two goroutines
	// at once. A slow function holds the batch up.
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
	// BatchEnrolled is an enrolment that the server answered with; a new one,
	// if the server tells new ones from old.
	BatchEnrolled BatchStatus = "enrolled"
	// BatchAlreadyEnrolled is an address that had an enrolment in the course.
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
func (r *BatchResult) Failed() []string {
	var emails []string
	for _, it := range r.Items {
		if it.failed() && !it.Duplicate && strings.TrimSpace(it.Email) != "" {
			emails = append(emails, it.Email)
		}
	}
	return emails
}

// Count returns how many addresses of the input have the status.
func (r *BatchResult) Count(status BatchStatus) int {
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
	msg := fmt.Sprintf("selgora: batch enrolment: %d of %d addresses failed: %s",
		e.Failed, e.Total, strings.TrimPrefix(e.causes[0].Error(), "selgora: "))
	if more := len(e.causes) - 1; more > 0 {
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

// CreateBatch enrols any number of students in a course, 50 per request,
// several requests at once. The result has one item per address of the input,
// also when the error is not nil: a [*BatchError] that joins what failed. A
// request that fails takes none but its own addresses with it, and a context
// that ends leaves the rest not sent. An address that is enrolled already is no
// failure, so that a batch can be repeated: pass [BatchResult.Failed] on.
//
// Documented in the API guide, but for what the answer says. Only parameters
// that make the whole call senseless yield a nil result.
func (s *EnrollmentService) CreateBatch(ctx context.Context, params *BatchEnrollParams, opts ...RequestOption) (*BatchResult, error) {
	switch {
	case params == nil:
		return nil, &ParamError{"BatchEnrollParams", "is nil"}
	case strings.TrimSpace(params.CourseID) == "":
		return nil, &ParamError{"BatchEnrollParams.CourseID", "is required"}
	case params.Concurrency < 0:
		return nil, &ParamError{"BatchEnrollParams.Concurrency", fmt.Sprintf("%d is negative", params.Concurrency)}
	case ctx == nil:
		return nil, &ParamError{"ctx", "is nil"}
	}
	b := newBatch(params)
	b.run(ctx, func(emails []string) (batchAnswer, error) {
		return s.createChunk(ctx, params.CourseID, emails, opts)
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

func (s *EnrollmentService) createChunk(ctx context.Context, courseID string, emails []string, opts []RequestOption) (batchAnswer, error) {
	body := struct {
		CourseID string   `json:"course_id"`
		Emails   []string `json:"emails"`
	}{courseID, emails}
	var answer batchAnswer
	r := request{method: http.MethodPost, path: pathOf("enrollments", "batch"), body: body, decode: decodeBatch}
	err := s.core.do(ctx, r, &answer, opts)
	return answer, err
}

// decodeBatch takes an empty body too: the guide shows none.
func decodeBatch(body []byte, out any) error {
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	return decodeWhole(body, out)
}

// batch is one CreateBatch under way.
type batch struct {
	params *BatchEnrollParams
	items  []BatchItem
	unique []int          // indices of the items to send
	first  map[string]int // from an address to its first item
	copies map[int]int    // from a first item to how often it is repeated

	mu       sync.Mutex
	causes   []error
	progress BatchProgress
}

func newBatch(params *BatchEnrollParams) *batch {
	b := &batch{
		params: params,
		items:  make([]BatchItem, len(params.Emails)),
		first:  make(map[string]int, len(params.Emails)),
		copies: make(map[int]int),
	}
	b.progress.Total = len(params.Emails)
	for i, email := range params.Emails {
		b.items[i].Email = email
		key := batchKey(email)
		if key == "" {
			err := &ParamError{fmt.Sprintf("BatchEnrollParams.Emails[%d]", i), "is blank"}
			b.fail(i, BatchNotSent, err)
			b.causes = append(b.causes, err)
			continue
		}
		if first, dup := b.first[key]; dup {
			b.items[i].Duplicate = true
			b.copies[first]++
			continue
		}
		b.first[key] = i
		b.unique = append(b.unique, i)
	}
	return b
}

func batchKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func (b *batch) fail(i int, status BatchStatus, err error) {
	b.items[i].Status, b.items[i].Err, b.items[i].Enrollment = status, err, nil
	b.progress.Done += 1 + b.copies[i]
	b.progress.Failed += 1 + b.copies[i]
}

// run sends the chunks, and returns when the last request has.
func (b *batch) run(ctx context.Context, send func([]string) (batchAnswer, error)) {
	chunks := make(chan []int)
	workers := b.params.Concurrency
	if workers == 0 {
		workers = defaultBatchConcurrency
	}
	workers = min(workers, (len(b.unique)+batchSize-1)/batchSize)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for chunk := range chunks {
				if err := ctx.Err(); err != nil {
					b.settle(chunk, batchAnswer{}, &unsentError{err})
					continue
				}
				emails := make([]string, len(chunk))
				for j, i := range chunk {
					emails[j] = strings.TrimSpace(b.items[i].Email)
				}
				answer, err := send(emails)
				b.settle(chunk, answer, err)
			}
		})
	}
	for rest := b.unique; len(rest) > 0; {
		n := min(batchSize, len(rest))
		chunks <- rest[:n]
		rest = rest[n:]
	}
	close(chunks)
	wg.Wait()
}

// unsentError is a chunk that was not even tried, because the context had
// ended.
type unsentError struct{ err error }

func (e *unsentError) Error() string        { return "selgora: not sent: " + e.err.Error() }
func (e *unsentError) Unwrap() error        { return e.err }
func (e *unsentError) Is(target error) bool { return target == ErrNotSent }

// settle records what became of a chunk.
func (b *batch) settle(chunk []int, answer batchAnswer, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		status := BatchFailed
		if errors.Is(err, ErrNotSent) {
			status = BatchNotSent
		}
		for _, i := range chunk {
			b.fail(i, status, err)
		}
		b.causes = append(b.causes, err)
	} else {
		b.read(chunk, answer)
	}
	if b.params.OnProgress != nil {
		b.params.OnProgress(b.progress)
	}
}

// read matches an answer to a chunk's addresses.
func (b *batch) read(chunk []int, answer batchAnswer) {
	asked := make(map[string]int, len(chunk))
	for _, i := range chunk {
		asked[batchKey(b.items[i].Email)] = i
	}
	for j := range answer.Data {
		entry := &answer.Data[j]
		i, ok := asked[batchKey(entry.UserEmail)]
		if !ok {
			continue
		}
		b.items[i].Enrollment = &entry.Enrollment
		b.items[i].Status = BatchEnrolled
		if entry.Created != nil && !*entry.Created {
			b.items[i].Status = BatchAlreadyEnrolled
		}
	}
	for _, refused := range answer.Errors {
		i, ok := asked[batchKey(refused.Email)]
		if !ok || b.items[i].failed() {
			continue
		}
		err := &BatchItemError{Email: b.items[i].Email, Message: refused.Error}
		b.fail(i, BatchFailed, err)
		b.causes = append(b.causes, err)
	}
	perAddress := answer.Data != nil
	for _, i := range chunk {
		it := &b.items[i]
		switch {
		case it.failed():
			continue
		case it.Status != "":
		case perAddress:
			err := &BatchItemError{Email: it.Email, Message: "the answer says nothing of this address"}
			b.fail(i, BatchFailed, err)
			b.causes = append(b.causes, err)
			continue
		default:
			it.Status = BatchAccepted
		}
		b.progress.Done += 1 + b.copies[i]
	}
}

// result gives duplicates what their first became, and joins the errors.
func (b *batch) result() (*BatchResult, error) {
	failed := 0
	for i := range b.items {
		it := &b.items[i]
		if it.Duplicate {
			first := b.items[b.first[batchKey(it.Email)]]
			it.Status, it.Enrollment, it.Err = first.Status, first.Enrollment, first.Err
		}
		if it.failed() {
			failed++
		}
	}
	res := &BatchResult{Items: b.items}
	if failed == 0 {
		return res, nil
	}
	return res, &BatchError{Failed: failed, Total: len(b.items), causes: b.causes}
}
