package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func ExampleWithHeader() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	if _, err := client.Account.Get(ctx, selgora.WithHeader("Traceparent", "00-4bf9-00f0-01")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(srv.Requests()[0].Header.Get("Traceparent"))
	// Output: 00-4bf9-00f0-01
}

func ExampleWithRequestTimeout() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Delay: time.Hour})

	_, err := client.Account.Get(ctx, selgora.WithRequestTimeout(20*time.Millisecond))
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output: true
}

func ExampleWithRequestRetries() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Status: http.StatusServiceUnavailable, Times: 5})

	var resp selgora.Response
	_, err := client.Account.Get(ctx, selgora.WithRequestRetries(5), selgora.WithResponse(&resp))
	fmt.Println(resp.Attempts, "attempts,", err)
	// Output: 6 attempts, <nil>
}

func ExampleWithRetryUnsafe() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	params := &selgora.EnrollmentCreateParams{CourseID: "course_abc123", Email: "ada@example.com"}

	// The enrollment is made, and its answer is lost: a POST is not repeated.
	lost := mockserver.Fault{Operation: mockserver.EnrollmentsCreate, Reset: true, AfterCommit: true}
	srv.Inject(lost)
	_, err := client.Enrollments.Create(ctx, params)
	fmt.Println(err != nil)

	// Enrolling twice is enrolling once, so this one may be.
	srv.Inject(lost)
	enrollment, err := client.Enrollments.Create(ctx, params, selgora.WithRetryUnsafe())
	fmt.Println(enrollment.Status, err)
	// Output:
	// true
	// active <nil>
}

func ExampleWithResponse() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	var resp selgora.Response
	_, err := client.Courses.Get(ctx, "course_unknown", selgora.WithResponse(&resp))
	fmt.Println(err != nil, resp.StatusCode, resp.RequestID, resp.Attempts)
	fmt.Printf("%s\n", resp.Body)
	// Output:
	// true 404 req_00000001 1
	// {"error":"no course with id \"course_unknown\""}
}

func ExampleOpt() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	var params selgora.CourseUpdateParams        // nothing: leaves all as it is
	params.Title = selgora.Set("A better title") // a value
	params.Description = selgora.Null[string]()  // null
	if _, err := client.Courses.Update(ctx, "course_abc123", &params); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", srv.Requests()[0].Body)

	title, ok := params.Title.Get()
	fmt.Println(title, ok, params.Description.IsNull(), params.Price.IsZero())
	// Output:
	// {"title":"A better title","description":null}
	// A better title true true true
}
