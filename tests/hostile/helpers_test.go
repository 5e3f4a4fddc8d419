package hostile_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

const key = "sk_live_hostile_key"

type rt func(*http.Request) (*http.Response, error)

func (f rt) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string, kv ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for i := 0; i < len(kv); i += 2 {
		h.Set(kv[i], kv[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), ProtoMajor: 1, ProtoMinor: 1}
}

const course = `{"id":"c","title":"t"}`

func newClient(t testing.TB, f rt, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	c, err := selgora.NewClient(key, append([]selgora.Option{
		selgora.WithBaseURL("http://127.0.0.1:1/v1"), selgora.WithHTTPClient(&http.Client{Transport: f}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cut is a body that breaks.
type cut struct{ r io.Reader }

func (c *cut) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
func (c *cut) Close() error { return nil }

func bg() context.Context { return context.Background() }
