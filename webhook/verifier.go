package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
)

// A Verifier checks signatures with one or more secrets. It is safe for
// concurrent use. The zero value has no secret and refuses everything with
// [ErrEmptySecret]; make one with [NewVerifier].
type Verifier struct {
	keys []*key
}

// NewVerifier returns a Verifier that accepts the signatures of the current
// secret and, while a rotation lasts, of previous ones. The secrets are used
// byte for byte. An empty or blank secret is [ErrEmptySecret], also beside
// good ones: with it anybody could sign.
func NewVerifier(current string, previous ...string) (*Verifier, error) {
	return newVerifier(append([]string{current}, previous...))
}

func newVerifier(secrets []string) (*Verifier, error) {
	v := &Verifier{keys: make([]*key, 0, len(secrets))}
	for i, secret := range secrets {
		if strings.TrimSpace(secret) == "" {
			return nil, fmt.Errorf("%w (secret %d of %d)", ErrEmptySecret, i+1, len(secrets))
		}
		k, err := newKey(secret)
		if err != nil {
			return nil, fmt.Errorf("webhook: secret %d of %d: %w", i+1, len(secrets), err)
		}
		v.keys = append(v.keys, k)
	}
	return v, nil
}

// Verify reports whether signature, the value of [SignatureHeader], was made
// for payload with one of the secrets. The error is [ErrMissingSignature],
// [ErrMalformedSignature] or [ErrSignatureMismatch]. The comparison takes the
// same time wherever the bytes differ.
//
// Verify the body exactly as it arrived: JSON that was decoded and encoded
// again has other bytes.
func (v *Verifier) Verify(payload []byte, signature string) error {
	_, err := v.match(payload, signature)
	return err
}

// match returns the index of the secret that made the signature.
func (v *Verifier) match(payload []byte, signature string) (int, error) {
	if v == nil || len(v.keys) == 0 {
		return -1, ErrEmptySecret
	}
	want, err := parseSignature(signature)
	if err != nil {
		return -1, err
	}
	for i, k := range v.keys {
		if k.signed(payload, &want) {
			return i, nil
		}
	}
	return -1, ErrSignatureMismatch
}

// Format keeps the secrets out of every fmt verb.
func (v *Verifier) Format(s fmt.State, _ rune) {
	n := 0
	if v != nil {
		n = len(v.keys)
	}
	fmt.Fprintf(s, "webhook.Verifier(%d secrets)", n)
}

// Verify is [Verifier.Verify] with the given secrets, for a program that
// verifies now and then. A receiver makes a [Verifier] once.
func Verify(payload []byte, signature string, secrets ...string) error {
	v, err := oneOff(secrets)
	if err != nil {
		return err
	}
	return v.Verify(payload, signature)
}

// Parse is [Verifier.Parse] with the given secrets, for a program that parses
// now and then. A receiver makes a [Verifier] once.
func Parse(payload []byte, signature string, secrets ...string) (*Event, error) {
	v, err := oneOff(secrets)
	if err != nil {
		return nil, err
	}
	return v.Parse(payload, signature)
}

func oneOff(secrets []string) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, ErrEmptySecret
	}
	return newVerifier(secrets)
}

// A key makes MACs with one secret. Keyed hashes are kept for reuse, since
// keying one costs two blocks of SHA-256 and a dozen allocations. The secret
// stays inside a closure, where no formatting reaches it.
type key struct {
	pool sync.Pool
}

type keyedHash struct {
	hash.Hash
	sum [sha256.Size]byte
}

// newKey fails where crypto/hmac would panic: in FIPS 140-only mode it takes
// no secret of less than 14 bytes.
func newKey(secret string) (k *key, err error) {
	defer func() {
		if recover() != nil {
			k, err = nil, errors.New("crypto/hmac refuses it: it is too short for FIPS 140-only mode")
		}
	}()
	k = &key{pool: sync.Pool{New: func() any {
		return &keyedHash{Hash: hmac.New(sha256.New, []byte(secret))}
	}}}
	k.pool.Put(k.pool.New())
	return k, nil
}

// signed reports whether want is the MAC of payload, in a time that does not
// depend on where they differ.
func (k *key) signed(payload []byte, want *[sha256.Size]byte) bool {
	h := k.pool.Get().(*keyedHash)
	_, _ = h.Write(payload) // a hash never fails to write
	h.Sum(h.sum[:0])
	equal := subtle.ConstantTimeCompare(h.sum[:], want[:]) == 1
	h.sum = [sha256.Size]byte{}
	h.Reset()
	k.pool.Put(h)
	return equal
}
