package staff

import (
	"context"
	"crypto/rand"

	"counterfoil/models"
	"counterfoil/models/store"
)

// SignIn checks an address and a password and starts a session; the token is for the browser's cookie and kept only as a hash. addr is
// where the try comes from; see WithBrowser for the browser.
// Errors: unauthenticated (the same for an unknown address, a wrong password and a closed account), too many, unavailable, internal.
func (s *Service) SignIn(ctx context.Context, email, password, addr, userAgent string) (string, error) {
	folded := fold(email)
	person, err := s.db.Reader.StaffByEmail(ctx, folded)
	if err != nil && !models.IsKind(err, models.KindNotFound) {
		return "", err
	}
	from := placeOf(ctx, person, folded, addr)
	if _, err := s.checkThrottle(ctx, from); err != nil { // who is throttled does not stand in the queue
		return "", err
	}
	select {
	case s.oneAtATime <- struct{}{}:
		defer func() { <-s.oneAtATime }()
	case <-ctx.Done():
		return "", &models.Error{Kind: models.KindUnavailable, Code: "sign_in_busy",
			Message: "Too many people sign in at this moment. You are not signed in.", Err: ctx.Err()}
	}
	limits, err := s.checkThrottle(ctx, from) // tries that came at the same moment count as well
	if err != nil {
		return "", err
	}
	fits, err := s.passwordFits(person, password)
	if err != nil {
		return "", err
	}
	if !fits || person.DisabledAt != 0 {
		return "", s.refuse(ctx, person, limits)
	}
	return s.startSession(ctx, person, from, userAgent)
}

// passwordFits compares once in every case: nobody, given as the zero person, costs the same as somebody.
func (s *Service) passwordFits(person models.Staff, password string) (bool, error) {
	hash := person.PasswordHash
	if hash == "" {
		hash = s.decoy
	}
	fits, err := s.compare(password[:min(len(password), maxPassword)], hash)
	return fits && person.PasswordHash != "" && len(password) <= maxPassword, err
}

// refuse counts the failure and answers the same in every case. The audit entry names the account, never what was typed.
func (s *Service) refuse(ctx context.Context, person models.Staff, limits map[string]int64) error {
	keys := make([]string, 0, len(limits))
	for key := range limits {
		keys = append(keys, key)
	}
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RecordSignInFailure(ctx, models.UnixOf(s.now()), keys...); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entryAbout(person, "staff.sign_in_failed", nil))
	})
	if err != nil {
		return err
	}
	return errSignInFailed()
}

func errSignInFailed() error {
	return &models.Error{Kind: models.KindUnauthenticated, Code: "sign_in_failed", Message: "This address and password do not belong together."}
}

func (s *Service) startSession(ctx context.Context, person models.Staff, from place, userAgent string) (string, error) {
	token, now := rand.Text()+rand.Text(), models.UnixOf(s.now())
	session := models.Session{
		TokenHash: HashToken(token), StaffID: person.ID, CSRFToken: rand.Text(), Created: now, LastSeen: now,
		Expires: sessionEnd(now, now), UserAgent: userAgent[:min(len(userAgent), maxUserAgent)],
	}
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		switch present, err := tx.Staff(ctx, person.ID); {
		case err != nil:
			return err
		case present.PasswordHash != person.PasswordHash || present.DisabledAt != 0: // changed while the password was looked at
			return errSignInFailed()
		}
		if err := s.remember(ctx, tx, from); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, session); err != nil {
			return err
		}
		if err := tx.SetLastSignIn(ctx, person.ID, now); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entryBy(person, "staff.signed_in"))
	})
	if err != nil {
		return "", err
	}
	return token, nil
}
