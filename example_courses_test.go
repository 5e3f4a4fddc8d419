package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

func ExampleCourseService_List() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	page, err := client.Courses.List(ctx, &selgora.CourseListParams{Page: 2, Limit: 50})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), "of", page.Meta.TotalCount, "on page", page.Meta.CurrentPage, "of", page.Meta.TotalPages)
	// Output: 50 of 100 on page 2 of 2
}

func ExampleCourseService_All() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	drafts := 0
	for course, err := range client.Courses.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if course.Status == selgora.CourseDraft {
			drafts++
		}
	}
	fmt.Println(drafts, "drafts")
	// Output: 11 drafts
}

func ExampleCourseService_Pages() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	next := 3 // where an earlier run stopped
	for page, err := range client.Courses.Pages(ctx, &selgora.CourseListParams{Page: next, Limit: 20}) {
		if err != nil {
			log.Fatal(err) // the next run goes on at next
		}
		fmt.Println(len(page.Data), "courses, page", page.Meta.CurrentPage, "of", page.Meta.TotalPages)
		next = page.Meta.CurrentPage + 1
	}
	// Output:
	// 20 courses, page 3 of 5
	// 20 courses, page 4 of 5
	// 20 courses, page 5 of 5
}

func ExampleCourseService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	course, err := client.Courses.Get(ctx, "course_abc123")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s costs %.2f %s\n", course.Title, course.Price, course.Currency)
	// Output: Digital Marketing Mastery costs 497.00 USD
}

func ExampleCourseService_Create() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	course, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{
		Title:       "New Course Title",
		Description: "Course description",
		Price:       money.MustParse("297"),
		Currency:    "USD",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(course.Slug, course.Price, course.Status)
	// Output: new-course-title 297 draft
}

func ExampleCourseService_Update() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	course, err := client.Courses.Update(ctx, "course_abc123", &selgora.CourseUpdateParams{
		Price:       selgora.Set(money.Decimal{}),         // free from now on
		Description: selgora.Null[string](),               // emptied
		Status:      selgora.Set(selgora.CoursePublished), // on sale
		// Title and Currency stay as they are.
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q costs %v %s, description %q\n", course.Title, course.Price, course.Currency, course.Description)
	// Output: "Digital Marketing Mastery" costs 0 USD, description ""
}

func ExampleCourseService_Delete() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	if err := client.Courses.Delete(ctx, "course_abc123"); err != nil {
		log.Fatal(err)
	}
	_, err := client.Courses.Get(ctx, "course_abc123")
	fmt.Println(errors.Is(err, selgora.ErrNotFound))
	// Output: true
}
