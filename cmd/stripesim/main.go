// Command stripesim serves a simulated Stripe on this machine, to play with and to test against.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"counterfoil/models/payments/stripesim"
)

// shutdownGrace is how long requests that are under way may take after SIGTERM.
const shutdownGrace = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// settings are what the flags say.
type settings struct {
	addr   string
	orders int
	seed   int64
	json   bool
	sim    stripesim.Options
}

// run serves until ctx ends and gives the exit code: 0 after a clean end, 2 when it could not start.
func run(ctx context.Context, args []string, out, logs io.Writer) int {
	set, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		set.sim.Log = slog.New(slog.NewTextHandler(logs, nil))
		err = serve(ctx, set, out)
	}
	if err != nil {
		fmt.Fprintln(logs, "stripesim: "+strings.ReplaceAll(err.Error(), "\n", " "))
		return 2
	}
	return 0
}

// parse reads the flags. Asked for help, it prints them on out.
func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	var now string
	f := flag.NewFlagSet("stripesim", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&s.addr, "addr", "127.0.0.1:12111", "address to listen on")
	f.StringVar(&s.sim.Dir, "data", "", "folder that keeps the state; empty: in memory only")
	f.StringVar(&s.sim.Key, "key", "", "secret key that requests must carry, sk_test_…; empty: one is made from the seed")
	f.StringVar(&s.sim.WebhookURL, "webhook-url", "", "where events are delivered")
	f.StringVar(&s.sim.WebhookSecret, "webhook-secret", "", "what deliveries are signed with, whsec_…; empty: one is made from the seed")
	f.IntVar(&s.orders, "orders", 0, "fill an empty account with a shop of so many orders")
	f.Int64Var(&s.seed, "seed", 1, "the same seed, orders and now make the same shop")
	f.StringVar(&now, "now", "", "where the simulated clock begins, RFC 3339; empty: at the present time")
	f.BoolVar(&s.json, "json", false, "print one line of JSON when ready")
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		f.SetOutput(out)
		f.Usage()
		return s, err
	}
	if err != nil {
		return s, err
	}
	s.sim.Seed = s.seed
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case s.orders < 0:
		return s, errors.New("--orders must not be negative")
	}
	if now != "" {
		if s.sim.Start, err = time.Parse(time.RFC3339, now); err != nil {
			return s, fmt.Errorf("--now must be a time such as 2026-03-01T09:00:00Z, not %q", now)
		}
	}
	return s, nil
}

// serve starts everything, says where it is, and waits for the end.
func serve(ctx context.Context, set settings, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", set.addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", set.addr, err)
	}
	defer listener.Close()
	sim, err := stripesim.New(set.sim)
	if err != nil {
		return err
	}
	defer sim.Close()
	if set.orders > 0 && sim.Empty() {
		if err := sim.MakeShop(stripesim.ShopOptions{Orders: set.orders, Seed: set.seed}); err != nil {
			return err
		}
	}
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := announce(out, set, sim, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		// What is still under way after that is cut; its outcome is on the disk or it did not happen.
		server.Close()
	}
	return sim.Close()
}

// announce prints where the simulated Stripe is: one line of JSON, or words.
func announce(out io.Writer, set settings, sim *stripesim.Sim, url string) error {
	if set.json {
		line := struct {
			Stripe string `json:"stripe"`
			Key    string `json:"stripe_key"`
			Secret string `json:"webhook_secret"`
		}{url, sim.Key(), sim.WebhookSecret()}
		return json.NewEncoder(out).Encode(line)
	}
	_, err := fmt.Fprintf(out, "Simulated Stripe at %s\n  secret key      %s\n  webhook secret  %s\n  simulated time  %s\n  control API     %s/_sim/clock, orders, disputes, payouts, activity, faults, requests, webhooks, endpoint, settings\n",
		url, sim.Key(), sim.WebhookSecret(), sim.Now().Format(time.RFC3339), url)
	return err
}
