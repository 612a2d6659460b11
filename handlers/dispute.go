package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/disputes"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/models/orders"
	"counterfoil/models/staff"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/i18n"
)

// draftLimit is the largest form of a draft, in bytes: 150,000 characters, each of up to four bytes and escaped.
const draftLimit = 2 << 20

// showDispute answers GET /disputes/:id.
func (a *App) showDispute(c *fiber.Ctx) error {
	if disputes.IsMail(c.Params("id")) {
		return a.answerMail(c, fiber.StatusOK, c.Params("id"), nil)
	}
	return a.answerDispute(c, fiber.StatusOK, c.Params("id"), nil)
}

// answerDispute answers with the dispute's page, or, where htmx asks, with what changed. change puts in what was typed.
func (a *App) answerDispute(c *fiber.Ctx, status int, id string, change func(*views.DisputeInput)) error {
	version, err := a.Reader.DisputeVersion(c.UserContext(), id)
	if err != nil {
		return err
	}
	in, err := a.disputeInput(c.UserContext(), id)
	if err != nil {
		return err
	}
	in.Seen = evidence.Fingerprint(version)
	in.Step = c.Query("step")
	if change != nil {
		change(&in)
	}
	if in.Step == "" && in.Desk.Case.Goods == "" {
		in.Step = views.StepReason
	}
	if err := a.loadFiles(c.UserContext(), &in); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	page := views.NewDisputePage(in)
	switch {
	case web.Asks(c, views.RegionDispute):
		return web.Render(c, status, views.DisputeChanged(page, c.Query("phase") != page.Phase))
	case web.Asks(c, views.RegionDisputeFiles):
		return web.Render(c, status, views.FilesRegion(page.Files))
	}
	return web.Render(c, status, views.DisputeShow(page))
}

// disputeInput loads everything that a dispute's page shows.
func (a *App) disputeInput(ctx context.Context, id string) (views.DisputeInput, error) {
	in := views.DisputeInput{FormToken: web.FormToken(), Errors: map[string]string{}}
	var err error
	if in.Desk, err = a.Disputes.Load(ctx, id); err != nil {
		return in, err
	}
	d := in.Desk.Dispute
	in.Hash = in.Desk.Hash()
	if in.Audit, err = a.Reader.AuditOf(ctx, id); err != nil {
		return in, err
	}
	limits, err := a.Reader.Limits(ctx)
	if err != nil {
		return in, err
	}
	in.Limit, in.CanErase = limits.Check(person(ctx).Role, d.Money()), can(ctx, staff.EraseCustomers)
	if in.Colleagues, err = a.colleagues(ctx); err != nil {
		return in, err
	}
	if err := a.weigh(ctx, &in); err != nil {
		return in, err
	}
	if in.Desk.Order == nil {
		return in, nil
	}
	if in.Events, err = a.Reader.Events(ctx, d.PaymentIntentID, timelineLimit); err != nil {
		return in, err
	}
	f, err := a.Orders.RefundFacts(ctx, d.PaymentIntentID)
	in.Refundable, in.RefundRefusal = f.Refundable(), orders.CheckRefund(f)
	return in, err
}

// loadFiles makes the files as they would go to Stripe, where the page shows them.
func (a *App) loadFiles(ctx context.Context, in *views.DisputeInput) (err error) {
	if drafting := in.Desk.CanDraft() == nil; !drafting || !can(ctx, staff.SeeCustomers) {
		return nil
	}
	in.Files, err = a.Disputes.Files(ctx, in.Desk)
	if models.IsKind(err, models.KindInvalid) {
		in.FilesProblem, err = models.MessageOf(err), nil
	}
	return err
}

// weigh adds what a lost chargeback costs and how such disputes ended so far.
func (a *App) weigh(ctx context.Context, in *views.DisputeInput) error {
	d := in.Desk.Dispute
	fee, known, err := a.Reader.LastDisputeFee(ctx, d.Currency)
	if err != nil {
		return err
	}
	own := slices.IndexFunc(in.Desk.BalanceTransactions, func(t models.BalanceTransaction) bool { return t.Fee > 0 })
	switch usual, ok := evidence.UsualFee(d.Currency); {
	case own >= 0:
		t := in.Desk.BalanceTransactions[own]
		in.Fee, in.FeeFrom = money.Amount{Minor: t.Fee, Currency: t.Currency}, "as Stripe took it"
	case known:
		in.Fee, in.FeeFrom = money.Amount{Minor: fee, Currency: d.Currency}, "as the last one was"
	case ok:
		in.Fee, in.FeeFrom = usual, "by Stripe’s list of 2023"
	}
	var h evidence.History
	if h.Won, h.Lost, err = a.Reader.DisputeHistory(ctx, d.Reason); err != nil {
		return err
	}
	in.Weighed = evidence.Weigh(d.Money(), in.Fee, in.FeeFrom != "", h)
	return nil
}

