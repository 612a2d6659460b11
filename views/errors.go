package views

import (
	"net/http"
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// ErrorInput is what an error page is made from.
type ErrorInput struct {
	Shell           *Shell // nil where nobody is signed in
	ShopName        string
	Status          int           // HTTP status
	Message         string        // whole sentences for people: what happened, what was not done, what to do; "" for the status's own
	Roles           []models.Role // who may see the page, for 403
	Role            models.Role   // of the person signed in, for 403
	RequestID       string        // ours
	StripeRequestID string
	Back            string // local path to go on from; "" for /orders
}

// ErrorPage says what happened, what was not done and what to do.
type ErrorPage struct {
	Shell    *Shell
	ShopName string
	Title    string
	Icon     string
	Tone     ui.Tone
	Message  string
	ToDo     string
	Refs     []ui.Part
	Back     string
	BackText string
}

// NewErrorPage makes an error page.
func NewErrorPage(in ErrorInput) ErrorPage {
	w := errorWords(in)
	p := ErrorPage{ShopName: in.ShopName, Title: w.title, Icon: "octagon-alert", Tone: ui.ToneBad, Message: w.message, ToDo: w.toDo, Back: in.Back}
	if in.Message != "" {
		p.Message = in.Message
	}
	if in.Status == http.StatusForbidden {
		p.Icon, p.Tone = "lock", ui.ToneWarn
	}
	if in.RequestID != "" {
		p.Refs = append(p.Refs, ui.Part{Name: "reference", Value: in.RequestID})
	}
	if in.StripeRequestID != "" {
		p.Refs = append(p.Refs, ui.Part{Name: "Stripe request id", Value: in.StripeRequestID})
	}
	switch {
	case in.Shell == nil && p.Back == "":
		p.Back, p.BackText = "/sign-in", "Sign in"
	case p.Back == "":
		p.Back, p.BackText = "/orders", "To the orders"
	default:
		p.BackText = "Go back"
	}
	if in.Shell != nil {
		s := *in.Shell
		s.Title = w.title
		p.Shell = &s
	}
	return p
}

// words are the parts of an error in plain English.
type words struct{ title, message, toDo string }

func errorWords(in ErrorInput) words {
	switch in.Status {
	case http.StatusForbidden:
		if len(in.Roles) == 0 && in.Message != "" {
			return words{"This was not accepted", in.Message, ""}
		}
		return words{"This page is not for your role", forbiddenSentence(in), "Ask an admin if you need it. Nothing was done."}
	case http.StatusNotFound:
		return words{"Nothing is here", "There is no such page, or the mirror does not have this object yet.",
			"Look it up in the orders: a Stripe id can be pasted into the search."}
	case http.StatusMethodNotAllowed:
		return words{"That does not work here", "This address does not take that kind of request.", "Go back and use the page’s own buttons."}
	case http.StatusConflict:
		return words{"That is not possible any more", "The order has changed since this page was opened. Nothing was done.", "Go back and look at its present state."}
	case http.StatusRequestEntityTooLarge:
		return words{"That is too large", "What was sent is larger than this page takes. Nothing was done.", "Send less and try again."}
	case http.StatusUnprocessableEntity:
		return words{"Something is missing or wrong", "What was sent could not be used. Nothing was done.", "Go back, look at the fields and try again."}
	case http.StatusTooManyRequests:
		return words{"Too many tries", "This was asked too often in a short time. Nothing was done.", "Wait a minute and try again."}
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return words{"This cannot be done right now", "Stripe or the desk’s own database did not answer in time. Nothing was done.", "Try again in a minute."}
	case http.StatusBadRequest:
		return words{"That could not be read", "The form is incomplete or too old. Nothing was done.", "Open the page again and try once more."}
	}
	return words{"Something went wrong on our side", "The page could not be made. If you were sending a form, look at the order before you try again.",
		"Try again. If it stays, tell whoever runs this desk the reference."}
}

// forbiddenSentence names whose page it is.
func forbiddenSentence(in ErrorInput) string {
	if len(in.Roles) == 0 {
		return "Your role may not do this."
	}
	names := make([]string, len(in.Roles))
	for i, r := range in.Roles {
		names[i] = rolePlural(r)
	}
	s := "It is for " + listOf(names) + "."
	if in.Role != "" {
		s += " You are signed in as " + string(in.Role) + "."
	}
	return s
}

func rolePlural(r models.Role) string {
	if r == models.RoleStaff {
		return "staff"
	}
	return string(r) + "s"
}

// listOf writes "a", "a and b", "a, b and c".
func listOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
