package views

import (
	"cmp"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// BankInput is what the page of the bank is made from.
type BankInput struct {
	Shell      Shell
	Exceptions int64
	Files      []models.BankFile
	Drafts     []models.BankDraft
	Days       []BankDays
	Matched    []models.BankEntry
	Missing    []models.Payout
	Strangers  []models.BankEntry
	CanImport  bool
	Problems   []string // why the file was not taken
}

// BankDays are the days that an account's statements cover: runs of them, both ends counted.
type BankDays struct {
	Account string
	Spans   [][2]time.Time
}

// BankPage is what the bank's statements tell of the payouts.
type BankPage struct {
	Shell     Shell
	Tabs      []ui.LinkModel
	Sub       string
	CanImport bool
	Days      []ui.Part
	Drafts    []ui.LinkModel
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
	for _, d := range in.Days {
		var spans []string
		for _, s := range d.Spans {
			spans = append(spans, bankDay(models.UnixOf(s[0]))+" to "+bankDay(models.UnixOf(s[1])))
		}
		p.Days = append(p.Days, ui.Part{Name: cmp.Or(d.Account, "account not named"), Value: strings.Join(spans, "; ")})
	}
	for _, d := range in.Drafts {
		p.Drafts = append(p.Drafts, ui.LinkModel{URL: "/settlements/bank/drafts/" + d.ID, Text: d.Name})
	}
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
	if f.Skipped > 0 {
		words += "; " + i18n.Plural(int64(f.Skipped), "is", "are") + " only announced and left out"
	}
	return words + "."
}