// colleagues are the people who may be given a dispute.
func (a *App) colleagues(ctx context.Context) (people []models.Staff, err error) {
	all, err := a.Reader.StaffList(ctx)
	for _, p := range all {
		if p.DisabledAt == 0 && staff.Can(p.Role, staff.ActOnOrders) {
			people = append(people, p)
		}
	}
	return people, err
}

// createDraft answers POST /disputes/:id/drafts: what was typed is kept, by hand or by itself.
func (a *App) createDraft(c *fiber.Ctx) error {
	id := c.Params("id")
	req := disputes.SaveRequest{DisputeID: id, Fields: map[string]disputes.Typed{}, Goods: models.Goods(field(c, "goods")), Actor: actor(c)}
	typed := map[string]string{}
	for _, f := range evidence.Fields() {
		if f.Kind != evidence.KindFile && c.Context().PostArgs().Has(f.Name) {
			field := disputes.Typed{Value: c.FormValue(f.Name), Base: c.FormValue("base." + f.Name)}
			req.Fields[f.Name] = field
			if field.Touched() { // of the others the page shows what stands there now
				typed[f.Name] = field.Value
			}
		}
	}
	if forget := field(c, "forget"); forget != "" {
		req.Forget = []string{forget}
		delete(req.Fields, forget)
	}
	saved, err := a.Disputes.Save(c.UserContext(), req)
	if c.Accepts(fiber.MIMETextHTML, fiber.MIMEApplicationJSON) == fiber.MIMEApplicationJSON {
		return a.answerSaved(c, saved, err)
	}
	errs := map[string]string{}
	var refusal *models.Refusal
	switch {
	case errors.As(err, &refusal):
		return a.answerDispute(c, fiber.StatusConflict, id, func(in *views.DisputeInput) { in.Conflict = conflictOf("saved", refusal) })
	case noteInvalid(err, errs):
		return a.answerDispute(c, fiber.StatusUnprocessableEntity, id, func(in *views.DisputeInput) { in.Errors, in.Typed = errs, typed })
	case err != nil:
		return err
	case len(saved.Clashes)+len(saved.Errors) > 0:
		return a.answerDispute(c, fiber.StatusUnprocessableEntity, id, func(in *views.DisputeInput) {
			in.Step, in.Typed, in.Errors = views.StepEvidence, typed, saved.Errors
			in.Clashes = map[string]views.DraftClash{}
			for name, clash := range saved.Clashes {
				in.Clashes[name] = views.DraftClash(clash)
			}
		})
	}
	to := "/disputes/" + id
	if step := field(c, "step"); step == views.StepEvidence || step == views.StepReview {
		to += "?step=" + step
	}
	return web.Redirect(c, to)
}

// answerSaved tells the script what became of a draft that saved itself.
func (a *App) answerSaved(c *fiber.Ctx, saved disputes.Saved, err error) error {
	var refusal *models.Refusal
	switch {
	case errors.As(err, &refusal):
		return c.Status(fiber.StatusConflict).JSON(fiber.Map{"message": refusal.Message})
	case err != nil:
		return err
	}
	bases, said := map[string]string{}, "Saved "+a.Now().In(a.Zone).Format("15:04")
	for _, f := range evidence.Fields() {
		if value := c.FormValue(f.Name); f.Kind != evidence.KindFile && saved.Errors[f.Name] == "" && saved.Errors[""] == "" {
			if _, clash := saved.Clashes[f.Name]; !clash {
				bases[f.Name] = evidence.Fingerprint(value)
			}
		}
	}
	switch {
	case len(saved.Clashes) > 0:
		said = "Somebody else changed the same field: press Save to see both."
	case len(saved.Errors) > 0:
		said = "Not all is saved: press Save to see why."
	}
	return c.JSON(fiber.Map{"message": said, "bases": bases})
}

func conflictOf(act string, r *models.Refusal) *views.Conflict {
	return &views.Conflict{Act: act, Message: r.Message, By: r.By, At: r.At}
}

// createAssignment answers POST /disputes/:id/assignments.
func (a *App) createAssignment(c *fiber.Ctx) error {
	id := c.Params("id")
	err := a.Disputes.Assign(c.UserContext(), id, field(c, "assignee"), actor(c))
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Assigned."})
	return web.Redirect(c, "/disputes/"+id)
}

