package selgora

import (
	"context"
	"net/http"
	"time"
)

// AccountService is the account that the API key belongs to.
type AccountService struct{ core *core }

// Account is the account, as the provider's getting-started page shows it.
type Account struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Plan      string    `json:"plan"`
	CreatedAt time.Time `json:"created_at"`
}

// Get returns the account: the call with which the provider's getting-started
// page suggests to test a connection.
func (s *AccountService) Get(ctx context.Context, opts ...RequestOption) (*Account, error) {
	answer, err := fetch[struct {
		Account Account `json:"account"`
	}](ctx, s.core, request{method: http.MethodGet, path: pathOf("account")}, opts)
	if err != nil {
		return nil, err
	}
	return &answer.Account, nil
}
