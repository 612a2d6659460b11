package notify

import (
	"html/template"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/store"
)

// letter is a mail before it is written.
type letter struct {
	Title    string
	Intro    string
	Sections []section
	Foot     string
}

type section struct {
	Title string
	Lines []line
}

// line is one thing, with the page on which it is done.
type line struct {
	Text, URL string
}

// page is the HTML of a mail: no pictures, no scripts, nothing that is fetched.
const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body style="font-family:sans-serif;font-size:15px;line-height:1.5;max-width:640px;margin:0 auto;padding:16px">
<h1 style="font-size:20px">{{.Title}}</h1>
{{if .Intro}}<p>{{.Intro}}</p>{{end}}
{{range .Sections}}<h2 style="font-size:16px">{{.Title}}</h2>
<ul>{{range .Lines}}<li>{{if .URL}}<a href="{{.URL}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</li>
{{end}}</ul>
{{end}}<p style="font-size:13px">{{.Foot}}</p>
</body></html>
`

func newPage() (*template.Template, error) { return template.New("mail").Parse(page) }

// plain writes the mail as text.
func (l letter) plain() string {
	var b strings.Builder
	b.WriteString(l.Title + "\n")
	if l.Intro != "" {
		b.WriteString("\n" + l.Intro + "\n")
	}
	for _, s := range l.Sections {
		b.WriteString("\n" + s.Title + "\n")
		for _, line := range s.Lines {
			b.WriteString("- " + line.Text + "\n")
			if line.URL != "" {
				b.WriteString("  " + line.URL + "\n")
			}
		}
	}
	b.WriteString("\n" + l.Foot + "\n")
	return b.String()
}

// at writes a moment in the shop's zone, with the zone's name.
func at(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday 2 January 2006, 15:04") + " (" + zone.String() + ")"
}

// amount writes an amount with its currency in front, as the pages do.
func amount(a money.Amount) string { return a.Currency + " " + money.Group(a.Decimal()) }

// orderName names an order without its customer: its reference, or its id.
func orderName(o models.Order) string {
	if o.Reference != "" {
		return o.Reference
	}
	return o.ID
}

// sumLines writes one line for each currency.
func sumLines(sums []store.Sum, one, many, url string) (lines []line) {
	for _, s := range sums {
		lines = append(lines, line{Text: count(s.Count, one, many) + ", " + amount(s.Amount), URL: url})
	}
	return lines
}
