package hostile_test

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// A TCP proxy whose first connection goes silent: as behind a load balancer
// or NAT that forgot it. New connections work.
func TestHTTP2ConnectionGoneSilentIsReplaced(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		name := "HTTP/1.1"
		if h2 {
			name = "HTTP/2"
		}
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, course)
			}))
			srv.EnableHTTP2 = h2
			srv.StartTLS()
			defer srv.Close()
			pemFile := filepath.Join(t.TempDir(), "ca.pem")
			os.WriteFile(pemFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600)
			t.Setenv("SSL_CERT_FILE", pemFile)

			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			var silent atomic.Int32 // connections up to this number are
			var conns atomic.Int32
			var mu sync.Mutex
			var open []net.Conn
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				for _, c := range open {
					c.Close()
				}
			}()
			go func() {
				for {
					in, err := ln.Accept()
					if err != nil {
						return
					}
					out, err := net.Dial("tcp", srv.Listener.Addr().String())
					if err != nil {
						in.Close()
						continue
					}
					n := conns.Add(1)
					mu.Lock()
					open = append(open, in, out)
					mu.Unlock()
					pipe := func(dst, src net.Conn) {
						buf := make([]byte, 32<<10)
						for {
							k, err := src.Read(buf)
							if err != nil {
								dst.Close()
								return
							}
							if n > silent.Load() {
								dst.Write(buf[:k])
							}
						}
					}
					go pipe(out, in)
					go pipe(in, out)
				}
			}()
			c, err := selgora.NewClient(key, selgora.WithBaseURL("https://"+ln.Addr().String()+"/v1"),
				selgora.WithAttemptTimeout(time.Second), selgora.WithRetryWait(0, 0))
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseIdleConnections()
			var resp selgora.Response
			if _, err := c.Courses.Get(bg(), "c", selgora.WithResponse(&resp)); err != nil {
				t.Fatal(err)
			}
			silent.Store(conns.Load())
			failed := 0
			for range 5 {
				if _, err := c.Courses.Get(bg(), "c"); err == nil {
					break
				} else if failed++; failed == 1 || failed == 5 {
					t.Log(err)
				}
			}
			if failed > 0 {
				t.Errorf("a kept connection went silent, new ones work: %d calls in a row failed, 3 attempts of 1 s each, over %d connection(s)", failed, conns.Load())
			}
		})
	}
}
