package store

import (
	"strings"
	"time"
)

// Account is the account as the API shows it.
type Account struct {
	ID        string
	Name      string
	Email     string
	Plan      string
	CreatedAt time.Time
}

// AppendJSON implements Renderer. The object has no envelope; see AccountEnvelope.
func (a Account) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.str("id", a.ID)
	o.str("name", a.Name)
	o.str("email", a.Email)
	o.str("plan", a.Plan)
	o.time("created_at", a.CreatedAt)
	return o.end()
}

// AccountEnvelope is the answer that shows the account: {"account": …}.
type AccountEnvelope struct{ Account Account }

// AppendJSON implements Renderer.
func (e AccountEnvelope) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.obj("account", e.Account)
	return o.end()
}

// sampleAccount is the account of the getting-started page. Its age is relative to the clock, like that of all samples.
func sampleAccount(now time.Time) Account {
	return Account{
		ID:        "acc_123",
		Name:      "Your Account",
		Email:     "you@example.com",
		Plan:      "scale",
		CreatedAt: now.AddDate(0, 0, -500).Truncate(time.Hour),
	}
}

// GetAccount returns the account.
func (s *Store) GetAccount() Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.st.account
}

// SetAccount replaces the account. An empty id and a zero creation time stay as they are.
func (s *Store) SetAccount(a Account) (Account, error) {
	s.begin()
	defer s.end()
	if a.ID == "" {
		a.ID = s.st.account.ID
	}
	if a.CreatedAt.IsZero() {
		a.CreatedAt = s.st.account.CreatedAt
	}
	a.CreatedAt = wholeSeconds(a.CreatedAt)
	var p problems
	a.check(&p, "")
	if err := p.err(); err != nil {
		return Account{}, err
	}
	s.st.account = a
	return a, nil
}

func (a Account) check(p *problems, at string) {
	if problem := checkID(a.ID, "acc_"); problem != "" {
		p.add(at+"id", problem)
	}
	if problem := CheckEmail(a.Email); problem != "" {
		p.add(at+"email", problem)
	}
	checkTime(p, at+"created_at", a.CreatedAt)
	for field, v := range map[string]string{"name": a.Name, "plan": a.Plan} {
		if strings.TrimSpace(v) == "" {
			p.add(at+field, "must not be blank")
		}
		checkText(p, at+field, v, maxName)
	}
}
