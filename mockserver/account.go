package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func accountGet(s *Server, _ *call) *reply {
	return answer(http.StatusOK, store.AccountEnvelope{Account: s.store.GetAccount()}, nil)
}
