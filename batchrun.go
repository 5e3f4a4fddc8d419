package selgora

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

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
	response *Response // the caller's, or nil
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
func (b *batch) run(ctx context.Context, send func([]string) (chunkAnswer, error)) {
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
					b.settle(chunk, chunkAnswer{}, &unsentError{err})
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
func (b *batch) settle(chunk []int, answer chunkAnswer, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.response != nil && answer.response.Attempts > 0 {
		*b.response = answer.response
	}
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
		b.read(chunk, answer.batchAnswer)
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