// createDisputeRefund answers POST /disputes/:id/refunds: exactly the disputed amount, which closes an inquiry.
func (a *App) createDisputeRefund(c *fiber.Ctx) error {
	id, ctx := c.Params("id"), c.UserContext()
	d, err := a.Reader.Dispute(ctx, id)
	if err != nil {
		return err
	}
	token := field(c, "form_token")
	earlier, err := a.Reader.RefundActByToken(ctx, token) // the same form again is the refund that closed it
	if err != nil {
		return err
	}
	if earlier == nil && (!d.IsInquiry() || !d.IsOpen()) {
		return a.answerDispute(c, fiber.StatusConflict, id, func(in *views.DisputeInput) {
			in.Conflict = &views.Conflict{Act: "refunded", Message: "This is not an open inquiry any more."}
		})
	}
	_, err = a.Orders.Refund(ctx, orders.RefundRequest{OrderID: d.PaymentIntentID, Amount: d.Money(), Confirmed: wholeOf(c, "confirmed"),
		Reason: "requested_by_customer", Note: "settles the inquiry " + d.ID, FormToken: token, Actor: actor(c)})
	return a.answerDisputeAct(c, id, "refunded", "confirmed", err, web.Flash{Title: "Refunded " + i18n.Money(d.Money()) + ".",
		Text: "Klarna closes the inquiry when it has arrived; this page shows it."})
}

// createSubmission answers POST /disputes/:id/submissions: the one answer to a chargeback.
func (a *App) createSubmission(c *fiber.Ctx) error {
	id, ctx := c.Params("id"), c.UserContext()
	var err error
	if field(c, "again") != "" {
		_, err = a.Disputes.RetrySubmission(ctx, id, actor(c))
	} else {
		_, err = a.Disputes.Submit(ctx, disputes.SubmitRequest{DisputeID: id, DraftHash: field(c, "draft"), Confirmed: field(c, "confirmed") == "yes",
			FormToken: field(c, "form_token"), Actor: actor(c)})
	}
	return a.answerDisputeAct(c, id, "submitted", "confirmed", err, web.Flash{Title: "The evidence is submitted.", Text: "What was sent stands below, with its hashes."})
}

// createAcceptance answers POST /disputes/:id/acceptances: a chargeback is given up.
func (a *App) createAcceptance(c *fiber.Ctx) error {
	id, ctx := c.Params("id"), c.UserContext()
	var err error
	if field(c, "again") != "" {
		_, err = a.Disputes.RetryAcceptance(ctx, id, actor(c))
	} else {
		_, err = a.Disputes.Accept(ctx, disputes.AcceptRequest{DisputeID: id, Confirmed: wholeOf(c, "confirmed"), FormToken: field(c, "form_token"), Actor: actor(c)})
	}
	return a.answerDisputeAct(c, id, "accepted", "accepted", err, web.Flash{Title: "The chargeback is accepted.", Text: "It is lost; nothing more can be done."})
}

// createErasure answers POST /disputes/:id/erasures: everything of the customer goes, the receipt's hashes stay.
func (a *App) createErasure(c *fiber.Ctx) error {
	id := c.Params("id")
	err := a.Disputes.Erase(c.UserContext(), id, field(c, "confirmed") == "yes", actor(c))
	return a.answerDisputeAct(c, id, "erased", "erase", err, web.Flash{Title: "Erased.", Text: "The receipt and its hashes stay."})
}

// answerDisputeAct answers a form that asked for an act on a dispute, as answerAct does for orders. tick is where the page shows that the
// confirmation is missing.
func (a *App) answerDisputeAct(c *fiber.Ctx, id, tried, tick string, err error, done web.Flash) error {
	var refusal *models.Refusal
	errs := map[string]string{}
	conflict := func(status int, message string) error {
		return a.answerDispute(c, status, id, func(in *views.DisputeInput) {
			in.Step, in.Conflict = views.StepReview, &views.Conflict{Act: tried, Message: message}
		})
	}
	switch {
	case err == nil:
		a.SetFlash(c, done)
		return web.Redirect(c, "/disputes/"+id)
	case errors.As(err, &refusal):
		return a.answerDispute(c, fiber.StatusConflict, id, func(in *views.DisputeInput) { in.Step, in.Conflict = views.StepReview, conflictOf(tried, refusal) })
	case noteInvalid(err, errs):
		if message := errs["confirmed"]; message != "" {
			errs[tick] = message
			return a.answerDispute(c, fiber.StatusUnprocessableEntity, id, func(in *views.DisputeInput) { in.Step, in.Errors = views.StepReview, errs })
		}
		return conflict(fiber.StatusUnprocessableEntity, sentences(errs))
	}
	switch models.KindOf(err) {
	case models.KindUnknown:
		return a.answerDispute(c, fiber.StatusAccepted, id, nil)
	case models.KindRefused:
		return conflict(fiber.StatusConflict, models.MessageOf(err))
	case models.KindUnavailable:
		return conflict(fiber.StatusServiceUnavailable, models.MessageOf(err))
	}
	return err
}

// sentences puts the messages of a form's fields behind one another.
func sentences(errs map[string]string) string {
	var all []string
	for _, message := range errs {
		all = append(all, message)
	}
	return strings.Join(all, " ")
}
