package selgora

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

// maxPooledBody keeps one huge answer from staying in memory for ever.
const maxPooledBody = 1 << 20

// maxIdleReads is how many reads in a row may bring nothing; bufio has the same.
const maxIdleReads = 100

// bodyBuffer holds an answer's whole body. It stands in for the response's
// body too, so that the layers above can drain and close it.
type bodyBuffer struct {
	data []byte
	off  int
}

var bodyPool = sync.Pool{New: func() any { return new(bodyBuffer) }}

func getBodyBuffer() *bodyBuffer { return bodyPool.Get().(*bodyBuffer) }

func putBodyBuffer(b *bodyBuffer) {
	if cap(b.data) > maxPooledBody {
		return
	}
	b.reset()
	bodyPool.Put(b)
}

func (b *bodyBuffer) reset() { b.data, b.off = b.data[:0], 0 }

// Read reads what was not yet read of the buffered body.
func (b *bodyBuffer) Read(p []byte) (int, error) {
	if b.off >= len(b.data) {
		return 0, io.EOF
	}
	n := copy(p, b.data[b.off:])
	b.off += n
	return n, nil
}

// Close keeps the data: it is decoded after the layers above closed it.
func (b *bodyBuffer) Close() error { return nil }

// fill reads the whole body of an answer, at most limit bytes of it. What was
// read before an error stays in the buffer.
func (b *bodyBuffer) fill(resp *http.Response, limit int64) error {
	b.reset()
	if resp.ContentLength > limit && resp.Body != http.NoBody { // the answer to a HEAD announces what does not come
		return tooLarge(limit)
	}
	// One byte more than announced, so that the end is seen without growing;
	// but a large announcement is believed only as it comes true.
	if want := min(resp.ContentLength, maxPooledBody-1) + 1; want > int64(cap(b.data)) {
		b.data = make([]byte, 0, want)
	} else if cap(b.data) == 0 {
		b.data = make([]byte, 0, 4096)
	}
	for idle := 0; ; {
		if len(b.data) == cap(b.data) {
			b.data = append(b.data, 0)[:len(b.data)]
		}
		room := b.data[len(b.data):cap(b.data)]
		// One byte over the cap tells an answer that fits from one that does not.
		if left := limit - int64(len(b.data)); int64(len(room))-1 > left {
			room = room[:left+1]
		}
		n, err := resp.Body.Read(room)
		b.data = b.data[:len(b.data)+n]
		if int64(len(b.data)) > limit {
			b.data = b.data[:limit]
			return tooLarge(limit)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
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

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: more than %d bytes", ErrResponseTooLarge, limit)
}
