package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// serve hands a request to a handler in this process, on this goroutine. When
// the handler is not done in time, or ends the goroutine, another one goes on
// with the lane, and serve reports false.
func (e *Engine) serve(l *lane, it item, at time.Time, to Endpoint, header http.Header) (mine bool) {
	ctx, cancel := context.WithTimeout(e.ctx, Timeout)
	defer cancel()
	began := time.Now()
	w := &response{header: make(http.Header)}
	settle := func(err error) { e.settle(l, it, w.end(at, time.Since(began), err)) }
	stop := context.AfterFunc(ctx, func() {
		settle(ctx.Err())
		e.work(l)
	})
	returned := false
	defer func() {
		problem := recover()
		if !stop() {
			mine = false
			return
		}
		mine = true
		late := ctx.Err() // the handler has seen it first
		cancel()          // before the attempt counts as over
		switch {
		case late != nil:
			settle(late)
		case returned:
			settle(nil)
		case problem == http.ErrAbortHandler:
			settle(errors.New("the handler aborted the answer"))
		case problem != nil:
			settle(fmt.Errorf("the handler panicked: %v", problem))
		default: // runtime.Goexit, as t.FailNow calls it
			settle(errors.New("the handler ended its goroutine, as FailNow of a test does"))
		}
		if !returned && problem == nil { // Goexit: nothing can keep this goroutine
			go e.work(l)
		}
	}()
	to.Handler.ServeHTTP(w, newRequest(ctx, to.URL, header, it.job.Body))
	returned = true
	return
}

// newRequest makes a request as a server gets it.
func newRequest(ctx context.Context, target string, header http.Header, body string) *http.Request {
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{Path: "/"}
	}
	path := &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}
	if path.Path == "" {
		path.Path = "/"
	}
	r := &http.Request{
		Method:        http.MethodPost,
		URL:           path,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
		Host:          u.Host,
		RemoteAddr:    "127.0.0.1:0",
		RequestURI:    path.RequestURI(),
	}
	return r.WithContext(ctx)
}
