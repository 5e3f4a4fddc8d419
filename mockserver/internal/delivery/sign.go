package delivery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign returns the value of the signature header for a body: HMAC-SHA256 in
// hexadecimal, with the prefix that the webhook guide shows in its format.
func Sign(format Format, secret string, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	sum := hex.EncodeToString(mac.Sum(nil))
	if format == FormatDashboard {
		return "sha256=" + sum
	}
	return sum
}
