package selgora

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/selgora/selgora-go/internal/wire"
)

// batch is one CreateBatch under way.
type batch struct {
	params *EnrollmentCreateBatchParams
	items  []BatchItem
	unique []int         // indices of the items to send
	copies map[int][]int // from a first item to its repetitions

	ended    error // what the items end with that no request is made for any more
	causes   []error
	progress BatchProgress
	fresh    []int     // items that no report had yet, if reports are wanted
	response *Response // the caller's, or nil
}

func newBatch(params *EnrollmentCreateBatchParams) *batch {
	b := &batch{
		params: params,
		items:  make([]BatchItem, len(params.Emails)),
		copies: make(map[int][]int),
	}
	b.progress.Total = len(params.Emails)
	seen := make(map[string]int, len(params.Emails)) // from an address to its first item
	for i, email := range params.Emails {
		b.items[i].Email = email
		key := batchKey(email)
		first, dup := seen[key]
		b.items[i].Duplicate = dup
		if !dup {
			seen[key] = i
		}
		switch {
		case key == "":
			b.fail(i, BatchNotSent, &ParamError{fmt.Sprintf("EnrollmentCreateBatchParams.Emails[%d]", i), "is blank"})
			b.causes = append(b.causes, b.items[i].Err)
		case dup:
			b.copies[first] = append(b.copies[first], i)
		default:
			b.unique = append(b.unique, i)
		}
	}
	return b
}

// batchKey returns an address as it is compared: each letter is the first of
// those that differ in case alone, be they two or, as sigma's, three.
func batchKey(email string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r <= unicode.MaxASCII {
			return r
		}
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, strings.TrimSpace(email))
}

// record settles an item and the repetitions of its address.
func (b *batch) record(i int, status BatchStatus, enrollment *Enrollment, err error) {
	b.set(i, status, enrollment, err)
	for _, dup := range b.copies[i] {
		b.set(dup, status, enrollment, err)
	}
}

func (b *batch) set(i int, status BatchStatus, enrollment *Enrollment, err error) {
	it := &b.items[i]
	it.Status, it.Enrollment, it.Err = status, enrollment, err
	b.progress.Done++
	if it.failed() {
		b.progress.Failed++
	}
	if b.params.OnProgress != nil {
		b.fresh = append(b.fresh, i)
	}
}

func (b *batch) fail(i int, status BatchStatus, err error) { b.record(i, status, nil, err) }

// report tells the caller what is new.
func (b *batch) report() {
	if len(b.fresh) == 0 {
		return
	}
	slices.Sort(b.fresh)
	p := b.progress
	p.Items = make([]BatchItem, len(b.fresh))
	for j, i := range b.fresh {
		p.Items[j] = b.items[i]
	}
	b.fresh = b.fresh[:0]
	b.params.OnProgress(p)
}

// outcome is what became of a chunk.
type outcome struct {
	chunk  []int
	call   *departure
	answer chunkAnswer
	err    error
	// abort, if set, ends the goroutine that calls it the way in which code of
	// the caller's ended the worker's: with its panic, or by runtime.Goexit.
	abort func()
}

type sendChunk func(ctx context.Context, emails []string, call *departure) (chunkAnswer, error)

// departure lets a call be stopped, unless an attempt of it is under way: that
// may be carried out, and tells what became of it.
type departure struct {
	next wire.Watcher // a tracer's, or nil

	mu       sync.Mutex
	cancel   context.CancelFunc
	underWay bool
	stopped  bool
}

// stop ends the call's waits, those after the attempt under way too.
func (d *departure) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stopped = true
	if !d.underWay {
		d.cancel()
	}
}

func (d *departure) StartAttempt(ctx context.Context, a wire.AttemptStart) context.Context {
	d.mu.Lock()
	d.underWay = true
	d.mu.Unlock()
	if d.next != nil {
		return d.next.StartAttempt(ctx, a)
	}
	return ctx
}

