package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// captureState is which of its faces the capture panel shows.
type captureState int

const (
	captureClosed  captureState = iota // not possible, and why
	captureForm                        // the form
	capturePending                     // sent, no answer yet
	captureDone                        // captured
)

// IsForm tells whether something can be typed into the panel.
func (p CapturePanel) IsForm() bool { return p.State == captureForm }

// CapturePanel is the one capture of an order: its form, its confirmation, or what became of it.
type CapturePanel struct {
	State   captureState
	Action  string // where the form posts to
	Back    string // the order without the form's text
	Poll    bool   // ask again while the outcome is unknown
	Notices []Notice
	Parts   CaptureParts
	Facts   []ui.Part
	Why     string

	Amount     ui.FieldModel
	ShippedOn  ui.FieldModel
	Carrier    ui.FieldModel
	OtherName  ui.FieldModel
	Tracking   ui.FieldModel
	NoTracking ui.FieldModel
	Recipient  []ui.FieldModel // nil where Stripe knows the recipient
	Token      string
	Button     string
	Exponent   string
	Released   string // minor units to confirm, "" before the first answer
	Again      string // id of the capture that waits for a person's decision to send it again
}

// CaptureParts is the summary: authorized, captured, released.
type CaptureParts struct {
	Authorized   money.Amount
	Captured     money.Amount
	Released     money.Amount
	CapturedWord string
	Meter        ui.Meter
	Live         bool // follows the form
}

// newCapturePanel makes the capture panel.
func newCapturePanel(in OrderInput) CapturePanel {
	o, last := in.Order, lastCapture(in.Captures)
	p := CapturePanel{Action: orderURL(o.ID) + "/captures", Back: orderURL(o.ID)}
	if in.Conflict != nil && in.Conflict.Act == "captured" {
		p.Notices = append(p.Notices, conflictNotice(in))
	}
	switch {
	case last != nil && last.State == models.ActPending:
		return p.pending(in, *last)
	case o.IsCaptured():
		return p.done(in, last)
	case !in.CanAct:
		return p.closed(in, viewerSentence)
	case in.CaptureRefusal != "":
		return p.closed(in, in.CaptureRefusal)
	}
	if last != nil && last.State == models.ActRefused && len(in.CaptureForm.Errors) == 0 && in.CaptureForm.Released == nil {
		p.Notices = append(p.Notices, refusedNotice(*last, in.Tried))
		if in.CaptureForm.Token == "" {
			in.CaptureForm = formOf(*last)
		}
	}
	return p.form(in)
}

// conflictNotice says that the act was not done, and who came first.
func conflictNotice(in OrderInput) Notice {
	c := in.Conflict
	n := Notice{Tone: ui.ToneWarn, Icon: "user", Title: "Nothing was " + c.Act + " now", Lines: []string{c.Message}, Alert: true}
	if c.By != "" {
		n.Lines = append(n.Lines, "It was "+c.By+", "+inSentence(in.Shell.clock().DayTime(c.At.Time()))+".")
	}
	return n
}

// inSentence writes a moment in the middle of a sentence.
func inSentence(m ui.Moment) string {
	if time, ok := strings.CutPrefix(m.Text, "Today, "); ok {
		return "today at " + time
	}
	return m.Text
}

// refusedNotice says that nothing was captured, why, and what Stripe support can look it up by.
func refusedNotice(c models.Capture, tried bool) Notice {
	n := Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Title: "Nothing was captured.", Alert: tried}
	message := strings.TrimSpace(strings.TrimPrefix(c.ErrorMessage, "Nothing was captured."))
	if message == "" {
		message = "Stripe refused it."
	}
	n.Lines = []string{message, reference(c.StripeRequestID, c.ID), "What was typed stands in the form below. Nothing was taken from the customer."}
	return n
}

