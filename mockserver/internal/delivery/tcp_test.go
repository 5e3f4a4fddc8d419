package delivery_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

func (b *bench) url(id, url string) {
	b.put(id, delivery.Endpoint{URL: url, Format: delivery.FormatDashboard, Secret: "s3cret"})
}

func TestOverTCP(t *testing.T) {
	b := newBench(t, nil)
	var elsewhere atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		ok := r.Header.Get("X-Selgora-Signature") == delivery.Sign(delivery.FormatDashboard, "s3cret", string(body)) &&
			strings.HasPrefix(r.Header.Get("X-Selgora-Signature"), "sha256=") && len(r.TransferEncoding) == 0
		fmt.Fprintf(w, "%v %s %s %s %s", ok, body, r.Header.Get("Content-Type"), r.Header.Get("Accept-Encoding"), r.Header.Get("Content-Encoding"))
	})
	mux.Handle("/redirect", http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect))
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1<<20)) })
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "half")
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	gone := httptest.NewServer(mux)
	gone.Close()

	type outcome struct {
		Status   delivery.Status
		Code     int
		Response string
		Error    string
	}
	for url, want := range map[string]outcome{
		srv.URL + "/ok":                                 {delivery.Succeeded, 200, "true {} application/json  ", ""},
		"http://localhost:" + port + "/ok":              {delivery.Succeeded, 200, "true {} application/json  ", ""},
		"http://user:hunter2@127.0.0.1:" + port + "/ok": {delivery.Succeeded, 200, "true {} application/json  ", ""},
		srv.URL + "/redirect":                           {delivery.Pending, 307, "", ""},
		srv.URL + "/nowhere":                            {delivery.Failed, 404, "404 page not found\n", ""},
		srv.URL + "/long":                               {delivery.Succeeded, 200, strings.Repeat("x", 64<<10), ""},
		srv.URL + "/abort":                              {delivery.Pending, 0, "", "EOF"},
		srv.URL + "/short":                              {delivery.Succeeded, 200, "half", "the answer broke off after 4 bytes: unexpected EOF"},
		gone.URL:                                        {delivery.Pending, 0, "", "connection refused"},
		"http://localhost.:" + port + "/ok":             {delivery.Blocked, 0, "", `not sent: "localhost." is not a loopback address`},
		"http://127.0.0.1.example.com/":                 {delivery.Blocked, 0, "", `not sent: "127.0.0.1.example.com" is not a loopback address`},
	} {
		t.Run(url, func(t *testing.T) {
			b.url(url, url)
			b.send(url, "{}")
			b.wait(t)
			all := b.deliveries()
			d := all[len(all)-1]
			a := d.Attempts[0]
			got := outcome{d.Status, a.StatusCode, string(a.Response), a.Error}
			if strings.Contains(got.Error, want.Error) && want.Error != "" && !strings.Contains(got.Error, "hunter2") {
				got.Error = want.Error
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := len(d.Attempts); n != 1 {
				t.Errorf("%d attempts", n)
			}
		})
	}
	if elsewhere.Load() {
		t.Error("a redirect was followed")
	}
}

// A transport that a user brings along is asked for allowed addresses only,
// and for no proxy.
func TestOwnTransport(t *testing.T) {
	var asked []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Host)
		return &http.Response{StatusCode: 200, Body: http.NoBody, Header: make(http.Header)}, nil
	})
	for external, want := range map[bool][]string{false: {"127.0.0.1"}, true: {"example.com", "127.0.0.1"}} {
		asked = nil
		b := newBench(t, func(c *delivery.Config) { c.Transport, c.AllowExternal = transport, external })
		b.url("wh_out", "https://example.com/hooks")
		b.url("wh_in", "https://127.0.0.1/hooks")
		b.send("wh_out", "{}")
		b.wait(t)
		b.send("wh_in", "{}")
		b.wait(t)
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Errorf("external %v (-want +got):\n%s", external, diff)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Without a transport of the user's, the last door is the dialer's.
func TestProxySettingsAreIgnored(t *testing.T) {
	var proxied atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Store(true) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	b := newBench(t, nil)
	b.url("wh_1", srv.URL)
	b.send("wh_1", "{}")
	b.wait(t)
	if proxied.Load() || b.only(t).Status != delivery.Succeeded {
		t.Errorf("went through the proxy: %v; %+v", proxied.Load(), b.only(t))
	}
}

func TestIdleAfterTCP(t *testing.T) {
	b := newBench(t, nil)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.url("wh_1", srv.URL)
	before := runtime.NumGoroutine()
	for range 20 {
		b.send("wh_1", "{}")
	}
	b.wait(t)
	srv.Close() // waits for its side of the connections
	for runtime.NumGoroutine() > before {
		runtime.Gosched() // the connections' last goroutines are ending
	}
}

// In a bubble a server on a socket would stand still; a stuck transport shows
// the time-out.
func TestTransportTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *delivery.Config) {
			c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
		})
		b.url("wh_1", "http://127.0.0.1/")
		b.send("wh_1", "{}")
		b.wait(t)
		d := b.only(t)
		if a := d.Attempts[0]; a.Error != "no answer within 5s" || a.Duration != delivery.Timeout || a.At != start || d.Status != delivery.Pending {
			t.Errorf("%+v", d)
		}
	})
}
