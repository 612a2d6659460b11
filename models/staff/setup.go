package staff

import (
	"context"
	"crypto/rand"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

// setupLifetime is how long the link of a first start works.
const setupLifetime = 24 * time.Hour

// SetupToken makes a one-time token for the first account; empty when there is an account already. An earlier token ends.
// Errors: internal.
func (s *Service) SetupToken(ctx context.Context) (string, error) {
	token := rand.Text()
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.StaffCount(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			token = ""
			return nil
		}
		now := s.now()
		return tx.ReplaceSetupToken(ctx, HashToken(token), models.UnixOf(now), models.UnixOf(now.Add(setupLifetime)))
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// SetupWorks tells whether the link of a first start can still be used: it is not used up or over, and nobody has an account yet.
// Errors: internal.
func (s *Service) SetupWorks(ctx context.Context, token string) (bool, error) {
	works, err := s.db.Reader.SetupTokenWorks(ctx, HashToken(token), models.UnixOf(s.now()))
	if err != nil || !works {
		return false, err
	}
	n, err := s.db.Reader.StaffCount(ctx)
	return n == 0, err
}

// SetUp makes the first account, an admin's, and uses the link up, both or neither.
// Errors: not found for a link that is used or over; invalid (fields "name", "email", "password"); internal.
func (s *Service) SetUp(ctx context.Context, token, name, email, password string) error {
	works, err := s.SetupWorks(ctx, token) // first: nobody makes the desk hash passwords without a link
	if err != nil {
		return err
	}
	if !works {
		return errNoLink()
	}
	person, err := s.newStaff(name, email, models.RoleAdmin, password)
	if err != nil {
		return err
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.StaffCount(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return errNoLink()
		}
		if err := tx.UseSetupToken(ctx, HashToken(token), models.UnixOf(s.now())); err != nil {
			return err
		}
		return s.insert(ctx, tx, person)
	})
}

func errNoLink() error {
	return &models.Error{Kind: models.KindNotFound, Code: "set_up_link", Message: "This link has been used, or it is over. Nothing was done."}
}
