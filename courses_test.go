package selgora_test

import (
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

func TestCourseBadParams(t *testing.T) {
	courseUpdate := func(p selgora.CourseUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Courses.Update(x, "course_1", &p)) }
	}
	checkRefused(t, []refused{
		{"CourseCreateParams", func(x ctx, c cl) error { return err2(c.Courses.Create(x, nil)) }},
		{"CourseCreateParams.Title", func(x ctx, c cl) error { return err2(c.Courses.Create(x, &selgora.CourseCreateParams{Title: " "})) }},
		{"CourseCreateParams.Price", func(x ctx, c cl) error {
			return err2(c.Courses.Create(x, &selgora.CourseCreateParams{Title: "Go", Price: money.MustParse("-0.01")}))
		}},
		{"CourseUpdateParams", func(x ctx, c cl) error { return err2(c.Courses.Update(x, "course_1", nil)) }},
		{"CourseUpdateParams.Title", courseUpdate(selgora.CourseUpdateParams{Title: selgora.Set("\t")})},
		{"CourseUpdateParams.Title", courseUpdate(selgora.CourseUpdateParams{Title: selgora.Null[string]()})},
		{"CourseUpdateParams.Price", courseUpdate(selgora.CourseUpdateParams{Price: selgora.Set(money.MustParse("-1"))})},
		{"CourseUpdateParams.Price", courseUpdate(selgora.CourseUpdateParams{Price: selgora.Null[money.Decimal]()})},
		{"CourseUpdateParams.Currency", courseUpdate(selgora.CourseUpdateParams{Currency: selgora.Null[string]()})},
		{"CourseUpdateParams.Status", courseUpdate(selgora.CourseUpdateParams{Status: selgora.Null[selgora.CourseStatus]()})},
		{"CourseListParams.Page", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Page: -1})) }},
		{"CourseListParams.Limit", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Limit: 101})) }},
		{"CourseListParams.Limit", func(x ctx, c cl) error { return first(c.Courses.All(x, &selgora.CourseListParams{Limit: -1})) }},
	})
}

func TestCourseRefusedIDs(t *testing.T) {
	checkRefusedIDs(t, "id",
		func(x ctx, c cl, id string) error { return err2(c.Courses.Get(x, id)) },
		func(x ctx, c cl, id string) error {
			return err2(c.Courses.Update(x, id, &selgora.CourseUpdateParams{}))
		},
		func(x ctx, c cl, id string) error { return c.Courses.Delete(x, id) },
	)
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestCourseAbsentZeroAndNull(t *testing.T) {
	checkBodies(t, []sentBody{
		{"course create, least", func(x ctx, c cl) error { return err2(c.Courses.Create(x, &selgora.CourseCreateParams{Title: "Go"})) }, `{"title":"Go"}`},
		{"course create, all", func(x ctx, c cl) error {
			return err2(c.Courses.Create(x, &selgora.CourseCreateParams{Title: "<Go> & co\u2028", Description: "d", Price: money.MustParse("49.99"), Currency: "EUR"}))
		}, "{\"title\":\"<Go> & co\\u2028\",\"description\":\"d\",\"price\":49.99,\"currency\":\"EUR\"}"},
		{"course update, nothing", func(x ctx, c cl) error { return err2(c.Courses.Update(x, "x", &selgora.CourseUpdateParams{})) }, `{}`},
		{"course update, zero", func(x ctx, c cl) error {
			return err2(c.Courses.Update(x, "x", &selgora.CourseUpdateParams{Description: selgora.Set(""), Price: selgora.Set(money.Decimal{}), Currency: selgora.Set(""), Status: selgora.Set(selgora.CourseStatus(""))}))
		}, `{"description":"","price":0,"currency":"","status":""}`},
		{"course update, null", func(x ctx, c cl) error {
			return err2(c.Courses.Update(x, "x", &selgora.CourseUpdateParams{Description: selgora.Null[string]()}))
		}, `{"description":null}`},
		{"course update, all", func(x ctx, c cl) error {
			return err2(c.Courses.Update(x, "x", &selgora.CourseUpdateParams{Title: selgora.Set("Go"), Description: selgora.Set("d"), Price: selgora.Set(money.MustParse("49.99")), Currency: selgora.Set("EUR"), Status: selgora.Set(selgora.CoursePublished)}))
		}, `{"title":"Go","description":"d","price":49.99,"currency":"EUR","status":"published"}`},
	})
}

func TestCourseListQueries(t *testing.T) {
	checkQueries(t, []query{
		{"/v1/courses", func(x ctx, c cl) error { return err2(c.Courses.List(x, nil)) }},
		{"/v1/courses", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{})) }},
		{"/v1/courses?page=2&limit=50", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Page: 2, Limit: 50})) }},
		{"/v1/courses?page=1&limit=100", func(x ctx, c cl) error { return first(c.Courses.All(x, nil)) }},
		{"/v1/courses?page=3&limit=7", func(x ctx, c cl) error { return first(c.Courses.All(x, &selgora.CourseListParams{Page: 3, Limit: 7})) }},
	})
}
