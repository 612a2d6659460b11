package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"sync"
	"time"

	"counterfoil/handlers"
	"counterfoil/models"
	"counterfoil/models/batches"
	"counterfoil/models/disputes"
	"counterfoil/models/exports"
	"counterfoil/models/helpdesk"
	"counterfoil/models/jobs"
	"counterfoil/models/ledger"
	"counterfoil/models/mail"
	"counterfoil/models/mailroom"
	"counterfoil/models/mirror"
	"counterfoil/models/notify"
	"counterfoil/models/orders"
	"counterfoil/models/payments"
	"counterfoil/models/staff"
	"counterfoil/models/store"
)

// callTimeout is how long one call to Stripe may take.
const callTimeout = 20 * time.Second

// shutdownTimeout is how long what is under way may take after SIGTERM: a call to Stripe and its outcome.
const shutdownTimeout = callTimeout + 5*time.Second

// desk is the running application: the parts joined together.
type desk struct {
	cfg      Config
	log      *slog.Logger
	db       *store.DB
	gateway  *payments.Gateway
	mirror   *mirror.Mirror
	queue    *jobs.Queue
	orders   *orders.Service
	batches  *batches.Service
	exports  *exports.Service
	disputes *disputes.Service
	checker  ledger.Checker
	bank     ledger.Bank
	staff    *staff.Service
	mailroom mailroom.Service
	helpdesk helpdesk.Service
	notify   *notify.Service
	app      *handlers.App
}

// openStore opens and migrates the database. Errors: exit code 2 for an unreadable folder or a newer database.
func openStore(ctx context.Context, cfg Config) (*store.DB, error) {
	path, err := cfg.databasePath()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, path)
	if err != nil {
		return nil, cannotBegin{err}
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(cannotBegin{err}, db.Close())
	}
	return db, nil
}

// newDesk joins the parts. now is domain time. The database belongs to one mode: a key of the other is refused.
func newDesk(ctx context.Context, cfg Config, db *store.DB, now func() time.Time, log *slog.Logger) (*desk, error) {
	zone, err := cfg.zone()
	if err != nil {
		return nil, err
	}
	gateway, err := payments.New(payments.Config{Key: string(cfg.StripeSecretKey), APIBase: cfg.StripeAPIBase, Timeout: callTimeout, Log: log})
	if err != nil {
		return nil, cannotBegin{err}
	}
	err = db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.BindLivemode(ctx, gateway.Livemode()) })
	if models.IsKind(err, models.KindConflict) {
		return nil, refuse(wrongMode(gateway.Livemode()))
	}
	if err != nil {
		return nil, err
	}
	if err := db.SetLedgerZone(ctx, zone); err != nil {
		return nil, fmt.Errorf("the ledger by days of %s: %w", zone, err)
	}
	d := &desk{cfg: cfg, log: log, db: db, gateway: gateway}
	d.mirror = mirror.New(db, gateway, mirror.Options{ReferenceKeys: cfg.OrderReferenceKeys, Log: log})
	d.queue = jobs.New(db, log)
	d.orders = orders.New(orders.Options{DB: db, Gateway: gateway, Mirror: d.mirror, Queue: d.queue, Now: now, Timeout: callTimeout, Log: log})
	d.batches = batches.New(batches.Options{DB: db, Orders: d.orders, Queue: d.queue, Now: now, Zone: zone, Log: log})
	path, err := cfg.databasePath()
	if err != nil {
		return nil, err
	}
	d.exports = exports.New(exports.ServiceOptions{DB: db, Queue: d.queue, Folder: path + ".exports", Shop: cfg.ShopName, TestMode: !gateway.Livemode(), Now: now, Zone: zone, Log: log})
	d.disputes = disputes.New(disputes.Options{DB: db, Gateway: gateway, Mirror: d.mirror, Queue: d.queue, Now: now, Zone: zone, Shop: cfg.ShopName,
		Timeout: callTimeout, Log: log})
	d.checker, d.bank = ledger.Checker{DB: db, Now: now}, ledger.Bank{DB: db, Now: now}
	d.staff = staff.New(db, staff.Options{})
	d.helpdesk = helpdesk.Service{DB: db, Now: now, Zone: zone, Visits: &helpdesk.Visits{}}
	d.mailroom = mailroom.Service{DB: db, Now: now, Zone: zone}
	if d.notify, err = d.newNotify(now, zone); err != nil {
		return nil, err
	}
	d.app, err = handlers.New(handlers.Options{
		Reader: db.Reader, Orders: d.orders, Batches: d.batches, Exports: d.exports, Disputes: d.disputes, Checker: d.checker, Bank: d.bank,
		Mailroom: d.mailroom, Helpdesk: d.helpdesk, BaseURL: cfg.BaseURL, Mirror: d.mirror, Staff: d.staff, Notify: d.notify,
		Background: ctx, Changed: db.Writer.Changed, Version: db.Writer.Version, Backlog: d.backlog, Now: now, Zone: zone,
		ShopName: cfg.ShopName, TestMode: !gateway.Livemode(), WebhookSecret: string(cfg.StripeWebhookSecret),
		SecretKey: []byte(cfg.SecretKey), TrustedProxies: cfg.TrustedProxies, Log: log,
	})
	return d, err
}

