package payload

import "github.com/selgora/selgora-go/mockserver/internal/store"

type emailSent struct {
	EmailID   string  `json:"email_id"`
	To        string  `json:"to"`
	Subject   string  `json:"subject"`
	Campaign  *string `json:"campaign"`
	ContactID string  `json:"contact_id,omitempty"`
}

type emailOpened struct {
	EmailID   string `json:"email_id"`
	OpenedAt  string `json:"opened_at"`
	IPAddress string `json:"ip_address"`
	UserAgent string `json:"user_agent"`
	ContactID string `json:"contact_id,omitempty"`
}

type emailClicked struct {
	EmailID   string `json:"email_id"`
	Link      string `json:"link"`
	ClickedAt string `json:"clicked_at"`
	ContactID string `json:"contact_id,omitempty"`
}

func ofEmail(c store.Change) []Event {
	switch f := c.Fact.(type) {
	case store.EmailSent:
		who := contactID(f.Contact)
		return []Event{{Type: "email.sent", Contact: who, Data: emailSent{
			f.Email.ID, f.Email.To, f.Email.Subject, orNull(f.Email.Campaign), who,
		}}}
	case store.EmailOpened:
		who := contactID(f.Contact)
		return []Event{{Type: "email.opened", Contact: who, Data: emailOpened{f.Email.ID, stamp(c.At), f.IPAddress, f.UserAgent, who}}}
	case store.EmailClicked:
		who := contactID(f.Contact)
		return []Event{{Type: "email.clicked", Contact: who, Data: emailClicked{f.Email.ID, f.Link, stamp(c.At), who}}}
	}
	return nil
}
