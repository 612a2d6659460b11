package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/staff"
	"counterfoil/models/store"
)

// defaultSince is Klarna's refund window: everything that can still move.
const defaultSince = models.RefundWindow

type migrateCmd struct{}

// Run migrates the database.
func (migrateCmd) Run(ctx context.Context, s streams) error {
	return withStore(ctx, func(Config, *store.DB) error {
		fmt.Fprintln(s.out, "The database is up to date.")
		return nil
	})
}

// withStore opens the configured database for one command.
func withStore(ctx context.Context, work func(Config, *store.DB) error) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(work(cfg, db), db.Close())
}

type syncCmd struct {
	Since  string `default:"180d" help:"How far back, such as 180d or 72h."`
	Object string `help:"Read one object only, by its Stripe id."`
}

// Run syncs the mirror with Stripe.
func (c syncCmd) Run(ctx context.Context, s streams) error {
	since, err := parseSince(c.Since)
	if err != nil {
		return err
	}
	return withStore(ctx, func(cfg Config, db *store.DB) error {
		if cfg.StripeSecretKey == "" {
			return refuse("STRIPE_SECRET_KEY is not set.")
		}
		log := newLog(s.err)
		d, err := newDesk(ctx, withoutServing(cfg), db, utcNow, log)
		if err != nil {
			return err
		}
		if err := d.mirror.Sync(ctx, mirror.SyncOptions{Since: since, Object: c.Object, Progress: progress(s.err, log)}); err != nil {
			return err
		}
		fmt.Fprintln(s.out, "The mirror is in step with Stripe.")
		return nil
	})
}

// withoutServing fills what only serving needs, for commands that do not serve.
func withoutServing(cfg Config) Config {
	if cfg.SecretKey == "" {
		cfg.SecretKey = Secret(strings.Repeat("-", minSecretKey))
	}
	return cfg
}

// parseSince reads a duration, with d for days of 24 hours.
func parseSince(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		text = days + "h"
		d, err := time.ParseDuration(text)
		if err == nil && d > 0 {
			return 24 * d, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, refuse(fmt.Sprintf("--since %q is not a time such as 180d or 72h.", text))
}

// progress draws a line on a terminal and logs elsewhere.
func progress(w io.Writer, log *slog.Logger) func(mirror.SyncProgress) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return logProgress(log)
	}
	return func(p mirror.SyncProgress) {
		end := "\r"
		if p.Done {
			end = "\n"
		}
		fmt.Fprintf(f, "\x1b[K%-22s %8d read, %d not taken%s", p.Kind, p.Read, p.Refused, end)
	}
}

// logProgress writes a line when a kind of object is done.
func logProgress(log *slog.Logger) func(mirror.SyncProgress) {
	return func(p mirror.SyncProgress) {
		if p.Done {
			log.Info("sync", "kind", p.Kind, "read", p.Read, "refused", p.Refused)
		}
	}
}

type doctorCmd struct{}

// Run checks everything that serve needs, and says all that is wrong, not only the first.
func (doctorCmd) Run(ctx context.Context, s streams) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	bad := 0
	report := func(what string, err error) {
		if err == nil {
			fmt.Fprintf(s.out, "ok   %s\n", what)
			return
		}
		bad++
		fmt.Fprintf(s.out, "BAD  %s: %s\n", what, oneLine(err))
	}
	report("configuration", cfg.check())
	db, err := openStore(ctx, cfg)
	report("database", err)
	if err == nil {
		report("sums", checkSums(ctx, db))
		report("Stripe account", checkStripe(ctx, cfg, db))
		if err := db.Close(); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of 4 checks failed", bad)
	}
	return nil
}

// checkSums compares the kept sums with the rows. The desk makes them at its start: until then there is nothing to compare.
func checkSums(ctx context.Context, db *store.DB) error {
	made, err := db.Reader.SumsAreMade(ctx)
	if err != nil || !made {
		return err
	}
	wrong, err := db.Reader.CheckSums(ctx)
	if err == nil && len(wrong) > 0 {
		err = refuse(strings.Join(wrong, "; ") + ". The running desk finds and mends them once a day; please report it.")
	}
	return err
}

