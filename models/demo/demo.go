// Package demo builds a believable shop to look at: it reads a simulated Stripe into the mirror and makes an account per role.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/mailroom"
	"counterfoil/models/mirror"
	"counterfoil/models/staff"
)

// Account is one person of the demo, with the password in clear: it opens nothing but the demo.
type Account struct {
	Name     string      `json:"name"`
	Email    string      `json:"email"`
	Role     models.Role `json:"role"`
	Password string      `json:"password"`
}

// Folder is a demo on disk. Filled is set once the shop and the accounts are complete.
type Folder struct {
	StripeKey     string    `json:"stripe_key"`
	WebhookSecret string    `json:"webhook_secret"`
	SecretKey     string    `json:"secret_key"`
	Accounts      []Account `json:"accounts"`
	Filled        bool      `json:"filled"`

	dir string
}

// stateFile holds the Folder's fields.
const stateFile = "demo.json"

// contents are what a demo leaves in its folder; nothing else is ever deleted.
var contents = []string{stateFile, stateFile + ".next", "stripe", "counterfoil.db", "counterfoil.db-wal", "counterfoil.db-shm"}

// Open opens the demo in dir, or begins one. A demo whose filling was broken off, or reset, begins anew; a folder that holds
// something else is refused.
func Open(dir string, reset bool) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be used: %w", dir, err)
	}
	f := &Folder{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := refuseStrangers(dir); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("the folder %s cannot be read: %w", dir, err)
	default:
		if err := json.Unmarshal(text, f); err != nil {
			return nil, fmt.Errorf("%s is damaged; start with --reset: %w", filepath.Join(dir, stateFile), err)
		}
	}
	if f.Filled && !reset {
		return f, nil
	}
	return beginAnew(dir)
}

// refuseStrangers refuses a folder that has files but is no demo.
func refuseStrangers(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("the folder %s cannot be read: %w", dir, err)
	}
	for _, e := range entries {
		if !slices.Contains(contents, e.Name()) {
			return fmt.Errorf("the folder %s holds %s, which is not of a demo; choose an empty folder", dir, e.Name())
		}
	}
	return nil
}

// beginAnew deletes what a demo left in dir and makes new secrets and accounts.
func beginAnew(dir string) (*Folder, error) {
	for _, name := range contents {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("the demo in %s cannot be deleted: %w", dir, err)
		}
	}
	f := &Folder{
		dir: dir, StripeKey: "sk_test_demo" + rand.Text(), WebhookSecret: "whsec_" + rand.Text(), SecretKey: rand.Text() + rand.Text(),
		Accounts: []Account{
			{Name: "Alva Lind", Email: "viewer@nordicgoods.example", Role: models.RoleViewer},
			{Name: "Sofia Berg", Email: "staff@nordicgoods.example", Role: models.RoleStaff},
			{Name: "Mikkel Østergaard", Email: "manager@nordicgoods.example", Role: models.RoleManager},
			{Name: "Ines Haller", Email: "admin@nordicgoods.example", Role: models.RoleAdmin},
		},
	}
	for i := range f.Accounts {
		f.Accounts[i].Password = strings.ToLower(rand.Text()[:12])
	}
	return f, f.save()
}

// save writes the folder's state in one step: a crash leaves the old state or the new one.
func (f *Folder) save() error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("demo state: %w", err)
	}
	next := filepath.Join(f.dir, stateFile+".next")
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("demo state: %w", err)
	}
	return os.Rename(next, filepath.Join(f.dir, stateFile))
}

// Fill reads the simulated account into the mirror, makes the accounts and, for a shop that has orders, the mailboxes with their history; then
// it marks the demo as filled.
func Fill(ctx context.Context, f *Folder, m *mirror.Mirror, people *staff.Service, rooms mailroom.Service, orders int) error {
	if err := m.Sync(ctx, mirror.SyncOptions{Since: since}); err != nil {
		return fmt.Errorf("demo: reading the simulated Stripe: %w", err)
	}
	actors := map[models.Role]models.Actor{}
	for _, a := range f.Accounts {
		person, err := people.Add(ctx, a.Name, a.Email, a.Role, a.Password)
		if err != nil {
			return fmt.Errorf("demo: account of the %s: %w", a.Role, err)
		}
		actors[a.Role] = models.Actor{StaffID: person.ID, Name: person.Name, Role: person.Role}
	}
	if orders > 0 {
		if err := lookIntoMailboxes(ctx, rooms, actors); err != nil {
			return fmt.Errorf("demo: mailboxes: %w", err)
		}
	}
	f.Filled = true
	return f.save()
}

// since reaches back over everything that the demo's shop holds.
const since = 400 * 24 * time.Hour
