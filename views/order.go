package views

import (
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// OrderInput is what the page of one order is made from. A refusal is the sentence that says why an act is not possible now, "" when it
// is; the role counts too (CanAct).
type OrderInput struct {
	Shell               Shell
	Back                string // address of the list that a person came from
	Order               models.Order
	Ground              models.GroundRecord // of automatic captures: without one they are flagged
	Captures            []models.Capture
	Cancellations       []models.Cancellation
	Shipments           []models.Shipment
	Refunds             []models.Refund
	RefundActs          []models.RefundAct // our own, refused ones too, oldest first
	Disputes            []models.Dispute
	BalanceTransactions []models.BalanceTransaction // of the charge and its refunds and disputes, as far as known
	Bank                *models.BankEntry           // of that payout; nil while no statement of the bank has it
	Payout              *models.Payout              // that carried the capture, as far as known
	Events              []models.StripeEvent
	Audit               []models.AuditEntry
	Notes               []models.Note
	CanAct              bool // the role may capture, cancel, add tracking and notes
	CaptureRefusal      string
	CancelRefusal       string
	ShipmentRefusal     string
	RefundRefusal       string
	Refundable          money.Amount
	AskRecipient        bool   // orders.NeedsRecipient: Stripe has no name or no address to send tracking with
	FormToken           string // fresh nonce for the page's forms
	CaptureForm         CaptureForm
	CancelForm          CancelForm
	ShipmentForm        ShipmentForm
	RefundForm          RefundForm
	NoteForm            NoteForm
	Documents           []models.Document // of the evidence locker
	FileError           string            // why a file was not taken
	MailDisputes        []models.MailDispute
	Conflict            *Conflict // the act just tried was not possible: 409
	Tried               bool      // the page answers a capture, a cancellation or a refund: its outcome takes the focus
}

// CaptureForm is the capture form as it was typed, with what is wrong with it.
type CaptureForm struct {
	Amount           string
	Carrier          string // carriers code, "" to guess from the number
	CarrierName      string
	TrackingNumber   string
	ShippedOn        string // YYYY-MM-DD
	NoTrackingReason string
	Recipient        RecipientForm
	Token            string            // the form_token that came with it; kept
	Errors           map[string]string // by field name; "" holds what belongs to no field
	Warnings         map[string]string // by field name; advice, never blocks
	Released         *int64            // minor units to confirm: the first answer to capturing less
	ReleasedAmount   int64             // minor units of the amount that was typed, with Released
}

// RecipientForm is asked for where Stripe has neither shipping nor billing address of the order.
type RecipientForm struct {
	Name, Line1, Line2, PostalCode, City, Country string
}

// CancelForm is the cancel form as it was typed.
type CancelForm struct {
	Reason string
	Note   string
	Token  string
	Errors map[string]string
}

// ShipmentForm is the form of one parcel as it was typed.
type ShipmentForm struct {
	Carrier        string
	CarrierName    string
	TrackingNumber string
	ShippedOn      string
	Replaces       string // shp_… that this one corrects
	Recipient      RecipientForm
	Token          string
	Errors         map[string]string
	Warnings       map[string]string
}

// NoteForm is the form of a note as it was typed.
type NoteForm struct {
	Text   string
	Token  string
	Errors map[string]string
}

// Conflict says why an act was not possible, and who came first where somebody did.
type Conflict struct {
	Act     string // what was tried: "captured", "canceled", "sent", "refunded"
	Message string
	By      string
	At      models.Unix
}

// OrderPage is the page of one order, region by region.
type OrderPage struct {
	Shell     Shell
	ID        string
	URL       string
	Head      OrderHead
	Capture   CapturePanel
	Cancel    CancelPanel
	Shipments ShipmentsRegion
	Claims    ClaimsRegion
	Refund    RefundPanel
	Line      MoneyLine
	Timeline  Timeline
	Files     FilesPanel
	Note      NoteRegion
	Customer  CustomerCard
	Support   SupportCard
}

// NewOrderPage makes the page of one order.
func NewOrderPage(in OrderInput) OrderPage {
	in.Shell.Title, in.Shell.Nav = orderName(in.Order), NavOrders
	return OrderPage{
		ID: in.Order.ID, URL: orderURL(in.Order.ID), Shell: in.Shell, Head: newOrderHead(in), Capture: newCapturePanel(in), Cancel: newCancelPanel(in),
		Shipments: newShipmentsRegion(in), Claims: newClaimsRegion(in), Refund: newRefundPanel(in), Line: newMoneyLine(in), Timeline: newTimeline(in),
		Files: newOrderFiles(in), Note: newNoteRegion(in), Customer: newCustomerCard(in), Support: newOrderSupport(in),
	}
}

// OrderHead is the order's title, its state in words, and the deadline.
type OrderHead struct {
	Back      string
	Name      string
	Badges    []ui.BadgeModel
	Sub       string
	StripeURL string
	CanCancel bool
	Notice    *Notice
}

// Notice is a banner. Alert: it answers an act and takes the focus.
type Notice struct {
	Tone  ui.Tone
	Icon  string
	Title string
	Lines []string
	URL   string // where there is more, with Link as its words
	Link  string
	Alert bool
}

// backTo is the way back to the list, as it was left.
func backTo(list string) string {
	if list == "" {
		return "/orders"
	}
	return list
}

func newOrderHead(in OrderInput) OrderHead {
	o := in.Order
	h := OrderHead{
		Back: backTo(in.Back),
		Name: orderName(o), Badges: orderBadges(o, pendingAct(in) != ""), StripeURL: in.Shell.stripeURL("payments", o.ID),
		CanCancel: in.CanAct && in.CancelRefusal == "",
	}
	h.Sub = join(customerWord(in), i18n.Country(o.Country), klarnaCategory(o.KlarnaCategory), captureMethodWord(o), authorizedWord(in))
	h.Notice = orderNotice(in)
	return h
}

// pendingAct names the act whose outcome is not known: "captured", "canceled" or "".
func pendingAct(in OrderInput) string {
	if c := lastCapture(in.Captures); c != nil && c.State == models.ActPending {
		return "captured"
	}
	for _, c := range in.Cancellations {
		if c.State == models.ActPending {
			return "canceled"
		}
	}
	return ""
}

// lastCapture is the capture that counts: the one not refused, else the newest refused one.
func lastCapture(captures []models.Capture) *models.Capture {
	var last *models.Capture
	for i := range captures {
		c := &captures[i]
		if c.State != models.ActRefused {
			return c
		}
		if last == nil || c.Requested > last.Requested {
			last = c
		}
	}
	return last
}

func customerWord(in OrderInput) string {
	if !in.Shell.CanSeeCustomers {
		return "Customer hidden for your role"
	}
	return in.Order.CustomerName
}

func captureMethodWord(o models.Order) string {
	if strings.HasPrefix(o.CaptureMethod, "automatic") {
		return "captured automatically"
	}
	return ""
}

func authorizedWord(in OrderInput) string {
	if in.Order.AuthorizedAt == 0 {
		return ""
	}
	return "authorized " + in.Shell.clock().DayTime(in.Order.AuthorizedAt.Time()).Text
}

// orderNotice is the banner below the title: an unknown outcome first, else the deadline, else why nothing was authorized.
func orderNotice(in OrderInput) *Notice {
	o := in.Order
	switch {
	case pendingAct(in) == "canceled":
		return &Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe has not said yet whether this was canceled",
			Lines: []string{"Do not try again: we are asking."}}
	case o.StatusAt(models.UnixOf(in.Shell.Now)) == models.StatusExpired && pendingAct(in) == "":
		return lostNotice(in.Shell, o)
	case o.Status == models.StatusAuthorized && pendingAct(in) == "":
		return deadlineNotice(in.Shell, o)
	case in.Ground.Flags(o):
		return &Notice{Tone: ui.ToneWarn, Icon: "triangle-alert", Title: "Captured automatically, without a recorded ground",
			Lines: []string{"Klarna allows automatic capture only for certain kinds of business."}, URL: "/automatic-capture", Link: "What to change"}
	case o.Status == models.StatusFailed && o.LastErrorCode != "":
		return &Notice{Tone: ui.ToneBad, Icon: "circle-x", Title: "Klarna did not authorize this payment",
			Lines: []string{failureSentence(o)}}
	}
	return nil
}

