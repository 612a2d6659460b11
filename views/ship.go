package views

import (
	"strconv"
	"strings"

	"counterfoil/models"
	"counterfoil/models/warehouse"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// ShipInput is what the page "Ship and capture" is made from.
type ShipInput struct {
	Shell    Shell
	Lines    string // pasted or scanned
	Said     string // what came of the last scan
	Error    string // why the lines or the file cannot be read
	Ask      *warehouse.File
	FromFile bool // Ask is about an uploaded file, which must be chosen again
	Columns  []warehouse.Column
	Recent   []models.Batch
}

// ShipPage is where a warehouse's lines are pasted, scanned or uploaded.
type ShipPage struct {
	Shell    Shell
	Lines    string
	Count    string
	Said     string
	Error    string
	Columns  []ui.FieldModel // to be chosen
	Header   []string
	Sample   [][]string
	FromFile bool
	Recent   []batchLine
}

// NewShipPage makes the page.
func NewShipPage(in ShipInput) ShipPage {
	in.Shell.Title, in.Shell.Nav = "Ship and capture", NavOrders
	p := ShipPage{Shell: in.Shell, Lines: in.Lines, Said: in.Said, Error: in.Error, FromFile: in.FromFile}
	if n := len(strings.Fields(strings.ReplaceAll(in.Lines, "\n", " "))); strings.TrimSpace(in.Lines) != "" && n > 0 {
		p.Count = i18n.Plural(int64(len(strings.Split(strings.TrimSpace(in.Lines), "\n"))), "line", "lines")
	}
	if in.Ask != nil {
		p.ask(*in.Ask, in.Columns)
	}
	for _, b := range in.Recent {
		if b.Kind == models.BatchShip {
			p.Recent = append(p.Recent, batchLine{When: in.Shell.clock().DayTime(b.Created.Time()), URL: "/batches/" + b.ID, Title: b.Source, Who: b.StaffName})
		}
	}
	return p
}

// ask makes a choice for each column of the file.
func (p *ShipPage) ask(f warehouse.File, columns []warehouse.Column) {
	width := len(f.Header)
	for _, line := range f.Sample {
		width = max(width, len(line))
	}
	for i := range min(width, 40) {
		field := ui.FieldModel{ID: "column-" + strconv.Itoa(i), Name: "column_" + strconv.Itoa(i), Label: "Column " + strconv.Itoa(i+1), Options: []ui.Option{
			{Value: "", Text: "Not needed"}, {Value: "order", Text: "Order"}, {Value: "tracking", Text: "Tracking number"}, {Value: "carrier", Text: "Carrier"},
			{Value: "amount", Text: "Amount"}, {Value: "shipped", Text: "Shipped on"}}}
		if i < len(f.Header) && f.Header[i] != "" {
			field.Label = f.Header[i]
		}
		if i < len(columns) {
			field.Value = string(columns[i])
		}
		p.Columns = append(p.Columns, field)
	}
	p.Sample = f.Sample
}
