package selgora

import (
	"context"
	"net/http"
	"time"
)

// AccountService provides access to the account that the API key belongs to.
type AccountService struct{ core *core }

var getAccount = route{operation: "account.get", method: http.MethodGet, template: "/account"}

// Account is an account, as documented on the provider's getting-started page.
type Account struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Plan      string    `json:"plan"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// Get returns the account. The provider's getting-started page suggests this call
// to test a connection.
func (s *AccountService) Get(ctx context.Context, opts ...RequestOption) (*Account, error) {
	response, err := fetch[struct {
		Account Account `json:"account"`
	}](ctx, s.core, getAccount.at(), opts)
	if err != nil {
		return nil, err
	}
	return &response.Account, nil
}