// lostNotice says what an authorization that ran out was worth. Stripe may not have told so yet.
func lostNotice(s Shell, o models.Order) *Notice {
	lines := []string{"The authorization ran out after 28 days. Klarna has released it to the customer: it cannot be captured any more."}
	if o.Status == models.StatusAuthorized {
		lines = append(lines, "Stripe’s own notice of it is on its way.")
	}
	title := ui.Money(o.Authorized()) + " was never captured"
	if by := o.CaptureBy(); by != 0 {
		title += ": it ran out on " + s.clock().LongDayTime(by.Time()).Text
	}
	return &Notice{Tone: ui.ToneBad, Icon: "circle-x", Title: title, Lines: lines}
}

func deadlineNotice(s Shell, o models.Order) *Notice {
	by := o.CaptureBy().Time()
	due := s.clock().Due(by)
	if due.Tone == ui.ToneNone {
		return nil
	}
	icon := "clock"
	if due.Tone == ui.ToneBad {
		icon = "triangle-alert"
	}
	title := "Capture by " + s.clock().LongDayTime(by).Text + " (" + s.clock().ZoneName() + ")"
	left := by.Sub(s.Now)
	return &Notice{Tone: due.Tone, Icon: icon, Title: title, Lines: []string{
		capital(areLeft(i18n.Left(left))) + " left of 28 days from the authorization. After that " + ui.Money(o.Authorized()) +
			" can no longer be captured.",
	}}
}

