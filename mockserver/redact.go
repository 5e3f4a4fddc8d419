package mockserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// bearer returns the token of the Authorization header, "" without one.
func bearer(header http.Header) string {
	_, token, _ := strings.Cut(header.Get("Authorization"), " ")
	return strings.TrimSpace(token)
}

// redactText takes a key out of a text.
func redactText(text, token string) string {
	if token == "" {
		return text
	}
	return strings.ReplaceAll(text, token, redacted)
}

// redactHeader copies headers without what they keep secret.
func redactHeader(header http.Header, token string) http.Header {
	shown := header.Clone()
	for name, values := range shown {
		for i, value := range values {
			switch name {
			case "Authorization", "Proxy-Authorization":
				// The scheme is worth seeing: its lack is a common mistake.
				if scheme, _, ok := strings.Cut(value, " "); ok {
					values[i] = scheme + " " + redacted
					continue
				}
				values[i] = redacted
			case "Cookie", "Set-Cookie":
				values[i] = redacted
			default:
				values[i] = redactText(value, token)
			}
		}
	}
	return shown
}

// redactBody copies the beginning of a body without its secrets: the values of
// members named "secret", and the key.
func redactBody(body []byte, token string) []byte {
	if len(body) == 0 {
		return nil
	}
	shown := redactMembers(body)
	if token != "" {
		shown = bytes.ReplaceAll(shown, []byte(token), []byte(redacted))
	}
	return bytes.Clone(shown[:min(len(shown), maxRecordedBody)])
}

// redactMembers replaces the values of members named "secret", at any depth,
// and leaves every other byte as it is.
func redactMembers(body []byte) []byte {
	// An escape could hide the name, and backslashes are rare enough. So is ſ,
	// which some decoders take for an s.
	if !mentions(body, "secret") && bytes.IndexByte(body, '\\') < 0 && !bytes.Contains(body, []byte("ſ")) {
		return body
	}
	if !json.Valid(body) {
		if !mentions(body, "secret") {
			return body
		}
		return []byte("[not shown: it is not JSON, and mentions a secret]")
	}
	var hidden []member
	scanMembers(body, func(m member) {
		if strings.EqualFold(m.name, "secret") {
			hidden = append(hidden, m)
		}
	})
	slices.SortFunc(hidden, func(a, b member) int { return a.start - b.start })
	var shown []byte
	kept := 0 // body[:kept] is in shown
	for _, m := range hidden {
		if m.start >= kept { // not inside the one before
			shown = append(append(shown, body[kept:m.start]...), `"`+redacted+`"`...)
			kept = m.end
		}
	}
	return append(shown, body[kept:]...)
}

// mentions tells whether a word of ASCII letters is in a text, in whatever
// case. It copies nothing, since bodies can be large.
func mentions(text []byte, word string) bool {
	first := word[0] | 0x20
	for ; len(text) >= len(word); text = text[1:] {
		if text[0]|0x20 == first && strings.EqualFold(string(text[:len(word)]), word) {
			return true
		}
	}
	return false
}
