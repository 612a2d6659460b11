// Package orderquery reads what people ask of the order list: the filters of its address, and field:value terms in the search box.
package orderquery

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/store"
)

// Names are the address parameters that belong to a query, without the cursor.
func Names() []string {
	return []string{"tab", "q", "status", "currency", "country", "category", "method", "tracking", "reference", "email",
		"created_from", "created_to", "capture_by_from", "capture_by_to", "amount_min", "amount_max", "sort", "view"}
}

// Filters are those of Names that restrict a tab, besides the search text.
func Filters() []string { return Names()[2:16] }

// Fault is a filter or a term that cannot be understood.
type Fault struct {
	Field   string // the address parameter
	Message string // for people
}

// reader collects a query and its faults.
type reader struct {
	q      store.OrderQuery
	now    time.Time
	zone   *time.Location
	faults []Fault
}

// Parse reads an address's parameters. Dates are days in zone. With faults the query is what could be understood, and is not to be run.
func Parse(v url.Values, now time.Time, zone *time.Location) (store.OrderQuery, []Fault) {
	r := &reader{now: now, zone: zone}
	r.q.Now = models.UnixOf(now)
	r.q.Tab, r.q.After, r.q.Before = store.Tab(v.Get("tab")), v.Get("after"), v.Get("before")
	if r.q.Tab != "" && !slices.Contains(store.Tabs(), r.q.Tab) {
		r.fault("tab", "There is no list of this name.")
	}
	r.sort(v.Get("sort"))
	for _, name := range Filters() {
		for _, text := range v[name] {
			if text = strings.TrimSpace(text); text != "" {
				r.filter(name, name, text)
			}
		}
	}
	r.search(v.Get("q"))
	return r.q, r.faults
}

func (r *reader) fault(field, message string) {
	r.faults = append(r.faults, Fault{Field: field, Message: message})
}

// sort reads "amount" or "-amount": the minus is the largest, newest or latest first.
func (r *reader) sort(text string) {
	name, desc := strings.CutPrefix(text, "-")
	switch s := store.Sort(name); s {
	case "":
	case store.SortCreated, store.SortCaptureBy, store.SortAmount:
		r.q.Sort, r.q.Asc = s, !desc
	default:
		r.fault("sort", "The list cannot be sorted like this.")
	}
}

// filter reads one condition. field is the address parameter that a fault is shown at, name the condition's.
func (r *reader) filter(field, name, text string) {
	switch name {
	case "status":
		r.statuses(field, text)
	case "currency":
		r.codes(field, text, &r.q.Currencies, func(code string) bool { return money.Known(code) }, "“%” is not a currency. Write its three letters, such as EUR.")
	case "country":
		r.codes(field, text, &r.q.Countries, isCountry, "“%” is not a country. Write its two letters, such as DE.")
	case "category":
		r.categories(field, text)
	case "method":
		r.method(field, text)
	case "tracking":
		r.tracking(field, text)
	case "reference":
		r.q.Reference = text
	case "email":
		r.q.Email = text
	case "created_from", "created_to", "capture_by_from", "capture_by_to":
		if from, to, ok := r.days(text); ok {
			r.setDays(name, from, to)
		} else {
			r.fault(field, "“"+clip(text)+"” is not a day. Write it as year-month-day, such as "+r.now.In(r.zone).Format(time.DateOnly)+".")
		}
	case "amount_min", "amount_max":
		r.amount(field, name, text)
	}
}

func (r *reader) statuses(field, text string) {
	for _, word := range words(text) {
		word = strings.ReplaceAll(word, "-", "_")
		switch word {
		case "to_capture":
			word = string(models.StatusAuthorized)
		case "partial", "partially_captured":
			word = string(models.StatusPartlyCaptured)
		case "cancelled":
			word = string(models.StatusCanceled)
		}
		if !slices.Contains(Statuses(), models.OrderStatus(word)) {
			r.fault(field, "“"+clip(word)+"” is not a status. There are "+join(Statuses())+".")
			continue
		}
		if !slices.Contains(r.q.Statuses, models.OrderStatus(word)) {
			r.q.Statuses = append(r.q.Statuses, models.OrderStatus(word))
		}
	}
}

