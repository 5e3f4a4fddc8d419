// Command throughput measures the selgora-mock binary beside stripe-mock and
// beside a server that writes the same bytes from memory, all as child
// processes on loopback, in rounds in turn.
//
//	go run .             # each server has one processor, the load the others
//	go run . -procs 0    # all of them share all processors
//
// It prints requests per second as ratios, the processor time that a server
// spends on a request, the time from start to the first answer, and the
// resident memory. Where the servers share their processors with what loads
// them, ratios shrink: a request then costs the load's part too, which is the
// same for all.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	serve := flag.String("serve-static", "", "only serve the static answer, on this address")
	rounds := flag.Int("rounds", 9, "rounds")
	slice := flag.Duration("slice", 700*time.Millisecond, "time per server and round")
	connections := flag.Int("connections", 8, "connections at once")
	procs := flag.Int("procs", 1, "processors of a server; 0 for all, shared with the load")
	flag.Parse()
	if *serve != "" {
		log.Fatal(serveStatic(*serve))
	}
	if *procs > 0 {
		runtime.GOMAXPROCS(max(1, runtime.NumCPU()-*procs))
	}
	if err := run(*rounds, *slice, *connections, *procs); err != nil {
		log.Fatal(err)
	}
}

func run(rounds int, slice time.Duration, connections, procs int) error {
	dir, err := os.MkdirTemp("", "throughput")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, tool := range []string{"github.com/selgora/selgora-go/cmd/selgora-mock", "github.com/stripe/stripe-mock"} {
		out, err := exec.Command("go", "build", "-o", dir, tool).CombinedOutput()
		if err != nil {
			return fmt.Errorf("building %s: %w\n%s", tool, err, out)
		}
	}
	servers := []*server{
		{name: "selgora-mock", path: "/v1/courses/course_abc123", key: "test_key_123",
			command: []string{filepath.Join(dir, "selgora-mock"), "-limits", "off", "-addr", "{addr}"}},
		{name: "static net/http", path: "/v1/courses/course_abc123",
			command: []string{self, "-serve-static", "{addr}"}},
		{name: "stripe-mock", path: "/v1/customers", key: "sk_test_123",
			command: []string{filepath.Join(dir, "stripe-mock"), "-http-addr", "{addr}"}},
	}
	for _, s := range servers {
		s.procs = procs
	}
	starts := make([][]time.Duration, len(servers))
	for range 5 {
		for i, s := range servers {
			if err := s.start(context.Background()); err != nil {
				return err
			}
			starts[i] = append(starts[i], s.ready)
			s.stop()
		}
	}
	for _, s := range servers {
		if err := s.start(context.Background()); err != nil {
			return err
		}
		defer s.stop()
	}
	rates, costs := make([][]float64, len(servers)), make([][]time.Duration, len(servers))
	for round := -1; round < rounds; round++ { // the first warms up
		for k := range servers {
			i := (k + round + 1) % len(servers)
			before := servers[i].cpu()
			rate, err := servers[i].load(slice, connections)
			if err != nil {
				return fmt.Errorf("%s: %w", servers[i].name, err)
			}
			if round >= 0 {
				rates[i] = append(rates[i], rate)
				costs[i] = append(costs[i], time.Duration(float64(servers[i].cpu()-before)/(rate*slice.Seconds())))
			}
		}
	}
	report(servers, rates, costs, starts, connections)
	return nil
}

func report(servers []*server, rates [][]float64, costs, starts [][]time.Duration, connections int) {
	sharing := fmt.Sprintf("%d of %d processors for a server", servers[0].procs, runtime.NumCPU())
	if servers[0].procs == 0 {
		sharing = fmt.Sprintf("%d processors for load and server", runtime.NumCPU())
	}
	fmt.Printf("%s, %s, %d connections, medians of %d rounds in turn\n\n", runtime.Version(), sharing, connections, len(rates[0]))
	fmt.Println("| server | requests/s | selgora-mock is | processor time per request | start to first answer | resident |")
	fmt.Println("|---|---|---|---|---|---|")
	for i, s := range servers {
		ratios := make([]float64, len(rates[i]))
		for r := range ratios {
			ratios[r] = rates[0][r] / rates[i][r]
		}
		fmt.Printf("| %s | %.0f | %.2f x | %v | %v | %s |\n", s.name, median(rates[i]), median(ratios),
			median(costs[i]).Round(100*time.Nanosecond), median(starts[i]).Round(100*time.Microsecond), s.resident())
	}
}

func median[T float64 | time.Duration](values []T) T {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

func fill(command []string, addr string) []string {
	out := slices.Clone(command)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "{addr}", addr)
	}
	return out
}
