package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/mail"
	"counterfoil/models/mail/mailtest"
	"counterfoil/models/mirror"
	"counterfoil/models/notify"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// desk is a database with people, and what tells them, at a moment that the test moves.
type desk struct {
	t      *testing.T
	db     *store.DB
	queue  *jobs.Queue
	now    time.Time
	boxes  int64    // mailboxes to look into today
	missed []string // days
	*notify.Service
}

// newDesk makes a desk whose whole account was read, at 12:00 in Stockholm. address is the mail server's; "" for none.
func newDesk(t *testing.T, address string) *desk {
	d := &desk{t: t, db: storetest.Open(t), now: time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)}
	d.queue = jobs.New(d.db, nil)
	o := notify.Options{DB: d.db, Queue: d.queue, Mirror: mirror.New(d.db, nil, mirror.Options{}), Address: "https://desk.example.com", Shop: "Nordic Goods",
		Mailboxes: func(context.Context) (int64, []string, error) { return d.boxes, d.missed, nil }, Now: func() time.Time { return d.now }, Zone: zone(t, "Europe/Stockholm")}
	if address != "" {
		sender, err := mail.New("smtp://"+address, "desk@example.com")
		if err != nil {
			t.Fatal(err)
		}
		o.Sender = sender
	}
	var err error
	if d.Service, err = notify.New(o); err != nil {
		t.Fatal(err)
	}
	d.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SetSetting(ctx, "mirror_last_sync", "1"),
			tx.InsertStaff(ctx, models.Staff{ID: "stf_ann", Name: "Ann", Email: "ann@example.com", EmailFolded: "ann@example.com", Role: models.RoleManager}),
			tx.InsertStaff(ctx, models.Staff{ID: "stf_bo", Name: "Bo", Email: "bo@example.com", EmailFolded: "bo@example.com", Role: models.RoleStaff}))
	})
	return d
}

func (d *desk) write(fn func(ctx context.Context, tx *store.Tx) error) {
	d.t.Helper()
	storetest.Tx(d.t, d.db, func(tx *store.Tx) error { return fn(context.Background(), tx) })
}

// look looks once and gives everything that was written until now, sorted: to whom, kind.
func (d *desk) look() (all []string) {
	d.t.Helper()
	if err := d.Look(context.Background()); err != nil {
		d.t.Fatal(err)
	}
	for _, m := range d.mails() {
		all = append(all, m.Name+" "+string(m.Kind))
	}
	slices.Sort(all)
	return all
}

func (d *desk) mails() []models.Mail {
	d.t.Helper()
	page, err := d.db.Reader.Mails(context.Background(), store.MailQuery{})
	if err != nil {
		d.t.Fatal(err)
	}
	return page.Mails
}

// dispute writes a dispute of Stripe as it stands now.
func (d *desk) dispute(status string) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutDispute(ctx, &models.Dispute{ID: "du_1", PaymentIntentID: "pi_1", Amount: 5800, Currency: "EUR", Status: status,
			DueBy: models.UnixOf(d.now.Add(20 * 24 * time.Hour)), Created: models.UnixOf(d.now)})
	})
}

// run works off the queue until the mails are as the test wants them.
func (d *desk) run(want func([]models.Mail) bool) {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.queue.Run(ctx, d.Work()) }()
	deadline, tick := time.After(30*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !want(d.mails()) {
		select {
		case <-deadline:
			d.t.Errorf("not within 30 s: %+v", d.mails())
			stop()
			<-done
			d.t.FailNow()
		case <-tick.C:
		}
	}
	stop()
	<-done
}

func states(mails []models.Mail) (all []string) {
	for _, m := range mails {
		all = append(all, m.Name+" "+string(m.State))
	}
	slices.Sort(all)
	return all
}

