package selgora_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

// checkParamError makes a call that must be refused before anything is sent.
func checkParamError(t *testing.T, field string, call func(context.Context, *selgora.Client) error) {
	t.Helper()
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		t.Errorf("%s: %s %s was sent", field, req.Method, req.URL)
		return nil, errors.New("sent")
	}))
	err := call(t.Context(), client)
	var p *selgora.ParamError
	if !errors.As(err, &p) || !errors.Is(err, selgora.ErrNotSent) || p.Field != field || p.Problem == "" {
		t.Errorf("error %v, want a *ParamError for %s", err, field)
		return
	}
	if want := "selgora: " + field + ": " + p.Problem; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// noContext is what a caller passes who has none.
var noContext context.Context

// first takes an iterator's first error.
func first[T any](seq iter.Seq2[*T, error]) error {
	for _, err := range seq {
		return err
	}
	return nil
}

func TestBadParams(t *testing.T) {
	type ctx = context.Context
	type cl = *selgora.Client
	err2 := func(_ any, err error) error { return err }
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	event := selgora.EventCreateParams{Title: "Q&A", StartTime: start, DurationMinutes: 60}
	withEvent := func(change func(*selgora.EventCreateParams)) func(ctx, cl) error {
		p := event
		change(&p)
		return func(x ctx, c cl) error { return err2(c.Events.Create(x, &p)) }
	}
	eventUpdate := func(p selgora.EventUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Events.Update(x, "event_1", &p)) }
	}
	courseUpdate := func(p selgora.CourseUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Courses.Update(x, "course_1", &p)) }
	}
	hookUpdate := func(p selgora.WebhookUpdateParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "wh_1", &p)) }
	}
	upsert := func(p selgora.ContactUpsertParams) func(ctx, cl) error {
		return func(x ctx, c cl) error { return err2(c.Contacts.Upsert(x, &p)) }
	}
	for _, tt := range []struct {
		field string
		call  func(ctx, cl) error
	}{
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
		{"EnrollmentCreateParams", func(x ctx, c cl) error { return err2(c.Enrollments.Create(x, nil)) }},
		{"EnrollmentCreateParams.CourseID", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{Email: "a@example.com"}))
		}},
		{"EnrollmentCreateParams.Email", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "course_1", Email: " "}))
		}},
		{"EnrollmentCreateParams.Notify", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "course_1", Email: "a@example.com", Notify: selgora.Null[bool]()}))
		}},
		{"ContactUpsertParams", func(x ctx, c cl) error { return err2(c.Contacts.Upsert(x, nil)) }},
		{"ContactUpsertParams.Email", upsert(selgora.ContactUpsertParams{})},
		{"ContactUpsertParams.Tags", upsert(selgora.ContactUpsertParams{Email: "a@example.com", Tags: selgora.Null[[]string]()})},
		{"ContactUpsertParams.Tags[1]", upsert(selgora.ContactUpsertParams{Email: "a@example.com", Tags: selgora.Set([]string{"a", " "})})},
		{`ContactUpsertParams.CustomFields["a b"]`, upsert(selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]json.RawMessage{"a b": json.RawMessage("{")}})},
		{`ContactUpsertParams.CustomFields["k"]`, upsert(selgora.ContactUpsertParams{Email: "a@example.com", CustomFields: map[string]json.RawMessage{"k": nil}})},
		{"tags", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "con_1", nil)) }},
		{"tags[0]", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "con_1", []string{""})) }},
		{"EventCreateParams", func(x ctx, c cl) error { return err2(c.Events.Create(x, nil)) }},
		{"EventCreateParams.Title", withEvent(func(p *selgora.EventCreateParams) { p.Title = "" })},
		{"EventCreateParams.StartTime", withEvent(func(p *selgora.EventCreateParams) { p.StartTime = time.Time{} })},
		{"EventCreateParams.StartTime", withEvent(func(p *selgora.EventCreateParams) { p.StartTime = late })},
		{"EventCreateParams.DurationMinutes", withEvent(func(p *selgora.EventCreateParams) { p.DurationMinutes = 0 })},
		{"EventCreateParams.DurationMinutes", withEvent(func(p *selgora.EventCreateParams) { p.DurationMinutes = 1441 })},
		{"EventCreateParams.Recurring.Frequency", withEvent(func(p *selgora.EventCreateParams) { p.Recurring = &selgora.Recurrence{Count: 1} })},
		{"EventCreateParams.Recurring.Count", withEvent(func(p *selgora.EventCreateParams) {
			p.Recurring = &selgora.Recurrence{Frequency: selgora.Daily, Count: 366}
		})},
		{"EventUpdateParams", func(x ctx, c cl) error { return err2(c.Events.Update(x, "event_1", nil)) }},
		{"EventUpdateParams.Title", eventUpdate(selgora.EventUpdateParams{Title: selgora.Set("")})},
		{"EventUpdateParams.Title", eventUpdate(selgora.EventUpdateParams{Title: selgora.Null[string]()})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(time.Time{})})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(late)})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Set(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC))})},
		{"EventUpdateParams.StartTime", eventUpdate(selgora.EventUpdateParams{StartTime: selgora.Null[time.Time]()})},
		{"EventUpdateParams.DurationMinutes", eventUpdate(selgora.EventUpdateParams{DurationMinutes: selgora.Set(-1)})},
		{"EventUpdateParams.DurationMinutes", eventUpdate(selgora.EventUpdateParams{DurationMinutes: selgora.Null[int]()})},
		{"EventUpdateParams.Recurring.Frequency", eventUpdate(selgora.EventUpdateParams{Recurring: selgora.Set(selgora.Recurrence{})})},
		{"EventUpdateParams.Recurring.Count", eventUpdate(selgora.EventUpdateParams{Recurring: selgora.Set(selgora.Recurrence{Frequency: selgora.Weekly})})},
		{"EventRegisterParams", func(x ctx, c cl) error { return err2(c.Events.Register(x, "event_1", nil)) }},
		{"EventRegisterParams.Email", func(x ctx, c cl) error {
			return err2(c.Events.Register(x, "event_1", &selgora.EventRegisterParams{Name: "A"}))
		}},
		{"WebhookCreateParams", func(x ctx, c cl) error { return err2(c.Webhooks.Create(x, nil)) }},
		{"WebhookCreateParams.URL", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{Events: []string{"*"}}))
		}},
		{"WebhookCreateParams.Events", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com"}))
		}},
		{"WebhookCreateParams.Secret", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com", Events: []string{"*"}, Secret: " "}))
		}},
		{"WebhookUpdateParams", func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "wh_1", nil)) }},
		{"WebhookUpdateParams.URL", hookUpdate(selgora.WebhookUpdateParams{URL: selgora.Set("")})},
		{"WebhookUpdateParams.URL", hookUpdate(selgora.WebhookUpdateParams{URL: selgora.Null[string]()})},
		{"WebhookUpdateParams.Events", hookUpdate(selgora.WebhookUpdateParams{Events: selgora.Set([]string(nil))})},
		{"WebhookUpdateParams.Events", hookUpdate(selgora.WebhookUpdateParams{Events: selgora.Null[[]string]()})},
		{"WebhookUpdateParams.Status", hookUpdate(selgora.WebhookUpdateParams{Status: selgora.Null[selgora.WebhookStatus]()})},
		{"WebhookUpdateParams.Secret", hookUpdate(selgora.WebhookUpdateParams{Secret: selgora.Set("")})},
		{"WebhookUpdateParams.Secret", hookUpdate(selgora.WebhookUpdateParams{Secret: selgora.Null[string]()})},
		{"WebhookUpdateParams.Format", hookUpdate(selgora.WebhookUpdateParams{Format: selgora.Null[selgora.WebhookFormat]()})},
		{"eventType", func(x ctx, c cl) error { return err2(c.Webhooks.SendTest(x, "wh_1", " ")) }},

		{"CourseListParams.Page", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Page: -1})) }},
		{"CourseListParams.Limit", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Limit: 101})) }},
		{"CourseListParams.Limit", func(x ctx, c cl) error { return first(c.Courses.All(x, &selgora.CourseListParams{Limit: -1})) }},
		{"EnrollmentListParams.Limit", func(x ctx, c cl) error { return err2(c.Enrollments.List(x, &selgora.EnrollmentListParams{Limit: 101})) }},
		{"EnrollmentListParams.Limit", func(x ctx, c cl) error { return first(c.Enrollments.All(x, &selgora.EnrollmentListParams{Limit: 101})) }},
		{"ContactListParams.Limit", func(x ctx, c cl) error { return err2(c.Contacts.List(x, &selgora.ContactListParams{Limit: 101})) }},
		{"ContactListParams.Limit", func(x ctx, c cl) error { return first(c.Contacts.All(x, &selgora.ContactListParams{Limit: 101})) }},
		{"ContactListParams.CreatedAfter", func(x ctx, c cl) error {
			return first(c.Contacts.All(x, &selgora.ContactListParams{CreatedAfter: late}))
		}},
		{"EventListParams.Limit", func(x ctx, c cl) error { return err2(c.Events.List(x, &selgora.EventListParams{Limit: 101})) }},
		{"EventListParams.Limit", func(x ctx, c cl) error { return first(c.Events.All(x, &selgora.EventListParams{Limit: 101})) }},
		{"RegistrationListParams.Limit", func(x ctx, c cl) error {
			return err2(c.Events.Registrations(x, "event_1", &selgora.RegistrationListParams{Limit: 101}))
		}},
		{"RegistrationListParams.Page", func(x ctx, c cl) error {
			return err2(c.Events.Registrations(x, "event_1", &selgora.RegistrationListParams{Page: -1}))
		}},
		{"WebhookListParams.Limit", func(x ctx, c cl) error { return err2(c.Webhooks.List(x, &selgora.WebhookListParams{Limit: 101})) }},
		{"WebhookListParams.Limit", func(x ctx, c cl) error { return first(c.Webhooks.All(x, &selgora.WebhookListParams{Limit: 101})) }},
		{"DeliveryListParams.Limit", func(x ctx, c cl) error {
			return first(c.Webhooks.AllDeliveries(x, "wh_1", &selgora.DeliveryListParams{Limit: 101}))
		}},
		{"DeliveryListParams.Limit", func(x ctx, c cl) error {
			return err2(c.Webhooks.Deliveries(x, "wh_1", &selgora.DeliveryListParams{Limit: 101}))
		}},

		{"ctx", func(_ ctx, c cl) error { return getCourse(noContext, c) }},
		{"ctx", func(_ ctx, c cl) error { return first(c.Courses.All(noContext, nil)) }},
		{"ctx", func(_ ctx, c cl) error { return c.Do(noContext, "GET", "/courses", nil, nil) }},
		{"ctx", func(_ ctx, c cl) error { return getCourse(noContext, c, selgora.WithRequestTimeout(time.Second)) }},
	} {
		t.Run(tt.field, func(t *testing.T) { checkParamError(t, tt.field, tt.call) })
	}
}

