package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

// A listener notes what a client sends: the query parameters and the fields of the bodies, by operation.
type listener struct {
	document *document
	next     http.RoundTripper

	mu   sync.Mutex
	sent map[string]map[string]bool
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	if op := l.document.find(r.Method, r.URL.EscapedPath()); op != nil {
		var fields map[string]json.RawMessage
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
			if err := json.Unmarshal(body, &fields); err != nil {
				return nil, err
			}
		}
		l.mu.Lock()
		if l.sent[op.id] == nil {
			l.sent[op.id] = map[string]bool{}
		}
		for name := range r.URL.Query() {
			l.sent[op.id][name] = true
		}
		for name := range fields {
			l.sent[op.id][name] = true
		}
		l.mu.Unlock()
	}
	return l.next.RoundTrip(r)
}

// TestEveryRequestOfTheClient calls every method of the client with the least and with the most that it can send. The
// requests and the answers are validated on their way, and nothing that the document lets a client send may be left out.
func TestEveryRequestOfTheClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := &listener{document: f.document, next: f.checker, sent: map[string]map[string]bool{}}
	client, err := selgora.NewClient(mainKey, selgora.WithHTTPClient(&http.Client{Transport: l}), selgora.WithMaxRetries(0), selgora.WithoutRateLimit())
	if err != nil {
		t.Fatal(err)
	}
	callEverything(t, client, f)

	for id, op := range f.document.operations {
		may := slices.Concat(op.parameters("query"), topLevel(op))
		for _, name := range may {
			if !l.sent[id][name] {
				t.Errorf("%s: the document has %s, but the client never sent it", id, name)
			}
		}
		if l.sent[id] == nil {
			t.Errorf("%s: the client never called it", id)
		}
	}
}

func topLevel(op *operation) []string {
	schema := op.bodySchema()
	if schema == nil {
		return nil
	}
	return slices.Collect(schema.Properties.KeysFromOldest())
}

