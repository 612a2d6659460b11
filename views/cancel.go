package views

import (
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// CancelPanel is where an authorization is given up, behind a sentence that says what that means.
type CancelPanel struct {
	Shown    bool // nothing to show otherwise: the region stays, empty
	Open     bool
	Action   string
	Token    string
	Notices  []Notice
	Sentence string
	Reason   ui.FieldModel
	Note     ui.FieldModel
	Button   string
	Back     string
	Poll     bool
	Again    string // id of the cancellation that waits for a person's decision to send it again
}

// newCancelPanel makes the cancel panel.
func newCancelPanel(in OrderInput) CancelPanel {
	o, f := in.Order, in.CancelForm
	p := CancelPanel{Action: orderURL(o.ID) + "/cancellations", Back: orderURL(o.ID), Token: orToken(f.Token, in.FormToken)}
	last := lastCancellation(in.Cancellations)
	if in.Conflict != nil && in.Conflict.Act == "canceled" {
		p.Notices = append(p.Notices, conflictNotice(in))
		p.Shown, p.Open = true, true
	}
	if last != nil && last.State == models.ActPending {
		return p.pending(in, *last)
	}
	if !in.CanAct || in.CancelRefusal != "" {
		return p
	}
	p.Shown = true
	if last != nil && last.State == models.ActRefused {
		p.Open = in.Tried
		p.Notices = append(p.Notices, Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Title: "Nothing was canceled.", Alert: in.Tried,
			Lines: []string{strings.TrimSpace(strings.TrimPrefix(last.ErrorMessage, "Nothing was canceled.")), reference(last.StripeRequestID, last.ID)}})
	}
	if len(f.Errors) > 0 {
		p.Open = true
		p.Notices = append(p.Notices, errorNotice("Nothing was canceled.", f.Errors))
	}
	p.form(in, f)
	return p
}

func (p *CancelPanel) form(in OrderInput, f CancelForm) {
	o := in.Order
	p.Button = "Cancel this payment"
	p.Sentence = "The customer has not finished at Klarna. After this they can no longer pay with this attempt. This cannot be undone."
	if o.Status == models.StatusAuthorized {
		p.Button = "Cancel the authorization of " + ui.Money(o.Authorized())
		p.Sentence = "The whole " + ui.Money(o.Authorized()) + " is released to " + customerOr(o) +
			". It can no longer be captured. This cannot be undone."
	}
	p.Reason = ui.FieldModel{ID: "cancel-reason", Name: "reason", Label: "Reason", Value: f.Reason, Required: true, Error: f.Errors["reason"],
		Options: append([]ui.Option{{Value: "", Text: "Choose a reason"}}, cancelReasons[:]...), Help: "Sent to Stripe."}
	p.Note = ui.FieldModel{ID: "cancel-note", Name: "note", Label: "Note", Hint: "for the desk", Value: f.Note, MaxLength: 500,
		Autocomplete: "off", Error: f.Errors["note"]}
}

func (p CancelPanel) pending(in OrderInput, c models.Cancellation) CancelPanel {
	p.Shown, p.Open, p.Poll = true, true, !c.NeedsPerson
	n := Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe has not said yet whether this was canceled.", Lines: []string{
		"Do not try again: we are asking. The cancellation was sent by " + c.StaffName + ", " +
			inSentence(in.Shell.clock().DayTime(c.Requested.Time())) + ".",
		askedSentence(c.Attempts) + " " + reference(c.StripeRequestID, c.ID),
	}}
	if c.NeedsPerson {
		p.Again, p.Token = c.ID, in.FormToken
		n.Title = "Stripe keeps failing this cancellation. It needs your decision."
		n.Lines = []string{"As far as Stripe shows, nothing was canceled, but the same request gives the same failure each time. " +
			"You can send it once more as a new request. Look at the payment in Stripe first. " + reference(c.StripeRequestID, c.ID)}
	}
	p.Notices = append(p.Notices, n)
	return p
}

// lastCancellation is the cancellation that counts: the one not refused, else the newest refused one.
func lastCancellation(all []models.Cancellation) *models.Cancellation {
	var last *models.Cancellation
	for i := range all {
		c := &all[i]
		if c.State != models.ActRefused {
			return c
		}
		if last == nil || c.Requested > last.Requested {
			last = c
		}
	}
	return last
}
