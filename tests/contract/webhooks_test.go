package contract

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// payload returns the body that a webhook of a type has in the document.
func (d *document) payload(t *testing.T, eventType string) *v3.MediaType {
	t.Helper()
	item := d.model.Webhooks.GetOrZero(eventType)
	if item == nil || item.Post == nil {
		t.Fatalf("the document has no webhook %s", eventType)
	}
	return item.Post.RequestBody.Content.GetOrZero("application/json")
}

// variant returns the schema of a payload in one format.
func variant(t *testing.T, media *v3.MediaType, format webhook.Format) *base.Schema {
	t.Helper()
	for _, proxy := range media.Schema.Schema().OneOf {
		if schema := proxy.Schema(); schema.Title == string(format) {
			return schema
		}
	}
	t.Fatalf("the document has no payload in the format %s", format)
	return nil
}

func TestEventTypesAgree(t *testing.T) {
	t.Parallel()
	d := load(t)
	known := slices.Sorted(slices.Values(webhook.Types()))
	if diff := cmp.Diff(slices.Sorted(d.model.Webhooks.KeysFromOldest()), known); diff != "" {
		t.Errorf("the webhooks of the document (-) and the types of the package (+) differ:\n%s", diff)
	}
	var subscribable []string
	for _, node := range d.model.Components.Schemas.GetOrZero("EventType").Schema().Enum {
		subscribable = append(subscribable, node.Value)
	}
	slices.Sort(subscribable)
	if diff := cmp.Diff(subscribable, known); diff != "" {
		t.Errorf("the types that the document lets subscribe to (-) and those of the package (+) differ:\n%s", diff)
	}
	if len(known) != 26 {
		t.Errorf("%d types, want the 26 of the guides", len(known))
	}
}

// TestSamplesAreAsTheDocumentSays holds the events that users test their receivers with to the document.
func TestSamplesAreAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	d := load(t)
	for _, eventType := range webhook.Types() {
		for _, format := range []webhook.Format{webhook.FormatAPI, webhook.FormatDashboard} {
			var sample any
			if err := json.Unmarshal(webhooktest.Sample(format, eventType), &sample); err != nil {
				t.Fatal(err)
			}
			if err := checkValue(variant(t, d.payload(t, eventType), format), sample); err != nil {
				t.Errorf("%s as %s: the sample is %v", eventType, format, err)
			}
		}
	}
}

// TestReceiverReadsTheDocumentsExamples proves that what the document promises to receivers is what they understand.
func TestReceiverReadsTheDocumentsExamples(t *testing.T) {
	t.Parallel()
	const secret = "example_only"
	d := load(t)
	for eventType, item := range d.model.Webhooks.FromOldest() {
		for format, example := range item.Post.RequestBody.Content.GetOrZero("application/json").Examples.FromOldest() {
			body, err := json.Marshal(plain(t, example.Value))
			if err != nil {
				t.Fatal(err)
			}
			event, err := webhook.Parse(body, webhooktest.Sign(webhook.Format(format), secret, body), secret)
			if err != nil {
				t.Errorf("%s as %s: %v", eventType, format, err)
				continue
			}
			if event.Type != eventType || event.Format != webhook.Format(format) || event.ID != "evt_abc123" || event.CreatedAt.IsZero() {
				t.Errorf("%s as %s is read as %+v", eventType, format, event)
			}
		}
	}
}
