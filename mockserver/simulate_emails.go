package mockserver

import (
	"time"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// Email is an e-mail as the simulations return it.
type Email struct {
	ID       string    `json:"id"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
	Campaign string    `json:"campaign"`
	SentAt   time.Time `json:"sent_at"`
}

// EmailParams sends an e-mail; see [Server.SendEmail]. To and Subject are
// required.
type EmailParams struct {
	To       string `json:"to,omitzero"`
	Subject  string `json:"subject,omitzero"`
	Campaign string `json:"campaign,omitzero"`
}

// Opening says with what an e-mail was opened; see [Server.OpenEmail].
type Opening struct {
	// IPAddress is by default one that is reserved for documentation.
	IPAddress string `json:"ip_address,omitzero"`
	UserAgent string `json:"user_agent,omitzero"`
}

// SendEmail sends an e-mail: email.sent.
func (s *Server) SendEmail(p EmailParams) Email {
	email, err := simulate(p, s.store.SendEmail)
	return reported(s, "SendEmail", emailOf(email), err)
}

// OpenEmail has the recipient open an e-mail, any number of times:
// email.opened.
func (s *Server) OpenEmail(id string, o Opening) Email {
	email, err := simulate(o, with(id, s.store.OpenEmail))
	return reported(s, "OpenEmail", emailOf(email), err)
}

// ClickEmail has the recipient click a link in an e-mail, any number of times:
// email.clicked.
func (s *Server) ClickEmail(id, link string) Email {
	email, err := s.store.ClickEmail(id, store.ClickInput{Link: store.Some(link)})
	return reported(s, "ClickEmail", emailOf(email), err)
}

func emailOf(e store.Email) Email { return Email(e) }