func (d *desk) wants(what string, got []string, want ...string) {
	d.t.Helper()
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestEachThingIsToldOnce(t *testing.T) {
	d := newDesk(t, "")
	d.dispute("warning_needs_response")
	d.wants("what was there before the first look", d.look())
	d.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PutPayout(ctx, &models.Payout{ID: "po_1", Amount: 900, Currency: "SEK", Status: "failed", Created: models.UnixOf(d.now)}))
	})
	d.wants("a failed payout", d.look(), "Ann payout")
	d.dispute("needs_response")
	d.wants("an escalation", d.look(), "Ann escalation", "Ann payout", "Bo escalation")
	d.wants("nothing new", d.look(), "Ann escalation", "Ann payout", "Bo escalation")
	for _, m := range d.mails() {
		if m.State != models.MailKept || m.Kind == models.NoticeEscalation &&
			!strings.Contains(m.Text, "du_1 of EUR 58.00, payment pi_1, chargeback: due Monday 14 December 2026, 12:00 (Europe/Stockholm)\n  https://desk.example.com/disputes/du_1") {
			t.Errorf("%s %s\n%s", m.Kind, m.State, m.Text)
		}
	}
}

func TestOneDigestForToday(t *testing.T) {
	d := newDesk(t, "")
	d.write(func(ctx context.Context, tx *store.Tx) error {
		loud := models.DefaultNoticeChoices("stf_ann")
		loud.Quiet = false
		return tx.PutNoticeChoices(ctx, loud, 1)
	})
	d.wants("a late start, nothing to do", d.look(), "Ann digest")
	if text := d.mails()[0].Text; !strings.Contains(text, "There is nothing to do.") {
		t.Error(text)
	}
	d.now = d.now.Add(6 * 24 * time.Hour)
	d.wants("six days later", d.look(), "Ann digest", "Ann digest")
}

// TestADisputeByMailHasItsDeadline: it is in the digest, reminders and the calendar as Stripe's are, and no news to who wrote it down.
func TestADisputeByMailHasItsDeadline(t *testing.T) {
	d := newDesk(t, "")
	d.look()
	d.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertMailDispute(ctx, models.MailDispute{ID: "mds_1", OrderID: "pi_1", Amount: 4200, Currency: "EUR", Status: models.MailOpen, Reason: "general",
			DueBy: models.UnixOf(d.now.Add(60 * time.Hour)), Created: models.UnixOf(d.now), StaffID: "stf_bo", StaffName: "Bo"})
	})
	d.wants("the reminder of three days", d.look(), "Ann dispute_due", "Bo dispute_due")
	if text := d.mails()[0].Text; !strings.Contains(text, "mds_1 of EUR 42.00, payment pi_1, by e-mail: due ") {
		t.Errorf("the reminder: %s", text)
	}
	address, err := d.NewFeed(t.Context(), models.Actor{StaffID: "stf_ann"})
	if err != nil {
		t.Fatal(err)
	}
	feed, err := d.Feed(t.Context(), strings.TrimSuffix(address[strings.LastIndexByte(address, '/')+1:], ".ics"))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(feed), "\r\n ", ""), "Answer the dispute by e-mail by: mds_1") {
		t.Errorf("the calendar: %s, %v", feed, err)
	}
}

