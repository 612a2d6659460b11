package models

// PracticeCheck is one piece of Klarna's advice to merchants that can be measured.
type PracticeCheck string

// The checks.
const (
	CheckByHand     PracticeCheck = "by-hand"            // captured by hand
	CheckShipped    PracticeCheck = "when-shipped"       // captured on the day of shipping or after
	CheckRanOut     PracticeCheck = "before-running-out" // an authorization was used or given back
	CheckAtCapture  PracticeCheck = "tracking-at-capture"
	CheckInADay     PracticeCheck = "tracking-in-a-day"
	CheckCarrier    PracticeCheck = "carrier"      // named precisely
	CheckFirstAct   PracticeCheck = "first-action" // on a dispute, within a day
	CheckInquiry    PracticeCheck = "inquiries"    // settled before they are chargebacks
	CheckProof      PracticeCheck = "proof-of-delivery"
	CheckMailboxes  PracticeCheck = "mailboxes" // looked into on each day of the shop
	CheckHelpPlaced PracticeCheck = "help-link" // in the shop's own pages
)

// PracticeChecks are all checks, in the order they are shown.
func PracticeChecks() [11]PracticeCheck {
	return [...]PracticeCheck{CheckByHand, CheckShipped, CheckRanOut, CheckAtCapture, CheckInADay, CheckCarrier, CheckFirstAct, CheckInquiry, CheckProof,
		CheckMailboxes, CheckHelpPlaced}
}

// PracticeWeek names a week by its Monday in the shop's zone: 20261123.
type PracticeWeek int64

// CaptureWeek counts the captures of a week, those that Stripe made by itself apart from the others. Each figure counts cases, or those of
// them that were as they should be.
type CaptureWeek struct {
	Week      PracticeWeek
	Automatic bool
	Captured  int64
	Dated     int64 // with a known day of shipping
	Shipped   int64 // of these, captured on that day or after
	Soon      int64 // of these, captured at most a day before
	Timed     int64 // without a tracking number, or with one of which is known when it came
	AtCapture int64 // of these, with the capture
	InADay    int64 // of these, within a day
	Carried   int64 // with a tracking number
	Named     int64 // of these, with a precise name of the carrier
}

// EndWeek counts the authorizations that came to their end in a week, by currency.
type EndWeek struct {
	Week     PracticeWeek
	Currency string
	Ended    int64
	Expired  int64
	Worth    int64 // of the expired ones, minor units
}

// FirstActHours are the bounds in hours by which first actions on disputes are counted.
func FirstActHours() [6]int64 { return [6]int64{1, 4, 12, 24, 48, 96} }

// DisputeWeek counts the disputes that began in a week.
type DisputeWeek struct {
	Week      PracticeWeek
	Disputed  int64    // that asked for an action, or were acted on
	In        [6]int64 // of these, those acted on within FirstActHours, each with those before
	Inquired  int64    // seen as inquiries
	Settled   int64    // of these, closed without a chargeback
	Undecided int64    // of these, still open
}

// AnswerWeek counts the answers to chargebacks over goods that are shipped.
type AnswerWeek struct {
	Week     PracticeWeek
	Answered int64
	Proven   int64 // with a proof of delivery
}

// Untracked is a capture of the last day that has no tracking number yet.
type Untracked struct {
	At        Unix
	Automatic bool
}

// Lapse is an authorization that ran out without a word of Stripe's.
type Lapse struct {
	At       Unix
	Currency string
	Worth    int64 // minor units
}

// PracticeSums is what best practice is measured from: sums by week, and what time decides, not yet or by now.
type PracticeSums struct {
	Captures  []CaptureWeek
	Ends      []EndWeek
	Disputes  []DisputeWeek
	Answers   []AnswerWeek
	Untracked []Untracked
	Lapsed    []Lapse
	Unacted   []Unix // when each dispute of the last day began that nobody has acted on yet
	Overdue   []Unix // when each open inquiry began whose time is over
}

// PracticeMiss is a case that did not meet a check.
type PracticeMiss struct {
	ID string // of the order or dispute
	At Unix
}

// HelpPlaced is where a person found the link to the help page among the shop's own pages.
type HelpPlaced struct {
	URL string `json:"url"` // "" where it was taken off
	At  Unix   `json:"at"`  // 0 as long as nobody looked
	By  string `json:"by"`
}
