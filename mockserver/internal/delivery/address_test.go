package delivery_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

func TestCheckURL(t *testing.T) {
	for _, url := range []string{
		"http://127.0.0.1/", "https://127.0.0.1:8443/hooks", "http://127.8.9.10:80", "http://[::1]:8080/x", "http://localhost:3000/hooks",
		"http://LocalHost/", "http://[::ffff:127.0.0.1]/", "http://[::FFFF:7f00:1]/", "http://example.com@127.0.0.1/", "http://[0:0:0:0:0:0:0:1]/",
	} {
		if err := delivery.CheckURL(url, false); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{
		"http://127.0.0.1.example.com/", "http://example.com/", "http://10.0.0.1/", "http://192.168.1.1", "http://169.254.169.254/latest",
		"http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/", "http://[::]/", "http://0.0.0.0/", "http://0/", "http://[fe80::1]/", "http://[::2]/",
		"http://localhost./", "http://localhost.localdomain/", "http://localhost.example.com/", "http://sub.localhost/", "http://ip6-localhost/", "http://xlocalhost/",
		"http://127.0.0.1./", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://0x7f000001/", "http://127.1/", "http://127.0.1/", "http://127.0.0.01/", "http://127.0.0.256/",
		"http://127.0.0.1@example.com/", "http://127.0.0.1:80@example.com/", "http://localhost@example.com/", "http://localhost:pw@10.0.0.1/",
		"http://example.com#@127.0.0.1/", "http://example.com?@127.0.0.1/", "http://example.com/@127.0.0.1/",
		"http://127.0.0.1\\@example.com/", "http://127.0.0.1%00.example.com/", "http://%31%32%37.0.0.1/", "http://127。0。0。1/", "http://①27.0.0.1/", "http://ⓛocalhost/", "http://ſ.localhost/",
		"http://[::1%25lo]/", "http://[::1%25]/", "http://[fe80::1%25lo]/", "http://[::ffff:127.0.0.1%25eth0]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[127.0.0.1]/", "http://::1/",
		"http:///hooks", "http://", "http:127.0.0.1", "//127.0.0.1/", "127.0.0.1", "", "ftp://127.0.0.1/", "file:///etc/passwd", "unix://127.0.0.1", "HTTP+x://127.0.0.1", "http://127.0.0.1 /", "http://127.0.0.1\n/", "http://127.0.0.1:port/",
	} {
		if delivery.CheckURL(url, false) == nil {
			t.Errorf("%q would be sent to", url)
		}
	}
	for url, ok := range map[string]bool{
		"https://example.com/hooks": true, "http://10.0.0.1": true, "http://localhost.": true,
		"ftp://example.com": false, "https://": false, "": false, "http://exa mple.com": false,
	} {
		if err := delivery.CheckURL(url, true); (err == nil) != ok {
			t.Errorf("external addresses allowed: %q: %v", url, err)
		}
	}
	if err := delivery.CheckURL("http://user:hunter2@exa mple.com/", true); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %q shows a password", err)
	}
}

func FuzzCheckURL(f *testing.F) {
	f.Add("http://127.0.0.1:80/x")
	f.Add("http://[::ffff:127.0.0.1%25lo]/")
	f.Add("http://localhost.@127.1/")
	f.Fuzz(func(t *testing.T, url string) {
		if delivery.CheckURL(url, false) != nil {
			return
		}
		// Whatever passes leads net/http to a loopback address, without a name
		// other than localhost being looked up.
		dialed := ""
		transport := &http.Transport{DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			dialed = address
			return nil, errors.New("not in a test")
		}}
		req, err := http.NewRequest(http.MethodPost, url, nil)
		if err != nil {
			return
		}
		if _, err := transport.RoundTrip(req); err == nil || dialed == "" {
			return
		}
		host, _, err := net.SplitHostPort(dialed)
		if err != nil {
			t.Fatal(err)
		}
		if ip := net.ParseIP(host); !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
			t.Errorf("%q leads to %q", url, dialed)
		}
	})
}
