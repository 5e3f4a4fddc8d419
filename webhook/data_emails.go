package webhook

import "time"

// EmailSentData is the data of email.sent (webhook guide).
type EmailSentData struct {
	EmailID string `json:"email_id"`
	// To is the recipient's address.
	To       string `json:"to"`
	Subject  string `json:"subject"`
	Campaign string `json:"campaign"`
	// ContactID is the recipient's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}

// EmailOpenedData is the data of email.opened (webhook guide).
type EmailOpenedData struct {
	EmailID   string    `json:"email_id"`
	OpenedAt  time.Time `json:"opened_at,omitzero"`
	IPAddress string    `json:"ip_address"`
	UserAgent string    `json:"user_agent"`
	// ContactID is the recipient's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}

// EmailClickedData is the data of email.clicked (webhook guide).
type EmailClickedData struct {
	EmailID string `json:"email_id"`
	// Link is the address that was clicked.
	Link      string    `json:"link"`
	ClickedAt time.Time `json:"clicked_at,omitzero"`
	// ContactID is the recipient's contact; undocumented.
	ContactID string `json:"contact_id,omitempty"`
}
