package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func person(id, email string) models.Staff {
	return models.Staff{ID: id, Name: "N " + id, Email: email, EmailFolded: email, Role: models.RoleStaff, PasswordHash: "h", Created: 1}
}

func TestStaff(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	want := person("stf_1", "a@example.com")
	if n, err := db.Reader.StaffCount(ctx); n != 0 || err != nil {
		t.Errorf("count = %d, %v", n, err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertStaff(ctx, want), tx.InsertStaff(ctx, person("stf_0", "b@example.com")))
	})
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.SetPassword(ctx, "stf_1", "h2"), tx.SetRole(ctx, "stf_1", models.RoleAdmin), tx.SetDisabled(ctx, "stf_1", 5), tx.SetLastSignIn(ctx, "stf_1", 6))
	})
	want.PasswordHash, want.Role, want.DisabledAt, want.LastSignIn = "h2", models.RoleAdmin, 5, 6
	for name, ask := range map[string]func() (models.Staff, error){
		"by id":     func() (models.Staff, error) { return db.Reader.Staff(ctx, "stf_1") },
		"by e-mail": func() (models.Staff, error) { return db.Reader.StaffByEmail(ctx, "a@example.com") },
	} {
		if got, err := ask(); cmp.Diff(want, got) != "" || err != nil {
			t.Errorf("%s: %s%v", name, cmp.Diff(want, got), err)
		}
	}
	if _, err := db.Reader.StaffByEmail(ctx, "nobody@example.com"); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("nobody: %v", err)
	}
	list, err := db.Reader.StaffList(ctx)
	if diff := cmp.Diff([]models.Staff{person("stf_0", "b@example.com"), want}, list); diff != "" || err != nil {
		t.Errorf("list (-want +got):\n%s%v", diff, err)
	}
	if n, err := db.Reader.StaffCount(ctx); n != 2 || err != nil {
		t.Errorf("count = %d, %v", n, err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for name, err := range map[string]error{"password": tx.SetPassword(ctx, "x", ""), "role": tx.SetRole(ctx, "x", models.RoleAdmin),
			"disabled": tx.SetDisabled(ctx, "x", 1), "sign-in": tx.SetLastSignIn(ctx, "x", 1)} {
			if !models.IsKind(err, models.KindNotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
		return nil
	})
}

func TestSessions(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	session := func(hash, staff string, expires models.Unix) models.Session {
		return models.Session{TokenHash: hash, StaffID: staff, CSRFToken: "c" + hash, Created: 1, LastSeen: 2, Expires: expires, UserAgent: "u"}
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertStaff(ctx, person("stf_1", "a@x")), tx.InsertStaff(ctx, person("stf_2", "b@x")),
			tx.InsertSession(ctx, session("h1", "stf_1", 10)), tx.InsertSession(ctx, session("h2", "stf_1", 20)), tx.InsertSession(ctx, session("h3", "stf_2", 30)))
	})
	s, p, err := db.Reader.Session(ctx, "h1")
	if cmp.Diff(session("h1", "stf_1", 10), s) != "" || cmp.Diff(person("stf_1", "a@x"), p) != "" || err != nil {
		t.Errorf("session = %+v of %+v, %v", s, p, err)
	}
	if _, _, err := db.Reader.Session(ctx, "none"); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("unknown: %v", err)
	}
	err = db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertSession(ctx, session("h9", "stf_none", 1)) })
	if !errors.Is(err, store.ErrForeignKey) {
		t.Errorf("session of nobody: %v", err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.TouchSession(ctx, "h1", 15, 40) })
	if of, err := db.Reader.SessionsOf(ctx, "stf_1"); err != nil || len(of) != 2 || of[0].TokenHash != "h1" || of[0].LastSeen != 15 || of[0].Expires != 40 {
		t.Errorf("sessions = %+v, %v", of, err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.TouchSession(ctx, "none", 1, 1); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("touch of none: %v", err)
		}
		if n, err := tx.PurgeSessions(ctx, 20); n != 0 || err != nil {
			t.Errorf("purged %d at the last second, %v", n, err)
		}
		if n, err := tx.PurgeSessions(ctx, 21); n != 1 || err != nil {
			t.Errorf("purged %d, %v", n, err)
		}
		return errors.Join(tx.DeleteSession(ctx, "none"), tx.DeleteSession(ctx, "h1"), tx.InsertSession(ctx, session("h4", "stf_2", 50)))
	})
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if n, err := tx.DeleteSessionsOf(ctx, "stf_2"); n != 2 || err != nil {
			t.Errorf("deleted %d of stf_2, %v", n, err)
		}
		return nil
	})
	for _, hash := range []string{"h1", "h2", "h3", "h4"} {
		if _, _, err := db.Reader.Session(ctx, hash); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("%s is still there (%v)", hash, err)
		}
	}
}

func TestSignInFailuresInAWindow(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.RecordSignInFailure(ctx, 100, "account a", "address 1"), tx.RecordSignInFailure(ctx, 200, "account a", "address 2"),
			tx.RecordSignInFailure(ctx, 300, "account b", "address 1"))
	})
	check := func(key string, since models.Unix, want int64) {
		t.Helper()
		if n, err := db.Reader.SignInFailures(ctx, key, since); n != want || err != nil {
			t.Errorf("%s since %d: %d, %v, want %d", key, since, n, err, want)
		}
	}
	check("account a", 0, 2)
	check("account a", 100, 2)
	check("account a", 101, 1)
	check("address 1", 0, 2)
	check("address 3", 0, 0)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if n, err := tx.PurgeSignInFailures(ctx, 200); n != 2 || err != nil {
			t.Errorf("purged %d, %v", n, err)
		}
		return tx.ForgetSignInFailures(ctx, "account a")
	})
	check("account a", 0, 0)
	check("address 2", 0, 1)
	check("account b", 0, 1)
}

func TestSetupTokenWorksOnce(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	works := func(hash string, now models.Unix) bool {
		t.Helper()
		ok, err := db.Reader.SetupTokenWorks(ctx, hash, now)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	use := func(hash string, now models.Unix) error {
		return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.UseSetupToken(ctx, hash, now) })
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.ReplaceSetupToken(ctx, "first", 1, 100), tx.ReplaceSetupToken(ctx, "h", 1, 100))
	})
	for _, tt := range []struct {
		hash string
		now  models.Unix
		want bool
	}{{"first", 50, false}, {"other", 50, false}, {"h", 100, false}, {"h", 99, true}} {
		if got := works(tt.hash, tt.now); got != tt.want {
			t.Errorf("%s at %d works: %v", tt.hash, tt.now, got)
		}
		if err := use(tt.hash, tt.now); models.IsKind(err, models.KindNotFound) == tt.want {
			t.Errorf("%s at %d used: %v", tt.hash, tt.now, err)
		}
	}
	if err := use("h", 99); works("h", 99) || !models.IsKind(err, models.KindNotFound) {
		t.Errorf("works twice: %v", err)
	}
}

func TestLivemodeIsBoundOnce(t *testing.T) {
	ctx := context.Background()
	for _, live := range []bool{true, false} {
		db := storetest.Open(t)
		if _, bound, err := db.Reader.Livemode(ctx); bound || err != nil {
			t.Errorf("bound before use (%v)", err)
		}
		bind := func(live bool) error {
			return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.BindLivemode(ctx, live) })
		}
		if err := errors.Join(bind(live), bind(live)); err != nil {
			t.Error(err)
		}
		if err := bind(!live); !models.IsKind(err, models.KindConflict) {
			t.Errorf("bound to both: %v", err)
		}
		if got, bound, err := db.Reader.Livemode(ctx); got != live || !bound || err != nil {
			t.Errorf("live = %v, %v, %v", got, bound, err)
		}
	}
}
