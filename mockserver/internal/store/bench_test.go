package store

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// manyContacts returns a store with n contacts, of which every tenth has the tag "tenth" and one in a hundred "rare".
var manyContacts = func() func(n int) *Store {
	var mu sync.Mutex
	made := map[int]*Store{}
	return func(n int) *Store {
		mu.Lock()
		defer mu.Unlock()
		if s := made[n]; s != nil {
			return s
		}
		clock := &testClock{start}
		s := New(clock, 1)
		for i := range n {
			clock.t = start.Add(time.Duration(i) * time.Second)
			tags := []string{"all"}
			if i%10 == 0 {
				tags = append(tags, "tenth")
			}
			if i%100 == 7 {
				tags = append(tags, "rare")
			}
			_, _, err := s.UpsertContact(ContactInput{
				Email:     Some(fmt.Sprintf("person%07d@example.com", i*7919%n)),
				FirstName: Some("Some"),
				LastName:  Some("Body"),
				Tags:      Some(tags),
			})
			if err != nil {
				panic(err)
			}
		}
		made[n] = s
		return s
	}
}()

// BenchmarkContactsPage shows that a page costs about the same wherever it lies and however many contacts there are.
// For each size it reads pages all over the first or the last hundredth of a list, or in the middle of it.
func BenchmarkContactsPage(b *testing.B) {
	for _, f := range []struct {
		name string
		f    func(n int) ContactFilter
	}{
		{"all", func(int) ContactFilter { return ContactFilter{} }},
		{"tag", func(int) ContactFilter { return ContactFilter{Tag: "tenth"} }},
		{"after", func(n int) ContactFilter {
			return ContactFilter{CreatedAfter: start.Add(time.Duration(n/2) * time.Second)}
		}},
		{"tag+after", func(n int) ContactFilter {
			return ContactFilter{Tag: "all", CreatedAfter: start.Add(time.Duration(n/2) * time.Second)}
		}},
	} {
		for _, where := range []string{"first", "middle", "last"} {
			for _, n := range []int{1000, 1_000_000} {
				b.Run(fmt.Sprintf("%s/%s/%d", f.name, where, n), func(b *testing.B) {
					s, filter := manyContacts(n), f.f(n)
					page, err := s.ListContacts(filter, ListParams{})
					if err != nil || page.Meta.TotalCount < n/100 {
						b.Fatal(page.Meta, err)
					}
					p := ListParams{Page: map[string]int{
						"first": 1, "middle": page.Meta.TotalPages / 2, "last": page.Meta.TotalPages,
					}[where]}
					b.ReportAllocs()
					for b.Loop() {
						if page, err = s.ListContacts(filter, p); err != nil || len(page.Data) == 0 {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkMillion measures what a million contacts take, and what it costs to keep and to go back to that state.
func BenchmarkMillion(b *testing.B) {
	b.Run("memory", func(b *testing.B) {
		s := manyContacts(1_000_000)
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		for b.Loop() {
			runtime.KeepAlive(s)
		}
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB")
	})
	b.Run("snapshot+write+restore", func(b *testing.B) {
		s := manyContacts(1_000_000)
		for b.Loop() {
			snap := s.Snapshot()
			if _, _, err := s.UpsertContact(ContactInput{Email: Some("new@example.com"), Tags: Some([]string{"all"})}); err != nil {
				b.Fatal(err)
			}
			s.Restore(snap)
		}
	})
	b.Run("upsert", func(b *testing.B) {
		s := manyContacts(1_000_000)
		snap := s.Snapshot()
		i := 0
		for b.Loop() {
			i++
			if _, _, err := s.UpsertContact(ContactInput{Email: Some(fmt.Sprintf("new%d@example.com", i))}); err != nil {
				b.Fatal(err)
			}
		}
		s.Restore(snap)
	})
}
