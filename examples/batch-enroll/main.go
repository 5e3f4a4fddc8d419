// Command batch-enroll enrolls 10 000 students in a course, 50 per request as
// the API guide has it, shows how far it has come, and repeats what may succeed
// the next time. It fails if somebody is not enrolled in the end.
//
//	go run ./examples/batch-enroll
//
// It runs against the embedded fake, which sets no limits. A client made with
// selgora.NewClient keeps to the documented 100 requests a minute by itself:
// the same 200 requests then take about three minutes.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

const (
	students = 10_000
	course   = "course_abc123"
	rounds   = 3
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	client := srv.Client()

	// On the way one request gets a 503, and the response to another is lost
	// after its work was done.
	srv.Inject(
		mockserver.Fault{Operation: mockserver.EnrollmentsCreateBatch, Nth: 60, Status: http.StatusServiceUnavailable},
		mockserver.Fault{Operation: mockserver.EnrollmentsCreateBatch, Nth: 120, Reset: true, AfterCommit: true},
	)
	emails := make([]string, students)
	for i := range emails {
		emails[i] = fmt.Sprintf("student%05d@example.com", i)
	}

	return enroll(ctx, client, emails)
}

// enroll repeats what may succeed, which enrolls nobody twice.
func enroll(ctx context.Context, client *selgora.Client, emails []string) error {
	total, refused := len(emails), 0
	var last error
	for round := 1; len(emails) > 0 && round <= rounds; round++ {
		fmt.Printf("Round %d: %d addresses\n", round, len(emails))
		start := time.Now()
		shown := 0
		res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
			CourseID: course,
			Emails:   emails,
			OnProgress: func(p selgora.BatchProgress) {
				// A real job writes p.Items down here, to go on after a crash.
				if percent := 100 * p.Done / p.Total; percent >= shown+10 || p.Done == p.Total {
					shown = percent
					fmt.Printf("  %3d %%  %5d of %d, %d failed\n", percent, p.Done, p.Total, p.Failed)
				}
			},
		})
		if res == nil {
			return err // the parameters make no sense
		}
		again := res.Retryable()
		fmt.Printf("  %d enrolled, %d already enrolled, %d refused, %d to repeat, in %v\n",
			res.Count(selgora.BatchEnrolled), res.Count(selgora.BatchAlreadyEnrolled),
			len(res.Refused()), len(again), time.Since(start).Round(time.Millisecond))
		if err != nil {
			fmt.Printf("  %v\n", err)
			last = err
		}
		emails, refused = again, refused+len(res.Refused())
	}
	if missing := refused + len(emails); missing > 0 {
		return fmt.Errorf("%d of %d students were not enrolled, %d of them refused: %w", missing, total, refused, last)
	}
	return nil
}