func callEverything(t *testing.T, client *selgora.Client, f *fixture) {
	ctx := t.Context()
	must := func(call string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
	price := money.MustParse("49.99")

	// Courses
	_, err := client.Courses.List(ctx, nil)
	must("Courses.List", err)
	_, err = client.Courses.List(ctx, &selgora.CourseListParams{Page: 2, Limit: 100})
	must("Courses.List", err)
	for _, err := range client.Courses.All(ctx, nil) {
		must("Courses.All", err)
	}
	free, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Free"})
	must("Courses.Create", err)
	course, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Paid", Description: "Text", Price: price, Currency: "EUR"})
	must("Courses.Create", err)
	_, err = client.Courses.Get(ctx, course.ID)
	must("Courses.Get", err)
	for _, params := range []selgora.CourseUpdateParams{
		{},
		{Description: selgora.Null[string]()},
		{Price: selgora.Set(money.Decimal{})},
		{Title: selgora.Set("Other"), Description: selgora.Set(""), Price: selgora.Set(price), Currency: selgora.Set("JPY"), Status: selgora.Set(selgora.CoursePublished)},
	} {
		if !params.Currency.IsZero() {
			params.Price = selgora.Set(money.FromInt(500)) // whole yen
		}
		_, err = client.Courses.Update(ctx, course.ID, &params)
		must("Courses.Update", err)
	}
	must("Courses.Delete", client.Courses.Delete(ctx, free.ID))

	// Enrollments
	enrollment, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: course.ID, Email: "ada@example.com"})
	must("Enrollments.Create", err)
	_, err = client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: course.ID, Email: "ada@example.com", Notify: selgora.Set(false)})
	must("Enrollments.Create", err)
	_, err = client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{CourseID: course.ID, Emails: []string{"grace@example.com", "ADA@example.com"}})
	must("Enrollments.CreateBatch", err)
	if _, err = client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{CourseID: course.ID, Emails: []string{"no address"}}); err == nil {
		t.Error("Enrollments.CreateBatch took what is no address")
	}
	_, err = client.Enrollments.List(ctx, &selgora.EnrollmentListParams{CourseID: course.ID, Status: selgora.EnrollmentActive, Page: 1, Limit: 1})
	must("Enrollments.List", err)
	for _, err := range client.Enrollments.All(ctx, nil) {
		must("Enrollments.All", err)
	}
	_, err = client.Enrollments.Get(ctx, enrollment.ID)
	must("Enrollments.Get", err)
	_, err = client.Enrollments.Progress(ctx, enrollment.ID)
	must("Enrollments.Progress", err)
	_, err = client.Enrollments.Progress(ctx, f.ids["enrollments"])
	must("Enrollments.Progress", err)
	_, err = client.Enrollments.Cancel(ctx, enrollment.ID)
	must("Enrollments.Cancel", err)

	// Contacts
	_, err = client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{Email: "emmy@example.com"})
	must("Contacts.Upsert", err)
	contact, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "EMMY@example.com", FirstName: selgora.Set("Emmy"), LastName: selgora.Set(""), Tags: selgora.Set([]string{"premium", "lead"}),
		CustomFields: map[string]any{
			"company": "<Engines & Co>", "seats": json.RawMessage(`9007199254740993`),
			"nested": json.RawMessage(`{"a":[1.0,null,{"b":true}]}`), "": json.RawMessage(`"\u2028"`),
		},
	})
	must("Contacts.Upsert", err)
	_, err = client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "emmy@example.com", FirstName: selgora.Null[string](), LastName: selgora.Null[string](), Tags: selgora.Set([]string{}),
		CustomFields: map[string]any{"company": nil},
	})
	must("Contacts.Upsert", err)
	_, err = client.Contacts.AddTags(ctx, contact.ID, []string{"new", "new", "premium"})
	must("Contacts.AddTags", err)
	_, err = client.Contacts.List(ctx, &selgora.ContactListParams{Tag: "new", CreatedAfter: time.Unix(1, 5).In(time.FixedZone("", 3600)), Page: 1, Limit: 100})
	must("Contacts.List", err)
	for _, err := range client.Contacts.All(ctx, nil) {
		must("Contacts.All", err)
	}
	_, err = client.Contacts.Get(ctx, contact.ID)
	must("Contacts.Get", err)
	_, err = client.Contacts.Get(ctx, f.ids["contacts"])
	must("Contacts.Get", err)
	must("Contacts.Delete", client.Contacts.Delete(ctx, contact.ID))

	// Events
	start := time.Date(2999, time.January, 31, 15, 0, 0, 7, time.FixedZone("", 3600))
	once, err := client.Events.Create(ctx, &selgora.EventCreateParams{Title: "Once", StartTime: start, DurationMinutes: 1})
	must("Events.Create", err)
	event, err := client.Events.Create(ctx, &selgora.EventCreateParams{
		Title: "Monthly", StartTime: start, DurationMinutes: 1440, Recurring: &selgora.Recurrence{Frequency: selgora.Monthly, Count: 12},
	})
	must("Events.Create", err)
	for _, params := range []selgora.EventUpdateParams{
		{},
		{Recurring: selgora.Null[selgora.Recurrence]()},
		{Title: selgora.Set("Daily"), StartTime: selgora.Set(start), DurationMinutes: selgora.Set(30), Recurring: selgora.Set(selgora.Recurrence{Frequency: selgora.Daily, Count: 365})},
	} {
		_, err = client.Events.Update(ctx, event.ID, &params)
		must("Events.Update", err)
	}
	_, err = client.Events.Get(ctx, event.ID)
	must("Events.Get", err)
	_, err = client.Events.List(ctx, &selgora.EventListParams{Status: selgora.EventUpcoming, Page: 1, Limit: 100})
	must("Events.List", err)
	for _, err := range client.Events.All(ctx, nil) {
		must("Events.All", err)
	}
	for range 2 {
		_, err = client.Events.Register(ctx, event.ID, &selgora.EventRegisterParams{Email: "ada@example.com", Name: "Ada"})
		must("Events.Register", err)
	}
	_, err = client.Events.Register(ctx, event.ID, &selgora.EventRegisterParams{Email: "grace@example.com"})
	must("Events.Register", err)
	_, err = client.Events.Registrations(ctx, event.ID, &selgora.RegistrationListParams{Page: 1, Limit: 1})
	must("Events.Registrations", err)
	for _, err := range client.Events.AllRegistrations(ctx, event.ID, nil) {
		must("Events.AllRegistrations", err)
	}
	must("Events.Delete", client.Events.Delete(ctx, once.ID))

	// Webhooks
	hook, err := client.Webhooks.Create(ctx, &selgora.WebhookCreateParams{URL: "https://shop.example.com/hooks", Events: []string{selgora.WebhookAllEvents}})
	must("Webhooks.Create", err)
	second, err := client.Webhooks.Create(ctx, &selgora.WebhookCreateParams{
		URL: "http://127.0.0.1:9/hooks", Events: []string{"order.completed", "course.completed"}, Secret: selgora.NewSecret("example_only"), Format: selgora.WebhookFormatDashboard,
	})
	must("Webhooks.Create", err)
	for _, params := range []selgora.WebhookUpdateParams{
		{},
		{
			URL: selgora.Set("https://shop.example.com/other"), Events: selgora.Set([]string{"contact.created"}), Status: selgora.Set(selgora.WebhookDisabled),
			Secret: selgora.Set(selgora.NewSecret("another_example")), Format: selgora.Set(selgora.WebhookFormatAPI),
		},
	} {
		_, err = client.Webhooks.Update(ctx, second.ID, &params)
		must("Webhooks.Update", err)
	}
	_, err = client.Webhooks.Get(ctx, hook.ID)
	must("Webhooks.Get", err)
	_, err = client.Webhooks.List(ctx, &selgora.WebhookListParams{Page: 1, Limit: 100})
	must("Webhooks.List", err)
	for _, err := range client.Webhooks.All(ctx, nil) {
		must("Webhooks.All", err)
	}
	delivery, err := client.Webhooks.SendTest(ctx, hook.ID, "enrollment.created")
	must("Webhooks.SendTest", err)
	_, err = client.Webhooks.Resend(ctx, hook.ID, delivery.ID)
	must("Webhooks.Resend", err)
	_, err = client.Webhooks.Deliveries(ctx, hook.ID, &selgora.DeliveryListParams{Page: 1, Limit: 1})
	must("Webhooks.Deliveries", err)
	for _, err := range client.Webhooks.AllDeliveries(ctx, hook.ID, nil) {
		must("Webhooks.AllDeliveries", err)
	}
	must("Webhooks.Delete", client.Webhooks.Delete(ctx, second.ID))

	_, err = client.Account.Get(ctx)
	must("Account.Get", err)
	must("Courses.Delete", client.Courses.Delete(ctx, course.ID))
}

