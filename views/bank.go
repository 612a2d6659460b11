package views

import (
	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// BankInput is what the page of the bank is made from.
type BankInput struct {
	Shell       Shell
	Exceptions  int64
	Files       []models.BankFile
	First, Last models.Unix // the days that the statements cover
	Matched     []models.BankEntry
	Missing     []models.Payout
	Strangers   []models.BankEntry
	CanImport   bool
	Currency    string   // as it was typed
	Problems    []string // why the file was not taken
}

// BankPage is what the bank's statements tell of the payouts.
type BankPage struct {
	Shell     Shell
	Tabs      []ui.LinkModel
	Sub       string
	CanImport bool
	Currency  ui.FieldModel
	Problems  []string
	Files     []bankFileRow
	Matched   []bankRow
	Missing   []bankRow
	Strangers []bankRow
	Arrived   string
}

type bankFileRow struct{ Name, What, Days, Entries, By, When string }

type bankRow struct {
	Day     string
	Amount  money.Amount
	Text    string
	URL     string
	Link    string
	Certain bool
	Why     string
}

// NewBankPage makes the page of the bank.
func NewBankPage(in BankInput) BankPage {
	in.Shell.Title, in.Shell.Nav = "Bank", NavSettlements
	p := BankPage{Shell: in.Shell, Tabs: settlementTabs("/bank", in.Exceptions), CanImport: in.CanImport, Problems: in.Problems,
		Sub: "Which payouts arrived, by the statements of the bank."}
	if len(in.Files) > 0 {
		p.Sub += " They cover " + bankDay(in.First) + " to " + bankDay(in.Last) + "."
	}
	p.Currency = ui.FieldModel{ID: "b-currency", Name: "currency", Label: "Currency", Hint: "only for a CSV that names none", Value: in.Currency, MaxLength: 3, Autocomplete: "off"}
	for _, f := range in.Files {
		row := bankFileRow{Name: f.Name, What: join(f.Format, f.Account), Days: bankDay(f.FirstDay) + " to " + bankDay(f.LastDay), Entries: i18n.Plural(f.Entries, "booking", "bookings"),
			By: f.StaffName, When: f.Imported.Time().In(in.Shell.zone()).Format("2 January 2006, 15:04")}
		if f.Repeated > 0 {
			row.Entries += ", " + i18n.Number(f.Repeated) + " known before"
		}
		p.Files = append(p.Files, row)
	}
	for _, e := range in.Matched {
		p.Matched = append(p.Matched, bankRow{Day: bankDay(e.Booked), Amount: money.Amount{Minor: e.Amount, Currency: e.Currency}, Text: join(e.Reference, e.Text),
			URL: payoutURL(e.PayoutID), Link: shortID(e.PayoutID), Certain: e.Certain, Why: e.Why})
	}
	for _, po := range in.Missing {
		p.Missing = append(p.Missing, bankRow{Day: in.Shell.clock().Day(po.ArrivalDate.Time()).Text, Amount: po.Money(), URL: payoutURL(po.ID), Link: shortID(po.ID),
			Text: join(plain(po.Status), po.TraceID)})
	}
	for _, e := range in.Strangers {
		p.Strangers = append(p.Strangers, bankRow{Day: bankDay(e.Booked), Amount: money.Amount{Minor: e.Amount, Currency: e.Currency}, Text: join(e.Reference, e.Text)})
	}
	return p
}

// bankDay is a day of the bank's, which has no zone.
func bankDay(at models.Unix) string { return at.Time().UTC().Format("2 January 2006") }

// BankFileWords say what came of an import.
func BankFileWords(f models.BankFile) string {
	words := i18n.Plural(f.Entries, "booking is", "bookings are") + " new"
	if f.Repeated > 0 {
		words += ", " + i18n.Plural(f.Repeated, "was", "were") + " known before"
	}
	return words + "."
}
