package webhook

import (
	"fmt"
	"time"
)

// A Date is a day without a time or a zone, as next_billing_date has it. Two
// dates are equal with ==. The zero value means no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date of the form "2024-12-15". Other forms and days that
// no calendar has are errors.
func ParseDate(s string) (Date, error) {
	if len(s) != len(time.DateOnly) {
		return Date{}, fmt.Errorf("webhook: date is not of the form YYYY-MM-DD: %.40q", s)
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("webhook: not a date: %q", s)
	}
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}, nil
}

// IsZero reports whether d is the zero value.
func (d Date) IsZero() bool { return d == Date{} }

// In returns the moment in which the day begins in loc; in UTC if loc is nil.
// The zero Date gives the zero time.
func (d Date) In(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	if loc == nil {
		loc = time.UTC
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String returns the date as "2024-12-15", and "" for the zero value.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText returns what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText returns. Empty text is the zero value.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	date, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = date
	return nil
}
