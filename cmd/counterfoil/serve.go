package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"counterfoil/models/mirror"
)

type serveCmd struct{}

// Run starts the desk on a Stripe account and serves until it is told to stop.
func (serveCmd) Run(ctx context.Context, s streams) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	if err := cfg.check(); err != nil {
		return err
	}
	l, err := listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	db, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	log := newLog(s.err)
	d, err := newDesk(ctx, cfg, db, utcNow, log)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	err = d.run(ctx, l, func() {
		log.Info("serving", "address", "http://"+l.Addr().String(), "shop", cfg.ShopName)
		if err := d.begin(ctx, s.err); err != nil {
			log.Error("not begun as it should", "error", err)
		}
	})
	return errors.Join(err, db.Close())
}

// begin does what a first start needs: a link to make the first account, and a sync of an empty mirror.
func (d *desk) begin(ctx context.Context, w io.Writer) error {
	token, err := d.staff.SetupToken(ctx)
	if err != nil {
		return err
	}
	if token != "" {
		fmt.Fprintf(w, "\nNobody can sign in yet. Open this link once, within a day, to make the first account:\n  %s/set-up?token=%s\n\n", d.address(), token)
	}
	empty, err := d.mirror.IsEmpty(ctx)
	if err != nil || !empty {
		return err
	}
	d.log.Info("the mirror is empty: reading the account's last 180 days from Stripe")
	go d.firstSync(ctx)
	return nil
}

// firstSync fills an empty mirror. It goes on at the next start if it is broken off.
func (d *desk) firstSync(ctx context.Context) {
	err := d.mirror.Sync(ctx, mirror.SyncOptions{Since: defaultSince, Progress: logProgress(d.log)})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.log.Error("first sync not finished; run 'counterfoil sync' to go on", "error", err)
	default:
		d.log.Info("first sync finished")
	}
}

// address is where people open the desk.
func (d *desk) address() string {
	if d.cfg.BaseURL != "" {
		return d.cfg.BaseURL
	}
	return "http://" + d.cfg.Addr
}

func utcNow() time.Time { return time.Now().UTC() }

func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
