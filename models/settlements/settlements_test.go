package settlements_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParsePeriod(t *testing.T) {
	now := time.Date(2026, 11, 17, 13, 0, 0, 0, time.UTC)
	for _, c := range []struct{ zone, query, from, to, fault string }{
		{"Europe/Stockholm", "", "2026-10-21T00:00:00+02:00", "2026-11-18T00:00:00+01:00", ""},
		{"Europe/Stockholm", "period=last-month", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", ""},
		{"Europe/Stockholm", "period=this-quarter", "2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00", ""},
		{"UTC", "period=last-quarter", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z", ""},
		{"UTC", "period=last-year", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", ""},
		{"UTC", "period=ever", "", "", "period"},
		{"Europe/Stockholm", "from=2026-10-25&to=2026-10-25", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", ""},
		{"Europe/Stockholm", "from=2026-03-29&to=2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", ""},
		{"America/New_York", "from=2026-11-01&to=2026-11-01", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", ""},
		{"Australia/Adelaide", "from=2026-10-04&to=2026-10-04", "2026-10-04T00:00:00+09:30", "2026-10-05T00:00:00+10:30", ""},
		{"America/Sao_Paulo", "from=2018-11-04&to=2018-11-04", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", ""}, // no midnight that day
		{"UTC", "from=2026-11-02&to=2026-11-01", "", "", "to"},
		{"UTC", "from=2006-11-02&to=2026-11-01", "", "", "from"},
		{"UTC", "from=2012-01-01&to=2026-11-01", "", "", "to"},
		{"UTC", "from=2026-02-30&to=2026-11-01", "", "", "from"},
		{"UTC", "from=yesterday", "", "", "from"},
		{"UTC", "to=2026-11-01", "", "", "from"},
		{"UTC", "from=2027-01-01&to=2027-02-01", "", "", "from"},
		{"UTC", "from=%00&to='--", "", "", "from"},
	} {
		v, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		p, faults := settlements.ParsePeriod(v, now, zone(t, c.zone))
		if c.fault != "" {
			if len(faults) == 0 || faults[0].Field != c.fault || faults[0].Message == "" || p.From.IsZero() {
				t.Errorf("%s: %+v, faults %+v, want one at %s and the usual period", c.query, p, faults, c.fault)
			}
			continue
		}
		if got := p.From.Format(time.RFC3339) + " " + p.To.Format(time.RFC3339); len(faults) > 0 || got != c.from+" "+c.to {
			t.Errorf("%s %s: %s, %v, want %s %s", c.zone, c.query, got, faults, c.from, c.to)
		}
		if again, faults := settlements.ParsePeriod(p.Fixed().Values(), now, zone(t, c.zone)); len(faults) > 0 || !again.From.Equal(p.From) || !again.To.Equal(p.To) {
			t.Errorf("%s: its own address gives %+v, %v", c.query, again, faults)
		}
	}
}

func TestParseMonths(t *testing.T) {
	now := time.Date(2026, 11, 17, 13, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{"": "202512 202611", "from=2026-01&to=2026-03": "202601 202603", "from=2026-03&to=2026-01": "to", "from=x&to=2026-01": "from",
		"from=2011-01&to=2026-01": "to"} {
		v, _ := url.ParseQuery(query)
		m, faults := settlements.ParseMonths(v, now, time.UTC)
		all := m.All()
		got := all[0] + " " + all[len(all)-1]
		if len(faults) > 0 {
			got = faults[0].Field
		}
		if got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

func TestProve(t *testing.T) {
	sum := func(currency, category string, n, net int64) models.PayoutSum {
		return models.PayoutSum{Currency: currency, Category: category, Movement: models.Movement{Count: n, Amount: net, Net: net}}
	}
	good := []models.PayoutSum{sum("EUR", "charge", 2, 1000), sum("EUR", "refund", 1, -100), sum("EUR", "payout", 1, -900)}
	payout := models.Payout{Amount: 900, Currency: "EUR", Status: "paid", Automatic: true, ReconciliationStatus: "completed"}
	read := models.PayoutReading{Rows: 4, Finished: 1}
	with := func(change func(p *models.Payout)) models.Payout { p := payout; change(&p); return p }
	for name, c := range map[string]struct {
		facts settlements.PayoutFacts
		state settlements.State
		cause settlements.Cause
	}{
		"matched":           {settlements.PayoutFacts{Payout: payout, Sums: good, Read: read}, settlements.Matched, ""},
		"negative":          {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Amount = -900 }), Sums: []models.PayoutSum{sum("EUR", "refund", 1, -900), sum("EUR", "payout", 1, 900)}, Read: models.PayoutReading{Rows: 2, Finished: 1}}, settlements.Matched, ""},
		"one cent":          {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Amount++ }), Sums: good, Read: read}, settlements.Difference, settlements.CauseUnknown},
		"less than lines":   {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Amount-- }), Sums: good, Read: read}, settlements.Difference, settlements.CauseCarriedOver},
		"by hand before":    {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Amount-- }), Sums: good, Read: read, ManualBefore: true}, settlements.Difference, settlements.CauseManualPayout},
		"own row missing":   {settlements.PayoutFacts{Payout: payout, Sums: good[:2], Read: read}, settlements.Difference, settlements.CauseMissingRows},
		"a row missing":     {settlements.PayoutFacts{Payout: payout, Sums: good, Read: models.PayoutReading{Rows: 5, Finished: 1}}, settlements.Difference, settlements.CauseMissingRows},
		"nothing read":      {settlements.PayoutFacts{Payout: payout, Read: models.PayoutReading{Rows: 0, Finished: 1}}, settlements.Difference, settlements.CauseMissingRows},
		"another currency":  {settlements.PayoutFacts{Payout: payout, Sums: append(good[:3:3], sum("SEK", "charge", 1, 5)), Read: read}, settlements.Difference, settlements.CauseOtherCurrency},
		"being read":        {settlements.PayoutFacts{Payout: payout, Sums: good, Read: models.PayoutReading{Asked: 9}}, settlements.Waiting, settlements.WaitsForReading},
		"put together":      {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.ReconciliationStatus = "in_progress" }), Sums: good, Read: read}, settlements.Waiting, settlements.WaitsForStripe},
		"never said":        {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.ReconciliationStatus = "" }), Sums: good, Read: read}, settlements.Waiting, settlements.WaitsForStatus},
		"by hand":           {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Automatic = false }), Sums: good, Read: read}, settlements.NotItemized, ""},
		"instant":           {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.ReconciliationStatus = "not_applicable" }), Sums: good, Read: read}, settlements.NotItemized, ""},
		"failed afterwards": {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Status = "failed" }), Sums: good, Read: read}, settlements.Failed, ""},
		"canceled":          {settlements.PayoutFacts{Payout: with(func(p *models.Payout) { p.Status = "canceled" }), Sums: good, Read: read}, settlements.Canceled, ""},
	} {
		if got := settlements.Prove(c.facts); got.State != c.state || got.Cause != c.cause {
			t.Errorf("%s: %+v, want %s %s", name, got, c.state, c.cause)
		}
	}
}