// Statuses are all that an order can have, in the order of its life.
func Statuses() []models.OrderStatus {
	return []models.OrderStatus{models.StatusStarted, models.StatusFailed, models.StatusAuthorized, models.StatusCaptured,
		models.StatusPartlyCaptured, models.StatusCanceled, models.StatusExpired}
}

// Categories are Klarna's ways to pay (docs.stripe.com/api/charges/object, payment_method_details.klarna.payment_method_category).
func Categories() []string {
	return []string{"pay_later", "pay_now", "pay_with_financing", "pay_in_installments"}
}

func (r *reader) codes(field, text string, into *[]string, known func(string) bool, message string) {
	for _, word := range words(text) {
		code := strings.ToUpper(word)
		if code == "UK" && field == "country" {
			code = "GB"
		}
		switch {
		case !known(code):
			r.fault(field, strings.Replace(message, "%", clip(word), 1))
		case !slices.Contains(*into, code):
			*into = append(*into, code)
		}
	}
}

// isCountry tells whether code has the form of ISO 3166-1 alpha-2. Which of them exist is no matter: none is found for the others.
func isCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

func (r *reader) categories(field, text string) {
	for _, word := range words(text) {
		word = strings.ReplaceAll(word, "-", "_")
		if !slices.Contains(Categories(), word) {
			r.fault(field, "“"+clip(word)+"” is not one of Klarna’s categories. There are "+join(Categories())+".")
			continue
		}
		r.q.Categories = append(r.q.Categories, word)
	}
}

func (r *reader) method(field, text string) {
	switch strings.ToLower(text) {
	case "manual", "automatic":
		r.q.CaptureMethod = strings.ToLower(text)
	default:
		r.fault(field, "“"+clip(text)+"” is not a capture method. There are manual and automatic.")
	}
}

func (r *reader) tracking(field, text string) {
	var yes bool
	switch strings.ToLower(text) {
	case "yes":
		yes = true
	case "no":
	default:
		r.fault(field, "Write yes or no for tracking.")
		return
	}
	r.q.Tracking = &yes
}

// amount reads a bound in thousandths, so that one number fits currencies of any decimals.
func (r *reader) amount(field, name, text string) {
	a, err := money.Parse(text, "BHD") // a currency of three decimals
	if err != nil {
		r.fault(field, "“"+clip(text)+"” is not an amount. Write it without grouping, such as 100 or 149.90.")
		return
	}
	if name == "amount_min" {
		r.q.AmountMin = &a.Minor
	} else {
		r.q.AmountMax = &a.Minor
	}
}

// days reads a day, a month or a year as the moments it begins and ends.
func (r *reader) days(text string) (from, to models.Unix, ok bool) {
	switch strings.ToLower(text) {
	case "today":
		text = r.now.In(r.zone).Format(time.DateOnly)
	case "yesterday":
		text = r.now.In(r.zone).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	for layout, next := range map[string][3]int{"2006-01-02": {0, 0, 1}, "2006-01": {0, 1, 0}, "2006": {1, 0, 0}} {
		t, err := time.ParseInLocation(layout, text, r.zone)
		if err == nil && t.Year() >= 2000 && t.Year() < 2200 {
			return models.UnixOf(t), models.UnixOf(t.AddDate(next[0], next[1], next[2])), true
		}
	}
	return 0, 0, false
}

func (r *reader) setDays(name string, from, to models.Unix) {
	switch name {
	case "created_from":
		r.q.CreatedFrom = from
	case "created_to":
		r.q.CreatedTo = to
	case "capture_by_from":
		r.q.CaptureByFrom = from
	case "capture_by_to":
		r.q.CaptureByTo = to
	}
}

// words are the values of a list such as "captured,expired".
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ',' || r == ' ' })
}

func join[T ~string](values []T) string {
	var b strings.Builder
	for i, v := range values {
		switch {
		case i > 0 && i == len(values)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(v))
	}
	return b.String()
}

// clip shortens what is shown of a text that was typed.
func clip(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}
