package helpdesk

import (
	"context"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/models/store"
)

// settingPlaced is where it is kept that the link to the help page is in place, as JSON.
const settingPlaced = "help_placed"

// Placed tells where somebody last found the link to the help page among the shop's own pages. Errors: internal.
func (s Service) Placed(ctx context.Context) (p models.HelpPlaced, err error) {
	_, err = s.DB.Reader.ReadSetting(ctx, settingPlaced, &p)
	return p, err
}

// SetPlaced keeps that a person found the link on a page of the shop, or that it is gone from there. Errors: invalid with the field "url", internal.
func (s Service) SetPlaced(ctx context.Context, url string, gone bool, by models.Actor) error {
	if !gone {
		if err := help.CheckLink("url", url); err != nil {
			return err
		}
	}
	p := models.HelpPlaced{URL: url, At: models.UnixOf(s.Now()), By: by.Name}
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.WriteSetting(ctx, settingPlaced, p); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(p.At, "help.placed", "", map[string]string{"url": url}))
	})
}
