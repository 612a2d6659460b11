package webtest

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Page is an answer: a page, a part of one, or anything else.
type Page struct {
	Status int
	Header http.Header
	Body   string
	Doc    *goquery.Document // of an HTML answer; empty otherwise

	t     testing.TB
	asked string // for messages
}

func newPage(t testing.TB, req *http.Request, res *http.Response, text []byte) *Page {
	t.Helper()
	p := &Page{Status: res.StatusCode, Header: res.Header, Body: string(text), t: t, asked: req.Method + " " + req.URL.RequestURI()}
	html := text
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		html = nil
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		t.Fatalf("webtest: %s: %v", p.asked, err)
	}
	p.Doc = doc
	return p
}

// Want ends the test unless the answer has this status.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: %d, want %d\n%.2000s", p.asked, p.Status, status, p.Body)
	}
	return p
}

// WantText reports an error unless an element of the selector holds the text.
func (p *Page) WantText(selector, text string) *Page {
	p.t.Helper()
	if got := p.Text(selector); !strings.Contains(got, text) {
		p.t.Errorf("%s: %s holds %q, want %q in it", p.asked, selector, got, text)
	}
	return p
}

// WantNone reports an error if there is an element of the selector.
func (p *Page) WantNone(selector string) *Page {
	p.t.Helper()
	if found := p.Doc.Find(selector); found.Length() > 0 {
		p.t.Errorf("%s: there are %d %s, the first with %q", p.asked, found.Length(), selector, squash(found.First().Text()))
	}
	return p
}

// Has tells whether there is an element of the selector.
func (p *Page) Has(selector string) bool { return p.Doc.Find(selector).Length() > 0 }

// Text is the text of all elements of the selector, with every run of white space as one space.
func (p *Page) Text(selector string) string {
	var texts []string
	p.Doc.Find(selector).Each(func(_ int, s *goquery.Selection) { texts = append(texts, squash(s.Text())) })
	return strings.Join(texts, " ")
}

// Attr is an attribute of the first element of the selector, "" without one.
func (p *Page) Attr(selector, name string) string {
	return p.Doc.Find(selector).First().AttrOr(name, "")
}

func squash(text string) string { return strings.Join(strings.Fields(text), " ") }

// Form is a form of a page as the browser holds it: its hidden fields, tokens and what was typed.
type Form struct {
	Action string
	Values url.Values

	t testing.TB
}

// Form takes the first form of the selector. The test ends if there is none.
func (p *Page) Form(selector string) *Form {
	p.t.Helper()
	form := p.Doc.Find(selector).First()
	if form.Length() == 0 || goquery.NodeName(form) != "form" {
		p.t.Fatalf("%s: there is no form %s\n%.2000s", p.asked, selector, p.Body)
	}
	f := &Form{Action: form.AttrOr("action", ""), Values: url.Values{}, t: p.t}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, field *goquery.Selection) { f.take(field) })
	return f
}

// take puts a field's value into the form if a browser would send it.
func (f *Form) take(field *goquery.Selection) {
	name := field.AttrOr("name", "")
	if _, disabled := field.Attr("disabled"); disabled {
		return
	}
	switch goquery.NodeName(field) {
	case "textarea":
		f.Values.Add(name, field.Text())
		return
	case "select":
		option := field.Find("option[selected]").First()
		if option.Length() == 0 {
			option = field.Find("option").First()
		}
		if option.Length() > 0 {
			f.Values.Add(name, option.AttrOr("value", squash(option.Text())))
		}
		return
	}
	_, checked := field.Attr("checked")
	switch field.AttrOr("type", "text") {
	case "submit", "button", "image", "reset", "file":
	case "checkbox", "radio":
		if checked {
			f.Values.Add(name, field.AttrOr("value", "on"))
		}
	default:
		f.Values.Add(name, field.AttrOr("value", ""))
	}
}

// Fill types into a field. A field that the form does not have ends the test; Set sends it all the same.
func (f *Form) Fill(name, value string) *Form {
	f.t.Helper()
	if !f.Values.Has(name) {
		f.t.Fatalf("webtest: the form %s has no field %q", f.Action, name)
	}
	return f.Set(name, value)
}

// Set gives a field a value, as somebody who writes requests by hand could.
func (f *Form) Set(name, value string) *Form {
	f.Values.Set(name, value)
	return f
}

// Drop takes a field out.
func (f *Form) Drop(name string) *Form {
	f.Values.Del(name)
	return f
}

// Value is what a field holds.
func (f *Form) Value(name string) string { return f.Values.Get(name) }

// Submit sends the form. The same form again is a double click.
func (f *Form) Submit(c *Client) *Page {
	c.t.Helper()
	return c.Post(f.Action, f.Values)
}
