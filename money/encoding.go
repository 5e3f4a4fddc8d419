package money

import (
	"encoding/json"
	"fmt"
)

// typicalLen holds any amount below a million millions with cents, so that writing one allocates once.
const typicalLen = 16

// MarshalJSON writes d as a JSON number in plain notation.
func (d Decimal) MarshalJSON() ([]byte, error) {
	return d.append(make([]byte, 0, typicalLen)), nil
}

// UnmarshalJSON reads a JSON number, or a string that holds what [Parse] takes; null leaves d as it is. Exponents
// are taken where the number fits a [Decimal]. The number is never rounded.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return d.unmarshalString(data)
	}
	if string(data) == "null" {
		return nil
	}
	parsed, err := parse(data, true)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d *Decimal) unmarshalString(data []byte) error {
	if content := data[1:]; len(content) > 0 && content[len(content)-1] == '"' {
		if parsed, reason := scan(content[:len(content)-1], false); reason == nil {
			*d = parsed
			return nil
		}
	}
	// Either not a number, or one written with escapes.
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("money: %s: %w", excerpt(string(data)), ErrSyntax)
	}
	return d.UnmarshalText([]byte(text))
}

// AppendText appends d in plain notation to b. The error is always nil.
func (d Decimal) AppendText(b []byte) ([]byte, error) {
	return d.append(b), nil
}

// MarshalText writes d in plain notation; it is what makes a Decimal usable as the key of a JSON object, a flag or an
// XML value. The error is always nil.
func (d Decimal) MarshalText() ([]byte, error) {
	return d.append(make([]byte, 0, typicalLen)), nil
}

// UnmarshalText reads what [Parse] takes; on an error d stays as it is.
func (d *Decimal) UnmarshalText(text []byte) error {
	parsed, err := parse(text, false)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
