package bench

import (
	"net/http"
	"testing"

	"github.com/selgora/selgora-go"
)

var (
	keptSDK   *selgora.Client
	keptPlain *http.Client
)

// BenchmarkNewClient is what making a client costs, beside an http.Client with
// a transport of its own.
func BenchmarkNewClient(b *testing.B) {
	b.Run("selgora", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			client, err := selgora.NewClient("sk_live_bench")
			if err != nil {
				b.Fatal(err)
			}
			keptSDK = client
		}
	})
	b.Run("net/http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			keptPlain = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
		}
	})
}
