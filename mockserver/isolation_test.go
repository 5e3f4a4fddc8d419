package mockserver_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// A thousand tests at once, each with a server of its own.
func TestIsolation(t *testing.T) {
	t.Parallel()
	for i := range 1000 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv := mockserver.New(t)
			d := inProcess(srv)
			if i%50 == 0 {
				d = overTCP(t, srv)
			}
			srv.Inject(mockserver.Fault{Operation: mockserver.CoursesGet, Status: 503})
			id := d.send(t, "POST", "/courses", fmt.Sprintf(`{"title":"Course %d"}`, i)).want(t, 201).field(t, "id")
			d.send(t, "GET", "/courses/"+id, "").want(t, 503)
			if got := d.send(t, "GET", "/courses/"+id, "").want(t, 200).field(t, "slug"); got != fmt.Sprintf("course-%d", i) {
				t.Errorf("slug %s", got)
			}
			if got := d.send(t, "GET", "/courses", "").field(t, "meta", "total_count"); got != "1" {
				t.Errorf("%s courses", got)
			}
			if n := len(srv.Requests()); n != 4 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// One server under many goroutines, with everything that can be called.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t, mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 1 << 30, Concurrent: 1 << 20}))
	d := inProcess(srv)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for j := range 20 {
				d.send(t, "POST", "/contacts", fmt.Sprintf(`{"email":"c%d@example.com","tags":["t%d"]}`, j, i))
				d.send(t, "GET", "/contacts?limit=5", "")
				switch j % 5 {
				case 0:
					srv.Inject(mockserver.Fault{Operation: mockserver.CoursesList, Status: 500, Optional: true})
					d.send(t, "GET", "/courses", "")
				case 1:
					_ = srv.Requests()
				case 2:
					srv.Advance(1)
				case 3:
					srv.Restore(srv.Snapshot())
				case 4:
					_ = srv.Dump()
					srv.AssertRespectsRetryAfter(t)
				}
			}
		})
	}
	group.Wait()
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		rec := new(recorder)
		srv := mockserver.New(rec, mockserver.WithSandboxData())
		d := overTCP(t, srv)
		d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201)
		inProcess(srv).send(t, "GET", "/courses", "").want(t, 200)
		rec.end()
	}
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 1_000_000 {
			stack := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stack[:runtime.Stack(stack, true)])
		}
		runtime.Gosched() // net/http's own are on their way out
	}
}
