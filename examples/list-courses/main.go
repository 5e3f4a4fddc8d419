// Command list-courses reads the courses of an account: one page with its
// meta data, then all of them through an iterator.
//
//	go run ./examples/list-courses          # the embedded fake
//	go run ./examples/list-courses -live    # the account of SELGORA_API_KEY
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"maps"
	"slices"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func main() {
	live := flag.Bool("live", false, "read the account of SELGORA_API_KEY instead of the embedded fake")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *live); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, live bool) error {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	client := srv.Client()
	if live {
		if client, err = selgora.NewClientFromEnv(); err != nil {
			return err
		}
	}

	page, err := client.Courses.List(ctx, &selgora.CourseListParams{Page: 2, Limit: 5})
	if err != nil {
		return err
	}
	fmt.Printf("Page %d of %d, %d courses in all:\n", page.Meta.CurrentPage, page.Meta.TotalPages, page.Meta.TotalCount)
	for _, course := range page.Data {
		fmt.Printf("  %-20s %-42s %8v %s  %4d students\n", course.ID, course.Title, course.Price, course.Currency, course.EnrolledCount)
	}

	// All fetches a page when the loop needs it, here four of 25.
	perCurrency := map[string]int{}
	drafts := 0
	var popular []*selgora.Course
	for course, err := range client.Courses.All(ctx, &selgora.CourseListParams{Limit: 25}) {
		if err != nil {
			return err
		}
		perCurrency[course.Currency]++
		if course.Status == selgora.CourseDraft {
			drafts++
		}
		popular = append(popular, course)
	}
	slices.SortFunc(popular, func(a, b *selgora.Course) int { return cmp.Compare(b.EnrolledCount, a.EnrolledCount) })

	fmt.Printf("\nAll %d courses, %d of them drafts, sold in:\n", len(popular), drafts)
	for _, currency := range slices.Sorted(maps.Keys(perCurrency)) {
		fmt.Printf("  %s %3d\n", currency, perCurrency[currency])
	}
	fmt.Println("\nMost students:")
	for _, course := range popular[:min(3, len(popular))] {
		fmt.Printf("  %4d  %s\n", course.EnrolledCount, course.Title)
	}
	return nil
}
