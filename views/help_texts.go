package views

import (
	"counterfoil/models/help"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// HelpTextsInput is what the page of the help page's texts is made from.
type HelpTextsInput struct {
	Shell   Shell
	Catalog help.Catalog
	English help.Catalog
	Typed   map[string]string // the shop's own, as they stand or were typed
	Errors  map[string]string

	Review      help.Review
	ReviewState help.ReviewState
	Seen        string // the fingerprint of the texts
	Reader      string // as it was typed
}

// HelpTextsPage are the texts of the help page in one language, to be changed.
type HelpTextsPage struct {
	Shell    Shell
	Language string
	URL      string
	Review   string // how the review by a native speaker stands
	IsNoted  bool   // somebody noted one, which can be taken back
	Seen     string
	Reader   ui.FieldModel
	Texts    []ui.FieldModel
}

// NewHelpTextsPage makes the page.
func NewHelpTextsPage(in HelpTextsInput) HelpTextsPage {
	language := i18n.Language(in.Catalog.Language)
	in.Shell.Title, in.Shell.Nav = "Texts in "+language, NavSettings
	p := HelpTextsPage{Shell: in.Shell, Language: language, URL: "/settings/help/texts/" + in.Catalog.Language}
	p.Review, p.IsNoted = reviewWords(in.Review, in.ReviewState, in.Shell.clock()), in.Review.At != 0
	p.Seen = in.Seen
	p.Reader = ui.FieldModel{ID: "review-reader", Name: "reader", Label: "Who has read them?", Hint: "a native speaker", Value: in.Reader, Error: in.Errors["reader"], MaxLength: 100,
		Required: true, Autocomplete: "off", Focus: in.Errors["reader"] != ""}
	for _, key := range help.Keys() {
		usual := in.Catalog.Texts[key]
		f := ui.FieldModel{ID: "text-" + key, Name: key, Label: in.English.Texts[key], Value: in.Typed[key], Error: in.Errors[key], Help: usual, MaxLength: 500, Rows: 2, Autocomplete: "off"}
		p.Texts = append(p.Texts, f)
	}
	return p
}

// reviewWords says whether a native speaker has read the texts of a language.
func reviewWords(r help.Review, s help.ReviewState, clock ui.Clock) string {
	read := r.Reader + " has read them, as " + r.By + " noted on " + clock.Day(r.At.Time()).Text + "."
	switch {
	case s == help.ReviewChanged:
		return read + " A text has changed since: have them read again."
	case s == help.ReviewNone:
		return "No native speaker has read these texts yet."
	case r.At == 0:
		return "A native speaker has read these texts."
	}
	return read
}
