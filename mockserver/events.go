package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func eventsList(s *Server, c *call) *reply {
	status, bad := text(c, "status")
	if bad != nil {
		return bad
	}
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListEvents(status, params)
	return answer(http.StatusOK, page, err)
}

func eventsGet(s *Server, c *call) *reply {
	event, err := s.store.GetEvent(c.ids[0])
	return answer(http.StatusOK, event, err)
}

func eventsCreate(s *Server, c *call) *reply {
	in, bad := input[store.EventInput](c)
	if bad != nil {
		return bad
	}
	event, err := s.store.CreateEvent(in)
	return answer(http.StatusCreated, event, err)
}

func eventsUpdate(s *Server, c *call) *reply {
	in, bad := input[store.EventChange](c)
	if bad != nil {
		return bad
	}
	event, err := s.store.UpdateEvent(c.ids[0], in)
	return answer(http.StatusOK, event, err)
}

func eventsDelete(s *Server, c *call) *reply {
	event, err := s.store.CancelEvent(c.ids[0])
	return answer(http.StatusOK, event, err)
}

func eventsRegister(s *Server, c *call) *reply {
	in, bad := input[store.RegistrationInput](c)
	if bad != nil {
		return bad
	}
	registration, created, err := s.store.Register(c.ids[0], in)
	return answer(createdOr200(created), registration, err)
}

func eventsRegistrations(s *Server, c *call) *reply {
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListRegistrations(c.ids[0], params)
	return answer(http.StatusOK, page, err)
}
