package practice_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/practice"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// now is a Tuesday; the clocks of Berlin went back on 25 October 2026.
var now = time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC)

func pick[T any](dice *rand.Rand, of ...T) T { return of[dice.IntN(len(of))] }

// moment is one of the last hundred days, now and then at one of the edges that count.
func moment(dice *rand.Rand, base models.Unix) models.Unix {
	if dice.IntN(3) == 0 {
		return base.Add(pick(dice, 0, time.Second, -time.Second, 10*time.Minute, 10*time.Minute+time.Second, 24*time.Hour, 24*time.Hour+time.Second, 23*time.Hour))
	}
	return models.UnixOf(now).Add(-time.Duration(dice.IntN(100*24*3600)) * time.Second)
}

// world is what the store was told, kept beside it.
type world struct {
	t    *testing.T
	db   *store.DB
	dice *rand.Rand
	n    int // ids given
	last int // the newest order's number
}

func (w *world) id(prefix string) string {
	w.n++
	return fmt.Sprintf("%s_%d", prefix, w.n)
}

func (w *world) order(id string) models.Order {
	d := w.dice
	captured := moment(d, models.UnixOf(now).Add(-24*time.Hour))
	o := models.Order{ID: id, Created: captured.Add(-time.Hour), Currency: pick(d, "EUR", "SEK", "DKK"), AmountAuthorized: int64(100 + d.IntN(90000)), AuthorizedAt: captured.Add(-time.Minute),
		Status:        pick(d, models.StatusCaptured, models.StatusCaptured, models.StatusPartlyCaptured, models.StatusExpired, models.StatusCanceled, models.StatusAuthorized, models.StatusFailed),
		CaptureMethod: pick(d, "manual", "manual", "automatic", "automatic_async"),
		SyncedAt:      captured.Add(pick(d, 0, 0, 30*24*time.Hour, 30*24*time.Hour+time.Second))}
	switch o.Status {
	case models.StatusCaptured, models.StatusPartlyCaptured:
		o.CapturedAt = captured
	case models.StatusExpired, models.StatusCanceled:
		o.CanceledAt = captured
		o.AuthorizedAt *= models.Unix(d.IntN(2))
	}
	if o.HasTracking = d.IntN(2) == 0; o.HasTracking {
		o.TrackedAt, o.CarrierVague = moment(d, captured)*models.Unix(min(1, d.IntN(4))), d.IntN(3) == 0
	}
	return o
}

// step changes something of what can change, in a transaction of its own.
func (w *world) step() {
	storetest.Tx(w.t, w.db, func(tx *store.Tx) error {
		ctx, d := context.Background(), w.dice
		target := fmt.Sprintf("pi_%d", 1+d.IntN(w.last+1))
		was, found, err := tx.OrderState(ctx, target)
		if err != nil {
			return err
		}
		switch kind := d.IntN(12); {
		case !found || kind < 3:
			w.last++
			o := w.order(fmt.Sprintf("pi_%d", w.last))
			return tx.InsertOrder(ctx, &o)
		case kind < 5:
			o := w.order(target)
			return tx.UpdateOrder(ctx, &o, &was)
		case kind < 7:
			return w.parcel(tx, target)
		case kind < 9:
			return w.dispute(tx, target)
		case kind < 11:
			return w.act(tx, target)
		}
		if d.IntN(4) > 0 {
			return nil
		}
		return tx.DropOrder(ctx, target)
	})
}

func (w *world) parcel(tx *store.Tx, order string) error {
	o, err := tx.Order(context.Background(), order)
	if err != nil {
		return err
	}
	day := func() string { return o.CapturedAt.Time().AddDate(0, 0, w.dice.IntN(5)-2).Format(time.DateOnly) }
	if w.dice.IntN(3) == 0 {
		c := models.Capture{ID: w.id("cap"), OrderID: order, Currency: "EUR", ShippedOn: day(), State: models.ActPending}
		if err := tx.InsertCapture(context.Background(), c); err != nil {
			return unlessThere(err)
		}
		c.State = pick(w.dice, models.ActSucceeded, models.ActRefused)
		return tx.SaveCapture(context.Background(), c)
	}
	replaces := ""
	all, err := tx.Shipments(context.Background(), order)
	if err != nil {
		return err
	}
	if n := len(all); n > 0 && all[n-1].ReplacedBy == "" && w.dice.IntN(2) == 0 {
		replaces = all[n-1].ID
	}
	return tx.InsertShipment(context.Background(), models.Shipment{ID: w.id("shp"), OrderID: order, CarrierName: "DHL", CarrierVague: w.dice.IntN(2) == 0, TrackingNumber: pick(w.dice, "", "T1"), ShippedOn: pick(w.dice, "", day(), day()),
		Replaces: replaces, Created: moment(w.dice, models.UnixOf(now))})
}

