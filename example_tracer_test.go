package selgora_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// printer is a tracer that prints. One that makes spans puts them into the
// contexts that it returns, and finds them there again at the end.
type printer struct{}

func (printer) StartCall(ctx context.Context, start selgora.CallStart) context.Context {
	fmt.Println(start.Operation, start.Method, start.Template)
	return ctx
}

func (printer) EndCall(_ context.Context, end selgora.CallEnd) {
	fmt.Println(end.Operation, "ended with", end.StatusCode, "after", end.Attempts, "attempts, error", end.Err)
}

func (printer) StartAttempt(ctx context.Context, start selgora.AttemptStart) context.Context {
	start.Header.Set("Traceparent", fmt.Sprintf("00-4bf9-00f%d-01", start.Number)) // is sent
	return ctx
}

func (printer) EndAttempt(_ context.Context, end selgora.AttemptEnd) {
	fmt.Println("  attempt", end.Number, "ended with", end.StatusCode, end.RequestID)
}

func ExampleWithTracer() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithTracer(printer{}))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.CoursesGet, Status: http.StatusServiceUnavailable})

	if _, err := client.Courses.Get(ctx, "course_abc123"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(srv.Requests()[1].Header.Get("Traceparent"))
	// Output:
	// courses.get GET /courses/{id}
	//   attempt 1 ended with 503 req_00000001
	//   attempt 2 ended with 200 req_00000002
	// courses.get ended with 200 after 2 attempts, error <nil>
	// 00-4bf9-00f2-01
}
