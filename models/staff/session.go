package staff

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

const (
	// idleLifetime ends a session that is not used; absoluteLifetime ends any.
	idleLifetime, absoluteLifetime = 12 * time.Hour, 7 * 24 * time.Hour
	// touchEvery spares a write on each request.
	touchEvery = 5 * time.Minute
	// maxUserAgent bounds what a browser says of itself, in bytes.
	maxUserAgent = 300
)

// sessionEnd is when a session ends that is used no more after lastSeen.
func sessionEnd(created, lastSeen models.Unix) models.Unix {
	return min(lastSeen.Add(idleLifetime), created.Add(absoluteLifetime))
}

// Session finds the session of a token and its person. Errors: unauthenticated when there is none, it is over or the account is closed;
// internal.
func (s *Service) Session(ctx context.Context, token string) (models.Session, models.Staff, error) {
	session, person, err := s.db.Reader.Session(ctx, HashToken(token))
	now := models.UnixOf(s.now())
	switch {
	case models.IsKind(err, models.KindNotFound):
		return models.Session{}, models.Staff{}, errNoSession()
	case err != nil:
		return models.Session{}, models.Staff{}, err
	case now >= session.Expires || person.DisabledAt != 0:
		return models.Session{}, models.Staff{}, errNoSession()
	case now < session.LastSeen.Add(touchEvery):
		return session, person, nil
	}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		return tx.TouchSession(ctx, session.TokenHash, now, sessionEnd(session.Created, now))
	})
	if models.IsKind(err, models.KindNotFound) { // ended in another tab a moment ago
		return models.Session{}, models.Staff{}, errNoSession()
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
		return tx.AppendAudit(ctx, s.entryBy(person, "staff.signed_out"))
	})
}

// Purge deletes sessions that are over, tries that no longer count, and views that can no longer be brought back. Errors: internal.
func (s *Service) Purge(ctx context.Context) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.PurgeSessions(ctx, models.UnixOf(s.now())); err != nil {
			return err
		}
		if _, err := tx.PurgeSignInFailures(ctx, models.UnixOf(s.now().Add(-throttleWindow))); err != nil {
			return err
		}
		_, err := tx.PurgeViews(ctx, s.undoable())
		return err
	})
}