// areLeft agrees with the words for the time that is left.
func areLeft(words string) string {
	if words == "1 day" || words == "1 hour" || words == "1 minute" || strings.HasPrefix(words, "less") {
		return words + " is"
	}
	return words + " are"
}

// failureSentence says why there is no authorization. Source of the codes: docs.stripe.com/payments/klarna/accept-a-payment.
func failureSentence(o models.Order) string {
	switch o.LastErrorCode {
	case "payment_method_customer_decline":
		return "The customer declined at Klarna. They may try again."
	case "payment_method_provider_decline":
		return "Klarna declined. The customer may try another way to pay."
	case "payment_intent_payment_attempt_expired":
		return "The customer did not finish at Klarna within 48 hours."
	case "payment_method_not_available":
		return "Klarna was not available for this payment."
	}
	return capital(plain(o.LastErrorCode)) + "."
}

// CustomerCard is who bought. Hidden: the role does not see it.
type CustomerCard struct {
	Hidden    bool
	Name      string
	Email     string
	Phone     string
	Country   string
	ShipTo    []string
	ShipLabel string
}

func newCustomerCard(in OrderInput) CustomerCard {
	o := in.Order
	if !in.Shell.CanSeeCustomers {
		return CustomerCard{Hidden: true, Country: i18n.Country(o.Country)}
	}
	c := CustomerCard{Name: o.CustomerName, Email: o.CustomerEmail, Phone: o.CustomerPhone, Country: i18n.Country(o.Country)}
	address, name := o.Shipping.Address, o.Shipping.Name
	c.ShipLabel = "Ship to"
	if address.IsZero() {
		address, name, c.ShipLabel = o.Billing, "", "Bill to"
	}
	if name == o.CustomerName {
		name = ""
	}
	c.ShipTo = addressLines(name, address)
	return c
}

func addressLines(name string, a models.Address) []string {
	var lines []string
	for _, l := range []string{name, a.Line1, a.Line2, strings.TrimSpace(a.PostalCode + " " + a.City), a.State, i18n.Country(a.Country)} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// NoteRegion is the form for a note.
type NoteRegion struct {
	Action string
	Token  string
	Open   bool
	Field  ui.FieldModel
	Why    string // why no note can be written, "" when one can
}

// maxNote is the longest note taken.
const maxNote = 2000

func newNoteRegion(in OrderInput) NoteRegion {
	f := in.NoteForm
	n := NoteRegion{Action: orderURL(in.Order.ID) + "/notes", Token: orToken(f.Token, in.FormToken), Open: len(f.Errors) > 0}
	n.Field = ui.FieldModel{ID: "note-text", Name: "text", Label: "Note", Value: f.Text, Error: f.Errors["text"], Rows: 3, MaxLength: maxNote,
		Help: "Seen by everybody at the desk, never by the customer."}
	if !in.CanAct {
		n.Why = viewerSentence
	}
	return n
}

// viewerSentence is why a viewer sees no forms.
const viewerSentence = "Your role reads orders and changes nothing. Staff, managers and admins can act here."

func orToken(typed, fresh string) string {
	if typed != "" {
		return typed
	}
	return fresh
}
