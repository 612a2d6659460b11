// Package ui holds the parts that pages are made of and that know nothing of orders: fields, badges, amounts, times, notes.
package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"counterfoil/models/money"
	"counterfoil/web/i18n"
)

// Tone is the colour of a part. It never stands alone: a shape and a word go with it.
type Tone string

// The tones of the stylesheet.
const (
	ToneNone Tone = ""
	ToneInfo Tone = "info"
	ToneOK   Tone = "ok"
	ToneWarn Tone = "warn"
	ToneBad  Tone = "bad"
	ToneUnk  Tone = "unk"
)

// BadgeModel is a status: shape, word and colour together.
type BadgeModel struct {
	Tone Tone
	Icon string
	Text string
}

// Moment is a time as it is shown: ISO for machines, Text for people, in the shop's zone. The zero Moment shows nothing.
type Moment struct {
	ISO  string
	Text string
}

// IsZero tells whether there is nothing to show.
func (m Moment) IsZero() bool { return m.Text == "" }

// DueModel is a moment by which something must be done; the nearer it is, the louder it is shown.
type DueModel struct {
	At   Moment
	Tone Tone // ToneBad within two days, ToneWarn within seven, else ToneNone
}

// Clock shows moments: in Zone, and relative to Now where that says more ("Today, 14:02").
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

// DayTime shows a day and a time: "Today, 14:02", "Thu 19 Nov, 12:47". The zero time gives the zero Moment.
func (c Clock) DayTime(t time.Time) Moment { return c.moment(t, i18n.DayTime) }

// Day shows a day: "19 Nov". The zero time gives the zero Moment.
func (c Clock) Day(t time.Time) Moment { return c.moment(t, i18n.Day) }

// LongDayTime shows a day and a time with every word written out: "Thursday 19 November, 12:47".
func (c Clock) LongDayTime(t time.Time) Moment { return c.moment(t, i18n.LongDayTime) }

// Time shows the time of day alone: "14:02".
func (c Clock) Time(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{ISO: iso(t), Text: t.In(c.Zone).Format("15:04")}
}

// ZoneName names the zone that every time is shown in.
func (c Clock) ZoneName() string { return c.Zone.String() }

// Due shows a deadline with its urgency. The zero time gives no deadline.
func (c Clock) Due(t time.Time) DueModel {
	d := DueModel{At: c.DayTime(t)}
	left := t.Sub(c.Now)
	switch {
	case t.IsZero():
	case left <= 2*24*time.Hour:
		d.Tone = ToneBad
	case left <= 7*24*time.Hour:
		d.Tone = ToneWarn
	}
	return d
}

func (c Clock) moment(t time.Time, format func(t time.Time, zone *time.Location, now time.Time) string) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{ISO: iso(t), Text: format(t, c.Zone, c.Now)}
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Count joins a number and a noun: "1 day", "3 days". The plural of the noun takes an s.
func Count[N int | int64](n N, noun string) string { return i18n.Plural(int64(n), noun, noun+"s") }

// Money writes an amount as text, for sentences and labels: "EUR 1,149.90" with a no-break space.
func Money(a money.Amount) string { return i18n.Money(a) }

// Digits writes an amount without its currency, where a heading names that: "1,149.90".
func Digits(a money.Amount) string { return i18n.MoneyNumber(a) }

// FieldModel is one labelled field of a form. Options make it a select, Rows a textarea.
type FieldModel struct {
	ID           string
	Name         string
	Label        string
	Hint         string // beside the label
	Type         string // of the input; "text" if empty
	Value        string
	Prefix       string // in front of the value, e.g. the currency
	Help         string
	Error        string // refused
	Warning      string // advice, never blocks
	InputMode    string
	Autocomplete string
	MaxLength    int
	Required     bool
	Focus        bool // gets the focus when the page opens
	Rows         int
	Options      []Option
}

// Option is a choice of a select. Options of one Group stand together.
type Option struct {
	Value string
	Text  string
	Group string
}

// inputType is the input's type attribute.
func (f FieldModel) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// describedBy names the elements that explain the field, "" if none does.
func (f FieldModel) describedBy() string {
	var ids []string
	for _, part := range []struct{ text, suffix string }{{f.Error, "-error"}, {f.Warning, "-warning"}, {f.Help, "-help"}} {
		if part.text != "" {
			ids = append(ids, f.ID+part.suffix)
		}
	}
	return strings.Join(ids, " ")
}

// groups gives the options in their order, cut where the group changes.
func (f FieldModel) groups() [][]Option {
	return slices.Collect(func(yield func([]Option) bool) {
		for start := 0; start < len(f.Options); {
			end := start + 1
			for end < len(f.Options) && f.Options[end].Group == f.Options[start].Group {
				end++
			}
			if !yield(f.Options[start:end]) {
				return
			}
			start = end
		}
	})
}

// PagerModel leads to the neighbouring pages. An empty URL means that there is none.
type PagerModel struct {
	Shown string // e.g. "50 of 240 shown"
	Newer string
	Older string
}

// LinkModel is a link of a list, e.g. a tab.
type LinkModel struct {
	URL     string
	Text    string
	Count   string
	Current bool
}

// Part is a row of a list of facts: a word and its value.
type Part struct {
	Name  string
	Value string
}

// Meter is a bar of two parts out of a whole, drawn in a box of 100 by 6.
type Meter struct {
	Kept int64
	Lost int64
	All  int64
}

// x gives n's share of the whole as an SVG length.
func (m Meter) x(n int64) string {
	if m.All <= 0 || n <= 0 {
		return "0"
	}
	whole := n * 10000 / m.All
	return strconv.FormatInt(whole/100, 10) + "." + pad2(whole%100)
}

func pad2(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
