package mockserver

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
)

// targets are the handlers in this process that events are delivered to, by
// the URL that stands for each, and what is to go wrong on the way to
// endpoints. They outlive a reset of the account, so that a snapshot can be
// gone back to.
type targets struct {
	mu       sync.RWMutex
	named    int
	handlers map[string]http.Handler
	hazards  map[hazardKey]delivery.Hazards
}

// hazardKey names an endpoint; ids alone are given out again after a reset.
type hazardKey struct{ id, url string }

// name gives a handler a URL that is nobody else's. The domain is one that
// cannot exist.
func (t *targets) name(h http.Handler) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.named++
	url := fmt.Sprintf("https://in-process.invalid/%d", t.named)
	if t.handlers == nil {
		t.handlers = make(map[string]http.Handler)
	}
	t.handlers[url] = h
	return url
}

// forget takes back the name of a handler.
func (t *targets) forget(url string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.handlers, url)
}

// endanger says what is to go wrong on the way to an endpoint.
func (t *targets) endanger(id, url string, h delivery.Hazards) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := hazardKey{id, url}
	if h == (delivery.Hazards{}) {
		delete(t.hazards, key)
		return
	}
	if t.hazards == nil {
		t.hazards = make(map[hazardKey]delivery.Hazards)
	}
	t.hazards[key] = h
}

func (t *targets) find(id, url string) (http.Handler, delivery.Hazards) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.handlers[url], t.hazards[hazardKey{id, url}]
}
