package views

import (
	"cmp"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/practice"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// checkWords are a check in words: what it is, Klarna's advice, and what to do where it is not met.
type checkWords struct {
	Title  string
	Advice string
	Do     string
	Nouns  string // what is behind it: "order", "dispute"
}

// wordsOf puts a check into words. The advice is Klarna's (product.md, "What Klarna tells merchants on Stripe"), the words are ours.
func wordsOf(c models.PracticeCheck) checkWords {
	switch c {
	case models.CheckByHand:
		return checkWords{"Captured by hand", "Klarna allows automatic capture to certain kinds of business only; all others authorize first and capture when they ship.",
			"Set capture_method to manual in the checkout, or record in the settings on which ground you capture automatically.", "order"}
	case models.CheckShipped:
		return checkWords{"Captured when shipped", "Capture on the day of shipping or after, never before: with the capture Klarna tells the customer to pay.",
			"Capture with the parcel, in “Ship and capture”, and not with the order.", "order"}
	case models.CheckRanOut:
		return checkWords{"Captured before running out", "An authorization ends after 28 days, and what was not captured by then is gone.",
			"Work through “Running out” on Today, and cancel what will not be shipped.", "order"}
	case models.CheckAtCapture:
		return checkWords{"Tracking added with the capture", "Add carrier and tracking number when you capture: they serve the customer and decide disputes.",
			"Fill in both in the capture form, or capture by the file of your carrier.", "order"}
	case models.CheckInADay:
		return checkWords{"Tracking within a day", "Where the number came later than the capture, it should be there within a day.",
			"Work through “Captured without tracking” on Today.", "order"}
	case models.CheckCarrier:
		return checkWords{"Carriers named precisely", "Name the carrier as it is known where the parcel is looked up: “DHL Paket” and not only “DHL”.",
			"Choose the carrier from the list, and have your shop system send the full name.", "order"}
	case models.CheckFirstAct:
		return checkWords{"First action on a dispute within a day", "Disputes are to be answered quickly. Counted are an assignment, a draft, a file, a refund, an answer or an acceptance; disputes by e-mail are not.",
			"Give each new dispute to somebody on the day it comes.", "dispute"}
	case models.CheckInquiry:
		return checkWords{"Inquiries settled before day 21", "An inquiry that is not settled by the day that Stripe names, usually day 21, turns into a chargeback, with a fee.",
			"Decide within a week: refund the disputed amount, or collect the evidence for the chargeback.", "inquiry"}
	case models.CheckProof:
		return checkWords{"Evidence with a proof of delivery", "For goods that are shipped Klarna asks for a proof of delivery as a file: a tracking link is not sufficient.",
			"Ask the carrier for the proof when the dispute begins, and put it into the order’s files.", "dispute"}
	case models.CheckMailboxes:
		return checkWords{"Mailboxes checked every day", "Klarna writes to the addresses that Stripe has of you. They are to be looked into on every day of the shop.",
			"Tick each mailbox on its day under Mailboxes.", "day"}
	}
	return checkWords{"Help link in place", "Customers with questions about Klarna go to Klarna: link the help page in your shop and in your order mails.",
		"Put the link onto your site, look at it there, and confirm it here.", "page"}
}

// goalWords is the goal of a rule.
func goalWords(r practice.Rule) string {
	switch {
	case r.Check == models.CheckHelpPlaced:
		return ""
	case r.Goal == 100_00:
		return "Our goal: all of them. "
	}
	return "Our goal: " + strconv.FormatInt(r.Goal/100, 10) + "\u00a0% or more. "
}

// shareWords is a share in whole percent with one decimal: "95.4 %".
func shareWords(t practice.Tally) string {
	share := t.Share()
	return strconv.FormatInt(share/100, 10) + "." + strconv.FormatInt(share%100/10, 10) + "\u00a0%"
}

// pointWords are points with one decimal.
func pointWords(tenths int64) string {
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
}

// countWords is a number of cases of a check: "6 orders", "1 inquiry".
func countWords(n int64, c models.PracticeCheck) string {
	noun := wordsOf(c).Nouns
	if noun == "inquiry" {
		return i18n.Plural(n, "inquiry", "inquiries")
	}
	return ui.Count(n, noun)
}

// standingWords says how a check stands, for who does not see its icon.
func standingWords(s practice.Standing) string {
	if s == practice.Near {
		return "near its goal"
	}
	return string(s)
}

func standingIcon(s practice.Standing) (icon string, tone ui.Tone) {
	switch s {
	case practice.Met:
		return "circle-check", ui.ToneOK
	case practice.Near:
		return "circle-dot", ui.ToneWarn
	case practice.Missed:
		return "triangle-alert", ui.ToneWarn
	}
	return "circle-dashed", ui.ToneUnk
}

// whyOrder says what was amiss with an order.
func whyOrder(c models.PracticeCheck, o *models.Order, clock ui.Clock) string {
	switch c {
	case models.CheckByHand:
		return "Stripe captured it by itself (" + o.CaptureMethod + ")"
	case models.CheckShipped:
		return "Shipped on " + clock.Day(o.ShippedFrom.Time()).Text
	case models.CheckRanOut:
		return "It was never captured"
	case models.CheckCarrier:
		if name := cmp.Or(o.ChargeShipping.Carrier, o.Shipping.Carrier); name != "" {
			return "Carrier “" + name + "”"
		}
		return "A number without the carrier’s full name"
	}
	if !o.HasTracking {
		return "No tracking number yet"
	}
	return "Tracking came " + i18n.Left(o.TrackedAt.Time().Sub(o.CapturedAt.Time())) + " after the capture"
}

// whyDispute says what was amiss with a dispute.
func whyDispute(c models.PracticeCheck, d *models.Dispute) string {
	switch {
	case c == models.CheckProof:
		return "Answered without a proof of delivery"
	case c == models.CheckInquiry && d.IsInquiry():
		return "Its day is over, and it is still open"
	case c == models.CheckInquiry:
		return "It became a chargeback"
	case d.ActedInTime() == 0 && !d.IsOpen():
		return "Nobody did anything until it was over"
	case d.ActedInTime() == 0:
		return "Nobody has done anything here"
	}
	return "First action after " + i18n.Left(d.ActedAt.Time().Sub(d.Created.Time()))
}

// worthWords adds up what ran out, currency by currency.
func worthWords(weeks []models.EndWeek) string {
	var all []string
	for _, w := range weeks {
		all = append(all, ui.Money(money.Amount{Minor: w.Worth, Currency: w.Currency}))
	}
	return listOf(all)
}

// placedWords says what is known of the link to the help page.
func placedWords(p models.HelpPlaced, clock ui.Clock) string {
	at := clock.Day(p.At.Time()).Text
	until := p.At.Add(practice.HelpPlacedFor).Time()
	switch {
	case p.At == 0:
		return "Nobody has confirmed yet where the link stands."
	case p.URL == "":
		return p.By + " noted on " + at + " that the link is not there any more."
	case !until.After(clock.Now):
		return p.By + " found it on " + p.URL + " on " + at + ". That is more than 180 days ago: look again."
	}
	return p.By + " found it on " + p.URL + " on " + at + ". It counts until " + clock.Day(until.Add(-time.Second)).Text + "."
}