// TestClientTypesAndDocumentAgree compares the JSON names of the client's types with the document's schemas.
func TestClientTypesAndDocumentAgree(t *testing.T) {
	t.Parallel()
	d := load(t)
	for schema, goType := range map[string]reflect.Type{
		"Course":             reflect.TypeFor[selgora.Course](),
		"CourseCreate":       reflect.TypeFor[selgora.CourseCreateParams](),
		"CourseUpdate":       reflect.TypeFor[selgora.CourseUpdateParams](),
		"Enrollment":         reflect.TypeFor[selgora.Enrollment](),
		"EnrollmentCreate":   reflect.TypeFor[selgora.EnrollmentCreateParams](),
		"Progress":           reflect.TypeFor[selgora.EnrollmentProgress](),
		"Contact":            reflect.TypeFor[selgora.Contact](),
		"ContactUpsert":      reflect.TypeFor[selgora.ContactUpsertParams](),
		"Event":              reflect.TypeFor[selgora.Event](),
		"Recurrence":         reflect.TypeFor[selgora.Recurrence](),
		"EventCreate":        reflect.TypeFor[selgora.EventCreateParams](),
		"EventUpdate":        reflect.TypeFor[selgora.EventUpdateParams](),
		"Registration":       reflect.TypeFor[selgora.Registration](),
		"RegistrationCreate": reflect.TypeFor[selgora.EventRegisterParams](),
		"WebhookCreated":     reflect.TypeFor[selgora.Webhook](),
		"WebhookCreate":      reflect.TypeFor[selgora.WebhookCreateParams](),
		"WebhookUpdate":      reflect.TypeFor[selgora.WebhookUpdateParams](),
		"Delivery":           reflect.TypeFor[selgora.Delivery](),
		"Attempt":            reflect.TypeFor[selgora.DeliveryAttempt](),
		"Account":            reflect.TypeFor[selgora.Account](),
		"CoursePage":         reflect.TypeFor[selgora.Page[selgora.Course]](),
		"PageMeta":           reflect.TypeFor[selgora.Meta](),
	} {
		inDocument := slices.Sorted(d.model.Components.Schemas.GetOrZero(schema).Schema().Properties.KeysFromOldest())
		var inClient []string
		for field := range goType.Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
				inClient = append(inClient, name)
			}
		}
		slices.Sort(inClient)
		if diff := cmp.Diff(inDocument, inClient); diff != "" {
			t.Errorf("schema %s (-) and %v (+) differ:\n%s", schema, goType, diff)
		}
	}
}
