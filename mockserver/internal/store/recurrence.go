package store

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"
)

// Limits of calendar events.
const (
	maxOccurrences = 365
	maxMinutes     = 24 * 60
)

// Recurring says how often an event takes place.
type Recurring struct {
	Frequency string `json:"frequency"` // daily, weekly, monthly
	Count     int    `json:"count"`     // 1 to 365
}

// AppendJSON implements Renderer.
func (r Recurring) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("frequency", r.Frequency)
	o.int("count", r.Count)
	return o.end()
}

func (r *Recurring) decode(raw []byte) []fault {
	var in struct {
		Frequency Opt[string] `json:"frequency"`
		Count     Opt[int]    `json:"count"`
	}
	if raw[0] != '{' || json.Unmarshal(raw, &in) != nil {
		return []fault{{"", "must be an object with frequency and count, or null"}}
	}
	var p problems
	need(&p, ".frequency", in.Frequency)
	need(&p, ".count", in.Count)
	*r = Recurring{in.Frequency.Value, in.Count.Value}
	if _, bad := p[".frequency"]; !bad {
		r.checkFrequency(&p, "")
	}
	if _, bad := p[".count"]; !bad {
		r.checkCount(&p, "")
	}
	var bad []fault
	for path, problem := range p {
		bad = append(bad, fault{path, problem})
	}
	return bad
}

func (r Recurring) checkFrequency(p *problems, field string) {
	checkOneOf(p, field+".frequency", r.Frequency, "daily", "weekly", "monthly")
}

func (r Recurring) checkCount(p *problems, field string) {
	if r.Count < 1 || r.Count > maxOccurrences {
		p.add(field+".count", fmt.Sprintf("must be between 1 and %d, not %d", maxOccurrences, r.Count))
	}
}

// occurrence returns the start of the nth occurrence, from 0.
func (e *Event) occurrence(n int) time.Time {
	if e.Recurring == nil {
		return e.StartTime
	}
	switch e.Recurring.Frequency {
	case "daily":
		return e.StartTime.AddDate(0, 0, n)
	case "weekly":
		return e.StartTime.AddDate(0, 0, 7*n)
	}
	return addMonths(e.StartTime, n)
}

// addMonths keeps the day of the month, or takes the last one of a month that is too short for it.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func (e *Event) count() int {
	if e.Recurring == nil {
		return 1
	}
	return e.Recurring.Count
}

// Occurrences returns the start of every occurrence.
func (e *Event) Occurrences() []time.Time {
	starts := make([]time.Time, e.count())
	for i := range starts {
		starts[i] = e.occurrence(i)
	}
	return starts
}

// statusAt returns the status at a moment, and the moment in Unix seconds at which it may change, 0 for never.
func (e *Event) statusAt(now time.Time) (status string, next int64) {
	if e.Cancelled {
		return EventCancelled, 0
	}
	begun := sort.Search(e.count(), func(i int) bool { return e.occurrence(i).After(now) })
	if begun > 0 {
		end := e.occurrence(begun - 1).Add(time.Duration(e.DurationMinutes) * time.Minute)
		if now.Before(end) {
			return EventLive, end.Unix()
		}
	}
	if begun < e.count() {
		return EventUpcoming, e.occurrence(begun).Unix()
	}
	return EventPast, 0
}
