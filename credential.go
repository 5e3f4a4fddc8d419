package selgora

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/selgora/selgora-go/internal/jsonx"
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
	c := &credential{
		authorize: func(h http.Header) { h["Authorization"] = value },
		redact:    func(s string) string { return strings.ReplaceAll(s, key, redacted) },
	}
	if forms := escapedForms(key); len(forms) > 0 {
		c.redact = func(s string) string {
			for _, form := range forms {
				s = strings.ReplaceAll(s, form, redacted)
			}
			return strings.ReplaceAll(s, key, redacted)
		}
	}
	return c
}

// escapedForms returns how JSON, HTML and URLs write the key, where that is not
// the key itself.
func escapedForms(key string) []string {
	if isUnreserved(key) {
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
