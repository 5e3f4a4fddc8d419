package webhooktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/selgora/selgora-go/webhook"
)

// Sign returns the value of [webhook.SignatureHeader] for a body: bare hex in
// [webhook.FormatAPI], hex after "sha256=" in [webhook.FormatDashboard]. Any
// other format signs as FormatAPI does. It signs with whatever it is given,
// also an empty secret, for tests of what a receiver refuses.
func Sign(format webhook.Format, secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	signature := hex.EncodeToString(mac.Sum(nil))
	if format == webhook.FormatDashboard {
		return "sha256=" + signature
	}
	return signature
}

// A RequestOption changes a request before it is used.
type RequestOption func(*http.Request)

// Header sets a header, also over the signature.
func Header(name, value string) RequestOption {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Delivery sets X-Selgora-Delivery, which is the same for all attempts of one
// delivery. No guide documents it.
func Delivery(id string) RequestOption { return Header("X-Selgora-Delivery", id) }

// Retry makes the request the n-th retry, from 1 to 5: it sets
// X-Selgora-Retry, a header that the webhook guide mentions without its name.
func Retry(n int) RequestOption { return Header("X-Selgora-Retry", strconv.Itoa(n)) }

// NewRequest returns a signed POST of body, as the provider sends it, for
// [http.Handler.ServeHTTP]. To send it over a connection instead, set its URL
// and clear its RequestURI.
func NewRequest(format webhook.Format, secret string, body []byte, opts ...RequestOption) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/selgora", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(webhook.SignatureHeader, Sign(format, secret, body))
	for _, opt := range opts {
		if opt != nil {
			opt(r)
		}
	}
	return r
}

// Post gives h a signed request and returns its answer, whose body is in
// memory.
func Post(h http.Handler, format webhook.Format, secret string, body []byte, opts ...RequestOption) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, NewRequest(format, secret, body, opts...))
	return w.Result()
}
