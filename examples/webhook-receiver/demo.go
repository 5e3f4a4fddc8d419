package main

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// sendSamples stands for the provider: good events in both formats, one of them
// twice, and one that somebody forged.
func sendSamples(url, secret string) error {
	order := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCompleted)
	contact := webhooktest.Sample(webhook.FormatAPI, webhook.ContactCreated)
	for _, sample := range []struct {
		what   string
		format webhook.Format
		secret string
		body   []byte
	}{
		{"an order", webhook.FormatDashboard, secret, order},
		{"the same order again", webhook.FormatDashboard, secret, order},
		{"a contact, in the other format", webhook.FormatAPI, secret, contact},
		{"a forged order", webhook.FormatDashboard, "guessed", order},
	} {
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(sample.body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set(webhook.SignatureHeader, webhooktest.Sign(sample.format, sample.secret, sample.body))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		if err := response.Body.Close(); err != nil {
			return err
		}
		fmt.Printf("sent %s: %s\n", sample.what, response.Status)
	}
	return nil
}
