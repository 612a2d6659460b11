package evidence

import (
	"strings"
	"time"

	"counterfoil/models"
)

// Phase is where a dispute stands.
type Phase string

// The phases. A status that is not known is none of ours to interpret.
const (
	PhaseInquiry    Phase = "inquiry"    // no money moved, no fee, no evidence read
	PhaseChargeback Phase = "chargeback" // amount and fee withheld, one round of evidence
	PhaseReview     Phase = "review"
	PhaseWon        Phase = "won"
	PhaseLost       Phase = "lost"
	PhaseClosed     Phase = "closed" // over without a chargeback
	PhaseUnknown    Phase = "unknown"
)

// PhaseOf reads the phase off Stripe's status (docs.stripe.com/api/disputes/object; "prevented" is of later versions, "charge_refunded" of
// earlier ones).
func PhaseOf(d models.Dispute) Phase {
	switch d.Status {
	case "needs_response":
		return PhaseChargeback
	case "under_review":
		return PhaseReview
	case "won":
		return PhaseWon
	case "lost":
		return PhaseLost
	case "warning_closed", "prevented", "charge_refunded":
		return PhaseClosed
	}
	if strings.HasPrefix(d.Status, "warning_") {
		return PhaseInquiry
	}
	return PhaseUnknown
}

// Level is how urgent a dispute is.
type Level string

// The levels.
const (
	LevelNone   Level = "none" // nothing is to be done, or no day is given
	LevelCalm   Level = "calm"
	LevelSoon   Level = "soon"   // within 7 days
	LevelUrgent Level = "urgent" // within 2 days
	LevelOver   Level = "over"
)

// Urgency goes by Stripe's own evidence_details.due_by, never by a rule of days.
func Urgency(d models.Dispute, now time.Time) Level {
	phase := PhaseOf(d)
	if d.DueBy == 0 || phase != PhaseInquiry && phase != PhaseChargeback {
		return LevelNone
	}
	switch left := d.DueBy.Time().Sub(now); {
	case left <= 0: // as an authorization has run out at its capture-by
		return LevelOver
	case left <= 2*24*time.Hour:
		return LevelUrgent
	case left <= 7*24*time.Hour:
		return LevelSoon
	}
	return LevelCalm
}

func refuse(code, message string) *models.Refusal {
	return &models.Refusal{Code: code, Message: message}
}

// CanAnswer answers why evidence cannot be submitted at now, or nil. Sources: docs.stripe.com/payments/klarna/disputes (no evidence in an
// inquiry, one round), docs.stripe.com/api/disputes/object (due_by, submission_count).
func CanAnswer(d models.Dispute, now time.Time) *models.Refusal {
	switch phase := PhaseOf(d); {
	case phase == PhaseInquiry:
		return refuse("inquiry", "This is an inquiry: no evidence is read. Refund the disputed amount, or wait.")
	case phase == PhaseUnknown:
		return refuse("status_unknown", "Stripe gives a status that is not known here. Open the dispute in Stripe.")
	case d.SubmissionCount > 0 || phase == PhaseReview:
		return refuse("submitted_elsewhere", "Evidence was submitted already. There is one round.")
	case phase != PhaseChargeback:
		return refuse("closed", "This dispute is over.")
	case d.DueBy == 0:
		return refuse("no_response", "No response is possible: Stripe gives no day for it.")
	case Urgency(d, now) == LevelOver || d.PastDue:
		return refuse("past_due", "The time for evidence is over. Stripe takes no more.")
	}
	return nil
}

// CanAccept answers why a chargeback cannot be accepted, or nil. An inquiry is settled by a refund (docs.stripe.com/api/disputes/close).
func CanAccept(d models.Dispute) *models.Refusal {
	switch PhaseOf(d) {
	case PhaseChargeback:
		return nil
	case PhaseInquiry:
		return refuse("inquiry", "An inquiry is settled by a refund of exactly the disputed amount.")
	}
	return refuse("closed", "Only an open chargeback can be accepted.")
}

// CanDraft answers why no evidence can be prepared, or nil.
func CanDraft(d models.Dispute) *models.Refusal {
	switch phase := PhaseOf(d); {
	case d.SubmissionCount > 0 || phase == PhaseReview:
		return refuse("submitted_elsewhere", "Evidence was submitted already. There is one round.")
	case phase == PhaseInquiry || phase == PhaseChargeback:
		return nil
	}
	return refuse("closed", "This dispute is over: there is nothing to prepare.")
}
