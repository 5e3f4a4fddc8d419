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
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/money"
	"github.com/selgora/selgora-go/webhook"
)

// courses reads through a cache. Two calls for a course that is not in it may
// both ask the API; add golang.org/x/sync/singleflight where that matters.
type courses struct {
	client *selgora.Client
	cache  *expirable.LRU[string, selgora.Course]
}

func newCourses(client *selgora.Client) *courses {
	return &courses{client, expirable.NewLRU[string, selgora.Course](100, nil, 10*time.Minute)}
}

// get returns a copy, so that nobody changes what is in the cache.
func (c *courses) get(ctx context.Context, id string) (selgora.Course, error) {
	if course, ok := c.cache.Get(id); ok {
		return course, nil
	}
	course, err := c.client.Courses.Get(ctx, id)
	if err != nil {
		return selgora.Course{}, err // not kept: the next call asks again
	}
	c.cache.Add(id, *course)
	return *course, nil
}

// listen drops courses that have changed.
func (c *courses) listen(r *webhook.Router) {
	webhook.On(r, webhook.CourseUpdated, func(_ context.Context, _ *webhook.Event, d *webhook.CourseUpdatedData) error {
		c.cache.Remove(d.Course.ID)
		return nil
	})
	webhook.On(r, webhook.CourseDeleted, func(_ context.Context, _ *webhook.Event, d *webhook.CourseDeletedData) error {
		c.cache.Remove(d.Course.ID)
		return nil
	})
}

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
