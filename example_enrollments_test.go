package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/selgora/selgora-go"
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

	res, err := client.Enrollments.CreateBatch(ctx, &selgora.BatchEnrollParams{
		CourseID: "course_abc123",
		Emails:   []string{"ada@example.com", "no address", "Ada@example.com"},
		OnProgress: func(p selgora.BatchProgress) {
			fmt.Printf("%d of %d\n", p.Done, p.Total)
		},
	})
	var failed *selgora.BatchError
	if err != nil && !errors.As(err, &failed) {
		log.Fatal(err) // the call as a whole makes no sense
	}
	for _, item := range res.Items {
		fmt.Println(item.Email, "|", item.Status, "|", item.Duplicate)
	}
	// Output:
	// 3 of 3
	// ada@example.com | enrolled | false
	// no address | failed | false
	// Ada@example.com | enrolled | true
}

func ExampleBatchResult_Failed() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	emails := []string{"ada@example.com", "grace@example.com", "no address"}
	for range 3 {
		res, err := client.Enrollments.CreateBatch(ctx, &selgora.BatchEnrollParams{CourseID: "course_abc123", Emails: emails})
		if err == nil {
			break
		}
		if errors.Is(err, selgora.ErrServer) || errors.Is(err, selgora.ErrRateLimited) {
			emails = res.Failed() // worth another try, which enrolls nobody twice
			continue
		}
		fmt.Println("not enrolled:", res.Failed())
		break
	}
	// Output: not enrolled: [no address]
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
