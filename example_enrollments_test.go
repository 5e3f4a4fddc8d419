package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func ExampleEnrollmentService_List() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	page, err := client.Enrollments.List(ctx, &selgora.EnrollmentListParams{CourseID: "course_abc123"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Data[0].ID, page.Data[0].Status)
	// Output: enr_xyz789 active
}

func ExampleEnrollmentService_All() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	n := 0
	for enrollment, err := range client.Enrollments.All(ctx, &selgora.EnrollmentListParams{
		CourseID: "course_abc123", Status: selgora.EnrollmentCompleted,
	}) {
		if err != nil {
			log.Fatal(err)
		}
		if enrollment.CompletedAt.IsZero() {
			log.Fatal("completed, but when?")
		}
		n++
	}
	fmt.Println(n > 0)
	// Output: true
}

func ExampleEnrollmentService_Pages() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	for page, err := range client.Enrollments.Pages(ctx, &selgora.EnrollmentListParams{CourseID: "course_abc123", Limit: 10}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(page.Meta.CurrentPage, "of", page.Meta.TotalPages)
	}
	// Output:
	// 1 of 2
	// 2 of 2
}

func ExampleEnrollmentService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	enrollment, err := client.Enrollments.Get(ctx, "enr_xyz789")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(enrollment.CourseID, enrollment.Status)
	// Output: course_abc123 active
}

func ExampleEnrollmentService_Create() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	params := &selgora.EnrollmentCreateParams{
		CourseID: "course_abc123",
		Email:    "ada@example.com",
		Notify:   selgora.Set(false), // no e-mail to the student
	}
	var resp selgora.Response
	for range 2 { // the second time gives the same enrollment
		enrollment, err := client.Enrollments.Create(ctx, params, selgora.WithResponse(&resp))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(resp.StatusCode, enrollment.UserEmail, enrollment.Status)
	}
	// Output:
	// 201 ada@example.com active
	// 200 ada@example.com active
}

func ExampleEnrollmentService_CreateBatch() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
		CourseID: "course_abc123",
		Emails:   []string{"ada@example.com", "no address", "Ada@example.com"},
		OnProgress: func(p selgora.BatchProgress) {
			for _, item := range p.Items { // write these down, and a crash loses nothing
				fmt.Println(item.Email, "|", item.Status, "|", item.Duplicate)
			}
			fmt.Printf("%d of %d\n", p.Done, p.Total)
		},
	})
	var failed *selgora.BatchError
	if err != nil && !errors.As(err, &failed) {
		log.Fatal(err) // the call as a whole makes no sense
	}
	fmt.Println("once more:", res.Retryable())
	fmt.Println("to correct:", res.Refused())
	// Output:
	// ada@example.com | enrolled | false
	// no address | failed | false
	// Ada@example.com | enrolled | true
	// 3 of 3
	// once more: []
	// to correct: [no address]
}

func ExampleBatchResult_Retryable() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.EnrollmentsCreateBatch, Status: http.StatusServiceUnavailable})

	emails := []string{"ada@example.com", "grace@example.com", "no address"}
	var refused []string
	for round := 0; len(emails) > 0 && round < 3; round++ {
		res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{CourseID: "course_abc123", Emails: emails})
		if res == nil {
			log.Fatal(err)
		}
		refused = append(refused, res.Refused()...)
		emails = res.Retryable() // enrolls nobody twice
		fmt.Printf("round %d: %d left\n", round, len(emails))
	}
	fmt.Println("refused:", refused)
	// Output:
	// round 0: 3 left
	// round 1: 0 left
	// refused: [no address]
}

func ExampleEnrollmentService_Cancel() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	enrollment, err := client.Enrollments.Cancel(ctx, "enr_xyz789")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(enrollment.Status)
	// Output: cancelled
}

func ExampleEnrollmentService_Progress() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	progress, err := client.Enrollments.Progress(ctx, "enr_xyz789")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d lessons, %d %%\n", progress.LessonsCompleted, progress.TotalLessons, progress.ProgressPercentage)
	// Output: 12 of 18 lessons, 67 %
}
