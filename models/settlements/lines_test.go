package settlements_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/settlements"
)

// TestPresets: the periods with a name, on days on which months, quarters and years of unlike length meet. Days, the last one in it.
func TestPresets(t *testing.T) {
	names := []string{"last-4-weeks", "this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year"}
	for _, c := range []struct {
		now  string // UTC
		zone string
		want []string // as names
	}{
		{"2026-01-01T12:00:00Z", "UTC", []string{"2025-12-05 2026-01-01", "2026-01-01 2026-01-31", "2025-12-01 2025-12-31", "2026-01-01 2026-03-31",
			"2025-10-01 2025-12-31", "2026-01-01 2026-12-31", "2025-01-01 2025-12-31"}},
		{"2025-12-31T23:30:00Z", "Europe/Stockholm", []string{"2025-12-05 2026-01-01", "2026-01-01 2026-01-31", "2025-12-01 2025-12-31", "2026-01-01 2026-03-31",
			"2025-10-01 2025-12-31", "2026-01-01 2026-12-31", "2025-01-01 2025-12-31"}},
		{"2026-01-01T04:30:00Z", "America/New_York", []string{"2025-12-04 2025-12-31", "2025-12-01 2025-12-31", "2025-11-01 2025-11-30", "2025-10-01 2025-12-31",
			"2025-07-01 2025-09-30", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31"}},
		{"2026-03-31T12:00:00Z", "Europe/Stockholm", []string{"2026-03-04 2026-03-31", "2026-03-01 2026-03-31", "2026-02-01 2026-02-28", "2026-01-01 2026-03-31",
			"2025-10-01 2025-12-31", "2026-01-01 2026-12-31", "2025-01-01 2025-12-31"}},
		{"2028-02-29T12:00:00Z", "Pacific/Chatham", []string{"2028-02-03 2028-03-01", "2028-03-01 2028-03-31", "2028-02-01 2028-02-29", "2028-01-01 2028-03-31",
			"2027-10-01 2027-12-31", "2028-01-01 2028-12-31", "2027-01-01 2027-12-31"}},
		{"2028-02-29T12:00:00Z", "UTC", []string{"2028-02-02 2028-02-29", "2028-02-01 2028-02-29", "2028-01-01 2028-01-31", "2028-01-01 2028-03-31",
			"2027-10-01 2027-12-31", "2028-01-01 2028-12-31", "2027-01-01 2027-12-31"}},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			p, faults := settlements.ParsePeriod(url.Values{"period": {name}}, now, zone(t, c.zone))
			got := p.From.Format(time.DateOnly) + " " + p.Last().Format(time.DateOnly)
			if len(faults) > 0 || got != c.want[i] || p.Values().Get("period") != name || p.From.Hour() != 0 || p.To.Hour() != 0 {
				t.Errorf("%s %s, %s: %s to %s (%v), want %s", c.now, c.zone, name, p.From, p.To, faults, c.want[i])
			}
		}
	}
	if len(settlements.Presets()) != len(names) {
		t.Errorf("%d presets, %d are tested", len(settlements.Presets()), len(names))
	}
}

// TestLines: whatever its category, a movement's amount and its fee are each on one line of the statement, and the lines come to its net.
func TestLines(t *testing.T) {
	want := map[string][2]models.LedgerLine{ // of the amount, of the fee
		"charge": {models.LineGross, models.LineFees}, "refund": {models.LineRefunds, models.LineFees}, "refund_failure": {models.LineRefunds, models.LineFees},
		"partial_capture_reversal": {models.LineCaptureReversal, models.LineFees}, "dispute": {models.LineDisputes, models.LineDisputes},
		"dispute_reversal": {models.LineDisputesWon, models.LineDisputesWon}, "fee": {models.LineFees, models.LineFees}, "tax": {models.LineFees, models.LineFees},
		"network_cost": {models.LineFees, models.LineFees}, "payout": {models.LinePayouts, models.LineFees}, "payout_reversal": {models.LinePayouts, models.LineFees},
		"other_adjustment": {models.LineOther, models.LineFees}, "risk_reserved_funds": {models.LineOther, models.LineFees},
		"topup": {models.LineOther, models.LineFees}, "of_tomorrow": {models.LineOther, models.LineFees}, "": {models.LineOther, models.LineFees},
	}
	var all []models.LedgerSum
	net := int64(0)
	for category, lines := range want {
		if got := [2]models.LedgerLine{models.LineOf(category), models.FeeLineOf(category)}; got != lines {
			t.Errorf("%q: %v, want %v", category, got, lines)
		}
		for _, amount := range []int64{-1_000, 1_000} {
			sum := models.LedgerSum{Currency: "EUR", Klarna: amount > 0, Category: category, Movement: models.Movement{Count: 1, Amount: amount, Fee: 37, Net: amount - 37}}
			s := settlements.Statement("EUR", []models.LedgerSum{sum, {Currency: "SEK", Category: category, Movement: sum.Movement}}, false)
			if settlements.Total(s) != sum.Net {
				t.Errorf("%q of %d less 37 comes to %d", category, amount, settlements.Total(s))
			}
			all, net = append(all, sum), net+sum.Net
		}
	}
	whole := settlements.Statement("EUR", all, false)
	klarna := settlements.Statement("EUR", all, true)
	if settlements.Total(whole) != net || settlements.Total(klarna) != int64(len(want))*(1_000-37) {
		t.Errorf("all lines come to %d, Klarna's to %d", settlements.Total(whole), settlements.Total(klarna))
	}
	for line := range whole.By {
		if !slices.Contains(models.LedgerLines(), line) {
			t.Errorf("the statement has a line %q that is not shown", line)
		}
	}
}

// TestCategoriesOf: each category belongs to one line, once, whoever's it is; and a line without any asks for none.
func TestCategoriesOf(t *testing.T) {
	var sums []models.LedgerSum
	categories := []string{"charge", "refund", "refund_failure", "fee", "tax", "of_tomorrow", "of_yesterday", "payout"}
	for _, klarna := range []bool{false, true} {
		for _, category := range categories {
			sums = append(sums, models.LedgerSum{Currency: "EUR", Klarna: klarna, Category: category})
		}
	}
	var seen []string
	for _, line := range models.LedgerLines() {
		got := settlements.CategoriesOf(line, sums)
		if line == models.LineDisputes {
			if !slices.Equal(got, []string{""}) {
				t.Errorf("a line without movements asks for %q", got)
			}
			continue
		}
		for _, category := range got {
			if category != "" {
				seen = append(seen, category)
			}
		}
	}
	slices.Sort(seen)
	slices.Sort(categories)
	if !slices.Equal(seen, categories) {
		t.Errorf("the lines ask for %v, want %v", seen, categories)
	}
}
