package mockserver

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// magic turns e-mail addresses in request bodies into faults, for clients
// that cannot reach the control API; see [WithMagicValues].
type magic struct {
	on bool

	mu   sync.Mutex
	used map[string]int // by address, for those that work a number of times
}

// magicMark is in every magic address; looking for it is cheap.
const magicMark = "@example.com"

var magicAddress = regexp.MustCompile(`(?i)\bfail\+(\d{3}|reset|empty|truncate|garbage|lost|delay(\d{1,2})s)(?:x(\d{1,3}))?@example\.com\b`)

// maxMagicAddresses bounds what is remembered.
const maxMagicAddresses = 10_000

// fault returns what the request's body asks for, or nil.
func (m *magic) fault(c *call) *activeFault {
	if !m.on || !mentions(c.body, magicMark) {
		return nil
	}
	found := magicAddress.FindSubmatch(c.body)
	if found == nil {
		return nil
	}
	f := magicFault(strings.ToLower(string(found[1])), string(found[2]))
	if f.validate() != nil || !m.use(strings.ToLower(string(found[0])), string(found[3])) {
		return nil
	}
	return &activeFault{Fault: f, effects: newEffects(&f, 0)}
}

func magicFault(kind, seconds string) Fault {
	switch kind {
	case "reset":
		return Fault{Reset: true}
	case "empty":
		return Fault{Empty: true}
	case "truncate":
		return Fault{Truncate: true}
	case "garbage":
		return Fault{Garbage: true}
	case "lost":
		return Fault{Reset: true, AfterCommit: true}
	}
	if seconds != "" {
		n, _ := strconv.Atoi(seconds) // two digits
		return Fault{Delay: time.Duration(n) * time.Second}
	}
	status, _ := strconv.Atoi(kind) // three digits
	f := Fault{Status: status}
	if status == http.StatusTooManyRequests {
		f.Header = http.Header{"Retry-After": {"1"}}
	}
	return f
}

// use counts an address that works only a number of times, and tells whether
// it still does.
func (m *magic) use(address, times string) bool {
	if times == "" {
		return true
	}
	limit, _ := strconv.Atoi(times) // three digits
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used[address] >= limit || len(m.used) >= maxMagicAddresses {
		return false
	}
	if m.used == nil {
		m.used = make(map[string]int)
	}
	m.used[address]++
	return true
}

// reset makes the counted addresses work anew.
func (m *magic) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used = nil
}
