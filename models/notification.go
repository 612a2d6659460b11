package models

import "slices"

// NoticeKind is a kind of what people are told by mail.
type NoticeKind string

// The kinds of mails: the digest, what is told at once, the reminders, and a mail that tests the way.
const (
	NoticeDigest        NoticeKind = "digest"
	NoticeDispute       NoticeKind = "dispute"       // a new dispute
	NoticeEscalation    NoticeKind = "escalation"    // an inquiry became a chargeback
	NoticeRefund        NoticeKind = "refund"        // a refund failed
	NoticePayout        NoticeKind = "payout"        // a payout failed
	NoticeUnknown       NoticeKind = "unknown"       // an act whose outcome is not known
	NoticeSilent        NoticeKind = "silent"        // Stripe sends no events
	NoticeAuthorization NoticeKind = "authorization" // a reminder: an authorization runs out
	NoticeDisputeDue    NoticeKind = "dispute_due"   // a reminder: a dispute is due
	NoticeTest          NoticeKind = "test"
)

// ImmediateKinds are the kinds that are told at once.
func ImmediateKinds() []NoticeKind {
	return []NoticeKind{NoticeDispute, NoticeEscalation, NoticeRefund, NoticePayout, NoticeUnknown, NoticeSilent}
}

// ReminderKinds are the kinds of reminders.
func ReminderKinds() []NoticeKind { return []NoticeKind{NoticeAuthorization, NoticeDisputeDue} }

// DefaultDigestHour is the hour of the shop's zone at which the digest is sent where a person chose none.
const DefaultDigestHour = 7

// NoticeChoices are what a person wants to be told.
type NoticeChoices struct {
	StaffID string
	Digest  bool
	Hour    int64        // of the shop's zone, 0 to 23
	Quiet   bool         // no digest when there is nothing to do
	Off     []NoticeKind // immediate kinds and reminders that are switched off
}

// DefaultNoticeChoices are everything, with a digest at DefaultDigestHour unless there is nothing to do.
func DefaultNoticeChoices(staffID string) NoticeChoices {
	return NoticeChoices{StaffID: staffID, Digest: true, Hour: DefaultDigestHour, Quiet: true}
}

// Wants tells whether a kind that is told at once, or a reminder, is switched on.
func (c NoticeChoices) Wants(k NoticeKind) bool { return !slices.Contains(c.Off, k) }

// MailState is how far a mail has come.
type MailState string

// The states of a mail. What is unclear may have arrived: it is sent again by a person only.
const (
	MailKept    MailState = "kept"    // shown in the app: there is no mail server
	MailPending MailState = "pending" // waits, or is tried again
	MailSending MailState = "sending" // claimed by the one who sends it
	MailSent    MailState = "sent"    // the server took it
	MailFailed  MailState = "failed"  // refused, or given up
	MailUnclear MailState = "unclear" // handed over without an answer
)

// Mail is a message to a person of the staff. It names orders by reference and id, never customers.
type Mail struct {
	ID       string `gorm:"primaryKey"` // mai_…
	StaffID  string
	Name     string
	Address  string
	Kind     NoticeKind
	Title    string
	Text     string
	HTML     string `gorm:"column:html"`
	State    MailState
	Error    string // why it failed, for people
	Attempts int64
	Created  Unix // domain time
	Asked    Unix // wall clock: since when it is tried
	Finished Unix // wall clock
}

// TableName implements gorm's Tabler.
func (Mail) TableName() string { return "mails" }

// CanSendAgain tells whether a person may have the mail sent again.
func (m Mail) CanSendAgain() bool { return m.State == MailFailed || m.State == MailUnclear }

// NoticeItem is one step of something that a person is told of once.
type NoticeItem struct {
	Kind    NoticeKind
	Subject string // id of what it is about
	Step    string
}

// CalendarFeed is a person's private calendar. Only the hash of its token is kept.
type CalendarFeed struct {
	StaffID   string `gorm:"primaryKey"`
	TokenHash string // hex SHA-256
	Created   Unix
}

// TableName implements gorm's Tabler.
func (CalendarFeed) TableName() string { return "calendar_feeds" }
