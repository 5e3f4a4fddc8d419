package selgora

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

const redacted = "[redacted]"

// credential holds an API key in its closures alone: package fmt prints a
// function as an address, whatever the verb and however it got there.
type credential struct {
	authorize func(http.Header)
	redact    func(string) string
}

func newCredential(key string) *credential {
	value := []string{"Bearer " + key}
	return &credential{
		authorize: func(h http.Header) { h["Authorization"] = value },
		redact: func(s string) string {
			return strings.ReplaceAll(s, key, redacted)
		},
	}
}

// credentialSource yields the credential for one attempt.
type credentialSource func(context.Context) (*credential, error)

func staticCredential(key string) credentialSource {
	cred := newCredential(key)
	return func(context.Context) (*credential, error) { return cred, nil }
}

// rotatingCredential asks for the key at every attempt and checks it as
// NewClient checks a fixed one.
func rotatingCredential(keyFunc func(context.Context) (string, error), at Environment) credentialSource {
	return func(ctx context.Context) (*credential, error) {
		key, err := keyFunc(ctx)
		if err != nil {
			return nil, &keyFuncError{err}
		}
		if err := checkKey(key, at); err != nil {
			return nil, &keyFuncError{err}
		}
		return newCredential(key), nil
	}
}

// keyFuncError is a key that could not be had; the attempt was not sent.
type keyFuncError struct{ err error }

func (e *keyFuncError) Error() string {
	return "API key function: " + strings.TrimPrefix(e.err.Error(), "selgora: ")
}
func (e *keyFuncError) Unwrap() error { return e.err }

// withoutKey returns err itself, or where its text has the key in it, an error
// with another text, which matches what err matches and unwraps to nothing.
func withoutKey(err error, redact func(string) string) error {
	text := redact(err.Error())
	if text == err.Error() {
		return err
	}
	return &redactedError{text: text, hidden: func() error { return err }}
}

type redactedError struct {
	text   string
	hidden func() error // out of the reach of package fmt
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.hidden(), target) }
func (e *redactedError) As(target any) bool   { return errors.As(e.hidden(), target) }