func TestUsualFee(t *testing.T) {
	var samples []settlements.FeeSample
	for i := range int64(30) {
		amount := 1000 + i*731
		samples = append(samples, settlements.FeeSample{Amount: amount, Fee: amount*299/10_000 + 35})
	}
	if _, known := settlements.UsualOf(samples[:19]); known {
		t.Error("19 payments tell a usual fee")
	}
	samples[3].Fee, samples[20].Fee = 5_000, 0 // two that are off do not move it
	u, known := settlements.UsualOf(samples)
	if !known || u.PerMillion < 29_700 || u.PerMillion > 30_100 || u.Fixed < 33 || u.Fixed > 37 {
		t.Fatalf("usual fee %+v, %t", u, known)
	}
	for i, s := range samples {
		if got, want := u.IsUnusual(s), i == 3 || i == 20; got != want {
			t.Errorf("payment %d (%+v): unusual %t, usual would be %d", i, s, got, u.Of(s.Amount))
		}
	}
}

// TestUsualFeeOfGroups: what a group of payments tells of a fee, and what it does not.
func TestUsualFeeOfGroups(t *testing.T) {
	group := func(n int, amount, fee func(i int64) int64) (samples []settlements.FeeSample) {
		for i := range int64(n) {
			samples = append(samples, settlements.FeeSample{Amount: amount(i), Fee: fee(i)})
		}
		return samples
	}
	rising := func(i int64) int64 { return 1500 + i*910 }
	flat := func(int64) int64 { return 4990 }
	priced := func(amount int64) int64 { return (amount*399 + 5_000) / 10_000 } // rounded as Stripe rounds, without a fixed part
	mixed := append(group(19, flat, func(int64) int64 { return 184 }), settlements.FeeSample{Amount: 9000, Fee: 900})
	for name, c := range map[string]struct {
		samples  []settlements.FeeSample
		known    bool
		asked    settlements.FeeSample
		unusual  bool
		expected int64
	}{
		"none":                      {nil, false, settlements.FeeSample{}, false, 0},
		"percentage alone":          {group(40, rising, func(i int64) int64 { return priced(rising(i)) }), true, settlements.FeeSample{Amount: 20_000, Fee: 798}, false, 798},
		"two units off":             {group(40, rising, func(i int64) int64 { return priced(rising(i)) }), true, settlements.FeeSample{Amount: 2_000, Fee: 82}, false, 80},
		"three units off":           {group(40, rising, func(i int64) int64 { return priced(rising(i)) }), true, settlements.FeeSample{Amount: 2_000, Fee: 83}, true, 80},
		"a fifth off":               {group(40, rising, func(i int64) int64 { return priced(rising(i)) + 700*(max(i%5, 3)-3) }), true, settlements.FeeSample{Amount: 20_000, Fee: 798}, false, 798},
		"no fees at all":            {group(40, rising, func(int64) int64 { return 0 }), true, settlements.FeeSample{Amount: 20_000, Fee: 3}, true, 0},
		"one price":                 {group(20, flat, func(int64) int64 { return 184 }), true, settlements.FeeSample{Amount: 4990, Fee: 190}, true, 184},
		"another than the one":      {group(20, flat, func(int64) int64 { return 184 }), true, settlements.FeeSample{Amount: 9000, Fee: 900}, false, 184},
		"nineteen of one, one else": {mixed, false, settlements.FeeSample{}, false, 0},
	} {
		u, known := settlements.UsualOf(c.samples)
		if known != c.known {
			t.Errorf("%s: known %t, %+v", name, known, u)
			continue
		}
		if got := u.IsUnusual(c.asked); known && (got != c.unusual || max(u.Of(c.asked.Amount)-c.expected, c.expected-u.Of(c.asked.Amount)) > 1) {
			t.Errorf("%s: unusual %t, usual would be %d, want %t and %d", name, got, u.Of(c.asked.Amount), c.unusual, c.expected)
		}
	}
}

