package handlers

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/practice"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// showPractice answers GET /best-practice: Klarna's advice to merchants, measured.
func (a *App) showPractice(c *fiber.Ctx) error {
	in, err := a.practice(c.UserContext(), weeks(c))
	if err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.PracticeShow(views.NewPracticePage(in)))
}

// weeks is how many weeks are asked for: four, or all that a card looks back on.
func weeks(c *fiber.Ctx) int {
	if c.Query("weeks") == "12" {
		return practice.Weeks
	}
	return 4
}

// practice measures all checks over the last weeks.
func (a *App) practice(ctx context.Context, weeks int) (in views.PracticeInput, err error) {
	now := a.Now()
	card := practice.Input{Now: now, Zone: a.Zone, Weeks: weeks}
	mondays := practice.MondaysOf(now, a.Zone)
	if card.Sums, err = a.Reader.PracticeSums(ctx, practice.WeekOf(mondays[0]), models.UnixOf(now)); err != nil {
		return in, err
	}
	ground, err := a.Orders.Ground(ctx)
	if err != nil {
		return in, err
	}
	if card.Placed, err = a.Helpdesk.Placed(ctx); err != nil {
		return in, err
	}
	firsts := make([]string, len(mondays))
	for i, m := range mondays {
		firsts[i] = m.Format(time.DateOnly)
	}
	duty, err := a.Mailroom.DutyByWeek(ctx, firsts)
	copy(card.Mailboxes[:], duty)
	card.Ground = ground.Ground
	return views.PracticeInput{Card: practice.NewCard(card), Weeks: weeks, Ground: ground.Ground, Placed: card.Placed}, err
}

// showPracticeCheck answers GET /best-practice/:check: a check week by week, and what did not meet it.
func (a *App) showPracticeCheck(c *fiber.Ctx) error {
	return a.answerPracticeCheck(c, c.Params("check"), fiber.StatusOK, nil)
}

func (a *App) answerPracticeCheck(c *fiber.Ctx, check string, status int, change func(*views.PracticeCheckInput)) error {
	ctx := c.UserContext()
	rule, ok := practice.RuleOf(check)
	if !ok {
		return fiber.ErrNotFound
	}
	all, err := a.practice(ctx, weeks(c))
	if err != nil {
		return err
	}
	in := views.PracticeCheckInput{PracticeInput: all, Check: rule.Check}
	if in.Week, err = weekAsked(c.Query("week"), all.Card.Mondays); err != nil {
		return err
	}
	if err := a.practiceMisses(c, &in); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.PracticeCheckShow(views.NewPracticeCheckPage(in)))
}

// weekAsked is the place of the week asked for by its Monday; -1 for none. Errors: not found for a week that is none of them.
func weekAsked(monday string, mondays [practice.Weeks]time.Time) (int, error) {
	if monday == "" {
		return -1, nil
	}
	for i, m := range mondays {
		if m.Format(time.DateOnly) == monday {
			return i, nil
		}
	}
	return -1, &models.Error{Kind: models.KindNotFound, Code: "week_unknown", Message: "Only the last twelve weeks are measured, each by its Monday. Open the check again."}
}

// practiceMisses reads the page of orders or disputes that did not meet the check.
func (a *App) practiceMisses(c *fiber.Ctx, in *views.PracticeCheckInput) error {
	ctx := c.UserContext()
	from, to := in.Card.From, models.AddDays(in.Card.Mondays[practice.Weeks-1], 7)
	if in.Week >= 0 {
		from, to = in.Card.Mondays[in.Week], models.AddDays(in.Card.Mondays[in.Week], 7)
	}
	query := store.PracticeQuery{Check: in.Check, From: models.UnixOf(from), To: models.UnixOf(to), Now: models.UnixOf(a.Now()),
		ByHand: !practice.Applies(in.Check, in.Ground), Soon: in.Ground == models.GroundWithin24, After: c.Query("after"), Before: c.Query("before"), Limit: pageSize}
	if !practice.HasMisses(in.Check) {
		return nil
	}
	page, err := a.Reader.PracticeMisses(ctx, query)
	if err != nil {
		return err
	}
	in.Misses, in.Newer, in.Older = page.Misses, page.Prev, page.Next
	ids := make([]string, 0, len(page.Misses))
	for _, m := range page.Misses {
		ids = append(ids, m.ID)
	}
	if practice.IsAboutDisputes(in.Check) {
		if in.Disputes, err = a.Reader.DisputesByID(ctx, ids...); err != nil {
			return err
		}
		ids = ids[:0]
		for _, d := range in.Disputes {
			ids = append(ids, d.PaymentIntentID)
		}
	}
	in.Orders, err = a.Reader.OrdersByID(ctx, ids...)
	return err
}

// createHelpPlaced answers POST /best-practice/help-link/confirmations: somebody found the link to the help page in its place, or not there any more.
func (a *App) createHelpPlaced(c *fiber.Ctx) error {
	url, gone := field(c, "url"), field(c, "gone") != ""
	if gone {
		url = ""
	}
	err, errs := a.Helpdesk.SetPlaced(c.UserContext(), url, gone, actor(c)), map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerPracticeCheck(c, string(models.CheckHelpPlaced), fiber.StatusUnprocessableEntity, func(in *views.PracticeCheckInput) { in.TypedURL, in.Errors = url, errs })
	}
	if err != nil {
		return err
	}
	title := "Confirmed."
	if gone {
		title = "Noted: it is not there any more."
	}
	a.SetFlash(c, web.Flash{Title: title})
	return web.Redirect(c, "/best-practice/"+string(models.CheckHelpPlaced))
}
