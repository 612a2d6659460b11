package models

// MailboxPurpose says what an address is to Stripe.
type MailboxPurpose string

// The purposes of a mailbox. Klarna writes to the support address of the Dashboard's public details, else to the account's own.
// Source: docs.stripe.com/payments/klarna, disputes by e-mail (domain.md 3.7).
const (
	MailboxSupport MailboxPurpose = "support"
	MailboxAccount MailboxPurpose = "account"
	MailboxOther   MailboxPurpose = "other"
)

// MailboxPurposes are all purposes, the usual one first.
func MailboxPurposes() []MailboxPurpose {
	return []MailboxPurpose{MailboxSupport, MailboxAccount, MailboxOther}
}

// MailboxFound says what was in a mailbox.
type MailboxFound string

// What a look into a mailbox can find.
const (
	FoundNothing MailboxFound = "nothing"
	FoundMail    MailboxFound = "mail"
)

// Mailbox is an address that Klarna may write to. Days are YYYY-MM-DD of the shop's zone.
type Mailbox struct {
	ID            string `gorm:"primaryKey"` // mbx_…
	Address       string // as typed
	AddressFolded string // lower case; unique among those that were not removed
	Purpose       MailboxPurpose
	Note          string
	Added         Unix
	AddedDay      string // the first day on which it is due
	AddedBy       string
	AddedName     string
	Removed       Unix
	RemovedDay    string // the first day on which it is not due any more; empty while it is
	RemovedBy     string
	RemovedName   string
}

// TableName implements gorm's Tabler.
func (Mailbox) TableName() string { return "mailboxes" }

// On tells whether the mailbox was listed on a day.
func (m Mailbox) On(day string) bool {
	return m.AddedDay <= day && (m.RemovedDay == "" || day < m.RemovedDay)
}

// MailboxCheck says that a person looked into a mailbox for a day. There is one for each mailbox and day: the first.
type MailboxCheck struct {
	MailboxID string `gorm:"primaryKey"`
	Day       string `gorm:"primaryKey"`
	Late      bool   // after the day had ended
	Found     MailboxFound
	Note      string
	At        Unix
	StaffID   string
	StaffName string
}

// TableName implements gorm's Tabler.
func (MailboxCheck) TableName() string { return "mailbox_checks" }

// MailboxMiss is a manager's word about a mailbox that nobody looked into on its day.
type MailboxMiss struct {
	MailboxID string `gorm:"primaryKey"`
	Day       string `gorm:"primaryKey"`
	Note      string
	At        Unix
	StaffID   string
	StaffName string
}

// TableName implements gorm's Tabler.
func (MailboxMiss) TableName() string { return "mailbox_misses" }

// MailboxDay is what a day came to over all mailboxes: how many were added and removed on it, and how often it was ticked, on the day, later,
// and in a manager's word.
type MailboxDay struct {
	Day          string `gorm:"primaryKey"`
	Added        int64
	Removed      int64
	OnTime       int64
	Late         int64
	Acknowledged int64
}

// TableName implements gorm's Tabler.
func (MailboxDay) TableName() string { return "mailbox_days" }

// ShopWeek says on which weekdays the shop works from a day on.
type ShopWeek struct {
	Since    string `gorm:"primaryKey"`
	Weekdays int64  // bit 0 is Sunday, as time.Weekday
}

// TableName implements gorm's Tabler.
func (ShopWeek) TableName() string { return "shop_weeks" }

// Holiday is a day on which the shop is closed.
type Holiday struct {
	Day  string `gorm:"primaryKey"`
	Name string
}

// TableName implements gorm's Tabler.
func (Holiday) TableName() string { return "holidays" }
