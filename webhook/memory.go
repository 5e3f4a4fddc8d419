package webhook

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

// DefaultMemoryEntries is how many events a [MemoryStore] remembers unless
// told otherwise: one a second for the default window of 72 hours.
const DefaultMemoryEntries = 72 * 60 * 60

// A MemoryStore is a [Store] for one process. It is bounded: when it is full,
// the done event that would be forgotten first is forgotten early, and when
// all entries are claims, Claim fails. It runs no goroutine; what has run out
// is dropped on the next call. It measures time with the monotonic clock, so
// that changes of the wall clock do not matter. Make one with
// [NewMemoryStore]; the zero value has room for [DefaultMemoryEntries].
type MemoryStore struct {
	mu      sync.Mutex
	limit   int
	entries map[string]*memoryEntry
	held    expiryHeap
	done    expiryHeap
}

type memoryEntry struct {
	key     string
	token   string
	done    bool
	expires time.Time
	index   int
}

var errMemoryFull = errors.New("webhook: memory store is full of running claims")

// NewMemoryStore returns a store for at most limit events, done and running
// together; [DefaultMemoryEntries] if limit is not positive. A remembered
// event costs about 200 bytes.
func NewMemoryStore(limit int) *MemoryStore { return &MemoryStore{limit: limit} }

// Len returns how many events the store remembers, done and running.
func (s *MemoryStore) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.purge(time.Now())
	return len(s.entries)
}

// Claim implements [Store].
func (s *MemoryStore) Claim(ctx context.Context, key, token string, lease time.Duration) (ClaimState, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.purge(now)
	if e := s.entries[key]; e != nil {
		switch {
		case e.done:
			return ClaimDone, nil
		case e.token != token:
			return ClaimHeld, nil
		}
		s.extend(e, now.Add(lease))
		return ClaimAcquired, nil
	}
	if !s.room() {
		return 0, errMemoryFull
	}
	s.add(&memoryEntry{key: key, token: token, expires: now.Add(lease)})
	return ClaimAcquired, nil
}

// Renew implements [Store].
func (s *MemoryStore) Renew(ctx context.Context, key, token string, lease time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.purge(now)
	e := s.entries[key]
	if e == nil || e.done || e.token != token {
		return ErrLeaseLost
	}
	s.extend(e, now.Add(lease))
	return nil
}

// Commit implements [Store].
func (s *MemoryStore) Commit(ctx context.Context, key, token string, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.purge(now)
	if e := s.entries[key]; e != nil {
		if e.token != token {
			return ErrLeaseLost
		}
		s.remove(e)
	} else if !s.room() {
		return errMemoryFull
	}
	s.add(&memoryEntry{key: key, token: token, done: true, expires: now.Add(ttl)})
	return nil
}

// Release implements [Store].
func (s *MemoryStore) Release(ctx context.Context, key, token string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.purge(time.Now())
	if e := s.entries[key]; e != nil && !e.done && e.token == token {
		s.remove(e)
	}
	return nil
}

// room makes place for one more entry, and reports whether there is any.
func (s *MemoryStore) room() bool {
	if s.entries == nil {
		s.entries = make(map[string]*memoryEntry)
	}
	if s.limit <= 0 {
		s.limit = DefaultMemoryEntries
	}
	if len(s.entries) < s.limit {
		return true
	}
	if len(s.done) == 0 {
		return false
	}
	s.remove(s.done[0])
	return true
}

func (s *MemoryStore) purge(now time.Time) {
	for _, h := range []*expiryHeap{&s.held, &s.done} {
		for len(*h) > 0 && !now.Before((*h)[0].expires) {
			s.remove((*h)[0])
		}
	}
}

func (s *MemoryStore) heapOf(e *memoryEntry) *expiryHeap {
	if e.done {
		return &s.done
	}
	return &s.held
}

func (s *MemoryStore) add(e *memoryEntry) {
	s.entries[e.key] = e
	heap.Push(s.heapOf(e), e)
}

func (s *MemoryStore) remove(e *memoryEntry) {
	delete(s.entries, e.key)
	heap.Remove(s.heapOf(e), e.index)
}

func (s *MemoryStore) extend(e *memoryEntry, until time.Time) {
	e.expires = until
	heap.Fix(s.heapOf(e), e.index)
}

// expiryHeap has the entry that runs out first at its root.
type expiryHeap []*memoryEntry

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].expires.Before(h[j].expires) }
func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *expiryHeap) Push(x any) {
	e := x.(*memoryEntry)
	e.index = len(*h)
	*h = append(*h, e)
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
