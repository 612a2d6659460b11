package practice

import (
	"slices"
	"time"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
)

// Weeks is how many weeks a card looks back on, the present one with them.
const Weeks = 12

// Input is what a card is made from.
type Input struct {
	Sums      models.PracticeSums // from the first of the weeks on
	Ground    models.CaptureGround
	Placed    models.HelpPlaced
	Mailboxes [Weeks]mailboxes.Counts // what each week asked for
	Now       time.Time
	Zone      *time.Location
	Weeks     int // how many of the weeks the figures are about, the present one with them
}

// Measure is a check as it was measured.
type Measure struct {
	Rule
	Tally    Tally // of the weeks asked for
	Standing Standing
	Tenths   int64 // of the points
	Trend    [Weeks]Tally
}

// Card is all checks with the score.
type Card struct {
	Mondays  [Weeks]time.Time
	From     time.Time // the first of the days that the figures are about
	Measures [count]Measure
	Tenths   int64 // of the points that were earned
	Of       int64 // of those that could be, in tenths: checks without cases are left out
	Expired  []models.EndWeek
	OnGround int64 // captures that Stripe made by itself on a recorded ground
	Measured int   // checks with cases; the help link, which always has one, is not counted
	ActedIn  int64 // half of the disputes were acted on within so many hours; 0 where it took longer or there were none
}

// Score is the card's score out of 100, rounded down; -1 where nothing could be measured.
func (c *Card) Score() int64 {
	if c.Measured == 0 {
		return -1
	}
	return c.Tenths * 100 / c.Of
}

// MondaysOf are the first moments of the last weeks in a zone, the present one last.
func MondaysOf(now time.Time, zone *time.Location) (all [Weeks]time.Time) {
	today := models.DayOf(now, zone)
	monday := models.AddDays(today, -(int(today.Weekday())+6)%7)
	for i := range all {
		all[i] = models.AddDays(monday, 7*(i-Weeks+1))
	}
	return all
}

// WeekOf names the week that a Monday begins.
func WeekOf(monday time.Time) models.PracticeWeek {
	return models.PracticeWeek(monday.Year()*10000 + int(monday.Month())*100 + monday.Day())
}

// NewCard measures all checks.
func NewCard(in Input) Card {
	c := Card{Mondays: MondaysOf(in.Now, in.Zone)}
	first := Weeks - min(max(in.Weeks, 1), Weeks)
	c.From = c.Mondays[first]
	b := builder{card: &c, ground: in.Ground, first: first, now: models.UnixOf(in.Now), of: map[models.PracticeWeek]int{}}
	for i, rule := range Rules() {
		c.Measures[i].Rule = rule
	}
	for i, m := range c.Mondays {
		b.of[WeekOf(m)] = i
	}
	b.captures(in.Sums)
	b.ends(in.Sums)
	b.disputes(in.Sums)
	b.customers(in)
	for i := range c.Measures {
		c.Measures[i].settle(first)
		if c.Measures[i].Tally.Cases > 0 {
			if c.Measures[i].Check != models.CheckHelpPlaced {
				c.Measured++
			}
			c.Tenths += c.Measures[i].Tenths
			c.Of += c.Measures[i].Points * 10
		}
	}
	return c
}

func (m *Measure) settle(first int) {
	var all Tally
	for _, t := range m.Trend[first:] {
		all.add(t.Cases, t.Met)
	}
	*m = m.with(all)
}

// with is the measure of other cases.
func (m Measure) with(t Tally) Measure {
	m.Tally, m.Standing, m.Tenths = t, m.StandingOf(t), m.TenthsOf(t)
	return m
}

// InWeek is the measure as it was in one of its weeks.
func (m Measure) InWeek(week int) Measure { return m.with(m.Trend[week]) }

// builder fills a card.
type builder struct {
	card   *Card
	ground models.CaptureGround
	first  int
	now    models.Unix
	of     map[models.PracticeWeek]int
}

// at is a check's measure.
func (b *builder) at(check models.PracticeCheck) *Measure {
	for i := range b.card.Measures {
		if b.card.Measures[i].Check == check {
			return &b.card.Measures[i]
		}
	}
	return &Measure{}
}

// weekOf names the week of a moment; 0 for one before the weeks of the card.
func (b *builder) weekOf(at models.Unix) models.PracticeWeek {
	for _, monday := range slices.Backward(b.card.Mondays[:]) {
		if at >= models.UnixOf(monday) {
			return WeekOf(monday)
		}
	}
	return 0
}

