package staff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// cheap are parameters that a suite can bear; the real ones are tested once.
var cheap = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const good, bad = "correct horse battery", "incorrect horse battery"

// desk is a Service over a real database with a clock that the test moves and a count of hash comparisons.
type desk struct {
	*Service
	t         *testing.T
	db        *store.DB
	clock     time.Time
	compared  int
	countLock sync.Mutex
}

func newDesk(t *testing.T, db *store.DB) *desk {
	t.Helper()
	s := New(db, Options{Params: cheap})
	d := &desk{Service: s, t: t, db: db, clock: time.Unix(1_800_000_000, 0)}
	s.now = func() time.Time { return d.clock }
	s.compare = func(password, hash string) (bool, error) {
		d.countLock.Lock()
		d.compared++
		d.countLock.Unlock()
		return argon2id.ComparePasswordAndHash(password, hash)
	}
	return d
}

func (d *desk) add(email string, role models.Role) models.Staff {
	d.t.Helper()
	p, err := d.Add(context.Background(), "Somebody", email, role, good)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

// try signs in and gives the kind of the error, "" for a session.
func (d *desk) try(email, password, addr, browser string) models.ErrorKind {
	d.t.Helper()
	token, err := d.SignIn(WithBrowser(context.Background(), browser), email, password, addr, "agent")
	if (err == nil) != (token != "") {
		d.t.Errorf("a token %q and an error %v", token, err)
	}
	return models.KindOf(err)
}

// failUntilThrottled fails from one place and gives how many tries were looked at; more than most are an error.
func (d *desk) failUntilThrottled(email, addr, browser string, most int) int {
	d.t.Helper()
	for n := range most + 1 {
		switch kind := d.try(email, bad, addr, browser); kind {
		case models.KindTooMany:
			return n
		case models.KindUnauthenticated:
		default:
			d.t.Fatalf("try %d: %q", n, kind)
		}
	}
	d.t.Fatalf("%s from %s is not throttled after %d tries", email, addr, most)
	return 0
}

func TestRightsAreTheTableOfTheProduct(t *testing.T) {
	// product.md, "Who may do what", the rows that exist by now; columns viewer, staff, manager, admin.
	const yes, no = true, false
	want := map[Right][4]bool{
		SeeOrders:      {yes, yes, yes, yes}, // see orders, disputes, own money line
		SeeCustomers:   {no, yes, yes, yes},  // see names, addresses, mails of customers
		ActOnOrders:    {no, yes, yes, yes},  // capture in full and less, add tracking, cancel, notes
		SeeSettlements: {yes, no, yes, yes},  // settlements
		KeepBooks:      {no, no, yes, yes},   // exceptions and the bank, beside settlements
		ManageSettings: {no, no, yes, yes},   // help page texts and links, mailboxes, carriers, capture ground
		EraseCustomers: {no, no, no, yes},    // erase a customer
	}
	roles := []models.Role{models.RoleViewer, models.RoleStaff, models.RoleManager, models.RoleAdmin}
	for right := range table {
		row, known := want[right]
		if !known {
			t.Errorf("right %s is not in the product's table", right)
			continue
		}
		var may []models.Role
		for i, role := range roles {
			if got := Can(role, right); got != row[i] {
				t.Errorf("%s may %s: %v, want %v", role, right, got, row[i])
			}
			if row[i] {
				may = append(may, role)
			}
		}
		if diff := cmp.Diff(may, RolesWith(right)); diff != "" {
			t.Errorf("roles with %s (-want +got):\n%s", right, diff)
		}
	}
	if len(table) != len(want) {
		t.Errorf("%d rights, want %d", len(table), len(want))
	}
	for _, nobody := range []models.Role{"", "owner", "Admin"} {
		for right := range table {
			if Can(nobody, right) {
				t.Errorf("role %q may %s", nobody, right)
			}
		}
	}
	RolesWith(SeeOrders)[0] = "x"
	if !Can(models.RoleViewer, SeeOrders) {
		t.Error("the table can be changed from outside")
	}
}

func TestWhatNewAccountsMustBe(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	long := strings.Repeat("x", maxPassword+1)
	for _, tt := range []struct {
		name, email, password string
		role                  models.Role
		field                 string
	}{
		{"Sofia Berg", "Sofia@Example.com", good, models.RoleStaff, ""},
		{"Zoë 12", "zoe@example.com", "ålåla-lålå-å", models.RoleViewer, ""}, // 12 characters
		{" ", "a@example.com", good, models.RoleStaff, "name"},
		{"A\nB", "a@example.com", good, models.RoleStaff, "name"},
		{"A", "not an address", good, models.RoleStaff, "email"},
		{"A", "A <a@example.com>", good, models.RoleStaff, "email"},
		{"A", "", good, models.RoleStaff, "email"},
		{"A", "a@example.com", good, "owner", "role"},
		{"A", "a@example.com", "elevenchars", models.RoleStaff, "password"},
		{"A", "a@example.com", "åååååååååå", models.RoleStaff, "password"}, // 20 bytes, 10 characters
		{"A", "a@example.com", long, models.RoleStaff, "password"},
		{"A", "someone@example.com", "Someone@Example.com", models.RoleStaff, "password"},
		{"Other", "SOFIA@example.com", good, models.RoleStaff, "email"}, // taken
	} {
		_, err := d.Add(context.Background(), tt.name, tt.email, tt.role, tt.password)
		var e *models.Error
		switch errors.As(err, &e); {
		case tt.field == "" && err != nil:
			t.Errorf("%s %s: %v", tt.name, tt.email, err)
		case tt.field != "" && (e == nil || e.Field != tt.field || e.Message == ""):
			t.Errorf("%q %q: %v, want a message by %s", tt.name, tt.email, err, tt.field)
		}
	}
	people, err := d.db.Reader.StaffList(context.Background())
	if err != nil || len(people) != 2 {
		t.Errorf("%d accounts, %v; want the good ones only", len(people), err)
	}
}

func TestSignInAnswersTheSameWhoeverIsUnknown(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add("open@example.com", models.RoleStaff)
	d.add("closed@example.com", models.RoleStaff)
	if err := d.Disable(context.Background(), "closed@example.com"); err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct{ name, email, password string }{
		{"wrong password", "open@example.com", bad}, {"unknown address", "nobody@example.com", good}, {"closed account", "closed@example.com", good},
		{"no password", "open@example.com", ""}, {"nothing", "", ""}, {"too long", "open@example.com", good + strings.Repeat("x", maxPassword)},
	} {
		d.compared = 0
		_, err := d.SignIn(context.Background(), tt.email, tt.password, fmt.Sprint("192.0.2.", i), "")
		if diff := cmp.Diff(errSignInFailed(), err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if d.compared != 1 {
			t.Errorf("%s: %d hashes were computed, want 1: the time would tell", tt.name, d.compared)
		}
	}
	if kind := d.try(" OPEN@example.com ", good, "192.0.2.9", ""); kind != "" {
		t.Errorf("the right password in other letters: %s", kind)
	}
	if params, _, _, err := argon2id.DecodeHash(d.decoy); err != nil || *params != cheap {
		t.Errorf("the decoy costs %+v, %v", params, err)
	}
}

func TestRealParameters(t *testing.T) {
	s := New(storetest.Open(t), Options{})
	params, _, _, err := argon2id.DecodeHash(s.decoy)
	if err != nil || params.Memory < 19*1024 || params.Iterations < 2 {
		t.Errorf("hashes cost %+v, %v; want 19 MiB and 2 passes or more", params, err)
	}
}

func TestSessionIsKeptAsAHash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	db := storetest.OpenAt(t, path)
	d := newDesk(t, db)
	d.add("a@example.com", models.RoleStaff)
	token, err := d.SignIn(WithBrowser(context.Background(), "browserid"), "a@example.com", good, "192.0.2.77", "agent")
	if err != nil || len(token) < 43 {
		t.Fatalf("token %q, %v", token, err)
	}
	if _, err := d.SignIn(context.Background(), "secretmistake@example.com", bad, "192.0.2.77", "agent"); err == nil {
		t.Fatal("signed in")
	}
	session, person, err := d.Session(context.Background(), token)
	if err != nil || person.Email != "a@example.com" || session.CSRFToken == "" || session.UserAgent != "agent" {
		t.Errorf("session %+v of %+v, %v", session, person, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var kept []byte
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, text...)
	}
	if !bytes.Contains(kept, []byte(session.TokenHash)) {
		t.Error("the database does not even hold the hash: this test sees nothing")
	}
	for what, secret := range map[string]string{"token": token, "password": good, "typed password": bad, "address": "192.0.2.77", "browser": "browserid", "typed e-mail": "secretmistake"} {
		if bytes.Contains(kept, []byte(secret)) {
			t.Errorf("the %s stands in the database", what)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add("a@example.com", models.RoleStaff)
	begin := d.clock
	signIn := func() string {
		t.Helper()
		token, err := d.SignIn(context.Background(), "a@example.com", good, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	alive := func(token string) bool {
		t.Helper()
		_, person, err := d.Session(context.Background(), token)
		if err != nil && !models.IsKind(err, models.KindUnauthenticated) {
			t.Fatal(err)
		}
		if err != nil && person.ID != "" {
			t.Error("a session that is over names its person")
		}
		return err == nil
	}
	if alive("") || alive("x") {
		t.Error("anything is a session")
	}

	idle := signIn()
	d.clock = begin.Add(idleLifetime - time.Second)
	if !alive(idle) {
		t.Error("over before 12 idle hours")
	}
	d.clock = d.clock.Add(idleLifetime - time.Second)
	if !alive(idle) {
		t.Error("use does not keep a session")
	}
	d.clock = d.clock.Add(idleLifetime)
	if alive(idle) {
		t.Error("alive after 12 idle hours")
	}

	begin = d.clock
	busy := signIn()
	for d.clock.Before(begin.Add(absoluteLifetime)) {
		if !alive(busy) {
			t.Fatalf("over after %s", d.clock.Sub(begin))
		}
		d.clock = d.clock.Add(8 * time.Hour)
	}
	if alive(busy) {
		t.Error("alive after 7 days")
	}
	d.clock = d.clock.Add(time.Second)
	if err := d.Purge(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.clock = begin
	if alive(busy) || alive(idle) {
		t.Error("sessions that are over are kept")
	}

	out, reset := signIn(), signIn()
	session, person, err := d.Session(context.Background(), out)
	if err := errors.Join(err, d.SignOut(context.Background(), session, person)); err != nil {
		t.Fatal(err)
	}
	if alive(out) || !alive(reset) {
		t.Error("signing out ends one session")
	}
	if err := d.Reset(context.Background(), " A@example.com", good+"2"); err != nil || alive(reset) {
		t.Errorf("a new password leaves sessions (%v)", err)
	}
	if d.try("a@example.com", good, "192.0.2.1", "") != models.KindUnauthenticated {
		t.Error("the old password still fits")
	}
	closed, err := d.SignIn(context.Background(), "a@example.com", good+"2", "192.0.2.1", "")
	if err := errors.Join(err, d.Disable(context.Background(), "a@example.com")); err != nil || alive(closed) {
		t.Errorf("a closed account has sessions (%v)", err)
	}
	if err := d.Enable(context.Background(), "a@example.com"); err != nil || alive(closed) {
		t.Errorf("an opened account gets its old session back (%v)", err)
	}
	if d.try("a@example.com", good+"2", "192.0.2.1", "") != "" {
		t.Error("an opened account cannot sign in")
	}
	for name, err := range map[string]error{
		"reset": d.Reset(context.Background(), "no@example.com", good), "disable": d.Disable(context.Background(), "no@example.com"),
		"enable": d.Enable(context.Background(), "no@example.com"),
	} {
		if !models.IsKind(err, models.KindNotFound) {
			t.Errorf("%s of nobody: %v", name, err)
		}
	}
}

func TestPasswordChangedWhileItIsLookedAt(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add("a@example.com", models.RoleStaff)
	d.compare = func(password, hash string) (bool, error) {
		if err := d.Reset(context.Background(), "a@example.com", good+"2"); err != nil {
			t.Error(err)
		}
		return argon2id.ComparePasswordAndHash(password, hash)
	}
	if kind := d.try("a@example.com", good, "192.0.2.1", ""); kind != models.KindUnauthenticated {
		t.Errorf("a password that was replaced a moment ago: %q", kind)
	}
}
