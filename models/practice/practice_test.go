package practice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/practice"
)

const hour = models.Unix(3600)

// captured is an order that was captured by hand at a moment and changed by each function.
func captured(at models.Unix, change ...func(*models.Order)) *models.Order {
	o := &models.Order{Status: models.StatusCaptured, CaptureMethod: "manual", CapturedAt: at}
	for _, c := range change {
		c(o)
	}
	return o
}

var (
	noCase = practice.Tally{}
	met    = practice.Tally{Cases: 1, Met: 1}
	missed = practice.Tally{Cases: 1}
)

func TestJudgeOrder(t *testing.T) {
	const at = models.Unix(1_795_000_000)
	automatic := func(o *models.Order) { o.CaptureMethod = "automatic_async" }
	tracked := func(after models.Unix) func(*models.Order) {
		return func(o *models.Order) { o.HasTracking, o.TrackedAt = true, at+after }
	}
	unknown := func(o *models.Order) { o.HasTracking = true }
	shipped := func(after models.Unix) func(*models.Order) {
		return func(o *models.Order) { o.ShippedFrom = at + after }
	}
	ended := func(s models.OrderStatus, authorized models.Unix) *models.Order {
		return &models.Order{Status: s, CanceledAt: at, AuthorizedAt: authorized}
	}
	for _, c := range []struct {
		name   string
		check  models.PracticeCheck
		order  *models.Order
		ground models.CaptureGround
		after  models.Unix // now, after the capture
		want   practice.Tally
	}{
		{"by hand", models.CheckByHand, captured(at), "", 0, met},
		{"by itself", models.CheckByHand, captured(at, automatic), "", 0, missed},
		{"by itself, on a ground", models.CheckByHand, captured(at, automatic), models.GroundWithin24, 0, noCase},
		{"by hand, with a ground", models.CheckByHand, captured(at), models.GroundWithin24, 0, met},
		{"not captured", models.CheckByHand, ended(models.StatusExpired, 1), "", 0, noCase},
		{"captured at the first moment of the day of shipping", models.CheckShipped, captured(at, shipped(0)), "", 0, met},
		{"a second before", models.CheckShipped, captured(at, shipped(1)), "", 0, missed},
		{"days after", models.CheckShipped, captured(at, shipped(-100*hour)), "", 0, met},
		{"the day of shipping is not known", models.CheckShipped, captured(at), "", 0, noCase},
		{"by itself, nothing is shipped", models.CheckShipped, captured(at, automatic, shipped(1)), models.GroundVouchers, 0, noCase},
		{"by itself, shipped within 24 hours", models.CheckShipped, captured(at, automatic, shipped(24*hour)), models.GroundWithin24, 0, met},
		{"by itself, shipped after 24 hours", models.CheckShipped, captured(at, automatic, shipped(24*hour+1)), models.GroundWithin24, 0, missed},
		{"by hand, with the ground within 24 hours", models.CheckShipped, captured(at, shipped(1)), models.GroundWithin24, 0, missed},
		{"by itself, approved by Klarna", models.CheckShipped, captured(at, automatic, shipped(1)), models.GroundApproved, 0, noCase},
		{"ran out", models.CheckRanOut, ended(models.StatusExpired, 1), "", 0, missed},
		{"given back", models.CheckRanOut, ended(models.StatusCanceled, 1), "", 0, met},
		{"never authorized", models.CheckRanOut, ended(models.StatusCanceled, 0), "", 0, noCase},
		{"captured", models.CheckRanOut, captured(at), "", 0, met},
		{"captured by itself: it could not run out", models.CheckRanOut, captured(at, automatic), "", 0, noCase},
		{"its time is over, without a word of Stripe's", models.CheckRanOut, &models.Order{Status: models.StatusAuthorized, AuthorizedAt: at}, "", 28 * 24 * hour, missed},
		{"a second before", models.CheckRanOut, &models.Order{Status: models.StatusAuthorized, AuthorizedAt: at}, "", 28*24*hour - 1, noCase},
		{"tracked before the capture", models.CheckAtCapture, captured(at, tracked(-hour)), "", 0, met},
		{"ten minutes after it", models.CheckAtCapture, captured(at, tracked(600)), "", 0, met},
		{"later", models.CheckAtCapture, captured(at, tracked(601)), "", 0, missed},
		{"not yet", models.CheckAtCapture, captured(at), "", 599, noCase},
		{"never", models.CheckAtCapture, captured(at), "", 600, missed},
		{"by itself, within 24 hours: it cannot be there", models.CheckAtCapture, captured(at, automatic), models.GroundWithin24, 600, noCase},
		{"nobody knows when", models.CheckAtCapture, captured(at, unknown), "", 0, noCase},
		{"seen a month later, tracked or not", models.CheckAtCapture, captured(at, func(o *models.Order) { o.SeenAt = at + 30*24*hour + 1 }), "", 0, noCase},
		{"seen within the month", models.CheckAtCapture, captured(at, func(o *models.Order) { o.SeenAt = at + 30*24*hour }), "", 600, missed},
		{"within a day, on the ground within 24 hours", models.CheckInADay, captured(at, automatic, tracked(24*hour)), models.GroundWithin24, 0, met},
		{"a download has none", models.CheckAtCapture, captured(at, automatic), models.GroundDigital, 0, noCase},
		{"within a day", models.CheckInADay, captured(at, tracked(24*hour)), "", 0, met},
		{"after a day", models.CheckInADay, captured(at, tracked(24*hour+1)), "", 0, missed},
		{"not yet", models.CheckInADay, captured(at), "", 24*hour - 1, noCase},
		{"not for a day", models.CheckInADay, captured(at), "", 24 * hour, missed},
		{"a carrier by its name", models.CheckCarrier, captured(at, tracked(0)), "", 0, met},
		{"a loose name", models.CheckCarrier, captured(at, tracked(0), func(o *models.Order) { o.CarrierVague = true }), "", 0, missed},
		{"no tracking, no carrier", models.CheckCarrier, captured(at), "", 0, noCase},
		{"a check about something else", models.CheckMailboxes, captured(at), "", 0, noCase},
	} {
		if got := practice.JudgeOrder(c.check, c.order, c.ground, at+c.after); got != c.want {
			t.Errorf("%s, %s: %+v, want %+v", c.check, c.name, got, c.want)
		}
	}
}

