package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// reused encodes itself into memory that it uses again.
type reused struct{ buf []byte }

func (r *reused) MarshalJSON() ([]byte, error) { return r.buf, nil }

// A transport may still read a request's body when the call has ended, and
// the caller has the memory of it back.
func TestBodyIsNotTheCallers(t *testing.T) {
	for name, body := range map[string]func(buf []byte) any{
		"RawMessage":           func(buf []byte) any { return json.RawMessage(buf) },
		"pointer to a message": func(buf []byte) any { m := json.RawMessage(buf); return &m },
		"Marshaler":            func(buf []byte) any { return &reused{buf} },
		"map":                  func(buf []byte) any { return map[string]json.RawMessage{"a": buf[5:8]} },
		"nested":               func(buf []byte) any { return struct{ json.Marshaler }{&reused{buf}} },
	} {
		t.Run(name, func(t *testing.T) {
			ended, read := make(chan struct{}), make(chan string)
			client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
				go func() {
					<-ended
					got, _ := io.ReadAll(req.Body)
					read <- string(got)
				}()
				<-req.Context().Done()
				return nil, req.Context().Err()
			}))
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			buf := []byte(`{"a":"b"}`)
			if err := client.Do(ctx, "POST", "/things", body(buf), nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			copy(buf, `{"c":"d"}`)
			close(ended)
			if got := <-read; got != `{"a":"b"}` {
				t.Errorf("the transport read %s", got)
			}
		})
	}
}