// newNotify makes what tells people by mail; without a mail server mails are kept and shown.
func (d *desk) newNotify(now func() time.Time, zone *time.Location) (*notify.Service, error) {
	o := notify.Options{DB: d.db, Queue: d.queue, Mirror: d.mirror, Mailboxes: d.mailboxes, Address: d.address(), Shop: d.cfg.ShopName, Now: now, Zone: zone, Log: d.log}
	if d.cfg.SMTPURL != "" {
		sender, err := mail.New(string(d.cfg.SMTPURL), d.cfg.MailFrom)
		if err != nil {
			return nil, cannotBegin{err}
		}
		o.Sender = sender
	}
	return notify.New(o)
}

// mailboxes counts, for the digest, those that nobody has looked into today, and gives the days missed that no manager has acknowledged.
func (d *desk) mailboxes(ctx context.Context) (open int64, missed []string, err error) {
	standing, err := d.mailroom.Standing(ctx)
	for _, m := range standing.Missed {
		missed = append(missed, m.Day)
	}
	return standing.Today.Open, missed, err
}

// work joins the kinds of job to the functions that do them.
func (d *desk) work() map[string]func(context.Context, []byte) error {
	all := d.orders.Work()
	maps.Copy(all, d.exports.Work())
	maps.Copy(all, d.batches.Work())
	maps.Copy(all, d.disputes.Work())
	maps.Copy(all, d.notify.Work())
	return all
}

func wrongMode(live bool) string {
	mode, other := "test", "live"
	if live {
		mode, other = other, mode
	}
	return fmt.Sprintf("STRIPE_SECRET_KEY is a %s key, but this database holds %s data. Live and test never mix: use another DATABASE_URL.", mode, other)
}

// backlog counts what is not yet done: events and dirty objects, and jobs.
func (d *desk) backlog(ctx context.Context) (int, error) {
	objects, err := d.mirror.Backlog(ctx)
	if err != nil {
		return 0, err
	}
	queued, err := d.queue.Backlog(ctx)
	return objects + queued, err
}

// run serves until ctx ends, then lets what is under way finish. ready is called when requests are answered.
func (d *desk) run(ctx context.Context, l net.Listener, ready func()) error {
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	var wg sync.WaitGroup
	failed := make(chan error, 3)
	start := func(name string, work func(context.Context) error) {
		wg.Go(func() {
			if err := work(background); err != nil && !errors.Is(err, context.Canceled) {
				failed <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	start("mirror", d.mirror.Run)
	start("jobs", func(ctx context.Context) error { return d.queue.Run(ctx, d.work()) })
	start("schedule", func(ctx context.Context) error { return d.runSchedule(ctx, d.schedule()) })
	served := make(chan error, 1)
	go func() { served <- d.app.Serve(l) }()
	ready()

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	case err = <-served:
	}
	d.log.Info("stopping: finishing what is under way")
	stopped := d.app.Shutdown(shutdownTimeout)
	stopBackground()
	wg.Wait()
	return errors.Join(err, stopped, d.helpdesk.Flush(context.WithoutCancel(ctx)))
}
