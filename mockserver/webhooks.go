package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func webhooksList(s *Server, c *call) *reply {
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListWebhooks(params)
	return answer(http.StatusOK, page, err)
}

func webhooksGet(s *Server, c *call) *reply {
	webhook, err := s.store.GetWebhook(c.ids[0])
	return answer(http.StatusOK, webhook, err)
}

func webhooksCreate(s *Server, c *call) *reply {
	in, bad := input[store.WebhookInput](c)
	if bad != nil {
		return bad
	}
	webhook, generated, err := s.store.CreateWebhook(in)
	if err == nil && generated {
		return &reply{status: http.StatusCreated, body: render(webhook.AppendJSONWithSecret)}
	}
	return answer(http.StatusCreated, webhook, err)
}

func webhooksUpdate(s *Server, c *call) *reply {
	in, bad := input[store.WebhookChange](c)
	if bad != nil {
		return bad
	}
	webhook, err := s.store.UpdateWebhook(c.ids[0], in)
	return answer(http.StatusOK, webhook, err)
}

func webhooksDelete(s *Server, c *call) *reply {
	deleted, err := s.store.DeleteWebhook(c.ids[0])
	return answer(http.StatusOK, deleted, err)
}

// testInput asks for a test event.
type testInput struct {
	Event store.Opt[string] `json:"event"`
}

func webhooksSendTest(s *Server, c *call) *reply {
	in, bad := input[testInput](c)
	if bad != nil {
		return bad
	}
	if _, err := s.store.GetWebhook(c.ids[0]); err != nil {
		return failure(err)
	}
	problem := store.CheckEventType(in.Event.Value)
	switch {
	case !in.Event.Set:
		problem = "is required"
	case in.Event.Value == "":
		problem = "must be the type of an event, such as order.completed"
	}
	if problem != "" {
		return failure(&store.ValidationError{Fields: map[string]string{"event": problem}})
	}
	delivery, err := s.outbox.sendTest(c.ids[0], in.Event.Value)
	return answer(http.StatusCreated, delivery, err)
}

func webhooksDeliveries(s *Server, c *call) *reply {
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	s.outbox.flush()
	page, err := s.store.ListDeliveries(c.ids[0], params)
	return answer(http.StatusOK, page, err)
}

func webhooksResend(s *Server, c *call) *reply {
	delivery, err := s.outbox.resend(c.ids[0], c.ids[1])
	return answer(http.StatusCreated, delivery, err)
}
