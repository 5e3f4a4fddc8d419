package bench

import (
	"sync"
	"testing"
)

// run is the loop of a row; parallel splits it over 32 goroutines.
func run(b *testing.B, parallel bool, call func() error) {
	b.ReportAllocs()
	if !parallel {
		for b.Loop() {
			if err := call(); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	const goroutines = 32
	var wg sync.WaitGroup
	for g := range goroutines {
		n := b.N / goroutines
		if g < b.N%goroutines {
			n++
		}
		wg.Go(func() {
			for range n {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func benchmarkWay(b *testing.B, w Way) {
	contenders, err := Contenders(w)
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range Rows {
		for _, c := range contenders {
			b.Run(row.Name+"/"+c.Name, func(b *testing.B) { run(b, false, row.Call(c)) })
		}
	}
	for _, c := range contenders {
		b.Run("Get by 32 goroutines/"+c.Name, func(b *testing.B) { run(b, true, c.Get) })
	}
}

func BenchmarkInProcess(b *testing.B) { benchmarkWay(b, InProcess()) }

func BenchmarkLoopback(b *testing.B) {
	w, err := Loopback()
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	benchmarkWay(b, w)
}

// TestContenders makes each call once, so that a benchmark that measures
// errors does not go unnoticed.
func TestContenders(t *testing.T) {
	loopback, err := Loopback()
	if err != nil {
		t.Fatal(err)
	}
	defer loopback.Close()
	for _, w := range []Way{InProcess(), loopback} {
		contenders, err := Contenders(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range Rows {
			for _, c := range contenders {
				if err := row.Call(c)(); err != nil {
					t.Errorf("%s, %s, %s: %v", w.Name, row.Name, c.Name, err)
				}
			}
		}
	}
}