func TestTheDigestTellsOfMailboxes(t *testing.T) {
	d := newDesk(t, "")
	d.boxes, d.missed = 2, []string{"2026-11-23", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"}
	d.wants("the digests", d.look(), "Ann digest", "Bo digest")
	for _, m := range d.mails() {
		if !strings.Contains(m.Text, "\nMailboxes\n- 2 mailboxes to look into today\n  https://desk.example.com/mailboxes\n"+
			"- Missed on Monday 23 November 2026: it waits for a manager’s word\n  https://desk.example.com/mailboxes#h-2026-11-23\n") ||
			!strings.Contains(m.Text, "#h-2026-11-17\n- and 1 more day\n") {
			t.Errorf("%s is told: %s", m.Name, m.Text)
		}
	}
}

func TestRemindersOfAnAuthorization(t *testing.T) {
	d := newDesk(t, "")
	begun := d.now.Add(6*24*time.Hour - models.AuthorizationValidity)
	storetest.PutOrders(t, d.db, models.Order{ID: "pi_9", Status: models.StatusAuthorized, Currency: "SEK", AmountAuthorized: 123456700, AmountCapturable: 123456700, Reference: "NG-9",
		CustomerName: "Zacharias Quittenbaum", Created: models.UnixOf(begun), AuthorizedAt: models.UnixOf(begun)})
	d.wants("six days before", d.look(), "Ann authorization", "Ann digest", "Bo authorization", "Bo digest")
	for _, m := range d.mails() {
		if strings.Contains(m.Text+m.HTML, "Quittenbaum") || m.Kind == models.NoticeAuthorization && !strings.Contains(m.Text, "NG-9 (pi_9), SEK 1,234,567.00: capture by Monday 30 November 2026, 12:00 (Europe/Stockholm)") {
			t.Error(m.Text)
		}
	}
	d.now = d.now.Add(time.Hour)
	if n := len(d.look()); n != 4 {
		t.Errorf("an hour later there are %d mails, want 4", n)
	}
	d.now = d.now.Add(3 * 24 * time.Hour)
	if n := len(d.look()); n != 8 {
		t.Errorf("within three days there are %d mails, want 8", n)
	}
}

func TestOneAddressIsRefused(t *testing.T) {
	server, _ := mailtest.Start(t, "")
	server.Refuse("bo@example.com")
	d := newDesk(t, server.Addr)
	d.look()
	d.dispute("needs_response")
	d.look()
	d.run(func(m []models.Mail) bool { return slices.Equal(states(m), []string{"Ann sent", "Bo failed"}) })
	if server.With("Subject: Nordic Goods: 1 new dispute") != 1 || server.With("text/html") != 1 || server.With("text/plain") != 1 {
		t.Errorf("%q", server.Mails())
	}
	bo := d.mails()[slices.IndexFunc(d.mails(), func(m models.Mail) bool { return m.Name == "Bo" })]
	if bo.Error != "The mail server refused the address (550)." || bo.Attempts != 1 {
		t.Errorf("%q after %d tries", bo.Error, bo.Attempts)
	}
	by := models.Actor{StaffID: "stf_carl", Role: models.RoleStaff}
	if err := d.SendAgain(t.Context(), bo.ID, by); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("another's mail: %v", err)
	}
	server.Refuse("")
	if err := d.SendAgain(t.Context(), bo.ID, models.Actor{StaffID: "stf_bo", Role: models.RoleStaff}); err != nil {
		t.Fatal(err)
	}
	d.run(func(m []models.Mail) bool { return slices.Equal(states(m), []string{"Ann sent", "Bo sent"}) })
	if err := d.SendAgain(t.Context(), bo.ID, models.Actor{StaffID: "stf_bo", Role: models.RoleStaff}); !models.IsKind(err, models.KindConflict) {
		t.Errorf("a mail that was sent: %v", err)
	}
}

func TestTheServerIsAwayAndComesBack(t *testing.T) {
	server, stop := mailtest.Start(t, "")
	stop()
	d := newDesk(t, server.Addr)
	if err := d.Test(t.Context(), models.Actor{StaffID: "stf_ann"}); err != nil {
		t.Fatal(err)
	}
	d.run(func(m []models.Mail) bool { return m[0].Attempts > 0 && m[0].State == models.MailPending })
	if why := d.mails()[0].Error; why != "The mail server cannot be reached." {
		t.Error(why)
	}
	back, _ := mailtest.Start(t, server.Addr)
	d.run(func(m []models.Mail) bool { return m[0].State == models.MailSent })
	if n := back.With("Test mail from Nordic Goods"); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
}

func TestACalendarEnds(t *testing.T) {
	d := newDesk(t, "")
	d.dispute("needs_response")
	ann := models.Actor{StaffID: "stf_ann"}
	first, err := d.NewFeed(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.NewFeed(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	token := func(address string) string {
		return strings.TrimSuffix(strings.TrimPrefix(address, "https://desk.example.com/calendar/"), ".ics")
	}
	if _, err := d.Feed(t.Context(), token(first)); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("the address before: %v", err)
	}
	if text, err := d.Feed(t.Context(), token(second)); err != nil || !strings.Contains(string(text), "UID:dispute-du_1@counterfoil") {
		t.Errorf("%s %v", text, err)
	}
	if err := d.EndFeed(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Feed(t.Context(), token(second)); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("ended: %v", err)
	}
}
