package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"counterfoil/models/demo"
	"counterfoil/models/payments/stripesim"
)

type demoCmd struct {
	Addr       string    `default:"127.0.0.1:8080" help:"Address of the desk."`
	StripeAddr string    `default:"127.0.0.1:0" help:"Address of the simulated Stripe; port 0 takes a free one."`
	Data       string    `default:"counterfoil-demo" type:"path" help:"Folder of the demo. Started again on it, the demo goes on where it was."`
	Reset      bool      `help:"Begin anew: delete the demo in the folder first."`
	Orders     int       `default:"240" help:"Orders in the shop."`
	Seed       int64     `default:"1" help:"Same seed, orders and now: same shop."`
	Now        time.Time `format:"2006-01-02T15:04:05Z07:00" help:"Where the simulated clock begins, RFC 3339. Default: the present."`
	SMTPURL    string    `name:"smtp-url" help:"Mail server, such as smtp://127.0.0.1:1025. Without it mails are shown in the desk only."`
	JSON       bool      `help:"Print one line of JSON when ready."`
}

// demoShop is what the demo's desk is configured with.
const (
	demoShopName = "Nordic Goods AB"
	demoZone     = "Europe/Stockholm"
	demoMailFrom = "desk@nordicgoods.example"
)

// Run starts the simulated Stripe, the desk on it and, the first time, fills the shop.
func (c demoCmd) Run(ctx context.Context, s streams) error {
	log := newLog(s.err)
	if c.Orders < 0 {
		return refuse("--orders cannot be below zero.")
	}
	appListener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer appListener.Close()
	stripeListener, err := listen(ctx, c.StripeAddr)
	if err != nil {
		return err
	}
	defer stripeListener.Close()
	folder, err := demo.Open(c.Data, c.Reset)
	if err != nil {
		return cannotBegin{err}
	}
	sim, err := c.startStripe(folder, stripeListener, log)
	if err != nil {
		return err
	}
	defer sim.Close()
	return c.serve(ctx, s, folder, sim, appListener, stripeListener, log)
}

// startStripe opens the simulator on its part of the folder, fills a new one with the shop, and serves it.
func (c demoCmd) startStripe(folder *demo.Folder, l net.Listener, log *slog.Logger) (*stripesim.Sim, error) {
	sim, err := stripesim.New(stripesim.Options{
		Dir: filepath.Join(c.Data, "stripe"), Key: folder.StripeKey, Start: c.Now, Seed: c.Seed, Log: log,
	})
	if err != nil {
		return nil, cannotBegin{err}
	}
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: callTimeout}
	go func() {
		if err := server.Serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
			log.Error("the simulated Stripe stopped", "error", err)
		}
	}()
	if !folder.Filled {
		if err := sim.MakeShop(stripesim.ShopOptions{Orders: c.Orders, Seed: c.Seed}); err != nil {
			return nil, errors.Join(err, sim.Close())
		}
	}
	return sim, nil
}

// serve joins the desk to the simulator and runs it.
func (c demoCmd) serve(ctx context.Context, s streams, folder *demo.Folder, sim *stripesim.Sim, app, stripe net.Listener, log *slog.Logger) error {
	cfg := c.config(folder, app, stripe)
	db, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	d, err := newDesk(ctx, cfg, db, sim.Now, log)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	if !folder.Filled {
		if err := demo.Fill(ctx, folder, d.mirror, d.staff, d.mailroom, c.Orders); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	if err := sim.SetEndpoint(d.address()+"/stripe/events", folder.WebhookSecret); err != nil {
		return errors.Join(err, db.Close())
	}
	err = d.run(ctx, app, func() { c.announce(s, folder, d.address(), "http://"+stripe.Addr().String()) })
	return errors.Join(err, db.Close())
}

func (c demoCmd) config(folder *demo.Folder, app, stripe net.Listener) Config {
	return Config{
		Addr: app.Addr().String(), BaseURL: "http://" + app.Addr().String(), DatabaseURL: filepath.Join(c.Data, "counterfoil.db"),
		StripeSecretKey: Secret(folder.StripeKey), StripeWebhookSecret: Secret(folder.WebhookSecret),
		StripeAPIBase: "http://" + stripe.Addr().String(), ShopName: demoShopName, ShopTimeZone: demoZone,
		OrderReferenceKeys: []string{"order_id", "order_number", "order_reference", "reference"}, SecretKey: Secret(folder.SecretKey),
		SMTPURL: Secret(c.SMTPURL), MailFrom: demoMailFrom,
	}
}

// announce says where to go: one line of JSON for programs, words for people.
func (c demoCmd) announce(s streams, folder *demo.Folder, app, stripe string) {
	if c.JSON {
		line, err := json.Marshal(map[string]any{
			"app": app, "stripe": stripe, "stripe_key": folder.StripeKey, "webhook_secret": folder.WebhookSecret, "accounts": folder.Accounts,
		})
		if err == nil {
			fmt.Fprintln(s.out, string(line))
		}
		return
	}
	fmt.Fprintf(s.out, "\nThe desk:          %s\nSimulated Stripe:  %s  (key %s)\nData:              %s\n\nSign in as\n", app, stripe, folder.StripeKey, c.Data)
	for _, a := range folder.Accounts {
		fmt.Fprintf(s.out, "  %-8s %-30s %s\n", a.Role, a.Email, a.Password)
	}
	fmt.Fprintf(s.out, "\nStop with Ctrl+C. Move the simulated clock with\n  curl -d '{\"advance\":\"72h\"}' %s/_sim/clock\n\n", stripe)
}