// unlessThere lets a second act of an order or dispute go.
func unlessThere(err error) error {
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return err
}

func (w *world) dispute(tx *store.Tx, order string) error {
	d := models.Dispute{ID: fmt.Sprintf("du_%d", w.dice.IntN(w.last/4+1)), PaymentIntentID: order, Amount: 5, Currency: "EUR", Created: moment(w.dice, models.UnixOf(now).Add(-24*time.Hour)),
		Status:          pick(w.dice, "warning_needs_response", "warning_under_review", "warning_closed", "needs_response", "under_review", "lost", "prevented", "something_new"),
		SubmissionCount: int64(w.dice.IntN(4) / 3)}
	d.DueBy = pick(w.dice, 0, d.Created.Add(21*24*time.Hour), models.UnixOf(now), models.UnixOf(now)+1)
	if d.IsOutOfOurHands() {
		d.EndedAt = pick(w.dice, moment(w.dice, d.Created), d.Created.Add(99*time.Hour))
		if w.dice.IntN(3) == 0 {
			old := d
			old.Status, old.EndedAt = "warning_closed", moment(w.dice, d.Created)
			if err := tx.RecallDispute(context.Background(), &old); err != nil {
				return err
			}
		}
	}
	return tx.PutDispute(context.Background(), &d)
}

func (w *world) act(tx *store.Tx, order string) error {
	ctx := context.Background()
	dispute := fmt.Sprintf("du_%d", w.dice.IntN(w.last/4+1))
	about, err := tx.Dispute(ctx, dispute)
	if err == nil && w.dice.IntN(2) == 0 {
		order = about.PaymentIntentID
	}
	at := moment(w.dice, about.Created)
	switch w.dice.IntN(4) {
	case 0:
		return tx.PutRefund(ctx, &models.Refund{ID: w.id("re"), PaymentIntentID: order, Amount: 1, Currency: "EUR", Created: at})
	case 1:
		s := models.Submission{ID: w.id("sub"), DisputeID: dispute, State: models.ActPending, Sent: []models.SentField{{Field: "receipt"}}}
		s.Requested = at
		if w.dice.IntN(2) == 0 {
			s.Sent = []models.SentField{{Field: "shipping_documentation"}, {Field: "access_activity_log"}}
		}
		if err := tx.InsertSubmission(ctx, s); err != nil {
			return unlessThere(err)
		}
		s.State = pick(w.dice, models.ActSucceeded, models.ActRefused)
		return tx.SaveSubmission(ctx, s)
	}
	object := pick(w.dice, order, dispute)
	return tx.AppendAudit(ctx, models.AuditEntry{At: at, StaffID: pick(w.dice, "", "stf_1", "stf_2"), Action: pick(w.dice, "dispute.draft_saved", "refund.requested", "order.note_added", "dispute.assigned"),
		ObjectID: object, Details: pick(w.dice, map[string]string{"to": ""}, map[string]string{"to": "stf_2"})})
}

// TestSumsAreTheRulesOrderByOrder: after any changes the sums that the store keeps are what the pure rules say of each order, dispute and
// answer, week by week; and what a check did not meet is the list behind it, row by row and page by page.
func TestSumsAreTheRulesOrderByOrder(t *testing.T) {
	for seed, name := range []string{"Europe/Berlin", "America/New_York", "Pacific/Chatham", "America/Havana", "UTC"} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			w := &world{t: t, db: storetest.Open(t), dice: rand.New(rand.NewPCG(17, uint64(seed)))}
			if err := w.db.SetLedgerZone(t.Context(), zone); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				for range 600 {
					w.step()
				}
				if wrong, err := w.db.Reader.CheckSums(t.Context()); err != nil || len(wrong) > 0 {
					t.Fatalf("sums that are not their rows: %v, %v", wrong, err)
				}
				all := w.rows()
				for _, ground := range []models.CaptureGround{models.GroundNone, models.GroundDigital, models.GroundWithin24, models.GroundApproved} {
					w.compare(all, zone, ground)
				}
			}
		})
	}
}

// judged is one case that a rule counted.
type judged struct {
	id    string
	at    models.Unix
	tally practice.Tally
}

