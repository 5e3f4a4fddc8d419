package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func contactsList(s *Server, c *call) *reply {
	var (
		filter store.ContactFilter
		bad    *reply
	)
	if filter.Tag, bad = text(c, "tag"); bad != nil {
		return bad
	}
	if filter.CreatedAfter, bad = moment(c, "created_after"); bad != nil {
		return bad
	}
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListContacts(filter, params)
	return answer(http.StatusOK, page, err)
}

func contactsGet(s *Server, c *call) *reply {
	contact, err := s.store.GetContact(c.ids[0])
	return answer(http.StatusOK, contact, err)
}

func contactsUpsert(s *Server, c *call) *reply {
	in, bad := input[store.ContactInput](c)
	if bad != nil {
		return bad
	}
	contact, created, err := s.store.UpsertContact(in)
	return answer(createdOr200(created), contact, err)
}

func contactsAddTags(s *Server, c *call) *reply {
	in, bad := input[store.TagsInput](c)
	if bad != nil {
		return bad
	}
	contact, err := s.store.AddTags(c.ids[0], in)
	return answer(http.StatusOK, contact, err)
}

func contactsDelete(s *Server, c *call) *reply {
	deleted, err := s.store.DeleteContact(c.ids[0])
	return answer(http.StatusOK, deleted, err)
}