// formOf is the form as it was typed for a capture that was refused.
func formOf(c models.Capture) CaptureForm {
	amount := c.Money()
	return CaptureForm{Amount: amount.Decimal(), Carrier: c.Carrier, CarrierName: otherName(c), TrackingNumber: c.TrackingNumber,
		ShippedOn: c.ShippedOn, NoTrackingReason: c.NoTrackingReason}
}

// otherName is the free name of a carrier that is not in the table.
func otherName(c models.Capture) string {
	if c.Carrier != carriers.Other {
		return ""
	}
	return c.CarrierName
}

// reference names what an act can be looked up by.
func reference(stripeRequestID, id string) string {
	if stripeRequestID != "" {
		return "Ref " + stripeRequestID
	}
	return "Ref " + id
}

func (p CapturePanel) closed(in OrderInput, why string) CapturePanel {
	p.State, p.Why = captureClosed, why
	p.Parts = partsOf(in.Order, money.Amount{Currency: in.Order.Currency}, "Captured")
	return p
}

func (p CapturePanel) pending(in OrderInput, c models.Capture) CapturePanel {
	clock := in.Shell.clock()
	p.State, p.Poll = capturePending, !c.NeedsPerson
	p.Parts = partsOf(in.Order, c.Money(), "Sent for capture")
	n := Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe has not said yet whether this was captured."}
	n.Lines = []string{
		"Do not try again: we are asking. " + ui.Money(c.Money()) + " was sent for capture by " + c.StaffName + ", " +
			inSentence(clock.DayTime(c.Requested.Time())) + ".",
		askedSentence(c.Attempts) + " " + reference(c.StripeRequestID, c.ID),
	}
	if c.NeedsPerson {
		p.Again, p.Token = c.ID, in.FormToken
		n.Title = "Stripe keeps failing this capture. It needs your decision."
		n.Lines = []string{
			ui.Money(c.Money()) + " was sent for capture by " + c.StaffName + ", " + inSentence(clock.DayTime(c.Requested.Time())) +
				". As far as Stripe shows, nothing was captured, but the same request gives the same failure each time. " +
				reference(c.StripeRequestID, c.ID),
			"You can send it once more as a new request. Look at the payment in Stripe first.",
		}
	}
	p.Notices = append(p.Notices, n)
	p.Facts = []ui.Part{{Name: "Tracking", Value: trackingFact(c)}}
	return p
}

func askedSentence(n int64) string {
	if n <= 1 {
		return "This page changes by itself when Stripe answers."
	}
	return "Asked " + ui.Count(n, "time") + ". This page changes by itself when Stripe answers."
}

func (p CapturePanel) done(in OrderInput, c *models.Capture) CapturePanel {
	o, clock := in.Order, in.Shell.clock()
	p.State = captureDone
	p.Parts = partsOf(o, o.Captured(), "Captured")
	p.Facts = []ui.Part{{Name: "Captured", Value: clock.DayTime(o.CapturedAt.Time()).Text}}
	if c == nil || c.State != models.ActSucceeded {
		p.Facts = append(p.Facts, ui.Part{Name: "By", Value: elsewhereWord(o)})
		return p
	}
	p.Facts = append(p.Facts, ui.Part{Name: "By", Value: c.StaffName}, ui.Part{Name: "Tracking", Value: trackingFact(*c)})
	if c.Released > 0 {
		p.Facts = append(p.Facts, ui.Part{Name: "Released", Value: ui.Money(o.Released()) + ", confirmed by " + c.StaffName})
	}
	if c.StripeRequestID != "" {
		p.Facts = append(p.Facts, ui.Part{Name: "Stripe request", Value: c.StripeRequestID})
	}
	return p
}

// elsewhereWord says who captured when it was not this desk.
func elsewhereWord(o models.Order) string {
	if strings.HasPrefix(o.CaptureMethod, "automatic") {
		return "Stripe, by itself at the checkout"
	}
	return "outside this desk"
}

