// Package staff knows who may sign in, how they prove it, and what each role may do.
//
// Throttling cannot lock the owner of an account out. Failures count against the pair of account and address, against the address alone,
// and against the account alone; the last is held against a browser only when its address has never signed in to that account, so that
// a stranger who types wrong passwords from everywhere stops strangers, not the owner at the usual place.
package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/mail"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"counterfoil/models"
	"counterfoil/models/store"
)

// Service carries out what concerns people.
type Service struct {
	db     *store.DB
	params argon2id.Params
	decoy  string           // a hash that no password fits: an unknown address costs the same
	now    func() time.Time // wall clock

	oneAtATime chan struct{} // passwords are checked one after the other: tries cannot race the throttle, or fill the memory
}

// Options are what a Service works with. Params may be lowered in tests; zero means the default.
type Options struct {
	Params argon2id.Params
}

// defaultParams follow RFC 9106's second recommendation, with 64 MiB lowered to 19 MiB and more passes for small machines
// (cheatsheetseries.owasp.org, password storage: argon2id with 19 MiB and 2 passes).
var defaultParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// New makes a Service.
func New(db *store.DB, o Options) (*Service, error) {
	if o.Params == (argon2id.Params{}) {
		o.Params = defaultParams
	}
	decoy, err := argon2id.CreateHash(rand.Text(), &o.Params)
	if err != nil {
		return nil, err
	}
	return &Service{db: db, params: o.Params, decoy: decoy, now: time.Now, oneAtATime: make(chan struct{}, 1)}, nil
}

const (
	// minPassword is the shortest password that is taken, in characters.
	minPassword = 12
	// maxPassword bounds the work of hashing, in bytes.
	maxPassword = 1000
)

// Add makes an account. Errors: invalid (fields "name", "email", "password", "role"), conflict when the address is taken, internal.
func (s *Service) Add(ctx context.Context, name, email string, role models.Role, password string) (models.Staff, error) {
	person, err := s.newStaff(name, email, role, password)
	if err != nil {
		return person, err
	}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return s.insert(ctx, tx, person) })
	return person, err
}

func (s *Service) newStaff(name, email string, role models.Role, password string) (models.Staff, error) {
	name, email = strings.TrimSpace(name), strings.TrimSpace(email)
	if name == "" || len(name) > 200 {
		return models.Staff{}, invalid("name", "Write the person's name.")
	}
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 254 {
		return models.Staff{}, invalid("email", "This is not an e-mail address such as sofia@example.com.")
	}
	if !Can(role, SeeOrders) {
		return models.Staff{}, invalid("role", "The role is viewer, staff, manager or admin.")
	}
	hash, err := s.hash(email, password)
	return models.Staff{
		ID: "stf_" + rand.Text(), Name: name, Email: email, EmailFolded: fold(email), Role: role, PasswordHash: hash,
		Created: models.UnixOf(s.now()),
	}, err
}

func (s *Service) insert(ctx context.Context, tx *store.Tx, person models.Staff) error {
	err := tx.InsertStaff(ctx, person)
	if errors.Is(err, store.ErrDuplicate) {
		return &models.Error{Kind: models.KindConflict, Code: "email_taken", Field: "email", Message: "There is an account with this address already."}
	}
	if err != nil {
		return err
	}
	return tx.AppendAudit(ctx, s.entry(person, "staff.added", map[string]string{"role": string(person.Role)}))
}

// hash checks a new password and hashes it. Errors: invalid on "password", internal.
func (s *Service) hash(email, password string) (string, error) {
	switch {
	case len([]rune(password)) < minPassword:
		return "", invalid("password", "The password needs at least 12 characters.")
	case len(password) > maxPassword:
		return "", invalid("password", "The password is too long.")
	case fold(password) == fold(email):
		return "", invalid("password", "The password cannot be the e-mail address.")
	}
	return argon2id.CreateHash(password, &s.params)
}

// Reset sets a new password and ends the person's sessions. Errors: invalid on "password", not found, internal.
func (s *Service) Reset(ctx context.Context, email, password string) error {
	hash, err := s.hash(email, password)
	if err != nil {
		return err
	}
	return s.change(ctx, email, "staff.password_reset", func(tx *store.Tx, person models.Staff) error {
		return tx.SetPassword(ctx, person.ID, hash)
	})
}

// Disable closes an account and ends its sessions. Errors: not found, internal.
func (s *Service) Disable(ctx context.Context, email string) error {
	return s.change(ctx, email, "staff.disabled", func(tx *store.Tx, person models.Staff) error {
		return tx.SetDisabled(ctx, person.ID, models.UnixOf(s.now()))
	})
}

// change does something to the account of an address, ends its sessions and writes the audit entry, in one transaction.
func (s *Service) change(ctx context.Context, email, action string, do func(*store.Tx, models.Staff) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		person, err := tx.StaffByEmail(ctx, fold(strings.TrimSpace(email)))
		if models.IsKind(err, models.KindNotFound) {
			return &models.Error{Kind: models.KindNotFound, Code: "no_account", Message: "There is no account with this address."}
		}
		if err != nil {
			return err
		}
		if err := do(tx, person); err != nil {
			return err
		}
		if _, err := tx.DeleteSessionsOf(ctx, person.ID); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entry(person, action, nil))
	})
}

// entry is an audit entry about a person.
func (s *Service) entry(person models.Staff, action string, details map[string]string) models.AuditEntry {
	return models.AuditEntry{
		At: models.UnixOf(s.now()), StaffID: person.ID, StaffName: person.Name, Action: action, ObjectID: person.ID, Details: details,
	}
}

func fold(email string) string { return strings.ToLower(email) }

func invalid(field, message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "invalid", Field: field, Message: message}
}

// hashToken is how tokens are kept: whoever reads the database cannot use them.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
