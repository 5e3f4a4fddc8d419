package mockserver_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// benchmarkTB is a test that ends when it is told to.
type benchmarkTB struct {
	*testing.B
	cleanups []func()
}

func (b *benchmarkTB) Cleanup(f func()) { b.cleanups = append(b.cleanups, f) }

func (b *benchmarkTB) end() {
	for _, f := range b.cleanups {
		f()
	}
}

func BenchmarkNew(b *testing.B) {
	for _, bench := range []struct {
		name string
		opts []mockserver.Option
	}{
		{"empty", nil},
		{"sandbox", []mockserver.Option{mockserver.WithSandboxData()}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tb := &benchmarkTB{B: b}
				mockserver.New(tb, bench.opts...)
				tb.end()
			}
		})
	}
}

// roundTrips measures requests to the end of their answers.
func roundTrips(b *testing.B, client *http.Client, method, url, body string) {
	b.Helper()
	b.ReportAllocs()
	buffer := make([]byte, 64<<10)
	for b.Loop() {
		var reader io.Reader
		if body != "" {
			reader = bytes.NewReader([]byte(body))
		}
		request, err := http.NewRequest(method, url, reader)
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer test_key_123")
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		if response.StatusCode > 299 {
			b.Fatal(response.Status)
		}
		for err == nil {
			_, err = response.Body.Read(buffer)
		}
		_ = response.Body.Close()
	}
}

// BenchmarkRoundTrip compares the ways to the server, the last beside a
// handler that writes the same bytes and does nothing else.
func BenchmarkRoundTrip(b *testing.B) {
	srv := mockserver.New(b, mockserver.WithSandboxData())
	for _, bench := range []struct{ name, method, path, body string }{
		{"get", "GET", "/courses/course_abc123", ""},
		{"list", "GET", "/contacts?limit=50", ""},
		{"upsert", "POST", "/contacts", `{"email":"bench@example.com","first_name":"B","tags":["a"]}`},
	} {
		b.Run(bench.name+"/in-process", func(b *testing.B) {
			roundTrips(b, srv.HTTPClient(), bench.method, "https://api.selgora.com/v1"+bench.path, bench.body)
		})
		b.Run(bench.name+"/tcp", func(b *testing.B) {
			roundTrips(b, http.DefaultClient, bench.method, srv.URL()+bench.path, bench.body)
		})
		b.Run(bench.name+"/static", func(b *testing.B) {
			d := inProcess(srv)
			answer := []byte(d.send(b, bench.method, bench.path, bench.body).body)
			static := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(answer)
			}))
			defer static.Close()
			roundTrips(b, http.DefaultClient, bench.method, static.URL+"/v1"+bench.path, bench.body)
		})
	}
}

// BenchmarkLargeBody is what bodies of the largest size cost, refused as here
// or not: every byte is looked at a few times, none more often in a larger one.
func BenchmarkLargeBody(b *testing.B) {
	d := inProcess(mockserver.New(b))
	for _, size := range []int{16 << 10, 128 << 10, 1<<20 - 16} {
		body := `{"title":"` + strings.Repeat("é", size/2-6) + `"}`
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				d.send(b, "POST", "/courses", body).want(b, 422)
			}
		})
	}
}
