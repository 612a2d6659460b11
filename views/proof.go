package views

import (
	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views/ui"
)

// proofView is the proof of a payout in words.
type proofView struct {
	badge ui.BadgeModel
	title string
	why   string // in one line
	lines []string
}

// newProof puts a proof into words. clock tells when something was asked.
func newProof(clock ui.Clock, p settlements.ProvenPayout) proofView {
	gap := ui.Money(money.Amount{Minor: p.Proof.Gap, Currency: p.Payout.Currency})
	count := ui.Count(p.Proof.Lines, "line")
	sentence := count + " add up to " + ui.Money(money.Amount{Minor: p.Proof.Net, Currency: p.Payout.Currency}) + ". The payout is " +
		ui.Money(p.Payout.Money()) + ". The difference is " + gap + "."
	switch p.Proof.State {
	case settlements.Matched:
		return proofView{badge: ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Matched"}, title: "Proved to the cent", why: count,
			lines: []string{sentence}}
	case settlements.Difference:
		why := causeWords(p)
		return proofView{badge: ui.BadgeModel{Tone: ui.ToneWarn, Icon: "octagon-alert", Text: "Difference " + gap}, title: "The lines do not add up to the payout",
			why: why[0], lines: append([]string{sentence}, why...)}
	case settlements.Waiting:
		return waitingProof(clock, p)
	case settlements.NotItemized:
		return proofView{badge: ui.BadgeModel{Icon: "minus", Text: "Not itemized"}, title: "Stripe does not list the lines of this payout",
			why: capital(sentWord(p.Payout)) + ": Stripe does not list its lines", lines: []string{"It was sent " + sentWord(p.Payout) +
				". Stripe can explain only automatic payouts line by line; it tells of this one what left the balance, and no more."}}
	case settlements.Failed:
		return proofView{badge: ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}, title: "The bank sent this payout back", why: payoutFailure(p.Payout),
			lines: []string{payoutFailure(p.Payout), "The money is on the Stripe balance again, as a row “Payout returned”, and goes out with a later payout. " +
				"What to do: check the bank account in Stripe’s settings."}}
	}
	return proofView{badge: ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Canceled"}, title: "This payout was canceled",
		why: "The money stays on the Stripe balance", lines: []string{"The money stays on the Stripe balance."}}
}

func waitingProof(clock ui.Clock, p settlements.ProvenPayout) proofView {
	v := proofView{badge: ui.BadgeModel{Icon: "hourglass", Text: "Waiting"}}
	switch p.Proof.Cause {
	case settlements.WaitsForReading:
		v.title, v.why = "Its lines are being read", "Its lines are being read from Stripe"
		if p.Read.Asked > 0 {
			v.why += ", asked " + inSentence(clock.DayTime(p.Read.Asked.Time()))
		}
		v.lines = []string{v.why + ". The sum is compared when all of them are here."}
	case settlements.WaitsForStatus:
		v.title, v.why = "Stripe has not said whether it is complete", "Stripe has not said whether it is complete"
		v.lines = []string{"Until Stripe says that the payout is put together, its lines may not be all of them, and no sum is proof."}
	default:
		v.title, v.why = "Stripe is still putting it together", "Stripe is still putting it together"
		v.lines = []string{"The lines below may not be all of them. The sum is compared when Stripe has finished, usually within a day."}
	}
	return v
}

// causeWords say the likely cause of a difference, the short form first.
func causeWords(p settlements.ProvenPayout) []string {
	switch p.Proof.Cause {
	case settlements.CauseMissingRows:
		why := "Rows of Stripe’s are missing in the mirror"
		if !p.Proof.Own {
			why = "The payout’s own row is missing in the mirror"
		}
		return []string{why, "Have them fetched. If the difference stays, send Stripe’s support the payout’s id."}
	case settlements.CauseOtherCurrency:
		return []string{"It carries rows in another currency", "Amounts of two currencies cannot be added up. Their rows are listed below in their own currency."}
	case settlements.CauseManualPayout:
		return []string{"A payout by hand took money in between", "Stripe then cannot tell which rows an automatic payout carried. The difference should be what was sent by hand."}
	case settlements.CauseCarriedOver:
		return []string{"Likely a negative balance of before", "Stripe takes off what the balance was below zero, with rows of earlier days. The statement of the days before shows it."}
	}
	return []string{"No cause is known", "Have the lines fetched again. If the difference stays, send Stripe’s support the payout’s id."}
}

func payoutFailure(p models.Payout) string {
	if p.FailureMessage != "" {
		return p.FailureMessage
	}
	if p.FailureCode != "" {
		return capital(plain(p.FailureCode))
	}
	return "The bank gave no reason"
}