func TestJudgeDispute(t *testing.T) {
	const at = models.Unix(1_795_000_000)
	for _, c := range []struct {
		name    string
		check   models.PracticeCheck
		dispute models.Dispute
		after   models.Unix
		want    practice.Tally
	}{
		{"acted on within a day", models.CheckFirstAct, models.Dispute{Status: "needs_response", ActedAt: at + 24*hour}, 30 * hour, met},
		{"acted on later", models.CheckFirstAct, models.Dispute{Status: "won", ActedAt: at + 24*hour + 1}, 30 * hour, missed},
		{"not yet", models.CheckFirstAct, models.Dispute{Status: "warning_needs_response"}, 24*hour - 1, noCase},
		{"not for a day", models.CheckFirstAct, models.Dispute{Status: "warning_needs_response"}, 24 * hour, missed},
		{"lost without a word", models.CheckFirstAct, models.Dispute{Status: "lost", DueBy: at + 1}, 500 * hour, missed},
		{"lost at once, without a day to respond by", models.CheckFirstAct, models.Dispute{Status: "lost"}, 500 * hour, noCase},
		{"over by itself", models.CheckFirstAct, models.Dispute{Status: "warning_closed"}, 500 * hour, noCase},
		{"acted on after it was over by itself", models.CheckFirstAct, models.Dispute{Status: "warning_closed", ActedAt: at + 2*hour, EndedAt: at + hour}, 500 * hour, noCase},
		{"accepted, by a clock that is ahead of Stripe's", models.CheckFirstAct, models.Dispute{Status: "lost", DueBy: at + hour, ActedAt: at + hour + 300, EndedAt: at + hour}, 500 * hour, met},
		{"a second later", models.CheckFirstAct, models.Dispute{Status: "lost", DueBy: at + hour, ActedAt: at + hour + 301, EndedAt: at + hour}, 500 * hour, missed},
		{"acted on, and then over", models.CheckFirstAct, models.Dispute{Status: "warning_closed", ActedAt: at + hour, EndedAt: at + hour}, 500 * hour, met},
		{"acted on after it was lost", models.CheckFirstAct, models.Dispute{Status: "lost", DueBy: at + hour, ActedAt: at + 2*hour, EndedAt: at + hour}, 500 * hour, missed},
		{"answered elsewhere", models.CheckFirstAct, models.Dispute{Status: "under_review", SubmissionCount: 1}, 500 * hour, noCase},
		{"settled", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "warning_closed"}, 0, met},
		{"turned into a chargeback", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "needs_response"}, 0, missed},
		{"turned into one and was won", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "won"}, 0, missed},
		{"open", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "warning_needs_response", DueBy: at + 2}, 1, noCase},
		{"its time is over", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "warning_needs_response", DueBy: at + 2}, 2, missed},
		{"open without a date", models.CheckInquiry, models.Dispute{Inquiry: true, Status: "warning_under_review"}, 900 * hour, noCase},
		{"a chargeback from the beginning", models.CheckInquiry, models.Dispute{Status: "needs_response"}, 0, noCase},
	} {
		c.dispute.Created = at
		if got := practice.JudgeDispute(c.check, &c.dispute, at+c.after); got != c.want {
			t.Errorf("%s, %s: %+v, want %+v", c.check, c.name, got, c.want)
		}
	}
}

