package main

import (
	"context"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"github.com/selgora/selgora-go"
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
