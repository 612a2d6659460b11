package staff

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/alexedwards/argon2id"

	"counterfoil/models"
	"counterfoil/models/store"
)

const (
	// throttleWindow is how long a failed try counts.
	throttleWindow = 15 * time.Minute
	// pairTries is how often one address may fail on one account within the window.
	pairTries = 10
	// addressTries is how often one address may fail on any accounts.
	addressTries = 20
	// accountTries is how often strangers may fail on one account, from all addresses together.
	accountTries = 20
	// idleLifetime ends a session that is not used; absoluteLifetime ends any.
	idleLifetime, absoluteLifetime = 12 * time.Hour, 7 * 24 * time.Hour
	// touchEvery spares a write on each request.
	touchEvery = 5 * time.Minute
)

// SignIn checks an address and a password and starts a session; the token is for the browser's cookie and kept only as a hash.
// Errors: unauthenticated (the same for an unknown address, a wrong password and a closed account), too many, internal.
func (s *Service) SignIn(ctx context.Context, email, password, addr, userAgent string) (string, error) {
	keys := throttleKeys(fold(email), addr)
	if err := s.checkThrottle(ctx, keys); err != nil {
		return "", err
	}
	select {
	case s.oneAtATime <- struct{}{}:
		defer func() { <-s.oneAtATime }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if err := s.checkThrottle(ctx, keys); err != nil { // tries that came at the same moment count as well
		return "", err
	}
	person, err := s.db.Reader.StaffByEmail(ctx, fold(email))
	known := err == nil
	if err != nil && !models.IsKind(err, models.KindNotFound) {
		return "", err
	}
	hash := person.PasswordHash
	if !known {
		hash = s.decoy
	}
	fits, err := argon2id.ComparePasswordAndHash(password[:min(len(password), maxPassword)], hash)
	if err != nil {
		return "", err
	}
	if !fits || !known || person.DisabledAt != 0 {
		return "", s.refuse(ctx, person, keys)
	}
	return s.startSession(ctx, person, keys, userAgent)
}

// keys of the throttle: hashes, so that nobody's address stands in the table.
type keys struct{ pair, address, account, trusted string }

func throttleKeys(email, addr string) keys {
	return keys{
		pair: hashToken("pair\x00" + email + "\x00" + addr), address: hashToken("address\x00" + addr),
		account: hashToken("account\x00" + email), trusted: "trusted:" + hashToken("trusted\x00"+email+"\x00"+addr),
	}
}

// checkThrottle answers too many when a limit is reached.
func (s *Service) checkThrottle(ctx context.Context, k keys) error {
	since := models.UnixOf(s.now().Add(-throttleWindow))
	_, trusted, err := s.db.Reader.Setting(ctx, k.trusted)
	if err != nil {
		return err
	}
	limits := map[string]int64{k.pair: pairTries, k.address: addressTries}
	if !trusted {
		limits[k.account] = accountTries
	}
	for key, most := range limits {
		n, err := s.db.Reader.SignInFailures(ctx, key, since)
		if err != nil {
			return err
		}
		if n >= most {
			return &models.Error{Kind: models.KindTooMany, Code: "sign_in_throttled",
				Message: "Too many tries. Wait a quarter of an hour, or ask an admin to set a new password."}
		}
	}
	return nil
}

// refuse counts the failure and answers the same in every case.
func (s *Service) refuse(ctx context.Context, person models.Staff, k keys) error {
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RecordSignInFailure(ctx, models.UnixOf(s.now()), k.pair, k.address, k.account); err != nil {
			return err
		}
		e := s.entry(person, "staff.sign_in_failed", nil)
		e.StaffID, e.StaffName = "", ""
		return tx.AppendAudit(ctx, e)
	})
	if err != nil {
		return err
	}
	return &models.Error{Kind: models.KindUnauthenticated, Code: "sign_in_failed", Message: "This address and password do not belong together."}
}

func (s *Service) startSession(ctx context.Context, person models.Staff, k keys, userAgent string) (string, error) {
	token, now := rand.Text()+rand.Text(), s.now()
	session := models.Session{
		TokenHash: hashToken(token), StaffID: person.ID, CSRFToken: rand.Text(), Created: models.UnixOf(now),
		LastSeen: models.UnixOf(now), Expires: models.UnixOf(now.Add(idleLifetime)), UserAgent: userAgent[:min(len(userAgent), 300)],
	}
	return token, s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetSignInFailures(ctx, k.pair); err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, k.trusted, "1"); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, session); err != nil {
			return err
		}
		if err := tx.SetLastSignIn(ctx, person.ID, session.Created); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entry(person, "staff.signed_in", nil))
	})
}

// Session finds the session of a token and its person. Errors: unauthenticated when there is none, it is over or the account is closed;
// internal.
func (s *Service) Session(ctx context.Context, token string) (models.Session, models.Staff, error) {
	session, person, err := s.db.Reader.Session(ctx, hashToken(token))
	now := models.UnixOf(s.now())
	switch {
	case models.IsKind(err, models.KindNotFound):
		return session, person, errNoSession()
	case err != nil:
		return session, person, err
	case now >= session.Expires || now >= session.Created.Add(absoluteLifetime) || person.DisabledAt != 0:
		return session, person, errNoSession()
	}
	if now >= session.LastSeen.Add(touchEvery) {
		err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
			return tx.TouchSession(ctx, session.TokenHash, now, now.Add(idleLifetime))
		})
	}
	return session, person, err
}

func errNoSession() error {
	return &models.Error{Kind: models.KindUnauthenticated, Code: "no_session", Message: "Sign in to go on."}
}

// SignOut ends a session. Errors: internal.
func (s *Service) SignOut(ctx context.Context, session models.Session, person models.Staff) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSession(ctx, session.TokenHash); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entry(person, "staff.signed_out", nil))
	})
}

// Purge deletes sessions that are over and tries that no longer count. Errors: internal.
func (s *Service) Purge(ctx context.Context) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.PurgeSessions(ctx, models.UnixOf(s.now())); err != nil {
			return err
		}
		_, err := tx.PurgeSignInFailures(ctx, models.UnixOf(s.now().Add(-throttleWindow)))
		return err
	})
}