// compare measures by the sums, and judges row by row.
func (w *world) compare(every rows, zone *time.Location, ground models.CaptureGround) {
	w.t.Helper()
	at := models.UnixOf(now)
	mondays := practice.MondaysOf(now, zone)
	sums, err := w.db.Reader.PracticeSums(context.Background(), practice.WeekOf(mondays[0]), at)
	if err != nil {
		w.t.Fatal(err)
	}
	card := practice.NewCard(practice.Input{Sums: sums, Ground: ground, Now: now, Zone: zone, Weeks: practice.Weeks})
	for _, m := range card.Measures[:9] {
		all := every.judge(m.Check, ground, at)
		var want [practice.Weeks]practice.Tally
		missed := []string{}
		slices.SortFunc(all, func(a, b judged) int {
			if a.at != b.at {
				return int(b.at - a.at)
			}
			return -cmpText(a.id, b.id)
		})
		for _, j := range all {
			for i := practice.Weeks - 1; i >= 0; i-- {
				if j.at >= models.UnixOf(mondays[i]) && j.at < models.UnixOf(models.AddDays(mondays[i], 7)) {
					want[i].Cases += j.tally.Cases
					want[i].Met += j.tally.Met
					if j.tally.Missed() > 0 {
						missed = append(missed, j.id)
					}
				}
			}
		}
		if diff := cmp.Diff(want, m.Trend); diff != "" {
			w.t.Errorf("%s with ground %q (-rules +sums):\n%s", m.Check, ground, diff)
		}
		if diff := cmp.Diff(missed, w.list(m.Check, ground, mondays)); diff != "" {
			w.t.Errorf("the list behind %s with ground %q (-rules +list):\n%s", m.Check, ground, diff)
		}
		if ground == models.GroundNone && (m.Tally.Met == 0 || len(missed) == 0) {
			w.t.Errorf("%s: %+v shows nothing", m.Check, m.Tally)
		}
		if int64(len(missed)) != m.Tally.Missed() {
			w.t.Errorf("%s: %d on the card, %d in the list", m.Check, m.Tally.Missed(), len(missed))
		}
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// list reads the list behind a check page by page.
func (w *world) list(check models.PracticeCheck, ground models.CaptureGround, mondays [practice.Weeks]time.Time) []string {
	ids := []string{}
	query := store.PracticeQuery{Check: check, From: models.UnixOf(mondays[0]), To: models.UnixOf(models.AddDays(mondays[practice.Weeks-1], 7)), Now: models.UnixOf(now),
		ByHand: !practice.Applies(check, ground), Soon: ground == models.GroundWithin24, Limit: 7}
	for {
		page, err := w.db.Reader.PracticeMisses(context.Background(), query)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, m := range page.Misses {
			ids = append(ids, m.ID)
		}
		if query.After = page.Next; query.After == "" {
			return ids
		}
	}
}

// rows are all orders, disputes and answers as the store has them.
type rows struct {
	orders   []models.Order
	disputes []models.Dispute
	answers  []models.Submission
}

func (w *world) rows() (all rows) {
	ctx := context.Background()
	for n := range w.last + 1 {
		if o, err := w.db.Reader.Order(ctx, fmt.Sprintf("pi_%d", n)); err == nil {
			all.orders = append(all.orders, o)
		}
		if n > w.last/4+1 {
			continue
		}
		if d, err := w.db.Reader.Dispute(ctx, fmt.Sprintf("du_%d", n)); err == nil {
			all.disputes = append(all.disputes, d)
		}
		answers, err := w.db.Reader.Submissions(ctx, fmt.Sprintf("du_%d", n))
		if err != nil {
			w.t.Fatal(err)
		}
		all.answers = append(all.answers, answers...)
	}
	return all
}

// judge has the pure rules judge every row.
func (r rows) judge(check models.PracticeCheck, ground models.CaptureGround, at models.Unix) (all []judged) {
	for _, o := range r.orders {
		ended := o.CapturedAt
		if check == models.CheckRanOut {
			ended = practice.EndedAt(&o, at)
		}
		all = append(all, judged{o.ID, ended, practice.JudgeOrder(check, &o, ground, at)})
	}
	for _, d := range r.disputes {
		all = append(all, judged{d.ID, d.Created, practice.JudgeDispute(check, &d, at)})
	}
	if check == models.CheckProof {
		for _, s := range r.answers {
			all = append(all, judged{s.DisputeID, s.Requested, practice.JudgeAnswer(&s, "")})
		}
	}
	return slices.DeleteFunc(all, func(j judged) bool { return j.tally.Cases == 0 })
}