// checkStripe reads the balance: the cheapest call that needs a working key.
func checkStripe(ctx context.Context, cfg Config, db *store.DB) error {
	if cfg.StripeSecretKey == "" {
		return refuse("STRIPE_SECRET_KEY is not set.")
	}
	d, err := newDesk(ctx, withoutServing(cfg), db, utcNow, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, _, err = d.gateway.Balance(ctx)
	return err
}

type backupCmd struct {
	File string `arg:"" help:"The file to write. It must not exist."`
}

// Run backs the database up.
func (c backupCmd) Run(ctx context.Context, s streams) error {
	if _, err := os.Stat(c.File); err == nil {
		return refuse(fmt.Sprintf("%s exists already. Choose another name: a backup is never written over.", c.File))
	}
	return withStore(ctx, func(_ Config, db *store.DB) error {
		if err := db.BackupTo(ctx, c.File); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "Backed up to %s. The copy was opened, checked and compared.\n", c.File)
		return nil
	})
}

type restoreCmd struct {
	File string `arg:"" type:"existingfile" help:"The backup to put in the database's place."`
}

// Run restores a backup; what stood there before is kept beside it.
func (c restoreCmd) Run(ctx context.Context, s streams) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	path, err := cfg.databasePath()
	if err != nil {
		return err
	}
	kept, err := store.Restore(ctx, c.File, path)
	if err != nil {
		return cannotBegin{err}
	}
	fmt.Fprintf(s.out, "Restored from %s.\n", c.File)
	if kept != "" {
		fmt.Fprintf(s.out, "What stood there before is kept as %s.\n", kept)
	}
	return nil
}

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add an account. The password is read from standard input."`
	Reset   userResetCmd   `cmd:"" help:"Set a new password, read from standard input, and end the person's sessions."`
	Disable userDisableCmd `cmd:"" help:"Close an account and end its sessions."`
}

type userAddCmd struct {
	Email string `arg:""`
	Name  string `required:"" help:"The person's name."`
	Role  string `required:"" enum:"viewer,staff,manager,admin" help:"viewer, staff, manager or admin."`
}

// Run adds an account.
func (c userAddCmd) Run(ctx context.Context, s streams) error {
	return withStaff(ctx, func(people *staff.Service) error {
		password, err := readPassword(s.err)
		if err != nil {
			return err
		}
		_, err = people.Add(ctx, c.Name, c.Email, models.Role(c.Role), password)
		return done(s, err, c.Email+" can sign in.")
	})
}

type userResetCmd struct {
	Email string `arg:""`
}

// Run sets a new password.
func (c userResetCmd) Run(ctx context.Context, s streams) error {
	return withStaff(ctx, func(people *staff.Service) error {
		password, err := readPassword(s.err)
		if err != nil {
			return err
		}
		return done(s, people.Reset(ctx, c.Email, password), "The password of "+c.Email+" is set; all sessions were ended.")
	})
}

type userDisableCmd struct {
	Email string `arg:""`
}

// Run closes an account.
func (c userDisableCmd) Run(ctx context.Context, s streams) error {
	return withStaff(ctx, func(people *staff.Service) error {
		return done(s, people.Disable(ctx, c.Email), c.Email+" can no longer sign in.")
	})
}

func withStaff(ctx context.Context, work func(*staff.Service) error) error {
	return withStore(ctx, func(_ Config, db *store.DB) error {
		return work(staff.New(db, staff.Options{}))
	})
}

func done(s streams, err error, message string) error {
	if err == nil {
		fmt.Fprintln(s.out, message)
	}
	return err
}

// readPassword asks on a terminal without showing the letters, and reads one line elsewhere.
func readPassword(prompt io.Writer) (string, error) {
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		fmt.Fprint(prompt, "Password: ")
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(prompt)
		return string(b), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