func TestJudgeAnswerAndHelp(t *testing.T) {
	proof := []models.SentField{{Field: "receipt"}, {Field: "shipping_documentation"}}
	for _, c := range []struct {
		answer models.Submission
		goods  models.Goods
		want   practice.Tally
	}{
		{models.Submission{State: models.ActSucceeded, Sent: proof}, "", met},
		{models.Submission{State: models.ActSucceeded, Sent: proof[:1]}, models.GoodsPhysical, missed},
		{models.Submission{State: models.ActSucceeded, Sent: proof[:1]}, models.GoodsDigital, noCase},
		{models.Submission{State: models.ActRefused, Sent: proof}, "", noCase},
		{models.Submission{State: models.ActPending, Sent: proof}, "", noCase},
	} {
		if got := practice.JudgeAnswer(&c.answer, c.goods); got != c.want {
			t.Errorf("%+v, %q: %+v", c.answer, c.goods, got)
		}
	}
	placed := models.HelpPlaced{URL: "https://shop.example/help", At: 1000}
	until := placed.At.Add(practice.HelpPlacedFor)
	for at, want := range map[models.Unix]practice.Tally{999: missed, 1000: met, until - 1: met, until: missed} {
		if got := practice.JudgeHelp(placed, at); got != want {
			t.Errorf("at %d: %+v", at, got)
		}
	}
	if got := practice.JudgeHelp(models.HelpPlaced{At: 1000}, 1000); got != missed {
		t.Errorf("taken off: %+v", got)
	}
}

func TestWeeksAreOfTheShopsZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]models.PracticeWeek{
		"2026-11-22T22:59:59Z": 20261116, "2026-11-22T23:00:00Z": 20261123, "2026-10-25T22:59:59Z": 20261019, // a day of 25 hours
		"2026-10-25T23:00:00Z": 20261026, "2027-01-01T12:00:00Z": 20261228,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		mondays := practice.MondaysOf(moment, berlin)
		if got := practice.WeekOf(mondays[practice.Weeks-1]); got != want {
			t.Errorf("%s: %d", at, got)
		}
		for i, m := range mondays {
			if m.Weekday() != time.Monday || m.Hour() != 0 || i > 0 && m.YearDay() != mondays[i-1].AddDate(0, 0, 7).YearDay() {
				t.Errorf("%s: %s", at, m)
			}
		}
	}
}

func TestPointsAndStanding(t *testing.T) {
	rule := practice.Rule{Goal: 90_00, Points: 10}
	for _, c := range []struct {
		tally    practice.Tally
		standing practice.Standing
		tenths   int64
	}{
		{practice.Tally{}, practice.NotMeasured, 0},
		{practice.Tally{Cases: 10, Met: 10}, practice.Met, 100},
		{practice.Tally{Cases: 10, Met: 9}, practice.Met, 100},
		{practice.Tally{Cases: 1000, Met: 899}, practice.Near, 99}, // never all of them below the goal
		{practice.Tally{Cases: 100, Met: 85}, practice.Near, 94},
		{practice.Tally{Cases: 1000, Met: 849}, practice.Missed, 94},
		{practice.Tally{Cases: 10, Met: 0}, practice.Missed, 0},
	} {
		if got := rule.StandingOf(c.tally); got != c.standing {
			t.Errorf("%+v: %s", c.tally, got)
		}
		if got := rule.TenthsOf(c.tally); got != c.tenths {
			t.Errorf("%+v: %d tenths", c.tally, got)
		}
	}
	points := int64(0)
	for _, r := range practice.Rules() {
		points += r.Points
		if found, ok := practice.RuleOf(string(r.Check)); !ok || found != r {
			t.Errorf("%s is not found", r.Check)
		}
	}
	if points != 100 {
		t.Errorf("all points come to %d", points)
	}
}

