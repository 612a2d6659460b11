package models

import "counterfoil/models/money"

// Goods is what was sold: it decides which evidence counts.
type Goods string

// The kinds of goods.
const (
	GoodsPhysical Goods = "physical"
	GoodsDigital  Goods = "digital"
	GoodsService  Goods = "service"
	GoodsEvent    Goods = "event"
)

// AllGoods are all kinds of goods, the usual one first.
func AllGoods() []Goods { return []Goods{GoodsPhysical, GoodsDigital, GoodsService, GoodsEvent} }

// DisputeCase is what the shop itself knows of a dispute. Nothing of it comes from Stripe, and no sync touches it.
type DisputeCase struct {
	DisputeID     string `gorm:"primaryKey"`
	Goods         Goods  // empty as long as nobody said: physical
	AssigneeID    string
	AssigneeName  string
	Version       int64 // of the draft; rises with each change
	SavedAt       Unix
	SavedBy       string
	StagedVersion int64 // of the draft that Stripe holds, not submitted
	StagedAt      Unix
	StageError    string // why Stripe does not hold the newest draft, for people
}

// TableName implements gorm's Tabler.
func (DisputeCase) TableName() string { return "dispute_cases" }

// KindOfGoods is what was sold; physical as long as nobody said.
func (c *DisputeCase) KindOfGoods() Goods {
	if c.Goods == "" {
		return GoodsPhysical
	}
	return c.Goods
}

// DraftField is a text of the evidence as a person wrote it; an empty value was emptied on purpose.
type DraftField struct {
	DisputeID string `gorm:"primaryKey"`
	Field     string `gorm:"primaryKey"` // Stripe's name
	Value     string
	StaffID   string
	StaffName string
	At        Unix
}

// TableName implements gorm's Tabler.
func (DraftField) TableName() string { return "draft_fields" }

// Document is a file of an order in the evidence locker, as it came. Lists leave its content out.
type Document struct {
	ID        string `gorm:"primaryKey"` // doc_…
	OrderID   string
	Field     string // the field of the evidence that it serves, Stripe's name
	Name      string
	Type      string // application/pdf, image/jpeg, image/png
	Pages     int64
	Size      int64
	SHA256    string
	Note      string // what was done to it, for people
	StaffID   string
	StaffName string
	Created   Unix
	Removed   Unix
	Content   []byte
}

// TableName implements gorm's Tabler.
func (Document) TableName() string { return "documents" }

// EvidenceFile is the one file of a field of one dispute, made of documents; never used for another dispute.
type EvidenceFile struct {
	ID        string `gorm:"primaryKey"` // evf_…
	DisputeID string
	Field     string
	MadeOf    string // hashes of its documents and what it had to fit in
	Name      string
	Type      string
	Pages     int64
	Size      int64
	SHA256    string
	Note      string // "2 pictures were made smaller …"
	FileID    string // Stripe's, once uploaded
	Created   Unix
	Content   []byte
}

// TableName implements gorm's Tabler.
func (EvidenceFile) TableName() string { return "evidence_files" }

// SentField is one field of what was sent, with the hash of exactly its bytes.
type SentField struct {
	Field  string `json:"field"` // Stripe's name
	Text   string `json:"text,omitempty"`
	FileID string `json:"file_id,omitempty"` // Stripe's
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"`
	Pages  int64  `json:"pages,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256"`
	Erased bool   `json:"erased,omitempty"` // its text, or its file's name, is gone with the customer; the hash stays
}

// Submission is our one answer to a chargeback, and its receipt. At most one per dispute is not refused.
type Submission struct {
	ID        string `gorm:"primaryKey"` // sub_…
	DisputeID string
	OrderID   string
	Amount    int64 // disputed, minor units
	Currency  string
	DraftHash string      // of the draft as it was read on the review page
	SHA256    string      // over all that was sent
	Sent      []SentField `gorm:"serializer:json"`
	State     ActState
	ActOutcome
}

// TableName implements gorm's Tabler.
func (Submission) TableName() string { return "submissions" }

// Money is the disputed amount.
func (s *Submission) Money() money.Amount { return money.Amount{Minor: s.Amount, Currency: s.Currency} }

// Acceptance is our one acceptance of a chargeback, which loses it. At most one per dispute is not refused.
type Acceptance struct {
	ID        string `gorm:"primaryKey"` // acc_…
	DisputeID string
	OrderID   string
	Amount    int64
	Currency  string
	State     ActState
	ActOutcome
}

// TableName implements gorm's Tabler.
func (Acceptance) TableName() string { return "acceptances" }

// Money is the disputed amount.
func (a *Acceptance) Money() money.Amount { return money.Amount{Minor: a.Amount, Currency: a.Currency} }

// The statuses of a dispute that is run by e-mail alone. They are ours: Stripe has none of them.
const (
	MailOpen     = "mail_open"     // waits for our answer, by mail
	MailAnswered = "mail_answered" // answered by mail, waits for Klarna
	MailWon      = "mail_won"
	MailLost     = "mail_lost"
	MailClosed   = "mail_closed" // over without a decision
)

// MailDispute is a dispute that Klarna runs by e-mail alone (docs.stripe.com/payments/klarna, older disputes). Recorded by hand or read
// from a letter; answered by mail.
type MailDispute struct {
	ID            string `gorm:"primaryKey"` // mds_…
	OrderID       string // empty until matched
	Amount        int64  // minor units
	Currency      string
	Reason        string // Stripe's word for it
	Status        string
	DueBy         Unix // as the mail says; 0 unknown
	Created       Unix
	Note          string
	StaffID       string
	StaffName     string
	AnsweredAt    Unix
	AnsweredBy    string
	LetterID      string // Message-ID
	LetterFrom    string
	LetterSubject string
	LetterText    string
	LetterDate    Unix
	LetterSHA256  string
	Letter        []byte // the mail itself; lists leave it out
}

// TableName implements gorm's Tabler.
func (MailDispute) TableName() string { return "mail_disputes" }

// LetterDraft is the last mail that a person had read: it waits to be logged as a dispute.
type LetterDraft struct {
	StaffID string `gorm:"primaryKey"`
	SHA256  string `gorm:"column:sha256"`
	Data    []byte
	Created Unix // wall clock
}

// TableName implements gorm's Tabler.
func (LetterDraft) TableName() string { return "letter_drafts" }

// Money is the disputed amount.
func (m *MailDispute) Money() money.Amount {
	return money.Amount{Minor: m.Amount, Currency: m.Currency}
}

// DisputeEntry is one line of the inbox: a dispute of Stripe's, or one that is run by e-mail.
type DisputeEntry struct {
	ID               string
	OrderID          string
	Amount           int64
	Currency         string
	Status           string
	Reason           string
	KlarnaReason     string
	KlarnaLossReason string
	DueBy            Unix
	Created          Unix
	SubmissionCount  int64
	ByMail           bool
	AssigneeID       string
	AssigneeName     string
}

// Money is the disputed amount.
func (e *DisputeEntry) Money() money.Amount {
	return money.Amount{Minor: e.Amount, Currency: e.Currency}
}
