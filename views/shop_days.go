package views

import (
	"time"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// ShopDaysInput is what the page of the days of the shop is made from.
type ShopDaysInput struct {
	Shell    Shell
	Week     int64            // weekdays as they will hold: bit 0 is Sunday
	Holidays []models.Holiday // all
	Today    string
	Lines    *string // the holidays as typed
	Errors   map[string]string
}

// ShopDaysPage is the days on which the shop works.
type ShopDaysPage struct {
	Shell     Shell
	Weekdays  []weekday
	WeekError string
	Holidays  ui.FieldModel
	Past      []models.Holiday // the newest first
}

type weekday struct {
	Value string
	Name  string
	On    bool
}

// WeekdayBits are the values of the weekdays as forms have them, Monday first.
func WeekdayBits() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// NewShopDaysPage makes the page of the days of the shop.
func NewShopDaysPage(in ShopDaysInput) ShopDaysPage {
	in.Shell.Title, in.Shell.Nav = "Days of the shop", NavSettings
	p := ShopDaysPage{Shell: in.Shell, WeekError: in.Errors["weekdays"]}
	for _, d := range WeekdayBits() {
		p.Weekdays = append(p.Weekdays, weekday{Value: d.String(), Name: d.String(), On: in.Week&(1<<d) != 0})
	}
	lines := ""
	for _, h := range in.Holidays {
		if h.Day > in.Today {
			lines += h.Day + " " + h.Name + "\n"
		} else {
			p.Past = append([]models.Holiday{h}, p.Past...)
		}
	}
	if in.Lines != nil {
		lines = *in.Lines
	}
	p.Holidays = ui.FieldModel{ID: "holidays", Name: "holidays", Label: "Holidays to come", Value: lines, Error: in.Errors["holidays"], Focus: in.Errors["holidays"] != "", Rows: 8,
		Help: "A day and its name in each line, for example 2026-12-25 Christmas Day."}
	return p
}
