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

// BenchmarkContactsPage shows that a page costs about the same wherever it lies and however many contacts there are: it
// reads from a list of a thousand and from one of a million in turns, and reports the best round of each and their
// ratio. "anywhere" jumps about the whole list, which also shows what memory that is in no cache costs.
func BenchmarkContactsPage(b *testing.B) {
	const small, large = 1000, 1_000_000
	after := func(n int) time.Time { return start.Add(time.Duration(n/2) * time.Second) }
	for _, f := range []struct {
		name string
		f    func(n int) ContactFilter
	}{
		{"all", func(int) ContactFilter { return ContactFilter{} }},
		{"tag", func(int) ContactFilter { return ContactFilter{Tag: "tenth"} }},
		{"after", func(n int) ContactFilter { return ContactFilter{CreatedAfter: after(n)} }},
		{"tag+after", func(n int) ContactFilter { return ContactFilter{Tag: "all", CreatedAfter: after(n)} }},
	} {
		for _, where := range []string{"first", "middle", "last", "anywhere"} {
			b.Run(f.name+"/"+where, func(b *testing.B) {
				best := map[int]time.Duration{small: time.Hour, large: time.Hour}
				stores := map[int]*Store{small: manyContacts(small), large: manyContacts(large)}
				for b.Loop() {
					for n, s := range stores {
						best[n] = min(best[n], readPages(b, s, f.f(n), where))
					}
				}
				b.ReportMetric(float64(best[small]), "ns/page-of-1000")
				b.ReportMetric(float64(best[large]), "ns/page-of-1000000")
				b.ReportMetric(float64(best[large])/float64(best[small]), "ratio")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// readPages returns what one of a hundred pages took on average.
func readPages(b *testing.B, s *Store, f ContactFilter, where string) time.Duration {
	const reads = 100
	page, err := s.ListContacts(f, ListParams{})
	if err != nil || page.Meta.TotalPages < 10 {
		b.Fatal(page.Meta, err)
	}
	pages := page.Meta.TotalPages
	began := time.Now()
	for i := range reads {
		at := 1 + i*7919%pages
		switch where {
		case "first":
			at = 1 + i%5
		case "middle":
			at = pages/2 + i%5
		case "last":
			at = pages - i%5
		}
		if page, err = s.ListContacts(f, ListParams{Page: at}); err != nil || len(page.Data) == 0 {
			b.Fatal(at, page.Meta, err)
		}
	}
	return time.Since(began) / reads
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
