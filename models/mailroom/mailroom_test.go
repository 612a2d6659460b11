package mailroom_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/mailroom"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

var (
	ann = models.Actor{StaffID: "stf_ann", Name: "Ann"}
	bob = models.Actor{StaffID: "stf_bob", Name: "Bob"}
)

// world is a mailroom whose clock the test moves.
type world struct {
	mailroom.Service
	t   *testing.T
	ctx context.Context
	at  time.Time
}

// newWorld begins on a Monday at nine in Berlin, the week in which its clocks go forward.
func newWorld(t *testing.T) *world {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), at: time.Date(2026, 3, 23, 9, 0, 0, 0, zone)}
	w.Service = mailroom.Service{DB: storetest.Open(t), Now: func() time.Time { return w.at.UTC() }, Zone: zone}
	return w
}

// add lists mailboxes and gives their ids in the order of their addresses.
func (w *world) add(addresses ...string) (ids []string) {
	w.t.Helper()
	if _, err := w.Add(w.ctx, strings.Join(addresses, "\n"), models.MailboxSupport, "", ann); err != nil {
		w.t.Fatal(err)
	}
	for _, m := range w.rows(w.Today()) {
		ids = append(ids, m.Mailbox.ID)
	}
	return ids
}

func (w *world) rows(day string) []mailboxes.Row {
	w.t.Helper()
	table, err := w.History(w.ctx, store.MailboxQuery{From: day, To: day, Limit: store.MaxLimit})
	if err != nil {
		w.t.Fatal(err)
	}
	return table.Rows
}

func (w *world) tick(id, day string, by models.Actor) *models.MailboxCheck {
	w.t.Helper()
	earlier, err := w.Check(w.ctx, mailroom.CheckRequest{MailboxID: id, Day: day, Found: models.FoundNothing, Actor: by})
	if err != nil {
		w.t.Fatalf("tick of %s: %v", day, err)
	}
	return earlier
}

func (w *world) days(n int) { w.at = w.at.AddDate(0, 0, n) }