func trackingFact(c models.Capture) string {
	if c.TrackingNumber == "" {
		return "none: " + c.NoTrackingReason
	}
	return c.CarrierName + ", " + c.TrackingNumber
}

// form makes the form, in its first or in its confirming face.
func (p CapturePanel) form(in OrderInput) CapturePanel {
	o, f := in.Order, in.CaptureForm
	p.State, p.Token = captureForm, orToken(f.Token, in.FormToken)
	exponent, _ := money.Exponent(o.Currency)
	p.Exponent = strconv.Itoa(exponent)
	most := o.Capturable()
	p.Parts = partsOf(o, most, "Captured")
	p.Parts.Live = true
	p.Button = "Capture " + ui.Money(most)
	p.fields(in, f, most)
	if len(f.Errors) > 0 {
		p.Notices = append(p.Notices, errorNotice("Nothing was captured.", f.Errors))
	}
	if f.Released != nil {
		p.confirm(in, money.Amount{Minor: f.ReleasedAmount, Currency: o.Currency}, money.Amount{Minor: *f.Released, Currency: o.Currency})
	}
	return p
}

// confirm turns the form into the question whether the rest may be released.
func (p *CapturePanel) confirm(in OrderInput, amount, lost money.Amount) {
	p.Released = strconv.FormatInt(lost.Minor, 10)
	p.Parts = partsOf(in.Order, amount, "Captured")
	p.Parts.Live = true
	p.Button = "Capture " + ui.Money(amount) + " and release " + ui.Money(lost)
	p.Notices = append(p.Notices, Notice{
		Tone: ui.ToneBad, Icon: "triangle-alert", Alert: true,
		Title: "Nothing was captured yet. Confirm that " + ui.Money(lost) + " is released.",
		Lines: []string{"The remaining " + ui.Money(lost) + " is released to " + customerOr(in.Order) +
			". Stripe allows one capture: it cannot be captured later."},
	})
}

func customerOr(o models.Order) string {
	if o.CustomerName == "" {
		return "the customer"
	}
	return o.CustomerName
}

// errorNotice sums up what is wrong with a form; what belongs to no field is said here.
func errorNotice(title string, errs map[string]string) Notice {
	n := Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Title: title, Alert: true}
	if general := errs[""]; general != "" {
		n.Lines = append(n.Lines, general)
	}
	if fields := len(errs) - len(n.Lines); fields > 0 {
		n.Lines = append(n.Lines, "Look at "+ui.Count(fields, "field")+" below. What you typed is still there.")
	}
	return n
}

func partsOf(o models.Order, captured money.Amount, word string) CaptureParts {
	p := CaptureParts{Authorized: o.Authorized(), Captured: captured, Released: money.Amount{Currency: o.Currency}, CapturedWord: word}
	if captured.Minor > 0 {
		p.Released.Minor = o.AmountAuthorized - captured.Minor
	}
	p.Meter = ui.Meter{Kept: captured.Minor, Lost: p.Released.Minor, All: o.AmountAuthorized}
	return p
}

func (p *CapturePanel) fields(in OrderInput, f CaptureForm, most money.Amount) {
	amount := f.Amount
	if amount == "" && f.Errors["amount"] == "" {
		amount = most.Decimal()
	}
	p.Amount = ui.FieldModel{ID: "capture-amount", Name: "amount", Label: "Amount to capture", Value: amount, Prefix: most.Currency,
		InputMode: "decimal", Autocomplete: "off", Required: true, Error: f.Errors["amount"], Warning: f.Warnings["amount"],
		Help: "Up to " + ui.Money(most) + ". " + decimalHint(most.Currency) + " Stripe allows one capture."}
	t := trackingFields{prefix: "capture", country: in.Order.Country, today: today(in.Shell), errors: f.Errors, warnings: f.Warnings}
	p.ShippedOn = t.shippedOn(f.ShippedOn)
	p.Carrier = t.carrier(f.Carrier)
	p.OtherName = t.otherName(f.CarrierName)
	p.Tracking = t.number(f.TrackingNumber, "Sent to Stripe just before the capture.")
	p.NoTracking = ui.FieldModel{ID: "capture-no-tracking", Name: "no_tracking_reason", Label: "No tracking number? Say why",
		Hint: "only without a number", Value: f.NoTrackingReason, MaxLength: 500, Autocomplete: "off", Error: f.Errors["no_tracking_reason"],
		Help: "For example: collected in the shop, letter without tracking."}
	if in.AskRecipient {
		p.Recipient = t.recipient(f.Recipient)
	}
}

