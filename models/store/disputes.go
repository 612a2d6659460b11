package store

import (
	"context"
	"math"
	"slices"

	"counterfoil/models"
)

// DisputePhase is one of the lists that disputes are shown in.
type DisputePhase string

// The phases. A status of Stripe's that we do not know is on "all" and "open" only.
const (
	DisputesAll           DisputePhase = "all"
	DisputesOpen          DisputePhase = "open"
	DisputesInquiry       DisputePhase = "inquiry" // no money moved yet
	DisputesNeedsResponse DisputePhase = "needs-response"
	DisputesUnderReview   DisputePhase = "under-review"
	DisputesWon           DisputePhase = "won"
	DisputesLost          DisputePhase = "lost"
	DisputesClosed        DisputePhase = "closed" // over without a decision
)

// DisputePhases are all phases, in the order they are shown.
func DisputePhases() []DisputePhase {
	return []DisputePhase{DisputesAll, DisputesOpen, DisputesInquiry, DisputesNeedsResponse, DisputesUnderReview, DisputesWon, DisputesLost, DisputesClosed}
}

// phaseOf names a closed or decided status' own phase, and that of an open one.
func phaseOf(status string) DisputePhase {
	switch status {
	case "warning_needs_response", "warning_under_review":
		return DisputesInquiry
	case "needs_response":
		return DisputesNeedsResponse
	case "under_review":
		return DisputesUnderReview
	case "won":
		return DisputesWon
	case "lost":
		return DisputesLost
	case "warning_closed", "prevented", "charge_refunded":
		return DisputesClosed
	}
	return ""
}

// where is the SQL condition of a phase, empty for an unknown one.
func (p DisputePhase) where() string {
	switch p {
	case "", DisputesAll:
		return "1 = 1"
	case DisputesOpen:
		return "status not in ('won', 'lost', 'warning_closed', 'prevented', 'charge_refunded')"
	case DisputesInquiry:
		return "status in ('warning_needs_response', 'warning_under_review')"
	case DisputesNeedsResponse:
		return "status = 'needs_response'"
	case DisputesUnderReview:
		return "status = 'under_review'"
	case DisputesWon:
		return "status = 'won'"
	case DisputesLost:
		return "status = 'lost'"
	case DisputesClosed:
		return "status in ('warning_closed', 'prevented', 'charge_refunded')"
	}
	return ""
}

// DisputeQuery asks for one page of disputes, the one that is due first on top; those without a due date stand at the end.
type DisputeQuery struct {
	Phase  DisputePhase // empty means all
	After  string       // DisputePage.Next
	Before string       // DisputePage.Prev
	Limit  int          // 0 means DefaultLimit, at most MaxLimit
}

// DisputePage is one page of disputes. Next and Prev are empty at the ends.
type DisputePage struct {
	Disputes   []models.Dispute
	Next, Prev string
}

// Disputes gives one page of the list. Errors: invalid (field "phase", "after" or "before"), internal.
func (q *queries) Disputes(ctx context.Context, query DisputeQuery) (DisputePage, error) {
	where := query.Phase.where()
	if where == "" {
		return DisputePage{}, invalid("phase", "phase_unknown", "There is no such list of disputes.")
	}
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return DisputePage{}, err
	}
	g := q.gorm(ctx).Where(where)
	if at.up {
		g = g.Where("(due_order, id) < (?, ?)", at.key, at.id).Order("due_order desc, id desc")
	} else {
		g = g.Where("(due_order, id) > (?, ?)", at.key, at.id).Order("due_order, id")
	}
	rows, err := all[models.Dispute](g.Limit(at.limit + 1))
	if err != nil {
		return DisputePage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(d models.Dispute) (int64, string) { return dueOrder(d), d.ID })
	return DisputePage{Disputes: rows, Next: next, Prev: prev}, nil
}

// dueOrder is the generated column of the same name.
func dueOrder(d models.Dispute) int64 {
	if d.DueBy == 0 {
		return math.MaxInt64
	}
	return int64(d.DueBy)
}

// DisputeCounts gives the number of disputes in each phase. Errors: internal.
func (q *queries) DisputeCounts(ctx context.Context) (map[DisputePhase]int64, error) {
	counts := map[DisputePhase]int64{}
	over := []DisputePhase{DisputesWon, DisputesLost, DisputesClosed}
	err := q.eachRow(ctx, `select status, count(*) from disputes group by status`, nil, func(scan scanner) error {
		var status string
		var n int64
		if err := scan(&status, &n); err != nil {
			return err
		}
		phase := phaseOf(status)
		counts[DisputesAll] += n
		if phase != "" {
			counts[phase] += n
		}
		if !slices.Contains(over, phase) {
			counts[DisputesOpen] += n
		}
		return nil
	})
	return counts, err
}

// Dispute gives one dispute. Errors: not found, internal.
func (q *queries) Dispute(ctx context.Context, id string) (models.Dispute, error) {
	var d models.Dispute
	err := q.gorm(ctx).Where("id = ?", id).Take(&d).Error
	return d, mapError(err)
}

// DisputesOf gives the disputes of an order, oldest first. Errors: internal.
func (q *queries) DisputesOf(ctx context.Context, orderID string) ([]models.Dispute, error) {
	return all[models.Dispute](q.gorm(ctx).Where("payment_intent_id = ?", orderID).Where("payment_intent_id <> ''").Order("created, id"))
}
