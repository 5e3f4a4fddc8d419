package selgora

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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

// outcome is what became of a chunk.
type outcome struct {
	chunk  []int
	answer chunkAnswer
	err    error
	// abort, if set, ends the goroutine that calls it the way in which code of
	// the caller's ended the worker's: with its panic, or by runtime.Goexit.
	abort func()
}

type sendChunk func(ctx context.Context, emails []string) (chunkAnswer, error)

// run sends the chunks, and returns when the last request has. All that is not
// sending happens on the caller's goroutine, progress reports above all: the
// caller can recover from what panics in them.
func (b *batch) run(ctx context.Context, send sendChunk) {
	workers := b.params.Concurrency
	if workers == 0 {
		workers = defaultBatchConcurrency
	}
	workers = min(workers, (len(b.unique)+batchSize-1)/batchSize)
	ctx, cancel := context.WithCancel(ctx)
	chunks, outcomes := make(chan []int), make(chan outcome, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel() // what is under way, after a panic
	defer close(chunks)
	for range workers {
		wg.Go(func() {
			for chunk := range chunks {
				b.work(ctx, chunk, send, outcomes)
			}
		})
	}
	busy := 0
	for rest := b.unique; len(rest) > 0 || busy > 0; {
		next, n := chunks, min(batchSize, len(rest))
		if n == 0 || busy == workers { // so that outcomes has room for all, even if nobody reads them any more
			next = nil
		}
		select {
		case next <- rest[:n]:
			rest = rest[n:]
			busy++
		case o := <-outcomes:
			busy--
			if o.abort != nil {
				o.abort()
			}
			b.settle(o)
		}
	}
}

// work sends a chunk. Transports and middleware are the caller's code too.
func (b *batch) work(ctx context.Context, chunk []int, send sendChunk, outcomes chan<- outcome) {
	o := outcome{chunk: chunk, abort: runtime.Goexit}
	defer func() {
		if p := recover(); p != nil {
			o.abort = func() { panic(p) }
		}
		outcomes <- o
	}()
	if err := ctx.Err(); err != nil {
		o.err = &unsentError{err}
	} else {
		emails := make([]string, len(chunk))
		for j, i := range chunk {
			emails[j] = strings.TrimSpace(b.items[i].Email)
		}
		o.answer, o.err = send(ctx, emails)
	}
	o.abort = nil
}

// unsentError is a chunk that was not even tried, because the context had
// ended.
type unsentError struct{ err error }

func (e *unsentError) Error() string        { return "selgora: not sent: " + e.err.Error() }
func (e *unsentError) Unwrap() error        { return e.err }
func (e *unsentError) Is(target error) bool { return target == ErrNotSent }

// settle records what became of a chunk.
func (b *batch) settle(o outcome) {
	if b.response != nil && o.answer.response.Attempts > 0 {
		*b.response = o.answer.response
	}
	if o.err != nil {
		status := BatchFailed
		if errors.Is(o.err, ErrNotSent) {
			status = BatchNotSent
		}
		for _, i := range o.chunk {
			b.fail(i, status, o.err)
		}
		b.causes = append(b.causes, o.err)
	} else {
		b.read(o.chunk, o.answer.batchAnswer)
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