func (d *departure) EndAttempt(ctx context.Context, a wire.AttemptEnd) {
	if d.next != nil {
		d.next.EndAttempt(ctx, a)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.underWay = false
	if d.stopped {
		d.cancel()
	}
}

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
	outcomes := make(chan outcome, workers) // with room for all, even if nobody reads them any more
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel() // what is under way, after a panic
	rest := b.unique
	busy := make(map[*departure]bool)
	for {
		// What came back may end the batch, so it is looked at before more goes out.
		for len(busy) < workers && len(rest) > 0 && len(outcomes) == 0 && b.goesOn(ctx) {
			chunk := rest[:min(batchSize, len(rest))]
			rest = rest[len(chunk):]
			ctx, cancel := context.WithCancel(ctx)
			call := &departure{cancel: cancel}
			busy[call] = true
			wg.Go(func() { b.work(ctx, outcome{chunk: chunk, call: call}, send, outcomes) })
		}
		if len(busy) == 0 {
			break
		}
		o := <-outcomes
		delete(busy, o.call)
		if o.abort != nil {
			o.abort()
		}
		if o.stopped() {
			if errors.Is(o.err, ErrNotSent) {
				rest = slices.Concat(o.chunk, rest)
				continue
			}
			o.err = lastResponse(o.err)
		}
		b.settle(o)
		if b.ended != nil {
			for call := range busy {
				call.stop()
			}
		}
		b.report()
	}
	if len(rest) > 0 {
		b.failAll(rest, BatchNotSent, b.ended)
	}
	b.report()
}

// stopped reports whether the call ended because the batch had.
func (o *outcome) stopped() bool { return o.call.stopped && errors.Is(o.err, context.Canceled) }

// lastResponse returns the response that a stopped call had, which waited to be
// repeated: nobody canceled anything.
func lastResponse(err error) error {
	var call *CallError
	if errors.As(err, &call) && call.Earlier != nil {
		return call.Earlier
	}
	return err
}

// goesOn reports whether further requests are to be made.
func (b *batch) goesOn(ctx context.Context) bool {
	if err := ctx.Err(); err != nil && b.ended == nil {
		b.ended = &unsentError{err}
	}
	return b.ended == nil
}

// work sends a chunk. Transports and middleware are the caller's code too.
func (b *batch) work(ctx context.Context, o outcome, send sendChunk, outcomes chan<- outcome) {
	o.abort = runtime.Goexit
	defer o.call.cancel()
	defer func() {
		if p := recover(); p != nil {
			o.abort = func() { panic(p) }
		}
		outcomes <- o
	}()
	emails := make([]string, len(o.chunk))
	for j, i := range o.chunk {
		emails[j] = strings.TrimSpace(b.items[i].Email)
	}
	o.answer, o.err = send(ctx, emails, o.call)
	o.abort = nil
}

// unsentError is what the addresses end with that no request was made for any
// more.
type unsentError struct{ err error } // what ended the batch

func (e *unsentError) Error() string {
	return "selgora: not sent, since the batch had ended: " + strings.TrimPrefix(e.err.Error(), "selgora: ")
}
func (e *unsentError) Unwrap() error        { return e.err }
func (e *unsentError) Is(target error) bool { return target == ErrNotSent }
func (e *unsentError) effectOfCall() Effect { return EffectNone }

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
		b.failAll(o.chunk, status, o.err)
		if b.ended == nil && endsBatch(o.err) {
			b.ended = &unsentError{o.err}
		}
		return
	}
	for j, v := range o.answer.verdicts {
		i := o.chunk[j]
		if v.status != BatchFailed {
			b.record(i, v.status, v.enrollment, nil)
			continue
		}
		err := &BatchItemError{Email: b.items[i].Email, Message: v.message}
		b.fail(i, BatchFailed, err)
		b.causes = append(b.causes, err)
	}
}

// failAll records one cause for many.
func (b *batch) failAll(chunk []int, status BatchStatus, err error) {
	for _, i := range chunk {
		b.fail(i, status, err)
	}
	b.causes = append(b.causes, err)
}

// result joins the errors.
func (b *batch) result() (*BatchResult, error) {
	res := &BatchResult{Items: b.items}
	if b.progress.Failed == 0 {
		return res, nil
	}
	return res, &BatchError{Failed: b.progress.Failed, Total: len(b.items), causes: b.causes}
}
