package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// attributes are the optional attributes of the field's control.
func (f FieldModel) attributes() templ.Attributes {
	a := templ.Attributes{}
	set := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	set("aria-describedby", f.describedBy())
	set("inputmode", f.InputMode)
	set("autocomplete", f.Autocomplete)
	if f.MaxLength > 0 {
		set("maxlength", strconv.Itoa(f.MaxLength))
	}
	if f.Error != "" {
		set("aria-invalid", "true")
	}
	return a
}

// Navigate makes a link swap the page's content in place where htmx runs, and marks the current one. The page must hold the element
// "page"; without script the link is an ordinary one.
func Navigate(url string, current bool) templ.Attributes {
	a := templ.Attributes{
		"hx-get": url, "hx-target": "#page", "hx-select": "#page", "hx-swap": "outerSync show:top", "hx-push-url": "true",
		"hx-preload": "mousedown",
	}
	if current {
		a["aria-current"] = "page"
	}
	return a
}
