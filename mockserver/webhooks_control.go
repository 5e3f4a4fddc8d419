package mockserver

import (
	"encoding/json"
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/delivery"
	"github.com/selgora/selgora-go/mockserver/internal/store"
)

var webhookControls = []controlEndpoint{
	{"GET", "/_mock/webhooks", "the webhook endpoints", false, hooksList},
	{"POST", "/_mock/webhooks", "adds an endpoint as the dashboard does: url, events, secret, format, hazards", false, hooksCreate},
	{"GET", "/_mock/webhooks/{id}", "an endpoint", false, webhooksGet},
	{"PATCH", "/_mock/webhooks/{id}", "changes an endpoint: url, events, secret, format, status", false, hooksUpdate},
	{"DELETE", "/_mock/webhooks/{id}", "removes an endpoint", false, webhooksDelete},
	{"POST", "/_mock/webhooks/{id}/test", `sends a sample event, {"event": "order.completed"}`, false, hooksTest},
	{"POST", "/_mock/webhooks/{id}/deliveries/{delivery_id}/resend", "delivers an event once more", false, webhooksResend},
	{"GET", "/_mock/deliveries", "the log of deliveries; ?webhook_id= and ?status= narrow it", false, deliveriesList},
	{"POST", "/_mock/deliveries/wait", "answers when every attempt that is due has been made", false, deliveriesWait},
}

// dataReply answers with a list.
func dataReply[T store.Renderer](rows []T) *reply {
	data := make([]json.RawMessage, len(rows))
	for i, row := range rows {
		data[i] = rendered(row)
	}
	return jsonReply(http.StatusOK, map[string]any{"data": data})
}

func hooksList(s *Server, _ *call) *reply {
	return dataReply(all(s.store.ListWebhooks, func(w store.Webhook) store.Webhook { return w }))
}

// hookInput is an endpoint in the control API.
type hookInput struct {
	store.WebhookInput
	Hazards hazardsJSON `json:"hazards"`
}

// hazardsJSON are the hazards of an endpoint in the control API, one member
// for each option.
type hazardsJSON struct {
	Duplicates    int    `json:"duplicates"`
	Concurrency   int    `json:"concurrency"`
	Reorder       int    `json:"reorder"`
	Seed          uint64 `json:"seed"`
	BadSignatures int    `json:"bad_signatures"`
	SignedWith    string `json:"signed_with"`
	LateRetry     bool   `json:"late_retry"`
}

func hooksCreate(s *Server, c *call) *reply {
	in, bad := controlInput[hookInput](c)
	if bad != nil {
		return bad
	}
	h := in.Hazards
	setup := newWebhookSetup(delivery.Hazards{
		Duplicates: h.Duplicates, Concurrency: h.Concurrency, Reorder: h.Reorder, Seed: h.Seed,
		BadSignatures: h.BadSignatures, Secret: h.SignedWith, LateRetry: h.LateRetry,
	})
	setup.input.URL, setup.input.Secret = in.URL, in.Secret
	if in.Events.Set {
		setup.input.Events = in.Events
	}
	if in.Format.Set {
		setup.input.Format = in.Format
	}
	w, generated, err := s.createWebhook(setup)
	switch {
	case err != nil:
		return failure(err)
	case generated:
		return &reply{status: http.StatusCreated, body: w.AppendJSONWithSecret(nil)}
	}
	return answer(http.StatusCreated, w, nil)
}

func hooksUpdate(s *Server, c *call) *reply {
	change, bad := controlInput[store.WebhookChange](c)
	if bad != nil {
		return bad
	}
	w, err := s.store.UpdateWebhook(c.ids[0], change)
	return answer(http.StatusOK, w, err)
}

func hooksTest(s *Server, c *call) *reply {
	in, bad := controlInput[struct {
		Event string `json:"event"`
	}](c)
	if bad != nil {
		return bad
	}
	d, err := s.outbox.sendTest(c.ids[0], in.Event)
	return answer(http.StatusCreated, d, err)
}

func deliveriesList(s *Server, c *call) *reply {
	query := c.request.URL.Query()
	s.outbox.flush()
	entries := []store.Delivery{}
	for _, d := range s.store.Deliveries(query.Get("status")) {
		if id := query.Get("webhook_id"); id == "" || id == d.WebhookID {
			entries = append(entries, d)
		}
	}
	return dataReply(entries)
}

func deliveriesWait(s *Server, c *call) *reply {
	if err := s.WaitDeliveries(c.ctx); err != nil {
		return errorf(http.StatusServiceUnavailable, "deliveries are still under way: %v", err)
	}
	return done()
}
