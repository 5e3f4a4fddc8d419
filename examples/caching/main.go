// Command caching keeps courses in an LRU cache, the API guide's "Caching
// Strategies": at most 100 of them, each for at most ten minutes, and none
// that a webhook has told to be out of date.
//
//	cd examples/caching && go run .
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
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
	cached := newCourses(srv.Client())

	const secret = "shared with the provider"
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	router := webhook.NewRouter()
	cached.listen(router)
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		return err
	}
	srv.DeliverTo(handler, mockserver.WebhookSecret(secret))

	show := func() error {
		var course selgora.Course
		for range 1000 {
			if course, err = cached.get(ctx, "course_abc123"); err != nil {
				return err
			}
		}
		fmt.Printf("1000 reads: %s costs %v; %d requests so far\n", course.Title, course.Price, len(srv.Calls(mockserver.CoursesGet)))
		return nil
	}
	if err := show(); err != nil {
		return err
	}
	if _, err := cached.client.Courses.Update(ctx, "course_abc123", &selgora.CourseUpdateParams{
		Price: selgora.Set(money.MustParse("399")),
	}); err != nil {
		return err
	}
	if err := srv.WaitDeliveries(ctx); err != nil {
		return err
	}
	fmt.Println("The price changes, and a webhook says so.")
	return show()
}
