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

// post sends a request to a URL.
func (e *Engine) post(at time.Time, target string, header http.Header, body string) Attempt {
	ctx, cancel := context.WithTimeout(e.ctx, Timeout)
	defer cancel()
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		return failure(at, 0, err)
	}
	req.Header = header
	resp, err := e.client.Do(req)
	if err != nil {
		var outer *url.Error // repeats the URL, with any password in it
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return failure(at, time.Since(began), err)
	}
	defer resp.Body.Close()
	// The status has arrived, and it alone decides.
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	a := Attempt{At: at, StatusCode: resp.StatusCode, Duration: time.Since(began), Response: text, Status: verdict(resp.StatusCode)}
	if err != nil {
		a.Error = fmt.Sprintf("the answer broke off after %d bytes: %v", len(text), err)
	}
	return a
}
