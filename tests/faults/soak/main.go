// Command soak puts a mixed load with webhooks on the client, the fake and the receiver at once, for as long as it is
// told, and watches what they keep:
//
//	go -C tests/faults run ./soak -for 10m
//
// The load comes in rounds. In each, clients over TCP and in-process make calls of many kinds while faults hit a part
// of them, and two receivers, one of them behind a port, handle every webhook; a part of those fails at first. At the
// end of a round retries are run in virtual time, every event must have been handled exactly once at each receiver, the
// receivers are shut down and the account is taken back to its beginning. What is in use then is printed every 30
// seconds. The command fails if an event was lost or handled twice, or if memory or goroutines are not flat in the
// second half.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	length := flag.Duration("for", 10*time.Minute, "how long to go on")
	calls := flag.Int("calls", 3000, "calls in a round")
	pause := flag.Duration("round", 10*time.Second, "the least time that a round takes")
	every := flag.Duration("every", 30*time.Second, "the time between two lines")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := soak(ctx, *length, *calls, *pause, *every); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// sample is what is in use at the end of a round.
type sample struct {
	at         time.Duration
	heap       uint64
	goroutines int
}

func soak(ctx context.Context, length time.Duration, calls int, pause, every time.Duration) error {
	world, err := newWorld()
	if err != nil {
		return err
	}
	defer world.close()
	fmt.Println("  time   heap in use   from system   goroutines   rounds     calls   failed    events")
	var samples []sample
	var printed time.Duration
	begun := time.Now()
	for rounds := 1; time.Since(begun) < length; rounds++ {
		next := time.Now().Add(pause)
		if err := world.round(ctx, rounds, calls); err != nil {
			return fmt.Errorf("round %d: %w", rounds, err)
		}
		s, system := measure(time.Since(begun))
		samples = append(samples, s)
		if s.at-printed >= every || rounds == 1 {
			printed = s.at
			fmt.Printf("%6s %9.2f MiB %9.1f MiB %12d %8d %9d %8d %9d\n", s.at.Round(time.Second), float64(s.heap)/(1<<20),
				float64(system)/(1<<20), s.goroutines, rounds, world.calls.Load(), world.failed.Load(), world.events)
		}
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return flat(samples[len(samples)/2:])
}

// measure returns what is reachable, after garbage collection, and what the program has from the system.
func measure(at time.Duration) (sample, uint64) {
	runtime.GC()
	runtime.GC() // the first one only moves what pools hold
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return sample{at, m.HeapAlloc, runtime.NumGoroutine()}, m.Sys - m.HeapReleased
}

// flat compares the two halves of the samples.
func flat(samples []sample) error {
	if len(samples) < 4 {
		return errors.New("too short to say anything")
	}
	early, late := samples[:len(samples)/2], samples[len(samples)/2:]
	heapEarly, goEarly := mean(early)
	heapLate, goLate := mean(late)
	fmt.Printf("second half: heap %.2f MiB, then %.2f MiB; goroutines %.1f, then %.1f\n", heapEarly/(1<<20), heapLate/(1<<20), goEarly, goLate)
	switch {
	case heapLate > heapEarly*1.05+(1<<20):
		return errors.New("memory is not flat")
	case goLate > goEarly+2:
		return errors.New("goroutines are not flat")
	}
	return nil
}

func mean(samples []sample) (heap, goroutines float64) {
	for _, s := range samples {
		heap += float64(s.heap)
		goroutines += float64(s.goroutines)
	}
	n := float64(len(samples))
	return heap / n, goroutines / n
}
