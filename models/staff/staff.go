// Package staff knows who may sign in, how they prove it, what each role may do, and what each person has set up for themselves.
//
// Passwords are kept as argon2id hashes, session tokens as SHA-256 hashes.
//
// Failed sign-ins are throttled so that guessing stops and owners do not. A place is an address (an IPv6 line counts as one), or a
// browser told apart by WithBrowser. One place may fail 10 times on one account in a quarter of an hour. Places that have never signed
// in to an account may fail on it 20 times all together, and one address may fail 20 times on all accounts together. A place that has
// signed in to the account before answers for its own failures only: somebody who types wrong passwords from everywhere, or at the same
// address, stops strangers, and never the owner at the usual browser. A new password makes every place a stranger with a clean slate.
// What is throttled is refused before the password is looked at, so nothing can be learned by going on.
package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

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
	// compare is argon2id's comparison; tests count its calls.
	compare func(password, hash string) (bool, error)

	oneAtATime chan struct{} // passwords are checked one after the other: tries cannot race the throttle, or fill the memory
}

// Options are what a Service works with. Params may be lowered in tests; zero means the default.
type Options struct {
	Params argon2id.Params
}

// defaultParams are argon2id with 19 MiB and 2 passes (cheatsheetseries.owasp.org, Password Storage).
var defaultParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// New makes a Service.
func New(db *store.DB, o Options) *Service {
	if o.Params == (argon2id.Params{}) {
		o.Params = defaultParams
	}
	return &Service{db: db, params: o.Params, decoy: decoyOf(o.Params), now: time.Now, compare: argon2id.ComparePasswordAndHash,
		oneAtATime: make(chan struct{}, 1)}
}

// decoyOf writes a hash that nobody knows a password for. Hashing one would hold as much memory at each start as a sign-in.
func decoyOf(p argon2id.Params) string {
	random := func(n uint32) string {
		bytes := make([]byte, n)
		_, _ = rand.Read(bytes) // never fails
		return base64.RawStdEncoding.EncodeToString(bytes)
	}
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism, random(p.SaltLength), random(p.KeyLength))
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
	if name == "" || len([]rune(name)) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return models.Staff{}, invalid("name", "Write the person's name, in at most 200 characters.")
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
	return tx.AppendAudit(ctx, s.entryAbout(person, "staff.added", map[string]string{"role": string(person.Role)}))
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

// Enable opens a closed account again, with its old password. Errors: not found, internal.
func (s *Service) Enable(ctx context.Context, email string) error {
	return s.change(ctx, email, "staff.enabled", func(tx *store.Tx, person models.Staff) error {
		return tx.SetDisabled(ctx, person.ID, 0)
	})
}

// change does something to the account of an address, ends its sessions and writes the audit entry, in one transaction.
func (s *Service) change(ctx context.Context, email, action string, do func(*store.Tx, models.Staff) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		person, err := tx.StaffByEmail(ctx, fold(email))
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
		return tx.AppendAudit(ctx, s.entryAbout(person, action, nil))
	})
}

// entryAbout is an audit entry of what was done to an account; by whom is not known to the desk (the command line, a stranger).
func (s *Service) entryAbout(person models.Staff, action string, details map[string]string) models.AuditEntry {
	return models.AuditEntry{At: models.UnixOf(s.now()), Action: action, ObjectID: person.ID, Details: details}
}

// entryBy is an audit entry of what a person did.
func (s *Service) entryBy(person models.Staff, action string) models.AuditEntry {
	e := s.entryAbout(person, action, nil)
	e.StaffID, e.StaffName = person.ID, person.Name
	return e
}

// fold is the form in which addresses are compared.
func fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func invalid(field, message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "invalid", Field: field, Message: message}
}

// HashToken is how tokens are kept: whoever reads the database cannot use them.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
