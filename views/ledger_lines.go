package views

import (
	"net/url"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// linesTable is a table of movements in one currency.
type linesTable struct {
	Currency string
	Rows     []moneyRow
	Pager    ui.PagerModel
}

// moneyRow is one movement.
type moneyRow struct {
	ID       string
	Booked   ui.Moment
	Order    string
	OrderURL string
	Customer string
	Hidden   bool
	What     string
	Category string
	Gross    string
	Exchange string // what the customer saw, and the rate
	Fee      string
	FeeParts []ui.Part
	Net      string
	On       ui.Moment // available on
	Payout   string
	PayURL   string
}

func newLinesTable(s Shell, currency string, entries []models.LedgerEntry) linesTable {
	t := linesTable{Currency: currency}
	for i := range entries {
		t.Rows = append(t.Rows, newMoneyRow(s, &entries[i]))
	}
	return t
}

func newMoneyRow(s Shell, e *models.LedgerEntry) moneyRow {
	clock := s.clock()
	r := moneyRow{ID: e.ID, Booked: clock.DayTime(e.Created.Time()), What: categoryWord(e.ReportingCategory, e.Type), Category: e.ReportingCategory,
		Gross: ui.Digits(e.Gross()), Fee: ui.Digits(money.Amount{Minor: -e.Fee, Currency: e.Currency}), Net: ui.Digits(e.NetMoney()),
		On: clock.Day(e.AvailableOn.Time()), Hidden: !s.CanSeeCustomers}
	if e.OrderID != "" {
		r.Order, r.OrderURL, r.Customer = e.Reference, orderURL(e.OrderID), e.CustomerName
		if r.Order == "" {
			r.Order = e.OrderID
		}
	} else if e.Description != "" {
		r.Category = join(r.Category, e.Description)
	}
	if len(e.FeeDetails) > 1 {
		for _, d := range e.FeeDetails {
			r.FeeParts = append(r.FeeParts, ui.Part{Name: plain(d.Type), Value: ui.Digits(money.Amount{Minor: -d.Amount, Currency: d.Currency})})
		}
	}
	if e.ExchangeRate != "" && e.Facing.Currency != "" && e.Facing.Currency != e.Currency {
		r.Exchange = ui.Money(e.Facing) + " × " + e.ExchangeRate
	}
	if e.PayoutID != "" {
		r.PayURL = payoutURL(e.PayoutID) + "?" + url.Values{"q": {e.ID}}.Encode()
		r.Payout = "payout"
		if e.PayoutArrival > 0 {
			r.Payout = clock.Day(e.PayoutArrival.Time()).Text
		}
	}
	return r
}

// LinesInput is what the page of the rows behind a figure is made from.
type LinesInput struct {
	Shell     Shell
	Period    settlements.Period
	Statement models.Statement // of the share that is asked for
	Line      models.LedgerLine
	Share     string // "", klarna, other
	Search    string
	Entries   []models.LedgerEntry
	Newer     string
	Older     string
}

// LinesPage is the rows behind a figure.
type LinesPage struct {
	Shell  Shell
	Title  string
	Sub    string
	Back   string
	Amount money.Amount
	Shares []ui.LinkModel
	Keep   url.Values
	Search string
	Table  linesTable
	Files  fileForm
}

// NewLinesPage makes the page of the rows behind a figure.
func NewLinesPage(in LinesInput) LinesPage {
	s, currency := in.Shell, in.Statement.Currency
	p := LinesPage{Shell: s, Title: "All rows", Search: in.Search, Back: settlementsURL(in.Period, currency)}
	net := settlements.Total(in.Statement)
	if in.Line != "" {
		p.Title, net = in.Line.Word(), in.Statement.By[in.Line].Net
	}
	p.Title += ", " + currency
	p.Shell.Title, p.Shell.Nav = p.Title, NavSettlements
	p.Amount = money.Amount{Minor: net, Currency: currency}
	p.Sub = periodWords(in.Period) + ", " + s.clock().ZoneName() + ". " + lineNote(in.Line)
	p.Keep = in.Period.Fixed().Values()
	p.Keep.Set("currency", currency)
	if in.Line != "" {
		p.Keep.Set("line", string(in.Line))
	}
	for _, share := range [][2]string{{"", "The whole account"}, {"klarna", "Klarna"}, {"other", "Everything else"}} {
		p.Shares = append(p.Shares, ui.LinkModel{URL: linesURL(in.Period, currency, in.Line, share[0]), Text: share[1], Current: share[0] == in.Share})
	}
	if in.Share != "" {
		p.Keep.Set("share", in.Share)
	}
	p.Table = newLinesTable(s, currency, in.Entries)
	base := "/settlements/lines?" + p.Keep.Encode()
	if in.Search != "" {
		base += "&" + url.Values{"q": {in.Search}}.Encode()
	}
	p.Table.Pager = ui.PagerModel{Shown: i18n.Plural(int64(len(in.Entries)), "row", "rows") + " shown"}
	if in.Newer != "" {
		p.Table.Pager.Newer = base + "&" + url.Values{"before": {in.Newer}}.Encode()
	}
	if in.Older != "" {
		p.Table.Pager.Older = base + "&" + url.Values{"after": {in.Older}}.Encode()
	}
	p.Files = newFileForm(p.Keep)
	return p
}

// lineNote says what a figure is made of.
func lineNote(l models.LedgerLine) string {
	switch l {
	case models.LineFees:
		return "The fees on the rows, and the rows that are nothing but a fee. Dispute fees stand with the disputes."
	case models.LineDisputes, models.LineDisputesWon:
		return "The figure is the net of these rows: dispute fees are in it."
	case models.LineOther:
		return "What Stripe files under none of the other lines: adjustments, reserves, top-ups and the like."
	}
	return ""
}

// categoryWord says what a movement is. Source of the categories: docs.stripe.com/reports/reporting-categories.
func categoryWord(category, kind string) string {
	switch category {
	case "charge":
		return "Payment"
	case "partial_capture_reversal":
		return "Partial-capture reversal"
	case "refund":
		return "Refund"
	case "refund_failure":
		return "Refund that failed"
	case "dispute":
		return "Dispute opened"
	case "dispute_reversal":
		return "Dispute won"
	case "fee":
		return "Stripe’s fee"
	case "payout":
		return "Payout"
	case "payout_reversal":
		return "Payout returned"
	case "":
		return capital(plain(kind))
	}
	return capital(plain(category))
}

// categoryPlural names a group of movements.
func categoryPlural(category string) string {
	switch category {
	case "charge":
		return "Payments"
	case "partial_capture_reversal":
		return "Partial-capture reversals"
	case "refund":
		return "Refunds"
	case "refund_failure":
		return "Refunds that failed"
	case "dispute":
		return "Disputes"
	case "dispute_reversal":
		return "Disputes won"
	case "fee":
		return "Stripe’s fees"
	case "payout_reversal":
		return "Payouts returned"
	}
	return strings.TrimSpace(categoryWord(category, ""))
}

// fileForm asks for a file of what a page shows.
type fileForm struct {
	Query   string // what goes into it
	CSV     string
	Formats []ui.Option
}

func newFileForm(query url.Values) fileForm {
	f := fileForm{Query: query.Encode(), CSV: "/settlements.csv?" + query.Encode(), Formats: []ui.Option{
		{Value: models.ExportLedgerXLSX, Text: "Spreadsheet (XLSX), one sheet per currency"}, {Value: models.ExportLedgerCSV, Text: "Payout reconciliation (CSV)"},
	}}
	if query.Get("line") == "" && query.Get("share") == "" { // these are of everything that was booked
		f.Formats = append(f.Formats, ui.Option{Value: models.ExportStatement, Text: "Statement (PDF)"}, ui.Option{Value: models.ExportJournal, Text: "Accounting journal (CSV)"})
	}
	return f
}