func (w *world) standing() mailboxes.Standing {
	w.t.Helper()
	s, err := w.Standing(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestTheFirstTickStands(t *testing.T) {
	w := newWorld(t)
	id := w.add("support@example.com")[0]
	if s := w.standing(); s.Today.Open != 1 || s.Noon || s.Things() != 1 {
		t.Errorf("before: %+v", s)
	}
	if earlier := w.tick(id, w.Today(), ann); earlier != nil {
		t.Errorf("the first: %+v", earlier)
	}
	for _, by := range []models.Actor{ann, bob} {
		if earlier := w.tick(id, w.Today(), by); earlier == nil || earlier.StaffName != "Ann" {
			t.Errorf("again by %s: %+v", by.Name, earlier)
		}
	}
	if s := w.standing(); s.Today.Open != 0 || s.Today.Checked != 1 || s.Things() != 0 {
		t.Errorf("after: %+v", s)
	}
	if audit, err := w.DB.Reader.AuditOf(w.ctx, id); err != nil || len(audit) != 2 || audit[1].Action != "mailbox.checked" || audit[1].Details["found"] != "nothing" {
		t.Errorf("audit: %+v %v", audit, err)
	}
}

func TestAMissedDayStaysUntilAManagerAcknowledgesIt(t *testing.T) {
	w := newWorld(t)
	ids := w.add("a@example.com", "b@example.com", "c@example.com")
	monday := w.Today()
	w.tick(ids[0], monday, ann)
	w.days(1)
	if s := w.standing(); len(s.Missed) != 1 || s.Missed[0] != (mailboxes.MissedDay{Day: monday, Mailboxes: 2, Waiting: 2}) || s.Things() != 2 {
		t.Errorf("the day after: %+v", s)
	}
	w.tick(ids[1], monday, bob)
	var states []mailboxes.State
	for _, r := range w.rows(monday) {
		states = append(states, r.Cells[0].State)
	}
	if diff := cmp.Diff([]mailboxes.State{mailboxes.StateChecked, mailboxes.StateLate, mailboxes.StateMissed}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if s := w.standing(); len(s.Missed) != 1 || s.Missed[0].Waiting != 2 {
		t.Errorf("a late tick takes nothing from the manager: %+v", s.Missed)
	}
	if _, err := w.Acknowledge(w.ctx, monday, " ", bob); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("without a note: %v", err)
	}
	if _, err := w.Acknowledge(w.ctx, w.Today(), "Ill", bob); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("of today: %v", err)
	}
	for _, want := range []int64{2, 0} {
		if n, err := w.Acknowledge(w.ctx, monday, "Ann was ill", bob); err != nil || n != want {
			t.Errorf("acknowledged %d, %v; want %d", n, err, want)
		}
	}
	if s := w.standing(); len(s.Missed) != 0 {
		t.Errorf("acknowledged: %+v", s.Missed)
	}
	if got, err := w.Duty(w.ctx, monday, w.Today()); err != nil || got != (mailboxes.Counts{Due: 6, Checked: 1, Late: 1, Missed: 1, Open: 3}) {
		t.Errorf("duty: %+v %v", got, err)
	}
	var file bytes.Buffer
	if err := w.WriteCSV(w.ctx, &file, monday, monday, true); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&file).ReadAll()
	want := [][]string{
		{models.ByteOrderMark + "day", "mailbox", "purpose", "state", "closed", "checked_by", "checked_at (Europe/Berlin)", "found", "note", "acknowledged_by", "acknowledgement"},
		{monday, "a@example.com", "support", "checked", "", "Ann", "2026-03-23 09:00:00", "nothing", "", "", ""},
		{monday, "b@example.com", "support", "late", "", "Bob", "2026-03-24 09:00:00", "nothing", "", "Bob", "Ann was ill"},
		{monday, "c@example.com", "support", "missed", "", "", "", "", "", "Bob", "Ann was ill"},
	}
	if diff := cmp.Diff(want, lines); diff != "" || err != nil {
		t.Errorf("file (-want +got):\n%s%v", diff, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.add("support@example.com")[0]
	w.days(5) // Saturday
	for name, c := range map[string]struct {
		req   mailroom.CheckRequest
		field string
	}{
		"a day to come":          {mailroom.CheckRequest{MailboxID: id, Day: "2026-03-29", Found: models.FoundNothing}, "day"},
		"no day":                 {mailroom.CheckRequest{MailboxID: id, Day: "soon", Found: models.FoundNothing}, "day"},
		"before it was listed":   {mailroom.CheckRequest{MailboxID: id, Day: "2026-03-20", Found: models.FoundNothing}, "day"},
		"nothing said":           {mailroom.CheckRequest{MailboxID: id, Day: "2026-03-27"}, "found"},
		"mail without a word":    {mailroom.CheckRequest{MailboxID: id, Day: "2026-03-27", Found: models.FoundMail}, "note"},
		"a note that is a novel": {mailroom.CheckRequest{MailboxID: id, Day: "2026-03-27", Found: models.FoundMail, Note: strings.Repeat("é", models.MaxReasonLength+1)}, "note"},
	} {
		_, err := w.Check(w.ctx, c.req)
		if field := fieldOf(err); field != c.field {
			t.Errorf("%s: field %q, %v", name, field, err)
		}
	}
	if _, err := w.Check(w.ctx, mailroom.CheckRequest{MailboxID: "mbx_x", Day: w.Today(), Found: models.FoundNothing}); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("no such mailbox: %v", err)
	}
	for lines, want := range map[string]string{
		" \n":                                  "Write an address, one in each line.",
		"new@example.com\nnot an address":      "Line 2 is not an e-mail address: write one such as support@example.com in each line.",
		"Ann <ann@example.com>":                "Line 1 is not an e-mail address: write one such as support@example.com in each line.",
		"new@example.com\nSUPPORT@Example.com": "support@example.com is on the list already.",
	} {
		if _, err := w.Add(w.ctx, lines, models.MailboxSupport, "", ann); models.MessageOf(err) != want {
			t.Errorf("%q: %v", lines, err)
		}
	}
	if n, err := w.DB.Reader.MailboxCount(w.ctx); err != nil || n != 1 {
		t.Errorf("something of a refused list was kept: %d %v", n, err)
	}
	if err := w.SetDays(w.ctx, 0, "", ann); fieldOf(err) != "weekdays" {
		t.Errorf("no weekday: %v", err)
	}
	if err := w.SetDays(w.ctx, mailboxes.UsualWeek, "tomorrow off", ann); fieldOf(err) != "holidays" {
		t.Errorf("no holiday: %v", err)
	}
}

func fieldOf(err error) string {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindInvalid {
		return e.Field
	}
	return ""
}

func TestDaysChangeFromTomorrowOn(t *testing.T) {
	w := newWorld(t)
	w.add("support@example.com")
	w.days(1) // Tuesday: Monday was missed
	if err := w.SetDays(w.ctx, 1<<time.Wednesday|1<<time.Sunday, "2026-03-25 Lady Day", bob); err != nil {
		t.Fatal(err)
	}
	c, err := w.Calendar(w.ctx)
	got := map[string]string{}
	for _, day := range []string{"2026-03-23", "2026-03-24", "2026-03-25", "2026-03-26", "2026-03-29", "2026-04-01"} {
		got[day] = c.Closed(day)
	}
	want := map[string]string{"2026-03-23": "", "2026-03-24": "", "2026-03-25": "Lady Day", "2026-03-26": "Not a shop day", "2026-03-29": "", "2026-04-01": ""}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
	w.days(2) // Thursday: the holiday is over, and no change takes it away
	if err := w.SetDays(w.ctx, mailboxes.UsualWeek, "", bob); err != nil {
		t.Fatal(err)
	}
	if c, err = w.Calendar(w.ctx); err != nil || c.Closed("2026-03-25") != "Lady Day" || c.Closed("2026-03-26") == "" || c.Closed("2026-03-27") != "" {
		t.Errorf("after the second change: %+v %v", c, err)
	}
}

func TestARemovedMailboxIsDueNoLonger(t *testing.T) {
	w := newWorld(t)
	ids := w.add("a@example.com", "b@example.com")
	w.tick(ids[0], w.Today(), ann)
	if err := w.Remove(w.ctx, ids[0], bob); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(w.ctx, ids[0], bob); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if s := w.standing(); s.Today != (mailboxes.Counts{Due: 1, Open: 1}) {
		t.Errorf("today: %+v", s.Today)
	}
	w.days(1)
	if _, err := w.Check(w.ctx, mailroom.CheckRequest{MailboxID: ids[0], Day: w.Today(), Found: models.FoundNothing, Actor: ann}); !models.IsKind(err, models.KindConflict) {
		t.Errorf("a tick of it: %v", err)
	}
	w.add("a@example.com") // it may come back
	if s := w.standing(); s.Today.Due != 2 || len(s.Missed) != 1 || s.Missed[0].Waiting != 1 {
		t.Errorf("the day after: %+v", s)
	}
}

// TestCountsAreWhatTheHistoryShows lets weeks pass in which people add, remove, tick and miss as it comes, and compares the counts of each day
// with the cells of its history.
func TestCountsAreWhatTheHistoryShows(t *testing.T) {
	w := newWorld(t)
	dice := rand.New(rand.NewPCG(6, 15))
	first := w.Today()
	for day := range 40 {
		w.add(fmt.Sprintf("box-%d@example.com", day))
		for _, r := range w.rows(w.Today()) {
			switch dice.IntN(8) {
			case 0, 1, 2, 3:
				w.tick(r.Mailbox.ID, w.Today(), ann)
			case 4:
				yesterday := mailboxes.AddDays(w.Today(), -1)
				_, err := w.Check(w.ctx, mailroom.CheckRequest{MailboxID: r.Mailbox.ID, Day: yesterday, Found: models.FoundMail, Note: "A dispute", Actor: bob})
				if err != nil && fieldOf(err) != "day" {
					t.Fatal(err)
				}
			case 5:
				if err := w.Remove(w.ctx, r.Mailbox.ID, bob); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.days(1)
	}
	calendar, err := w.Calendar(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	missed := int64(0)
	for day := first; day <= w.Today(); day = mailboxes.AddDays(day, 1) {
		var want mailboxes.Counts
		for _, r := range w.rows(day) {
			if calendar.Closed(day) == "" {
				count(&want, r.Cells[0].State)
			}
		}
		got, err := w.Duty(w.ctx, day, day)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s (-history +counts):\n%s%v", day, diff, err)
		}
		missed += want.Missed
	}
	if missed == 0 {
		t.Error("nothing was missed: the test shows nothing")
	}
	firsts := []string{}
	for week := mailboxes.AddDays(mailboxes.WeekStart(first), 7); week <= w.Today(); week = mailboxes.AddDays(week, 7) { // the mailboxes were listed before
		firsts = append(firsts, week)
	}
	byWeek, err := w.DutyByWeek(w.ctx, firsts)
	if err != nil || len(byWeek) < 2 {
		t.Fatalf("%d weeks, %v", len(byWeek), err)
	}
	for i, got := range byWeek {
		want, err := w.Duty(w.ctx, firsts[i], mailboxes.AddDays(firsts[i], 6))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("the week from %s (-days +week):\n%s%v", firsts[i], diff, err)
		}
	}
}

func count(c *mailboxes.Counts, s mailboxes.State) {
	switch s {
	case mailboxes.StateNone:
		return
	case mailboxes.StateChecked:
		c.Checked++
	case mailboxes.StateLate:
		c.Late++
	case mailboxes.StateMissed:
		c.Missed++
	case mailboxes.StateOpen:
		c.Open++
	}
	c.Due++
}

// TestAThousandMailboxes lists them at once, walks their pages, and asks for the standing after a year in which nobody looked.
func TestAThousandMailboxes(t *testing.T) {
	w := newWorld(t)
	var lines strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&lines, "box-%04d@example.com\n", i)
	}
	if n, err := w.Add(w.ctx, lines.String(), models.MailboxOther, "", ann); err != nil || n != 1000 {
		t.Fatalf("%d %v", n, err)
	}
	seen, query := 0, store.MailboxQuery{From: w.Today(), To: w.Today(), Unchecked: true, Limit: 50}
	for {
		table, err := w.History(w.ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range table.Rows {
			if want := fmt.Sprintf("box-%04d@example.com", seen); r.Mailbox.Address != want {
				t.Fatalf("row %d is %s", seen, r.Mailbox.Address)
			}
			seen++
		}
		if query.After = table.Next; query.After == "" {
			break
		}
	}
	if seen != 1000 {
		t.Errorf("the pages have %d mailboxes", seen)
	}
	w.days(365)
	s := w.standing()
	if len(s.Missed) != 261 || s.Missed[0].Waiting != 1000 {
		t.Errorf("after a year: %d days, the last %+v", len(s.Missed), s.Missed[0])
	}
	if n, err := w.Acknowledge(w.ctx, s.Missed[0].Day, "The shop was not open yet", bob); err != nil || n != 1000 {
		t.Errorf("acknowledged %d: %v", n, err)
	}
	if _, err := w.Add(w.ctx, strings.ReplaceAll(lines.String(), "box", "more")+"one@example.com", models.MailboxOther, "", ann); fieldOf(err) != "addresses" {
		t.Errorf("more than can be listed: %v", err)
	}
}
