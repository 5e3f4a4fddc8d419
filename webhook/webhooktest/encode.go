package webhooktest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

// Encode returns the body of a new event with the given data, with an id of
// its own and the present time:
//
//	body, err := webhooktest.Encode(webhook.FormatAPI, webhook.OrderCreated,
//		&webhook.OrderCreatedData{OrderID: "ord_1", Amount: 4900, Currency: "EUR"})
//
// It fails only where encoding/json cannot encode the data. Contact events are
// written in the flat shape in both formats.
func Encode[T any](format webhook.Format, eventType webhook.EventType[T], data *T) ([]byte, error) {
	raw, err := marshal(data)
	if err != nil {
		return nil, fmt.Errorf("webhooktest: data of %s: %w", eventType, err)
	}
	id := "evt_" + strings.ToLower(rand.Text())
	return envelope(format, id, string(eventType), time.Now(), raw), nil
}

func envelope(format webhook.Format, id, eventType string, at time.Time, data []byte) []byte {
	quoted, _ := marshal(eventType) // a string always encodes
	created := at.UTC().Format("2006-01-02T15:04:05Z")
	if format == webhook.FormatDashboard {
		return fmt.Appendf(nil, `{"id":%q,"event":%s,"created_at":%q,"data":%s}`, id, quoted, created, data)
	}
	return fmt.Appendf(nil, `{"id":%q,"type":%s,"user_id":"con_456","created_at":%q,"data":%s}`, id, quoted, created, data)
}

// marshal leaves < and > as they are, as the provider does.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
