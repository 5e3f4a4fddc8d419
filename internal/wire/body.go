package wire

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// maxPooled keeps one huge response from staying in memory for ever.
	maxPooled = 1 << 20
	// maxFailure is how much is read of an unsuccessful response: enough for
	// its message and for the connection to be used again.
	maxFailure = 1 << 20
	// maxIdleReads is how many reads in a row may bring nothing; bufio has the
	// same.
	maxIdleReads = 100
)

// buffer holds a response's whole body, and what it asks for. It stands in for
// the response's body too, so that the layers above can drain and close it.
type buffer struct {
	data  []byte
	off   int
	err   error         // why the body is of no use, though the response came whole
	wait  time.Duration // before the next attempt
	asked bool          // whether the response asks for a wait
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func newBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) free() {
	if cap(b.data) > maxPooled {
		return
	}
	b.reset()
	buffers.Put(b)
}

func (b *buffer) reset() { *b = buffer{data: b.data[:0]} }

// Read reads what was not yet read of the buffered body.
func (b *buffer) Read(p []byte) (int, error) {
	if b.off >= len(b.data) {
		return 0, io.EOF
	}
	n := copy(p, b.data[b.off:])
	b.off += n
	return n, nil
}

// Close keeps the data: it is decoded after the layers above closed it.
func (b *buffer) Close() error { return nil }

// fill reads the body of a response: all of a success, and the start of
// anything else. A body over the limit is of no use, which is no error of the
// attempt. What was read before an error stays in the buffer.
func (b *buffer) fill(resp *http.Response, limit int64) error {
	if resp.ContentLength > limit && resp.Body != http.NoBody { // the response to a HEAD announces what does not come
		b.err = &TooLargeError{limit}
		return nil
	}
	enough := int64(maxFailure)
	if resp.StatusCode < http.StatusMultipleChoices || limit <= enough {
		enough = max(limit, limit+1) // tells a body that fits from one that does not
	}
	// One byte more than announced, so that the end is seen without growing;
	// but a large announcement is believed only as it comes true.
	if want := min(resp.ContentLength, maxPooled-1) + 1; want > int64(cap(b.data)) {
		b.data = make([]byte, 0, want)
	} else if cap(b.data) == 0 {
		b.data = make([]byte, 0, 4096)
	}
	for idle := 0; ; {
		if len(b.data) == cap(b.data) {
			b.data = append(b.data, 0)[:len(b.data)]
		}
		room := b.data[len(b.data):cap(b.data)]
		if left := enough - int64(len(b.data)); int64(len(room)) > left {
			room = room[:left]
		}
		n, err := resp.Body.Read(room)
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > limit:
			b.data, b.err = b.data[:limit], &TooLargeError{limit}
			return nil
		case err == io.EOF || int64(len(b.data)) == enough:
			return nil
		case err != nil:
			return err
		}
		// No timeout reaches into a reader that returns nothing, for ever.
		if idle++; n > 0 {
			idle = 0
		} else if idle == maxIdleReads {
			return io.ErrNoProgress
		}
	}
}

func newBody(data []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }
