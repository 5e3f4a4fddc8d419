package store

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Secret is a signing secret; neither fmt nor encoding/json shows it.
type Secret string

// Format implements fmt.Formatter.
func (s Secret) Format(f fmt.State, _ rune) {
	if s == "" {
		fmt.Fprint(f, "none")
		return
	}
	fmt.Fprint(f, "[redacted]")
}

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `"%v"`, s), nil }

const maxSecret = 255

func checkSecret(p *problems, field, s string) {
	switch {
	case strings.TrimSpace(s) == "":
		p.add(field, "must not be blank")
	case !utf8.ValidString(s) || len(s) > maxSecret:
		p.add(field, fmt.Sprintf("must be at most %d bytes of UTF-8", maxSecret))
	}
}

// makeSecret makes the secret of an endpoint that brings none. It is as predictable as all that the fake makes.
func (st *state) makeSecret(webhookID string) Secret {
	b := []byte("whsec_")
	x := mix(st.seed ^ hashString(webhookID))
	for range 2 {
		x = mix(x)
		b = fmt.Appendf(b, "%016x", x)
	}
	return Secret(b)
}
