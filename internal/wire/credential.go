package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/selgora/selgora-go/internal/jsonx"
)

const redacted = "[redacted]"

// Credential holds an API key in its closures alone: package fmt prints a
// function as an address, whatever the verb and however it got there.
type Credential struct {
	KeyID         string        // names the key without showing it
	authorization func() string // the Authorization header field's value
	redact        func(string) string
	is            func(key string) bool
}

// NewCredential returns the credential of a key.
func NewCredential(key string) *Credential {
	value := "Bearer " + key
	sum := sha256.Sum256([]byte("selgora key " + key))
	forms := escapedForms(key)
	return &Credential{
		KeyID:         hex.EncodeToString(sum[:12]),
		authorization: func() string { return value },
		is:            func(other string) bool { return other == key },
		redact: func(s string) string {
			for _, form := range forms {
				s = strings.ReplaceAll(s, form, redacted)
			}
			return strings.ReplaceAll(s, key, redacted)
		},
	}
}

// RotatingCredential asks for the key at every attempt.
func RotatingCredential(key func(context.Context) (string, error)) func(context.Context) (*Credential, error) {
	var last atomic.Pointer[Credential]
	return func(ctx context.Context) (*Credential, error) {
		key, err := key(ctx)
		if err != nil {
			return nil, err
		}
		if cred := last.Load(); cred != nil && cred.is(key) {
			return cred, nil
		}
		cred := NewCredential(key)
		last.Store(cred)
		return cred, nil
	}
}

// escapedForms returns how JSON, HTML and URLs write the key, where that is not
// the key itself.
func escapedForms(key string) []string {
	if IsUnreserved(key) {
		return nil
	}
	forms := []string{html.EscapeString(key), url.QueryEscape(key), url.PathEscape(key)}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, jsonx.Marshal} {
		if quoted, err := marshal(key); err == nil {
			text := string(quoted[1 : len(quoted)-1])
			forms = append(forms, text, strings.ReplaceAll(text, "/", `\/`))
		}
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return form == key })
}
