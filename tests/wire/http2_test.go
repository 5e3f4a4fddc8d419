package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/selgora/selgora-go"
)

// Over HTTP/2 a POST is repeated exactly when it cannot have arrived, on a new
// connection and on a kept one.
func TestHTTP2(t *testing.T) {
	var posts, broken atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("the request came over %s", r.Proto)
		}
		if r.Method == http.MethodPost {
			posts.Add(1)
			if broken.Load() > 0 {
				panic(http.ErrAbortHandler) // a reset of the stream
			}
		}
		w.Write([]byte(courseJSON))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	var refuse atomic.Bool
	tr := server.Client().Transport.(*http.Transport).Clone()
	tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if refuse.Load() {
			addr = "127.0.0.1:1"
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	defer tr.CloseIdleConnections()
	client := newClient(t, selgora.WithBaseURL(server.URL+"/v1"), selgora.WithHTTPClient(&http.Client{Transport: tr}), selgora.WithRetryWait(0, 0))
	for _, tt := range []struct {
		name           string
		refuse, broken bool
		posts          int64
		attempts       int
		fresh          bool
	}{
		{name: "works", fresh: true, posts: 1, attempts: 1},
		{name: "works again", posts: 1, attempts: 1},
		{name: "reset on a kept connection", broken: true, posts: 1, attempts: 1},
		{name: "reset on a new connection", fresh: true, broken: true, posts: 1, attempts: 1},
		{name: "refused", fresh: true, refuse: true, attempts: 3},
	} {
		if tt.fresh {
			tr.CloseIdleConnections()
		}
		posts.Store(0)
		broken.Store(0)
		if tt.broken {
			broken.Store(1)
		}
		refuse.Store(tt.refuse)
		var resp selgora.Response
		err := createCourse(t.Context(), client, selgora.WithResponse(&resp))
		if failed := tt.refuse || tt.broken; (err != nil) != failed || errors.Is(err, selgora.ErrNotSent) != tt.refuse || posts.Load() != tt.posts || resp.Attempts != tt.attempts {
			t.Errorf("%s: %v after %d attempts and %d arrivals", tt.name, err, resp.Attempts, posts.Load())
		}
	}
}
