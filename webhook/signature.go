package webhook

import (
	"crypto/sha256"
	"strings"
)

// SignatureHeader is the request header that carries the signature: the
// HMAC-SHA256 of the raw body in hex, bare as in the API guide or after
// "sha256=" as in the webhook guide.
const SignatureHeader = "X-Selgora-Signature"

const (
	signaturePrefix = "sha256="
	signatureHex    = 2 * sha256.Size
	// maxSignature bounds what is looked at at all; a good value has 71
	// bytes and its surrounding blanks.
	maxSignature = 1024
	blanks       = " \t\r\n"
)

// parseSignature decodes either form of a signature.
func parseSignature(signature string) (mac [sha256.Size]byte, err error) {
	if len(signature) > maxSignature {
		return mac, ErrMalformedSignature
	}
	s := strings.Trim(signature, blanks)
	if s == "" {
		return mac, ErrMissingSignature
	}
	if len(s) == len(signaturePrefix)+signatureHex && strings.EqualFold(s[:len(signaturePrefix)], signaturePrefix) {
		s = s[len(signaturePrefix):]
	}
	if len(s) != signatureHex {
		return mac, ErrMalformedSignature
	}
	for i := range mac {
		hi, lo := unhex(s[2*i]), unhex(s[2*i+1])
		if hi > 15 || lo > 15 {
			return mac, ErrMalformedSignature
		}
		mac[i] = hi<<4 | lo
	}
	return mac, nil
}

// unhex returns the value of a hex digit, and 255 for anything else.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
