package views

import (
	"fmt"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// RegionExports is the list of files; it updates by itself while one is being written.
const RegionExports = "exports"

// ExportsInput is what the page of the files is made from.
type ExportsInput struct {
	Shell   Shell
	Exports []models.Export
	Query   string    // a list that is too big to be sent at once: asked for
	RealNow time.Time // of the wall clock: files do not follow the domain's
}

// ExportsPage is the page of the files.
type ExportsPage struct {
	Shell   Shell
	Query   string
	Rows    []exportRow
	Running bool
}

type exportRow struct {
	When  ui.Moment
	What  string
	Badge ui.BadgeModel
	Rows  string
	Size  string
	Until ui.Moment
	URL   string
	Why   string
}

// NewExportsPage makes the page of the files.
func NewExportsPage(in ExportsInput) ExportsPage {
	in.Shell.Title, in.Shell.Nav = "Files", NavOrders
	clock := ui.Clock{Now: in.RealNow, Zone: in.Shell.zone()}
	p := ExportsPage{Shell: in.Shell, Query: in.Query}
	for _, e := range in.Exports {
		r := exportRow{When: clock.DayTime(e.Created.Time()), What: exportWord(e), Rows: i18n.Number(e.Rows), Size: sizeWords(e.Bytes), Why: e.Error}
		if e.Customers {
			r.What += ", with customers"
		}
		switch e.State {
		case models.ExportDone:
			r.Badge = ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Ready"}
			r.URL, r.Until = "/exports/"+e.ID+"/file", clock.DayTime(e.Expires.Time())
		case models.ExportFailed:
			r.Badge = ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}
		default:
			r.Badge, p.Running = ui.BadgeModel{Icon: "hourglass", Text: "Being written"}, true
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

// listWords say which list a file holds. What was searched for may name a customer, so it is not repeated.
func listWords(query string) string {
	if query == "" {
		return "all"
	}
	return "as filtered"
}

func sizeWords(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n > 0:
		return i18n.Number(max(1, n>>10)) + " kB"
	}
	return ""
}

// poll asks again while a file is being written.
func (p ExportsPage) poll() templ.Attributes {
	if !p.Running {
		return nil
	}
	return templ.Attributes{"hx-get": "/exports", "hx-trigger": "every 1s", "hx-target": "#" + RegionExports, "hx-swap": "outerMorph"}
}

// exportWord says what a file holds.
func exportWord(e models.Export) string {
	word := "Orders, " + listWords(e.Query)
	switch e.Kind {
	case models.ExportLedgerXLSX:
		word = "Settlements, spreadsheet"
	case models.ExportLedgerCSV:
		word = "Settlements, payout reconciliation"
	case models.ExportStatement:
		word = "Settlements, statement"
	case models.ExportJournal:
		word = "Settlements, accounting journal"
	}
	if e.Kind == models.ExportOrders {
		return word
	}
	v, err := url.ParseQuery(e.Query)
	if err != nil {
		return word
	}
	days := ""
	if v.Get("from") != "" {
		days = v.Get("from") + " to " + v.Get("to")
	}
	line := ""
	if l := v.Get("line"); l != "" {
		line = models.LedgerLine(l).Word()
	}
	return join(word, v.Get("payout"), days, v.Get("currency"), line)
}