// TestCard: the score is the sum of the lines; what has no cases is left out and the rest scaled; what is not decided is no case.
func TestCard(t *testing.T) {
	const week, before, old = models.PracticeWeek(20261123), models.PracticeWeek(20261116), models.PracticeWeek(20260907)
	in := practice.Input{Now: now, Zone: time.UTC, Weeks: 4, Placed: models.HelpPlaced{URL: "https://shop.example", At: models.UnixOf(now) - 1}, Sums: models.PracticeSums{
		Captures: []models.CaptureWeek{
			{Week: week, Captured: 10, Dated: 8, Shipped: 8, Timed: 10, AtCapture: 5, InADay: 6, Carried: 6, Named: 6},
			{Week: before, Automatic: true, Captured: 10},
			{Week: old, Captured: 1000},
		},
		Ends:      []models.EndWeek{{Week: week, Currency: "EUR", Ended: 50, Expired: 1, Worth: 900}, {Week: before, Currency: "EUR", Ended: 50, Expired: 2, Worth: 100}, {Week: before, Currency: "SEK", Ended: 1}},
		Disputes:  []models.DisputeWeek{{Week: week, Disputed: 4, In: [6]int64{0, 1, 2, 3, 3, 3}, Inquired: 3, Settled: 1, Undecided: 2}},
		Untracked: []models.Untracked{{At: models.UnixOf(now) - 599}, {At: models.UnixOf(now) - 600}, {At: models.UnixOf(now) - 3600}, {At: models.UnixOf(now) - 3600}},
		Lapsed:    []models.Lapse{{At: models.UnixOf(now) - 7*24*3600, Currency: "SEK", Worth: 50}, {At: models.UnixOf(now) - 100*24*3600, Currency: "SEK", Worth: 7}},
		Unacted:   []models.Unix{models.UnixOf(now) - 3600},
		Overdue:   []models.Unix{models.UnixOf(now) - 3600},
	}}
	in.Mailboxes[practice.Weeks-1].Due, in.Mailboxes[practice.Weeks-1].Checked, in.Mailboxes[practice.Weeks-1].Open = 4, 2, 1
	in.Mailboxes[0].Due = 100
	c := practice.NewCard(in)
	want := map[models.PracticeCheck]practice.Tally{
		models.CheckByHand: {Cases: 20, Met: 10}, models.CheckShipped: {Cases: 8, Met: 8}, models.CheckRanOut: {Cases: 102, Met: 98}, models.CheckAtCapture: {Cases: 9, Met: 5},
		models.CheckInADay: {Cases: 6, Met: 6}, models.CheckCarrier: {Cases: 6, Met: 6}, models.CheckFirstAct: {Cases: 3, Met: 3}, models.CheckInquiry: {Cases: 2, Met: 1},
		models.CheckProof: {}, models.CheckMailboxes: {Cases: 3, Met: 2}, models.CheckHelpPlaced: {Cases: 1, Met: 1},
	}
	tenths, of := int64(0), int64(0)
	for _, m := range c.Measures {
		if m.Tally != want[m.Check] {
			t.Errorf("%s: %+v, want %+v", m.Check, m.Tally, want[m.Check])
		}
		tenths += m.Tenths
		if m.Tally.Cases > 0 {
			of += m.Points * 10
		}
	}
	if c.Tenths != tenths || c.Of != of || of != 900 || c.Score() != tenths*100/900 {
		t.Errorf("%d of %d tenths, score %d; the lines come to %d of %d", c.Tenths, c.Of, c.Score(), tenths, of)
	}
	if diff := cmp.Diff([]models.EndWeek{{Currency: "EUR", Expired: 3, Worth: 1000}, {Currency: "SEK", Expired: 1, Worth: 50}}, c.Expired); diff != "" {
		t.Errorf("what ran out (-want +got):\n%s", diff)
	}
	if c.ActedIn != 12 || c.From.Format(time.DateOnly) != "2026-11-02" {
		t.Errorf("half within %d hours, from %s", c.ActedIn, c.From)
	}
	in.Ground = models.GroundDigital
	if got := practice.NewCard(in); got.Measures[0].Tally != (practice.Tally{Cases: 10, Met: 10}) || got.OnGround != 10 {
		t.Errorf("on a ground: %+v, %d on it", got.Measures[0].Tally, got.OnGround)
	}
	empty := practice.NewCard(practice.Input{Now: now, Zone: time.UTC, Weeks: 4})
	if empty.Score() != -1 || empty.Of != 50 || c.Measured != 9 {
		t.Errorf("an empty shop without the link: %d of %d; %d measured in the other", empty.Score(), empty.Of, c.Measured)
	}
}
