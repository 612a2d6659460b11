package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

func TestSetUpOnce(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, storetest.Open(t))
	first, err := d.SetupToken(ctx)
	if err != nil || first == "" {
		t.Fatalf("token %q, %v", first, err)
	}
	token, err := d.SetupToken(ctx)
	if err != nil || token == first {
		t.Fatalf("token %q, %v", token, err)
	}
	works := func(token string) bool {
		t.Helper()
		ok, err := d.SetupWorks(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if works(first) || works("") || !works(token) {
		t.Error("not the newest link alone works")
	}
	for _, wrong := range []string{first, "", "x"} {
		if err := d.SetUp(ctx, wrong, "A", "a@example.com", good); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("link %q: %v", wrong, err)
		}
	}
	if err := d.SetUp(ctx, token, "A", "a@example.com", "short"); !models.IsKind(err, models.KindInvalid) || !works(token) {
		t.Errorf("bad input uses the link up, or: %v", err)
	}
	begin := d.clock
	d.clock = begin.Add(setupLifetime)
	if works(token) {
		t.Error("the link works after its day")
	}
	d.clock = begin
	if err := d.SetUp(ctx, token, "A", "a@example.com", good); err != nil {
		t.Fatal(err)
	}
	if err := d.SetUp(ctx, token, "B", "b@example.com", good); !models.IsKind(err, models.KindNotFound) || works(token) {
		t.Errorf("the link works twice: %v", err)
	}
	people, err := d.db.Reader.StaffList(ctx)
	if err != nil || len(people) != 1 || people[0].Role != models.RoleAdmin || d.try("a@example.com", good, "192.0.2.1", "") != "" {
		t.Errorf("accounts %+v, %v", people, err)
	}
	if again, err := d.SetupToken(ctx); again != "" || err != nil {
		t.Errorf("a desk with accounts hands out a link: %q, %v", again, err)
	}
}

func TestSetUpEndsWithTheFirstAccountHoweverMade(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, storetest.Open(t))
	token, err := d.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	d.add("a@example.com", models.RoleStaff)
	if works, err := d.SetupWorks(ctx, token); works || err != nil {
		t.Errorf("the link works beside an account (%v)", err)
	}
	if err := d.SetUp(ctx, token, "B", "b@example.com", good); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("set up beside an account: %v", err)
	}
}

func TestAuditSaysWhoDidWhat(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, storetest.Open(t))
	p := d.add("a@example.com", models.RoleStaff)
	d.try("a@example.com", bad, "192.0.2.1", "")
	d.try("typed-by-mistake@example.com", bad, "192.0.2.1", "")
	token, err := d.SignIn(ctx, "a@example.com", good, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	session, person, err := d.Session(ctx, token)
	err = errors.Join(err, d.SignOut(ctx, session, person), d.Reset(ctx, "a@example.com", good), d.Disable(ctx, "a@example.com"), d.Enable(ctx, "a@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	type line struct{ Who, What string }
	var got []line
	entries, err := d.db.Reader.AuditOf(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, line{e.StaffID, e.Action})
		if e.At == 0 || e.ObjectID != p.ID || (e.StaffID == "") != (e.StaffName == "") {
			t.Errorf("entry %+v", e)
		}
	}
	want := []line{{"", "staff.added"}, {"", "staff.sign_in_failed"}, {p.ID, "staff.signed_in"}, {p.ID, "staff.signed_out"},
		{"", "staff.password_reset"}, {"", "staff.disabled"}, {"", "staff.enabled"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	strangers, err := d.db.Reader.AuditOf(ctx, "")
	if err != nil || len(strangers) != 1 || strings.Contains(fmt.Sprintf("%+v", strangers), "mistake") {
		t.Errorf("audit of an unknown address: %+v, %v", strangers, err)
	}
}