func decimalHint(currency string) string {
	if exponent, ok := money.Exponent(currency); ok && exponent == 0 {
		return "No decimals, no grouping."
	}
	return "Point or comma for decimals, no grouping."
}

// today is the day in the shop's zone, as a form has it.
func today(s Shell) string { return s.Now.In(s.zone()).Format(time.DateOnly) }

// trackingFields makes the fields of one parcel; prefix keeps the ids of two forms apart.
type trackingFields struct {
	prefix   string
	country  string
	today    string
	errors   map[string]string
	warnings map[string]string
}

func (t trackingFields) shippedOn(value string) ui.FieldModel {
	if value == "" && t.errors["shipped_on"] == "" {
		value = t.today
	}
	return ui.FieldModel{ID: t.prefix + "-shipped", Name: "shipped_on", Label: "Shipped on", Type: "date", Value: value, Error: t.errors["shipped_on"]}
}

func (t trackingFields) carrier(value string) ui.FieldModel {
	return ui.FieldModel{ID: t.prefix + "-carrier", Name: "carrier", Label: "Carrier", Value: value, Options: carrierOptions(t.country),
		Error: t.errors["carrier"], Warning: t.warnings["carrier"]}
}

func (t trackingFields) otherName(value string) ui.FieldModel {
	return ui.FieldModel{ID: t.prefix + "-carrier-name", Name: "carrier_name", Label: "Name of the other carrier", Value: value,
		Hint: "only with “Another carrier”", MaxLength: models.MaxTrackingLength, Autocomplete: "off", Error: t.errors["carrier_name"],
		Help: "As exact as possible: “DHL Paket”, not “DHL”."}
}

func (t trackingFields) number(value, help string) ui.FieldModel {
	return ui.FieldModel{ID: t.prefix + "-tracking", Name: "tracking_number", Label: "Tracking number", Value: value, Help: help,
		MaxLength: models.MaxTrackingLength, Autocomplete: "off", Error: t.errors["tracking_number"], Warning: t.warnings["tracking_number"]}
}

func (t trackingFields) recipient(r RecipientForm) []ui.FieldModel {
	field := func(name, label, value string) ui.FieldModel {
		return ui.FieldModel{ID: t.prefix + "-" + name, Name: name, Label: label, Value: value, Autocomplete: "off",
			MaxLength: 200, Error: t.errors[name]}
	}
	return []ui.FieldModel{
		field("ship_name", "Recipient", r.Name), field("ship_line1", "Street and number", r.Line1),
		field("ship_line2", "Address, second line", r.Line2), field("ship_postal_code", "Postal code", r.PostalCode),
		field("ship_city", "City", r.City), field("ship_country", "Country, two letters", r.Country),
	}
}

// carrierOptions are the carriers, those of the customer's country first.
func carrierOptions(country string) []ui.Option {
	options := []ui.Option{{Value: "", Text: "Guess from the number"}}
	for _, c := range carriers.ForCountry(country) {
		group := "All carriers"
		if slices.Contains(c.Markets, country) {
			group = "In " + i18n.Country(country)
		}
		if c.Code != carriers.Other {
			options = append(options, ui.Option{Value: c.Code, Text: c.Name, Group: group})
		}
	}
	return append(options, ui.Option{Value: carriers.Other, Text: "Another carrier"})
}
