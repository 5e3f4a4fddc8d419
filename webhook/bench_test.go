package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/webhook"
)

// The benchmarks stand beside BenchmarkBareHMAC, on the same body of 2 KB:
// compare ns/op within one run.

const benchSecret = "whsec_benchmark_secret"

func benchBody() ([]byte, string) {
	var products []string
	for i := range 32 {
		products = append(products, fmt.Sprintf(`{"id":"prod_%03d","name":"Complete Course","price":19700}`, i))
	}
	body := `{"id":"evt_abc123","event":"order.completed","created_at":"2024-11-15T10:00:00Z","data":{"order_id":"ord_123",` +
		`"customer_email":"customer@example.com","products":[` + strings.Join(products, ",") + `],"payment_method":"card","amount":630400}}`
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write([]byte(body))
	return []byte(body), "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func benchVerifier(tb testing.TB) *webhook.Verifier {
	v, err := webhook.NewVerifier(benchSecret)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func BenchmarkBareHMAC(b *testing.B) {
	body, signature := benchBody()
	want, _ := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		mac := hmac.New(sha256.New, []byte(benchSecret))
		mac.Write(body)
		if !hmac.Equal(mac.Sum(nil), want) {
			b.Fatal("mismatch")
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	body, signature := benchBody()
	v := benchVerifier(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(body, signature); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyParallel(b *testing.B) {
	body, signature := benchBody()
	v := benchVerifier(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := v.Verify(body, signature); err != nil {
				b.Error(err)
			}
		}
	})
}

// resetRequest is a request whose body can be read again.
func resetRequest(body []byte, signature string) (*http.Request, func()) {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set(webhook.SignatureHeader, signature)
	reader := bytes.NewReader(body)
	r.Body = io.NopCloser(reader)
	return r, func() { reader.Reset(body) }
}

func BenchmarkParseRequest(b *testing.B) {
	body, signature := benchBody()
	v := benchVerifier(b)
	r, reset := resetRequest(body, signature)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		reset()
		if _, err := v.ParseRequest(r); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(status int) {
	if status != http.StatusOK {
		panic(status)
	}
}

// BenchmarkHandler is the whole way with a typed handler and without dedup,
// for which the body would have to differ each time.
func BenchmarkHandler(b *testing.B) {
	body, signature := benchBody()
	router := webhook.NewRouter()
	webhook.On(router, webhook.OrderCompleted, func(context.Context, *webhook.Event, *webhook.OrderCompletedData) error { return nil })
	h, err := webhook.NewHandler(router, benchVerifier(b), webhook.WithoutDedup(), webhook.WithLogger(nil))
	if err != nil {
		b.Fatal(err)
	}
	r, reset := resetRequest(body, signature)
	w := discard{http.Header{}}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		reset()
		h.ServeHTTP(w, r)
	}
}

func BenchmarkMemoryStore(b *testing.B) {
	s := webhook.NewMemoryStore(10_000)
	ctx := b.Context()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		key := fmt.Sprint("evt_", i)
		if state, err := s.Claim(ctx, key, "t", webhook.DefaultLease); state != webhook.ClaimAcquired || err != nil {
			b.Fatal(state, err)
		}
		if err := s.Commit(ctx, key, "t", webhook.DefaultDedupWindow); err != nil {
			b.Fatal(err)
		}
	}
}
