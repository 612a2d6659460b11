package staff

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

const owner, other = "owner@example.com", "other@example.com"

func TestOnePlaceIsThrottledOnOneAccount(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	d.add(other, models.RoleStaff)
	if n := d.failUntilThrottled(owner, "192.0.2.1", "thief", 20); n != placeTries {
		t.Errorf("throttled after %d tries, want %d", n, placeTries)
	}
	d.compared = 0
	if kind := d.try(owner, good, "192.0.2.1", "thief"); kind != models.KindTooMany || d.compared != 0 {
		t.Errorf("the right password at last: %q after %d looks; guessing would pay", kind, d.compared)
	}
	if kind := d.try(owner, good, "192.0.2.2", ""); kind != "" {
		t.Errorf("the owner at another address: %q", kind)
	}
	if kind := d.try(other, good, "192.0.2.1", ""); kind != "" {
		t.Errorf("somebody else at the same address: %q", kind)
	}
	d.clock = d.clock.Add(throttleWindow + 1e9)
	if kind := d.try(owner, good, "192.0.2.1", ""); kind != "" {
		t.Errorf("after a quarter of an hour: %q", kind)
	}
}

func TestUnknownAccountsAreThrottledLikeAnyOther(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	if n := d.failUntilThrottled("nobody@example.com", "192.0.2.1", "", 20); n != placeTries {
		t.Errorf("throttled after %d tries, want %d as for an account", n, placeTries)
	}
}

func TestOneAddressIsThrottledOnAllAccounts(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	if kind := d.try(owner, good, "192.0.2.1", "desk"); kind != "" {
		t.Fatal(kind)
	}
	for i := range addressTries {
		if kind := d.try(fmt.Sprintf("guess%d@example.com", i), bad, "192.0.2.1", "thief"); kind != models.KindUnauthenticated {
			t.Fatalf("guess %d: %q", i, kind)
		}
	}
	if kind := d.try("another@example.com", bad, "192.0.2.1", "thief"); kind != models.KindTooMany {
		t.Errorf("guess %d from one address: %q", addressTries, kind)
	}
	if kind := d.try(owner, good, "192.0.2.1", "desk"); kind != "" {
		t.Errorf("the owner, who has signed in at this address: %q", kind)
	}
	if kind := d.try("another@example.com", bad, "192.0.2.2", "thief"); kind != models.KindUnauthenticated {
		t.Errorf("another address: %q", kind)
	}
}

func TestOneAccountIsThrottledForAllStrangers(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	if kind := d.try(owner, good, "198.51.100.1", "desk"); kind != "" {
		t.Fatal(kind)
	}
	for i := range accountTries {
		if kind := d.try(owner, bad, fmt.Sprint("192.0.2.", i), "thief"); kind != models.KindUnauthenticated {
			t.Fatalf("try %d: %q", i, kind)
		}
	}
	if kind := d.try(owner, bad, "192.0.2.200", "thief"); kind != models.KindTooMany {
		t.Errorf("try %d, from yet another address: %q", accountTries, kind)
	}
	for what, from := range map[string][2]string{
		"the usual place": {"198.51.100.1", "desk"}, "the usual address": {"198.51.100.1", "new"}, "the usual browser elsewhere": {"203.0.113.5", "desk"},
	} {
		if kind := d.try(owner, good, from[0], from[1]); kind != "" {
			t.Errorf("the owner at %s: %q", what, kind)
		}
	}
	if err := d.Reset(context.Background(), owner, good+"2"); err != nil {
		t.Fatal(err)
	}
	if kind := d.try(owner, good+"2", "203.0.113.77", ""); kind != "" {
		t.Errorf("the owner with a new password, from anywhere: %q", kind)
	}
}

func TestOwnersBrowserStandsAgainstOthersAtItsAddress(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	d.add(other, models.RoleStaff)
	for _, email := range []string{owner, other} {
		if kind := d.try(email, good, "192.0.2.1", "of "+email); kind != "" {
			t.Fatal(kind)
		}
	}
	if n := d.failUntilThrottled(owner, "192.0.2.1", "of "+other, 20); n != placeTries {
		t.Errorf("a colleague may try %d times, want %d", n, placeTries)
	}
	if kind := d.try(owner, good, "192.0.2.1", "of "+owner); kind != "" {
		t.Errorf("the owner at the usual browser: %q", kind)
	}
	if n := d.failUntilThrottled(owner, "192.0.2.1", "of "+owner, 20); n != placeTries {
		t.Errorf("the known browser may try %d times, want %d", n, placeTries)
	}
	if kind := d.try(other, good, "192.0.2.1", "of "+other); kind != "" {
		t.Errorf("the colleague: %q", kind)
	}
}

func TestPlacesAreForgotten(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	if kind := d.try(owner, good, "198.51.100.1", "desk"); kind != "" {
		t.Fatal(kind)
	}
	d.clock = d.clock.Add(placeKnown)
	for i := range accountTries {
		d.try(owner, bad, fmt.Sprint("192.0.2.", i), "")
	}
	if kind := d.try(owner, good, "198.51.100.1", "desk"); kind != models.KindTooMany {
		t.Errorf("a place that was last used %s ago: %q", placeKnown, kind)
	}
}

func TestSuccessForgetsFailures(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	for round := range 3 {
		for range placeTries - 1 {
			if kind := d.try(owner, bad, "192.0.2.1", "desk"); kind != models.KindUnauthenticated {
				t.Fatalf("round %d: %q", round, kind)
			}
		}
		if kind := d.try(owner, good, "192.0.2.1", "desk"); kind != "" {
			t.Fatalf("round %d: %q", round, kind)
		}
	}
}

func TestTriesAtOnceAreCountedOneByOne(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { _, _ = d.SignIn(context.Background(), owner, bad, "192.0.2.1", "") })
	}
	wg.Wait()
	if d.compared != placeTries {
		t.Errorf("%d of 40 tries at once were looked at, want %d", d.compared, placeTries)
	}
}

func TestWhoLeavesTheQueueIsNotSignedIn(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	d.add(owner, models.RoleStaff)
	d.oneAtATime <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	answer := make(chan error, 1)
	go func() {
		_, err := d.SignIn(ctx, owner, good, "192.0.2.1", "")
		answer <- err
	}()
	cancel()
	// The look at the throttle may be what notices the end first; both are refusals.
	if err := <-answer; err == nil || d.compared != 0 {
		t.Errorf("signed in without a turn (%v)", err)
	}
}

func TestNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "::ffff:192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64", "2001:db8:1:3::1": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "": "", "x": "x",
	} {
		if got := network(addr); got != want {
			t.Errorf("network(%q) = %q, want %q", addr, got, want)
		}
	}
}
