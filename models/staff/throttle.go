package staff

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

const (
	// throttleWindow is how long a failed try counts.
	throttleWindow = 15 * time.Minute
	// placeTries is how often one place (an address, or a browser that has signed in before) may fail on one account within the window.
	placeTries = 10
	// addressTries is how often one address may fail on any accounts.
	addressTries = 20
	// accountTries is how often unknown places may fail on one account, all together.
	accountTries = 20
	// placeKnown is how long a place stays known after its last sign-in to an account.
	placeKnown = 90 * 24 * time.Hour
)

type browserKey struct{}

// WithBrowser adds an id that one browser keeps and no other can know, so that SignIn can tell it from others at the same address.
func WithBrowser(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, browserKey{}, id)
}

// place is where a try comes from, as keys that failures count against: hashes, so that nobody's address stands in the table. The
// account's part holds its password's hash too, so that a new password begins with a clean slate and without known places.
type place struct {
	address, account string
	atAddress        string // this account, this address
	atBrowser        string // this account, this browser; empty without one
}

func placeOf(ctx context.Context, person models.Staff, folded, addr string) place {
	addr = network(addr)
	account := folded + "\x00" + person.PasswordHash
	p := place{
		address: HashToken("address\x00" + addr), account: HashToken("account\x00" + account),
		atAddress: HashToken("account at address\x00" + account + "\x00" + addr),
	}
	if browser, _ := ctx.Value(browserKey{}).(string); browser != "" {
		p.atBrowser = HashToken("account at browser\x00" + account + "\x00" + browser)
	}
	return p
}

// network is what counts as one address: an IPv6 line has a whole /64 to choose from.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil || ip.Unmap().Is4() {
		return addr
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return addr
	}
	return prefix.String()
}

// limits are the keys that a try from a place is held to.
func (s *Service) limits(ctx context.Context, p place) (map[string]int64, error) {
	known, err := s.knows(ctx, p.atBrowser)
	if err != nil {
		return nil, err
	}
	if known {
		return map[string]int64{p.atBrowser: placeTries}, nil
	}
	known, err = s.knows(ctx, p.atAddress)
	if err != nil {
		return nil, err
	}
	if known {
		return map[string]int64{p.atAddress: placeTries}, nil
	}
	return map[string]int64{p.atAddress: placeTries, p.address: addressTries, p.account: accountTries}, nil
}

// checkThrottle answers too many when a limit is reached, and the limits that the try is held to.
func (s *Service) checkThrottle(ctx context.Context, p place) (map[string]int64, error) {
	limits, err := s.limits(ctx, p)
	if err != nil {
		return nil, err
	}
	since := models.UnixOf(s.now().Add(-throttleWindow))
	for key, most := range limits {
		n, err := s.db.Reader.SignInFailures(ctx, key, since)
		if err != nil {
			return nil, err
		}
		if n >= most {
			return nil, &models.Error{Kind: models.KindTooMany, Code: "sign_in_throttled",
				Message: "Too many tries. Wait a quarter of an hour, or ask an admin to set a new password."}
		}
	}
	return limits, nil
}

const knownPlace = "sign_in_place:"

// knows tells whether a place has signed in to its account before.
func (s *Service) knows(ctx context.Context, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	text, found, err := s.db.Reader.Setting(ctx, knownPlace+key)
	if err != nil || !found {
		return false, err
	}
	last, err := strconv.ParseInt(text, 10, 64)
	return err == nil && models.UnixOf(s.now()) < models.Unix(last).Add(placeKnown), nil
}

// remember makes the place known after a sign-in, and forgets what failed there.
func (s *Service) remember(ctx context.Context, tx *store.Tx, p place) error {
	for _, key := range []string{p.atAddress, p.atBrowser} {
		if key == "" {
			continue
		}
		if err := tx.ForgetSignInFailures(ctx, key); err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, knownPlace+key, strconv.FormatInt(s.now().Unix(), 10)); err != nil {
			return err
		}
	}
	return nil
}
