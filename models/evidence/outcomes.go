package evidence

import (
	"slices"

	"counterfoil/models"
)

// ReasonOutcome is how the disputes of one reason ended.
type ReasonOutcome struct {
	Reason          string
	Won, Lost, Open int
}

// EvidenceOutcome is how disputes ended with and without a piece of evidence, of those that were answered from here.
type EvidenceOutcome struct {
	Field                                      string
	WonWith, LostWith, WonWithout, LostWithout int
}

// Outcomes counts how disputes ended: by reason, the commonest first, and by the evidence that was sent.
func Outcomes(disputes []models.DisputeEntry, submissions []models.Submission) (byReason []ReasonOutcome, byEvidence []EvidenceOutcome) {
	reasons, phases := map[string]*ReasonOutcome{}, map[string]Phase{}
	for _, d := range disputes {
		r := reasons[d.Reason]
		if r == nil {
			r = &ReasonOutcome{Reason: d.Reason}
			reasons[d.Reason] = r
		}
		phases[d.ID] = PhaseOf(models.Dispute{Status: d.Status})
		switch phases[d.ID] {
		case PhaseWon:
			r.Won++
		case PhaseLost:
			r.Lost++
		case PhaseClosed:
		default:
			r.Open++
		}
	}
	for _, r := range reasons {
		byReason = append(byReason, *r)
	}
	slices.SortFunc(byReason, func(a, b ReasonOutcome) int {
		if n := b.Won + b.Lost + b.Open - a.Won - a.Lost - a.Open; n != 0 {
			return n
		}
		if a.Reason < b.Reason {
			return -1
		}
		return 1
	})
	for _, f := range Fields() {
		if o := outcomeOf(f.Name, phases, submissions); o.WonWith+o.LostWith > 0 {
			byEvidence = append(byEvidence, o)
		}
	}
	return byReason, byEvidence
}

func outcomeOf(field string, phases map[string]Phase, submissions []models.Submission) EvidenceOutcome {
	o := EvidenceOutcome{Field: field}
	for _, s := range submissions {
		with := slices.ContainsFunc(s.Sent, func(f models.SentField) bool { return f.Field == field && (f.Text != "" || f.FileID != "") })
		switch won, lost := phases[s.DisputeID] == PhaseWon, phases[s.DisputeID] == PhaseLost; {
		case won && with:
			o.WonWith++
		case lost && with:
			o.LostWith++
		case won:
			o.WonWithout++
		case lost:
			o.LostWithout++
		}
	}
	return o
}
