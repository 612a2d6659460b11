package views

import (
	"counterfoil/models"
	"counterfoil/views/ui"
)

// BatchSummary is a batch in the list of the newest ones.
type BatchSummary struct {
	Batch  models.Batch
	Totals []BatchTotal
}

// BatchesInput is what the list of batches is made from.
type BatchesInput struct {
	Shell   Shell
	Batches []BatchSummary
}

// BatchesPage is the list of the newest batches.
type BatchesPage struct {
	Shell Shell
	Rows  []batchLine
}

type batchLine struct {
	When  ui.Moment
	URL   string
	Title string
	From  string
	Who   string
	Badge ui.BadgeModel
	What  string
}

// NewBatchesPage makes the list of the newest batches.
func NewBatchesPage(in BatchesInput) BatchesPage {
	in.Shell.Title, in.Shell.Nav = "Runs", NavOrders
	p := BatchesPage{Shell: in.Shell}
	for _, s := range in.Batches {
		l := batchLine{When: in.Shell.clock().DayTime(s.Batch.Created.Time()), URL: "/batches/" + s.Batch.ID, Title: batchTitle(s.Batch), From: s.Batch.Source,
			Who: s.Batch.StaffName, What: batchWhat(s.Totals, s.Batch.State == models.BatchDraft), Badge: ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Finished"}}
		switch s.Batch.State {
		case models.BatchDraft:
			l.Badge = ui.BadgeModel{Icon: "circle-dashed", Text: "Not sent"}
		case models.BatchRunning:
			l.Badge = ui.BadgeModel{Tone: ui.ToneInfo, Icon: "hourglass", Text: "Running"}
		}
		p.Rows = append(p.Rows, l)
	}
	return p
}
