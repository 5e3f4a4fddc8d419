package store

import (
	"net"
	"net/url"
	"time"
)

// Email is an e-mail that was sent; it has no place in the API.
type Email struct {
	ID       string    `json:"id"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
	Campaign string    `json:"campaign,omitzero"`
	SentAt   time.Time `json:"sent_at"`
}

// EmailInput sends an e-mail.
type EmailInput struct {
	To       Opt[string] `json:"to,omitzero"`
	Subject  Opt[string] `json:"subject,omitzero"`
	Campaign Opt[string] `json:"campaign,omitzero"` // default: ""
}

// OpeningInput says with what an e-mail was opened.
type OpeningInput struct {
	IPAddress Opt[string] `json:"ip_address,omitzero"` // default: 192.0.2.1
	UserAgent Opt[string] `json:"user_agent,omitzero"` // default: Mozilla/5.0
}

// ClickInput says which link was clicked.
type ClickInput struct {
	Link Opt[string] `json:"link,omitzero"`
}

var emailSchema = schema[Email]{
	resource: "email",
	id:       func(e *Email) string { return e.ID },
	created:  func(e *Email) time.Time { return e.SentAt },
}

// SendEmail sends an e-mail.
func (s *Store) SendEmail(in EmailInput) (Email, error) {
	now := s.begin()
	defer s.end()
	var p problems
	needEmail(&p, "to", in.To)
	if need(&p, "subject", in.Subject) {
		checkTitle(&p, "subject", in.Subject.Value)
	}
	if may(&p, "campaign", in.Campaign) {
		checkText(&p, "campaign", in.Campaign.Value, maxName)
	}
	if err := p.err(); err != nil {
		return Email{}, err
	}
	r := s.st.emails.insert(Email{
		ID: nextFor(s.st, prefixEmail, &s.st.emails), To: in.To.Value, Subject: in.Subject.Value,
		Campaign: in.Campaign.Value, SentAt: now,
	}, s.st.nextSeq())
	s.emit(now, CauseSimulation, EmailSent{&r.v, s.st.contact(r.v.To)})
	return r.v, nil
}

// OpenEmail has the recipient open an e-mail; it may happen any number of times.
func (s *Store) OpenEmail(id string, in OpeningInput) (Email, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.emails.get(id)
	if err != nil {
		return Email{}, err
	}
	fact := EmailOpened{Email: &r.v, IPAddress: "192.0.2.1", UserAgent: "Mozilla/5.0"}
	var p problems
	if may(&p, "ip_address", in.IPAddress) {
		fact.IPAddress = in.IPAddress.Value
		if net.ParseIP(fact.IPAddress) == nil {
			p.add("ip_address", "must be an IP address")
		}
	}
	if may(&p, "user_agent", in.UserAgent) {
		checkText(&p, "user_agent", in.UserAgent.Value, 1024)
		fact.UserAgent = in.UserAgent.Value
	}
	if err := p.err(); err != nil {
		return Email{}, err
	}
	fact.Contact = s.st.touch(r.v.To, now)
	s.emit(now, CauseSimulation, fact)
	return r.v, nil
}

// ClickEmail has the recipient click a link; it may happen any number of times.
func (s *Store) ClickEmail(id string, in ClickInput) (Email, error) {
	now := s.begin()
	defer s.end()
	r, err := s.st.emails.get(id)
	if err != nil {
		return Email{}, err
	}
	var p problems
	if need(&p, "link", in.Link) {
		if u, err := url.Parse(in.Link.Value); err != nil || u.Scheme == "" || u.Host == "" {
			p.add("link", "must be a URL such as https://example.com/offer")
		}
	}
	if err := p.err(); err != nil {
		return Email{}, err
	}
	s.emit(now, CauseSimulation, EmailClicked{&r.v, s.st.touch(r.v.To, now), in.Link.Value})
	return r.v, nil
}
