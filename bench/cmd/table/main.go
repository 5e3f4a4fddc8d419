// Command table prints what each call costs the client, as ratios to plain
// net/http with a json.Decoder.
//
//	go run ./cmd/table            # 15 rounds, in-process and over loopback
//	go run ./cmd/table -rounds 5
//
// The contenders of a row take turns in every round, in an order that moves on,
// so that a machine that is slow for a while is slow for all of them. A ratio
// is the median of the rounds' ratios.
package main

import (
	"flag"
	"fmt"
	"log"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/selgora/selgora-go/bench"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 15, "rounds per row")
	slice := flag.Duration("slice", 60*time.Millisecond, "time per contender and round")
	flag.Parse()

	loopback, err := bench.Loopback()
	if err != nil {
		log.Fatal(err)
	}
	defer loopback.Close()
	fmt.Printf("%s, %d rounds; ratios of time to %s, allocations per call\n", runtime.Version(), *rounds, "net/http + json.Decoder")
	for _, w := range []bench.Way{bench.InProcess(), loopback} {
		contenders, err := bench.Contenders(w)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("\n| %s |", w.Name)
		for _, c := range contenders {
			fmt.Printf(" %s |", c.Name)
		}
		fmt.Print("\n|---|")
		for range contenders {
			fmt.Print("---|")
		}
		fmt.Println()
		for _, row := range rows() {
			if err := printRow(row, contenders, *rounds, *slice); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// rowOf is a row and how many goroutines make its calls.
type rowOf struct {
	bench.Row
	goroutines int
}

func rows() []rowOf {
	var all []rowOf
	for _, r := range bench.Rows {
		all = append(all, rowOf{r, 1})
	}
	get := bench.Rows[0]
	get.Name = "Get, 32 goroutines"
	return append(all, rowOf{get, 32})
}

// yardstick is the place of the contender that ratios refer to.
const yardstick = 1

func printRow(row rowOf, contenders []bench.Client, rounds int, slice time.Duration) error {
	ratios := make([][]float64, len(contenders))
	allocs := make([]uint64, len(contenders))
	for round := -1; round < rounds; round++ { // the first warms up
		costs := make([]float64, len(contenders))
		for k := range contenders {
			i := (k + round + 1) % len(contenders)
			cost, n, err := measure(row.Call(contenders[i]), row.goroutines, slice)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", row.Name, contenders[i].Name, err)
			}
			costs[i], allocs[i] = cost, n
		}
		if round < 0 {
			continue
		}
		for i, cost := range costs {
			ratios[i] = append(ratios[i], cost/costs[yardstick])
		}
	}
	fmt.Printf("| %s |", row.Name)
	for i, r := range ratios {
		slices.Sort(r)
		fmt.Printf(" %.2f (%d allocs) |", r[len(r)/2], allocs[i])
	}
	fmt.Println()
	return nil
}

// measure makes calls for about d and returns the time and the allocations of
// one.
func measure(call func() error, goroutines int, d time.Duration) (cost float64, allocs uint64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var (
		mu    sync.Mutex
		calls int
		wg    sync.WaitGroup
		start = time.Now()
	)
	for range goroutines {
		wg.Go(func() {
			n := 0
			var failed error
			for failed == nil && time.Since(start) < d {
				failed = call()
				n++
			}
			mu.Lock()
			defer mu.Unlock()
			calls += n
			if failed != nil {
				err = failed
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return float64(took) / float64(calls), (after.Mallocs - before.Mallocs) / uint64(calls), err
}