// What was left out, set to zero and set to null, as it goes over the wire.
func TestAbsentZeroAndNull(t *testing.T) {
	type ctx = context.Context
	type cl = *selgora.Client
	err2 := func(_ any, err error) error { return err }
	berlin := time.FixedZone("CET", 3600)
	for _, tt := range []struct {
		name string
		call func(ctx, cl) error
		want string
	}{
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
		{"enrollment, absent", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "c", Email: "a@example.com"}))
		}, `{"course_id":"c","user_email":"a@example.com"}`},
		{"enrollment, false", func(x ctx, c cl) error {
			return err2(c.Enrollments.Create(x, &selgora.EnrollmentCreateParams{CourseID: "c", Email: "a@example.com", Notify: selgora.Set(false)}))
		}, `{"course_id":"c","user_email":"a@example.com","notify":false}`},
		{"contact, absent", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com"}))
		}, `{"email":"a@example.com"}`},
		{"contact, zero", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com", FirstName: selgora.Set(""), LastName: selgora.Set(""), Tags: selgora.Set([]string(nil))}))
		}, `{"email":"a@example.com","first_name":"","last_name":"","tags":[]}`},
		{"contact, null", func(x ctx, c cl) error {
			return err2(c.Contacts.Upsert(x, &selgora.ContactUpsertParams{Email: "a@example.com", FirstName: selgora.Null[string](), LastName: selgora.Null[string](), Tags: selgora.Set([]string{}), CustomFields: map[string]json.RawMessage{"gone": json.RawMessage("null")}}))
		}, `{"email":"a@example.com","first_name":null,"last_name":null,"tags":[],"custom_fields":{"gone":null}}`},
		{"event create", func(x ctx, c cl) error {
			return err2(c.Events.Create(x, &selgora.EventCreateParams{Title: "Q", StartTime: time.Date(2025, 3, 1, 19, 0, 0, 999, berlin), DurationMinutes: 60}))
		}, `{"title":"Q","start_time":"2025-03-01T18:00:00Z","duration_minutes":60}`},
		{"event create, recurring", func(x ctx, c cl) error {
			return err2(c.Events.Create(x, &selgora.EventCreateParams{Title: "Q", StartTime: time.Date(2025, 3, 1, 19, 0, 0, 0, time.UTC), DurationMinutes: 60, Recurring: &selgora.Recurrence{Frequency: selgora.Weekly, Count: 12}}))
		}, `{"title":"Q","start_time":"2025-03-01T19:00:00Z","duration_minutes":60,"recurring":{"frequency":"weekly","count":12}}`},
		{"event update, nothing", func(x ctx, c cl) error { return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{})) }, `{}`},
		{"event update, null", func(x ctx, c cl) error {
			return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{Recurring: selgora.Null[selgora.Recurrence]()}))
		}, `{"recurring":null}`},
		{"event update, all", func(x ctx, c cl) error {
			return err2(c.Events.Update(x, "x", &selgora.EventUpdateParams{Title: selgora.Set("Q"), StartTime: selgora.Set(time.Date(2025, 3, 1, 19, 0, 0, 5e8, berlin)), DurationMinutes: selgora.Set(1), Recurring: selgora.Set(selgora.Recurrence{Frequency: selgora.Monthly, Count: 1})}))
		}, `{"title":"Q","start_time":"2025-03-01T18:00:00Z","duration_minutes":1,"recurring":{"frequency":"monthly","count":1}}`},
		{"registration", func(x ctx, c cl) error {
			return err2(c.Events.Register(x, "x", &selgora.EventRegisterParams{Email: "a@example.com"}))
		}, `{"email":"a@example.com"}`},
		{"webhook create", func(x ctx, c cl) error {
			return err2(c.Webhooks.Create(x, &selgora.WebhookCreateParams{URL: "https://example.com", Events: []string{"*"}}))
		}, `{"url":"https://example.com","events":["*"]}`},
		{"webhook update, nothing", func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "x", &selgora.WebhookUpdateParams{})) }, `{}`},
		{"webhook update, all", func(x ctx, c cl) error {
			return err2(c.Webhooks.Update(x, "x", &selgora.WebhookUpdateParams{URL: selgora.Set("https://example.com"), Events: selgora.Set([]string{"order.created"}), Status: selgora.Set(selgora.WebhookDisabled), Secret: selgora.Set("s"), Format: selgora.Set(selgora.WebhookFormatAPI)}))
		}, `{"url":"https://example.com","events":["order.created"],"status":"disabled","secret":"s","format":"api"}`},
		{"tags", func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "x", []string{"a", "b"})) }, `{"tags":["a","b"]}`},
		{"test event", func(x ctx, c cl) error { return err2(c.Webhooks.SendTest(x, "x", "order.created")) }, `{"event":"order.created"}`},
		{"resend", func(x ctx, c cl) error { return err2(c.Webhooks.Resend(x, "x", "y")) }, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
				if req.Body != nil {
					body, err := io.ReadAll(req.Body)
					if err != nil {
						return nil, err
					}
					got = string(body)
				}
				if (req.Header.Get("Content-Type") == "application/json") != (got != "") || req.ContentLength != int64(len(got)) {
					t.Errorf("headers %v, length %d", req.Header, req.ContentLength)
				}
				return respond(req, 200, `{}`), nil
			}))
			if err := tt.call(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			if got = strings.ReplaceAll(got, "\u2028", `\u2028`); got != tt.want {
				t.Errorf("sent %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOpt(t *testing.T) {
	var absent selgora.Opt[int]
	for _, tt := range []struct {
		opt          selgora.Opt[int]
		value        int
		set          bool
		null, absent bool
		json         string
	}{
		{absent, 0, false, false, true, "null"},
		{selgora.Null[int](), 0, false, true, false, "null"},
		{selgora.Set(0), 0, true, false, false, "0"},
		{selgora.Set(7), 7, true, false, false, "7"},
	} {
		value, set := tt.opt.Get()
		body, err := json.Marshal(tt.opt)
		if value != tt.value || set != tt.set || tt.opt.IsNull() != tt.null || tt.opt.IsZero() != tt.absent || string(body) != tt.json || err != nil {
			t.Errorf("%+v: %d, %v, null %v, zero %v, %s, %v", tt.opt, value, set, tt.opt.IsNull(), tt.opt.IsZero(), body, err)
		}
	}
}

func TestListQueries(t *testing.T) {
	type ctx = context.Context
	type cl = *selgora.Client
	err2 := func(_ any, err error) error { return err }
	after := time.Date(2024, 1, 15, 11, 0, 0, 999, time.FixedZone("CET", 3600))
	for _, tt := range []struct {
		want string
		call func(ctx, cl) error
	}{
		{"/v1/courses", func(x ctx, c cl) error { return err2(c.Courses.List(x, nil)) }},
		{"/v1/courses", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{})) }},
		{"/v1/courses?page=2&limit=50", func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Page: 2, Limit: 50})) }},
		{"/v1/courses?page=1&limit=100", func(x ctx, c cl) error { return first(c.Courses.All(x, nil)) }},
		{"/v1/courses?page=3&limit=7", func(x ctx, c cl) error { return first(c.Courses.All(x, &selgora.CourseListParams{Page: 3, Limit: 7})) }},
		{"/v1/enrollments", func(x ctx, c cl) error { return err2(c.Enrollments.List(x, nil)) }},
		{"/v1/enrollments?course_id=a%26b%3Dc&status=active&limit=5", func(x ctx, c cl) error {
			return err2(c.Enrollments.List(x, &selgora.EnrollmentListParams{CourseID: "a&b=c", Status: selgora.EnrollmentActive, Limit: 5}))
		}},
		{"/v1/enrollments?page=1&limit=100", func(x ctx, c cl) error { return first(c.Enrollments.All(x, nil)) }},
		{"/v1/contacts", func(x ctx, c cl) error { return err2(c.Contacts.List(x, nil)) }},
		{"/v1/contacts?tag=vip+%2B%C3%BC%23&created_after=2024-01-15T10%3A00%3A00Z&page=1", func(x ctx, c cl) error {
			return err2(c.Contacts.List(x, &selgora.ContactListParams{Tag: "vip +ü#", CreatedAfter: after, Page: 1}))
		}},
		{"/v1/contacts?page=1&limit=100", func(x ctx, c cl) error { return first(c.Contacts.All(x, nil)) }},
		{"/v1/events", func(x ctx, c cl) error { return err2(c.Events.List(x, nil)) }},
		{"/v1/events?status=upcoming", func(x ctx, c cl) error {
			return err2(c.Events.List(x, &selgora.EventListParams{Status: selgora.EventUpcoming}))
		}},
		{"/v1/events?page=1&limit=100", func(x ctx, c cl) error { return first(c.Events.All(x, nil)) }},
		{"/v1/events/e/registrations", func(x ctx, c cl) error { return err2(c.Events.Registrations(x, "e", nil)) }},
		{"/v1/events/e/registrations?page=1&limit=100", func(x ctx, c cl) error { return first(c.Events.AllRegistrations(x, "e", nil)) }},
		{"/v1/webhooks", func(x ctx, c cl) error { return err2(c.Webhooks.List(x, nil)) }},
		{"/v1/webhooks?page=1&limit=100", func(x ctx, c cl) error { return first(c.Webhooks.All(x, nil)) }},
		{"/v1/webhooks/w/deliveries", func(x ctx, c cl) error { return err2(c.Webhooks.Deliveries(x, "w", nil)) }},
		{"/v1/webhooks/w/deliveries?page=1&limit=100", func(x ctx, c cl) error { return first(c.Webhooks.AllDeliveries(x, "w", nil)) }},
	} {
		var got string
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
			got = req.Method + " " + req.URL.RequestURI()
			return respond(req, 200, `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}`), nil
		}))
		if err := tt.call(t.Context(), client); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff("GET "+tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
}
