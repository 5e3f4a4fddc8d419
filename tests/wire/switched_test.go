package wire_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// A 101 that nobody asked for hands the connection over to another protocol:
// its body may never end, and no timeout reaches into it.
func TestUnaskedSwitch(t *testing.T) {
	gone := make(chan struct{}, 100)
	server := &wire{script: []reply{func(conn net.Conn, _ *http.Request) {
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		io.Copy(io.Discard, conn)
		gone <- struct{}{}
	}}}
	client := newClient(t, selgora.WithBaseURL("http://"+listenTCP(t, server, false)+"/v1"),
		selgora.WithRateLimit(selgora.RateLimit{Concurrent: 1}), selgora.WithRetryWait(0, 0))
	defer client.CloseIdleConnections()
	ended := make(chan error)
	requests := 0
	for range 10 {
		for _, tt := range []struct {
			call     func(context.Context, *selgora.Client, ...selgora.RequestOption) error
			attempts int
			effect   selgora.Effect
		}{
			{getCourse, 3, selgora.EffectNone},
			{createCourse, 1, selgora.EffectUnknown},
		} {
			go func() { ended <- tt.call(context.Background(), client) }()
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), "switched to another protocol") || selgora.EffectOf(err) != tt.effect {
					t.Fatalf("error %v with effect %v, want %v", err, selgora.EffectOf(err), tt.effect)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the call does not end")
			}
			requests += tt.attempts
		}
	}
	if n := len(server.seen()); n != requests {
		t.Errorf("%d requests, want %d", n, requests)
	}
	for range requests {
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			t.Fatal("a connection was left open")
		}
	}
}

// Neither the response nor the error of a transport may make the client
// believe in a status below 200.
func TestStatusBelow200(t *testing.T) {
	for status, says := range map[int]string{0: "status 0", 101: "another protocol", 103: "status 103"} {
		client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
			return respond(req, status, courseJSON), nil
		}))
		if err := createCourse(t.Context(), client); err == nil || !strings.Contains(err.Error(), says) || selgora.EffectOf(err) != selgora.EffectUnknown {
			t.Errorf("%d: error %v with effect %v", status, err, selgora.EffectOf(err))
		}
	}
}