func TestAddsUp(t *testing.T) {
	entry := func(change func(e *models.LedgerEntry)) models.LedgerEntry {
		e := models.LedgerEntry{BalanceTransaction: models.BalanceTransaction{Amount: 1000, Fee: 30, Net: 970, Currency: "SEK",
			FeeDetails: []models.FeeDetail{{Amount: 25}, {Amount: 5}}}}
		change(&e)
		return e
	}
	exchanged := func(minor int64, currency, rate string, amount int64, into string) models.LedgerEntry {
		return entry(func(e *models.LedgerEntry) {
			e.Facing, e.ExchangeRate, e.Currency = money.Amount{Minor: minor, Currency: currency}, rate, into
			e.Amount, e.Net = amount, amount-30
		})
	}
	for name, c := range map[string]struct {
		entry models.LedgerEntry
		wrong string
	}{
		"right":               {entry(func(*models.LedgerEntry) {}), ""},
		"net":                 {entry(func(e *models.LedgerEntry) { e.Net++ }), "net"},
		"parts":               {entry(func(e *models.LedgerEntry) { e.FeeDetails[0].Amount++ }), "parts"},
		"exchanged":           {exchanged(14990, "EUR", "11.2345", 168405, "SEK"), ""},
		"one unit is none":    {exchanged(14990, "EUR", "11.2345", 168406, "SEK"), ""},
		"two are":             {exchanged(14990, "EUR", "11.2345", 168408, "SEK"), "rate"},
		"into yen":            {exchanged(14990, "EUR", "161.5", 24209, "JPY"), ""},
		"into three decimals": {exchanged(10000, "EUR", "0.41", 41000, "BHD"), ""},
		"no rate":             {exchanged(10000, "EUR", "1e", 41000, "BHD"), "no number"},
	} {
		if got := settlements.AddsUp(c.entry); (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) {
			t.Errorf("%s: %q, want %q", name, got, c.wrong)
		}
	}
}

func TestCosts(t *testing.T) {
	sum := func(month int64, country, category string, n, amount, fee int64) models.CostSum {
		return models.CostSum{Month: month, Currency: "EUR", Country: country, KlarnaCategory: "pay_later", Category: category, Count: n, Amount: amount, Fee: fee}
	}
	facts := settlements.CostFacts{
		Booked: []models.CostSum{sum(202610, "DE", "charge", 10, 100_000, 3000), sum(202610, "DE", "partial_capture_reversal", 1, -10_000, -300),
			sum(202611, "SE", "charge", 2, 10_000, 300), sum(202611, "SE", "refund", 1, -2000, 0), sum(202611, "SE", "dispute", 2, -8000, 4000),
			sum(202611, "SE", "dispute_reversal", 1, 3000, -2000), {Month: 202611, Currency: "SEK", Category: "charge", Count: 1, Amount: 1}},
		Disputed: []models.DisputeCost{{Month: 202611, Currency: "EUR", Country: "SE", KlarnaCategory: "pay_later", Status: "lost", Amount: -5000},
			{Month: 202610, Currency: "EUR", Country: "DE", KlarnaCategory: "pay_later", Status: "under_review", Amount: -700}},
		Expired: []models.CostSum{{Month: 202610, Currency: "EUR", Country: "DE", KlarnaCategory: "pay_later", Amount: 900}},
	}
	for _, by := range []settlements.By{settlements.ByMonth, settlements.ByCountry} {
		groups, total := settlements.Costs(facts, "EUR", by)
		want := settlements.Cost{Captured: 100_000, Fees: 3000, DisputeFees: 2000, Lost: 5000, Withheld: 700, Expired: 900, Refunds: 2000, Orders: 12}
		if len(groups) != 2 || total != want {
			t.Errorf("%s: %+v, want %+v in two groups", by, total, want)
		}
		if points, known := total.Share(total.Taken()); points != 1000 || !known {
			t.Errorf("share %d, %t", points, known)
		}
	}
	if points, known := (settlements.Cost{}).Share(5); known || points != 0 {
		t.Error("a share of nothing")
	}
}