func (b *builder) add(check models.PracticeCheck, week models.PracticeWeek, cases, met int64) {
	if i, ok := b.of[week]; ok {
		b.at(check).Trend[i].add(cases, met)
	}
}

func (b *builder) captures(sums models.PracticeSums) {
	for _, w := range sums.Captures {
		byHand, shipped := w.Captured, w.Shipped
		if w.Automatic {
			byHand = 0
		}
		if w.Automatic && b.ground == models.GroundWithin24 {
			shipped = w.Soon
		}
		b.captured(models.CheckByHand, w, w.Captured, byHand)
		b.captured(models.CheckShipped, w, w.Dated, shipped)
		b.captured(models.CheckAtCapture, w, w.Timed, w.AtCapture)
		b.captured(models.CheckInADay, w, w.Timed, w.InADay)
		b.captured(models.CheckCarrier, w, w.Carried, w.Named)
		if i, ok := b.of[w.Week]; ok && i >= b.first && w.Automatic && b.ground != models.GroundNone {
			b.card.OnGround += w.Captured
		}
	}
	for _, u := range sums.Untracked {
		of := models.CaptureWeek{Week: b.weekOf(u.At), Automatic: u.Automatic}
		if u.At.Add(withCapture) > b.now {
			b.captured(models.CheckAtCapture, of, -1, 0)
		}
		b.captured(models.CheckInADay, of, -1, 0)
	}
}

// captured adds captures to a check that they are cases of.
func (b *builder) captured(check models.PracticeCheck, of models.CaptureWeek, cases, met int64) {
	if !of.Automatic || Applies(check, b.ground) {
		b.add(check, of.Week, cases, met)
	}
}

func (b *builder) ends(sums models.PracticeSums) {
	for _, w := range sums.Ends {
		b.ended(w)
	}
	for _, l := range sums.Lapsed {
		b.ended(models.EndWeek{Week: b.weekOf(l.At), Currency: l.Currency, Ended: 1, Expired: 1, Worth: l.Worth})
	}
}

func (b *builder) ended(w models.EndWeek) {
	b.add(models.CheckRanOut, w.Week, w.Ended, w.Ended-w.Expired)
	if i, ok := b.of[w.Week]; ok && i >= b.first && w.Expired > 0 {
		b.expired(w)
	}
}

// expired adds up by currency what ran out in the weeks asked for.
func (b *builder) expired(w models.EndWeek) {
	for i := range b.card.Expired {
		if e := &b.card.Expired[i]; e.Currency == w.Currency {
			e.Expired, e.Worth = e.Expired+w.Expired, e.Worth+w.Worth
			return
		}
	}
	b.card.Expired = append(b.card.Expired, models.EndWeek{Currency: w.Currency, Expired: w.Expired, Worth: w.Worth})
}

// inADay is the bound of a day among models.FirstActHours.
const inADay = 3

func (b *builder) disputes(sums models.PracticeSums) {
	var in [len(models.DisputeWeek{}.In)]int64
	for _, w := range sums.Disputes {
		b.add(models.CheckFirstAct, w.Week, w.Disputed, w.In[inADay])
		b.add(models.CheckInquiry, w.Week, w.Inquired-w.Undecided, w.Settled)
		if i, ok := b.of[w.Week]; ok && i >= b.first {
			for h := range in {
				in[h] += w.In[h]
			}
		}
	}
	for _, at := range sums.Unacted {
		b.add(models.CheckFirstAct, b.weekOf(at), -1, 0)
	}
	for _, at := range sums.Overdue {
		b.add(models.CheckInquiry, b.weekOf(at), 1, 0)
	}
	for _, w := range sums.Answers {
		b.add(models.CheckProof, w.Week, w.Answered, w.Proven)
	}
	b.halfOf(in)
}

// halfOf finds the bound within which half of the disputes were acted on.
func (b *builder) halfOf(in [len(models.DisputeWeek{}.In)]int64) {
	cases := int64(0)
	for _, t := range b.at(models.CheckFirstAct).Trend[b.first:] {
		cases += t.Cases
	}
	for h, n := range in {
		if cases > 0 && 2*n >= cases {
			b.card.ActedIn = models.FirstActHours()[h]
			return
		}
	}
}

func (b *builder) customers(in Input) {
	for i, c := range in.Mailboxes {
		b.at(models.CheckMailboxes).Trend[i].add(c.Due-c.Open, c.Checked)
	}
	b.at(models.CheckHelpPlaced).Trend[Weeks-1] = JudgeHelp(in.Placed, models.UnixOf(in.Now)) // a state, and known of now alone
}
