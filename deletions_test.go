package selgora_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// What the package promises of an iteration while others change the list: of
// the items that exist all the while none comes twice, none is missed for what
// is added, and for k deletions at most k are missed.
func TestIterationUnderChanges(t *testing.T) {
	for _, tt := range []struct{ pages, limit int }{{1, 10}, {2, 1}, {3, 2}, {7, 5}, {10, 10}, {100, 3}, {3, 100}} {
		for _, kind := range []string{"deletions", "additions", "both", "deletions before", "deletions after", "all but one"} {
			t.Run(fmt.Sprintf("%d pages of %d, %s", tt.pages, tt.limit, kind), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3) {
					changeMeanwhile(t, tt.pages, tt.limit, kind, rand.New(rand.NewPCG(seed, 0)))
				}
			})
		}
	}
}

func changeMeanwhile(t *testing.T, pages, limit int, kind string, random *rand.Rand) {
	ctx := t.Context()
	srv := mockserver.New(t)
	client := srv.Client()
	var order []string // of those that exist, oldest first
	add := func() {
		order = append(order, srv.AddCourse(mockserver.Course{Title: fmt.Sprint("Course ", len(order))}).ID)
	}
	for range pages * limit {
		add()
	}
	always := slices.Clone(order)
	deleted := map[string]bool{}
	remove := func(i int) {
		if err := client.Courses.Delete(ctx, order[i]); err != nil {
			t.Fatal(err)
		}
		deleted[order[i]] = true
		order = slices.Delete(order, i, i+1)
	}

	seen := map[string]int{}
	fetched := 0
	for page, err := range client.Courses.Pages(ctx, &selgora.CourseListParams{Limit: limit}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, course := range page.Data {
			seen[course.ID]++
		}
		if fetched++; fetched > 3*pages+3 {
			t.Fatalf("fetched %d pages", fetched)
		}
		passed := min(fetched*limit, len(order))
		for range random.IntN(3) {
			switch {
			case kind == "additions", kind == "both" && random.IntN(2) == 0:
				if fetched <= pages { // or the end is never reached
					add()
				}
			case len(order) < 2:
			case kind == "deletions before" && passed > 0:
				remove(random.IntN(passed))
				passed--
			case kind == "deletions after" && passed < len(order):
				remove(passed + random.IntN(len(order)-passed))
			case kind == "deletions", kind == "both":
				remove(random.IntN(len(order)))
			}
		}
		for kind == "all but one" && len(order) > 1 {
			remove(0)
		}
	}

	missed := 0
	for _, id := range always {
		switch {
		case seen[id] > 1:
			t.Errorf("%s came %d times", id, seen[id])
		case seen[id] == 0 && !deleted[id]:
			missed++
		}
	}
	if missed > len(deleted) {
		t.Errorf("%d missed for %d deletions", missed, len(deleted))
	}
	if kind == "deletions after" && missed > 0 {
		t.Errorf("%d missed, though all deletions were of items still to come", missed)
	}
}

// The iterator over items is held to the same, with the deletions that hurt the
// most: the first item of the list, whenever a page was fetched.
func TestAllUnderDeletions(t *testing.T) {
	for _, pages := range []int{1, 2, 3, 10, 100} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			t.Parallel()
			const limit = 5
			ctx := t.Context()
			srv := mockserver.New(t)
			client := srv.Client()
			var order []string
			for range pages * limit {
				order = append(order, srv.AddCourse(mockserver.Course{Title: "Go"}).ID)
			}
			var seen []string
			deleted := 0
			for course, err := range client.Courses.All(ctx, &selgora.CourseListParams{Limit: limit}) {
				if err != nil {
					t.Fatal(err)
				}
				if seen = append(seen, course.ID); len(seen) > len(order) {
					t.Fatal("more items than there were")
				}
				if len(seen)%limit == 0 && deleted < pages/2 {
					if err := client.Courses.Delete(ctx, order[deleted]); err != nil {
						t.Fatal(err)
					}
					deleted++
				}
			}
			if !isSubsequence(seen, order) {
				t.Errorf("out of order, or an item twice: %v", seen)
			}
			if missed := len(order) - len(seen); missed > deleted {
				t.Errorf("%d missed for %d deletions", missed, deleted)
			}
		})
	}
}

func isSubsequence(part, whole []string) bool {
	for _, s := range whole {
		if len(part) > 0 && part[0] == s {
			part = part[1:]
		}
	}
	return len(part) == 0
}
