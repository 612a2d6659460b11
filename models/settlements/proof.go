package settlements

import (
	"slices"
	"strings"

	"counterfoil/models"
)

// State says how far a payout is explained.
type State string

// The states of a payout's proof.
const (
	Matched     State = "matched"      // the lines are all there and add up to the payout
	Difference  State = "difference"   // they do not
	Waiting     State = "waiting"      // it cannot be said yet
	NotItemized State = "not_itemized" // Stripe does not tell which rows a payout by hand carried
	Failed      State = "failed"       // the bank sent it back
	Canceled    State = "canceled"
)

// Cause is the likely cause of a difference, or what is being waited for.
type Cause string

// The causes of a difference, and what a payout waits for.
const (
	CauseMissingRows   Cause = "missing_rows"   // the mirror has fewer rows than Stripe listed, or lacks the payout's own
	CauseOtherCurrency Cause = "other_currency" // rows in another currency
	CauseManualPayout  Cause = "manual_payout"  // a payout by hand took money in between
	CauseCarriedOver   Cause = "carried_over"   // a negative balance of before was taken off
	CauseUnknown       Cause = "unknown"
	WaitsForStripe     Cause = "waits_for_stripe"  // Stripe is putting the payout together
	WaitsForStatus     Cause = "waits_for_status"  // Stripe has not said whether it is put together
	WaitsForReading    Cause = "waits_for_reading" // its lines are being read
)

// Proof is what is known of a payout's sum. Amounts in minor units of the payout's currency.
type Proof struct {
	State State
	Cause Cause // of Difference and Waiting
	Lines int64 // without the payout's own row
	Net   int64 // what they add up to
	Gap   int64 // the payout less that
	Rest  int64 // the lines with the payout's own row: 0 in a proof
	Own   bool  // the payout's own row is there
}

// PayoutFacts are what a proof is made from.
type PayoutFacts struct {
	Payout       models.Payout
	Sums         []models.PayoutSum
	Read         models.PayoutReading // the last reading of its lines
	ManualBefore bool                 // a payout by hand of the same currency lies between the payout before and this one
}

// Prove compares a payout with what it carried: the net of all other rows is the payout's amount, and with the payout's own row the rest is
// nothing (docs.stripe.com/payouts/reconciliation). Payouts by hand and instant ones are not itemized by Stripe. Nothing is called matched
// before Stripe has said that the payout is complete and every line that it listed is there.
func Prove(f PayoutFacts) Proof {
	p := proofSums(f)
	po := f.Payout
	switch {
	case po.Status == "failed":
		p.State = Failed
	case po.Status == "canceled":
		p.State = Canceled
	case !po.Automatic || po.ReconciliationStatus == "not_applicable":
		p.State = NotItemized
	case po.ReconciliationStatus == "":
		p.State, p.Cause = Waiting, WaitsForStatus
	case po.ReconciliationStatus != "completed":
		p.State, p.Cause = Waiting, WaitsForStripe
	case f.Read.Finished == 0:
		p.State, p.Cause = Waiting, WaitsForReading
	case p.Gap == 0 && p.Rest == 0 && p.Own && !otherCurrency(f) && p.Lines+1 >= f.Read.Rows:
		p.State = Matched
	default:
		p.State, p.Cause = Difference, causeOf(f, p)
	}
	return p
}

func proofSums(f PayoutFacts) Proof {
	var p Proof
	for _, s := range f.Sums {
		if s.Currency != f.Payout.Currency {
			continue
		}
		if s.Category == "payout" {
			p.Own = true
			p.Rest += s.Net
			continue
		}
		p.Lines += s.Count
		p.Net += s.Net
		p.Rest += s.Net
	}
	p.Gap = f.Payout.Amount - p.Net
	return p
}

func otherCurrency(f PayoutFacts) bool {
	return slices.ContainsFunc(f.Sums, func(s models.PayoutSum) bool { return s.Currency != f.Payout.Currency })
}

// causeOf names the likely cause of a difference, the surest first.
func causeOf(f PayoutFacts, p Proof) Cause {
	switch {
	case p.Lines == 0 || !p.Own || p.Lines+1 < f.Read.Rows:
		return CauseMissingRows
	case otherCurrency(f):
		return CauseOtherCurrency
	case f.ManualBefore && p.Gap < 0:
		return CauseManualPayout
	case p.Gap < 0:
		return CauseCarriedOver
	}
	return CauseUnknown
}

// ProvenPayout is a payout with what is known of its sum.
type ProvenPayout struct {
	Payout models.Payout
	Sums   []models.PayoutSum
	Read   models.PayoutReading // the last reading of its lines
	Proof  Proof
}

// StateWord is a state as a file names it.
func StateWord(s State) string { return strings.ReplaceAll(string(s), "_", " ") }
