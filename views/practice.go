package views

import (
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/practice"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// PracticeInput is what the best-practice page is made from.
type PracticeInput struct {
	Shell  Shell
	Card   practice.Card
	Weeks  int // that the figures are about
	Ground models.CaptureGround
	Placed models.HelpPlaced
}

// PracticePage is Klarna's advice to merchants, measured.
type PracticePage struct {
	Shell   Shell
	Sub     string
	Met     string
	Periods []ui.LinkModel
	Score   string // "" where nothing can be measured yet
	Sum     string // how the score comes about
	Groups  []practiceGroup
}

// practiceGroup is the checks about one thing.
type practiceGroup struct {
	ID, Title, Meta string
	Points          string // "" where none of it was measured
	Lines           []practiceLine
}

// practiceLine is one check.
type practiceLine struct {
	URL, Title, Text  string
	Icon              string
	Tone              ui.Tone
	Standing          string
	Share, Of, Points string
	Spark, Weekly     string // the line's points, and the same in words
	DotX, DotY        string // its end
	Open              string // the text of the button
}

// NewPracticePage makes the best-practice page.
func NewPracticePage(in PracticeInput) PracticePage {
	in.Shell.Title, in.Shell.Nav = "Best practice", NavPractice
	p := PracticePage{Shell: in.Shell, Sub: practicePeriod(in)}
	p.Periods = []ui.LinkModel{{URL: practiceURL("", 4, ""), Text: "Last 4 weeks", Current: in.Weeks != practice.Weeks},
		{URL: practiceURL("", practice.Weeks, ""), Text: "Last 12 weeks", Current: in.Weeks == practice.Weeks}}
	met, measured := 0, 0
	var tenths, of int64
	for _, m := range in.Card.Measures {
		if len(p.Groups) == 0 || p.Groups[len(p.Groups)-1].Title != string(m.Group) {
			p.Groups = append(p.Groups, practiceGroup{ID: "h-group-" + strconv.Itoa(len(p.Groups)), Title: string(m.Group)})
			tenths, of = 0, 0
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Lines = append(g.Lines, newPracticeLine(in, m))
		if m.Standing != practice.NotMeasured {
			tenths, of = tenths+m.Tenths, of+m.Points*10
			measured++
		}
		if m.Standing == practice.Met {
			met++
		}
		g.Meta = "not measured"
		if of > 0 {
			g.Points = pointWords(tenths)
			g.Meta = g.Points + " of " + strconv.FormatInt(of/10, 10) + " points"
		}
	}
	p.Met = strconv.Itoa(met) + " of " + ui.Count(measured, "check") + map[bool]string{true: " is met.", false: " are met."}[met == 1]
	if score := in.Card.Score(); score >= 0 {
		p.Score = strconv.FormatInt(score, 10)
		p.Sum = pointWords(in.Card.Tenths) + " of the " + strconv.FormatInt(in.Card.Of/10, 10) + " points that can be measured."
		if in.Card.Of < 1000 {
			p.Sum += " Checks without a case are left out, and the rest is scaled to 100."
		}
	}
	return p
}

// measured are the groups of which something was measured.
func (p PracticePage) measured() (some []practiceGroup) {
	for _, g := range p.Groups {
		if g.Points != "" {
			some = append(some, g)
		}
	}
	return some
}

// practicePeriod names the days that the figures are about.
func practicePeriod(in PracticeInput) string {
	from, to := in.Card.From, in.Shell.Now.In(in.Shell.zone())
	return "Klarna’s advice to merchants, measured from " + from.Format("2 January 2006") + " to " + to.Format("2 January 2006") + ", " + in.Shell.clock().ZoneName() + "."
}

func newPracticeLine(in PracticeInput, m practice.Measure) practiceLine {
	words := wordsOf(m.Check)
	l := practiceLine{URL: practiceURL(m.Check, in.Weeks, ""), Title: words.Title, Standing: standingWords(m.Standing)}
	l.Icon, l.Tone = standingIcon(m.Standing)
	l.Text = goalWords(m.Rule) + practiceText(in, m)
	l.Open = "Week by week"
	if m.Standing == practice.NotMeasured {
		l.Share, l.Of, l.Points = "–", "no case", "not measured"
		return l
	}
	l.Share, l.Of = shareWords(m.Tally), i18n.Number(m.Tally.Met)+" of "+i18n.Number(m.Tally.Cases)
	l.Points = pointWords(m.Tenths) + " of " + strconv.FormatInt(m.Points, 10) + " points"
	if n := m.Tally.Missed(); n > 0 && practice.HasMisses(m.Check) {
		l.Open = "See " + countWords(n, m.Check)
	}
	if m.Check == models.CheckHelpPlaced { // without a trend: the last confirmation tells nothing of the weeks before it
		l.Share, l.Of, l.Open = map[bool]string{true: "Yes", false: "No"}[m.Standing == practice.Met], "", "Confirm"
		return l
	}
	l.spark(m.Trend)
	return l
}

// practiceText says of a check what there is to know at a glance.
func practiceText(in PracticeInput, m practice.Measure) string {
	words := wordsOf(m.Check)
	switch {
	case m.Check == models.CheckHelpPlaced:
		return placedWords(in.Placed, in.Shell.clock())
	case m.Check == models.CheckByHand && in.Card.OnGround > 0:
		return "Not counted, on the recorded ground “" + groundWord(in.Ground) + "”: " + ui.Count(in.Card.OnGround, "automatic capture") + "."
	case m.Standing == practice.NotMeasured:
		return notMeasured(m.Check)
	case m.Check == models.CheckRanOut && len(in.Card.Expired) > 0:
		return worthWords(in.Card.Expired) + " ran out. " + words.Do
	case m.Check == models.CheckFirstAct:
		return actedWords(in.Card.ActedIn) + " " + words.Do
	case m.Tally.Missed() > 0:
		return words.Do
	}
	return words.Advice
}

// actedWords says within how many hours half of the disputes were acted on; 0 where that is not so yet.
func actedWords(hours int64) string {
	if hours == 0 {
		return "Fewer than half of them within four days so far."
	}
	return "Half of them within " + ui.Count(hours, "hour") + "."
}

// notMeasured says why there is no figure.
func notMeasured(c models.PracticeCheck) string {
	switch c {
	case models.CheckMailboxes:
		return "No mailbox was to be looked at yet: the addresses that Stripe has of you belong on the list under Mailboxes."
	case models.CheckShipped:
		return "No capture with a known day of shipping."
	case models.CheckProof:
		return "No chargeback over shipped goods was answered from here."
	case models.CheckInquiry:
		return "No inquiry was decided."
	case models.CheckFirstAct:
		return "There was no dispute, or none is a day old yet."
	case models.CheckCarrier:
		return "No capture has a tracking number."
	}
	return "There was no such order."
}

// practiceURL is the page of a check, or of all for "", over some weeks or in one of them.
func practiceURL(c models.PracticeCheck, weeks int, monday string) string {
	u := url.URL{Path: path.Join("/best-practice", string(c))}
	q := url.Values{}
	if weeks == practice.Weeks {
		q.Set("weeks", "12")
	}
	if monday != "" {
		q.Set("week", monday)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// The box of a spark line.
const (
	sparkWidth, sparkHeight, sparkEdge = 96, 26, 3
)

// spark draws a trend. Weeks without cases have no point.
func (l *practiceLine) spark(trend [practice.Weeks]practice.Tally) {
	low, high := int64(100_00), int64(0)
	for _, t := range trend {
		if t.Cases > 0 {
			low, high = min(low, t.Share()), max(high, t.Share())
		}
	}
	var line, said strings.Builder
	for i, t := range trend {
		if i > 0 {
			said.WriteString(", ")
		}
		if t.Cases == 0 {
			said.WriteString("none")
			continue
		}
		y := int64(sparkEdge)
		switch {
		case high > low:
			y += (high - t.Share()) * (sparkHeight - 2*sparkEdge) / (high - low)
		case high == 0:
			y = sparkHeight - sparkEdge
		}
		l.DotX, l.DotY = strconv.Itoa(i*sparkWidth/(practice.Weeks-1)), strconv.FormatInt(y, 10)
		line.WriteString(l.DotX + "," + l.DotY + " ")
		said.WriteString(shareWords(t))
	}
	l.Spark, l.Weekly = strings.TrimSpace(line.String()), said.String()
}

// weekName is a week by its first and last day.
func weekName(monday time.Time) string {
	if sunday := models.AddDays(monday, 6); sunday.Month() == monday.Month() {
		return monday.Format("2") + " to " + sunday.Format("2 Jan")
	}
	return monday.Format("2 Jan") + " to " + models.AddDays(monday, 6).Format("2 Jan")
}
