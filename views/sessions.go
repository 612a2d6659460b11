package views

import "counterfoil/views/ui"

// SignInInput is what the sign-in page is made from.
type SignInInput struct {
	ShopName string
	TestMode bool
	Email    string // as typed
	Next     string // local path to go to afterwards
	Error    string // one sentence, the same for an unknown address and a wrong password
	Notice   string // e.g. that the session has ended
	Wait     string // how long to wait after too many tries, "" if not throttled
}

// SignInPage is the sign-in page.
type SignInPage struct {
	SignInInput
	email    ui.FieldModel
	password ui.FieldModel
}

// NewSignInPage makes the sign-in page.
func NewSignInPage(in SignInInput) SignInPage {
	p := SignInPage{SignInInput: in}
	p.email = ui.FieldModel{ID: "email", Name: "email", Label: "E-mail address", Type: "email", Value: in.Email, Autocomplete: "username",
		Required: true, Focus: in.Email == "", MaxLength: 254}
	p.password = ui.FieldModel{ID: "password", Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password",
		Required: true, Focus: in.Email != "", MaxLength: 200}
	return p
}

// SetUpInput is what the page for the first account is made from.
type SetUpInput struct {
	ShopName string
	TestMode bool
	Token    string // of the one-time link; "" when the link is used up or unknown: then there is no form
	Name     string
	Email    string
	Errors   map[string]string // by field: name, email, password
}

// SetUpPage is the page for the first account.
type SetUpPage struct {
	SetUpInput
	notice *Notice
	fields []ui.FieldModel
}

// minPassword is told to people; models/staff enforces it.
const minPassword = "At least 12 characters. A few words in a row are good."

// NewSetUpPage makes the page for the first account.
func NewSetUpPage(in SetUpInput) SetUpPage {
	p := SetUpPage{SetUpInput: in}
	if len(in.Errors) > 0 {
		n := errorNotice("No account was made.", in.Errors)
		p.notice = &n
	}
	p.fields = []ui.FieldModel{
		{ID: "name", Name: "name", Label: "Your name", Value: in.Name, Autocomplete: "name", Required: true, MaxLength: 100, Error: in.Errors["name"],
			Focus: true, Help: "Stands beside what you do."},
		{ID: "email", Name: "email", Label: "E-mail address", Type: "email", Value: in.Email, Autocomplete: "username", Required: true, MaxLength: 254,
			Error: in.Errors["email"]},
		{ID: "password", Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password", Required: true, MaxLength: 200,
			Error: in.Errors["password"], Help: minPassword},
	}
	return p
}
