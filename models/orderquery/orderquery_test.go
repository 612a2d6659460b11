package orderquery_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/orderquery"
	"counterfoil/models/store"
)

var now = time.Date(2026, 11, 17, 13, 2, 0, 0, time.UTC)

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func at(day string) models.Unix {
	t, err := time.Parse(time.RFC3339, day)
	if err != nil {
		panic(err)
	}
	return models.UnixOf(t)
}

func thousandths(n int64) *int64 { return &n }

func TestParse(t *testing.T) {
	yes, no := true, false
	for text, want := range map[string]store.OrderQuery{
		"":                                {},
		"q=jonas+weber":                   {Search: "jonas weber"},
		"tab=captured&q=x&after=abc":      {Tab: store.TabCaptured, Search: "x", After: "abc"},
		"sort=amount":                     {Sort: store.SortAmount, Asc: true},
		"sort=-capture-by":                {Sort: store.SortCaptureBy},
		"status=captured&status=expired":  {Statuses: []models.OrderStatus{"captured", "expired"}},
		"status=captured,captured":        {Statuses: []models.OrderStatus{"captured"}},
		"country=de&currency=eur,sek":     {Countries: []string{"DE"}, Currencies: []string{"EUR", "SEK"}},
		"country=uk":                      {Countries: []string{"GB"}},
		"amount_min=100&amount_max=149,9": {AmountMin: thousandths(100_000), AmountMax: thousandths(149_900)},
		"created_from=2026-11-01&created_to=2026-11-17": {CreatedFrom: at("2026-10-31T23:00:00Z"), CreatedTo: at("2026-11-17T23:00:00Z")},
		"category=pay_later&method=manual&tracking=no":  {Categories: []string{"pay_later"}, CaptureMethod: "manual", Tracking: &no},
		"q=status:captured country:de amount>100 ref:NG-1 weber": {Statuses: []models.OrderStatus{"captured"}, Countries: []string{"DE"},
			AmountMin: thousandths(100_001), Reference: "NG-1", Search: "weber"},
		"q=amount>=100 amount<200":              {AmountMin: thousandths(100_000), AmountMax: thousandths(199_999)},
		"q=amount:10..20":                       {AmountMin: thousandths(10_000), AmountMax: thousandths(20_000)},
		"q=amount:10":                           {AmountMin: thousandths(10_000), AmountMax: thousandths(10_000)},
		"q=created:2026-03":                     {CreatedFrom: at("2026-02-28T23:00:00Z"), CreatedTo: at("2026-03-31T22:00:00Z")},
		"q=created>2026-11-01":                  {CreatedFrom: at("2026-11-01T23:00:00Z")},
		"q=created<2026-11-01":                  {CreatedTo: at("2026-10-31T23:00:00Z")},
		"q=due:today":                           {CaptureByFrom: at("2026-11-16T23:00:00Z"), CaptureByTo: at("2026-11-17T23:00:00Z")},
		"q=due:..2026-11-20":                    {CaptureByTo: at("2026-11-20T23:00:00Z")},
		"q=tracking:yes method:automatic":       {Tracking: &yes, CaptureMethod: "automatic"},
		`q="status:captured"`:                   {Search: "status:captured"},
		`q=ref:"A B" "anna maria"`:              {Reference: "A B", Search: "anna maria"},
		"q=https://shop.example/1 10:30 <3":     {Search: "https://shop.example/1 10:30 <3"},
		"q=email:Anna@x.example status:partial": {Email: "Anna@x.example", Statuses: []models.OrderStatus{"partly_captured"}},
	} {
		v, err := url.ParseQuery(strings.ReplaceAll(text, " ", "+"))
		if err != nil {
			t.Fatal(err)
		}
		got, faults := orderquery.Parse(v, now, stockholm(t))
		want.Now = models.UnixOf(now)
		if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
			t.Errorf("%s (-want +got): %v\n%s", text, faults, diff)
		}
	}
}

func TestParseNamesWhatItDoesNotUnderstand(t *testing.T) {
	for text, want := range map[string]string{
		"tab=paid":              "tab: no list",
		"sort=name":             "sort: cannot be sorted",
		"status=paid":           "status: “paid” is not a status",
		"currency=EURO":         "currency: “euro” is not a currency",
		"country=deutschland":   "country: “deutschland” is not a country",
		"amount_min=1.234,50":   "amount_min: “1.234,50” is not an amount",
		"amount_max=-1":         "amount_max: “-1” is not an amount",
		"created_from=17.11.26": "created_from: “17.11.26” is not a day",
		"created_to=2026-02-30": "created_to: is not a day",
		"tracking=perhaps":      "tracking: yes or no",
		"method=later":          "method: is not a capture method",
		"category=klarna":       "category: is not one of Klarna",
		"q=colour:red":          "q: “colour:red” is not a search term",
		"q=status:":             "q: “status:” has no value",
		"q=status>captured":     "q: “status>captured” cannot be compared",
		"q=amount:..":           "q: “amount:..” is not a range",
		"q=amount:abc":          "q: “abc” is not an amount",
		"q=created:soon":        "q: “soon” is not a day",
	} {
		v, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		_, faults := orderquery.Parse(v, now, stockholm(t))
		field, words, _ := strings.Cut(want, ": ")
		if len(faults) == 0 || faults[0].Field != field || !strings.Contains(faults[0].Message, words) {
			t.Errorf("%s: %+v, want %s", text, faults, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"q=status:captured", "q=%22", "q=amount%3E%3D1..2", "created_to=2026", "q=a:%22b+c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		_, faults := orderquery.Parse(v, now, time.UTC)
		for _, fault := range faults {
			if fault.Field == "" || fault.Message == "" || len(fault.Message) > 2000 {
				t.Errorf("%q: %+v", text, fault)
			}
		}
	})
}
