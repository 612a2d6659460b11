// Package helpdesk keeps what the shop says on its public help pages.
package helpdesk

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/models/store"
)

// settingHelp is where it is kept, as JSON.
const settingHelp = "help_pages"

// Service reads and changes what the shop says on its help pages.
type Service struct {
	DB     *store.DB
	Now    func() time.Time // domain time, UTC
	Zone   *time.Location
	Visits *Visits
}

// Count adds a visit of a help page, or of one of its links.
func (s Service) Count(p help.Page, topic string) { s.Visits.Count(p, topic, s.Now(), s.Zone) }

// Flush writes the visits that were counted. Errors: internal.
func (s Service) Flush(ctx context.Context) error { return s.Visits.Flush(ctx, s.DB) }

// Settings gives what is kept. Errors: internal.
func (s Service) Settings(ctx context.Context) (help.Settings, error) {
	return read(ctx, s.DB.Reader)
}

type settingReader interface {
	ReadSetting(ctx context.Context, name string, into any) (found bool, err error)
}

func read(ctx context.Context, r settingReader) (all help.Settings, err error) {
	_, err = r.ReadSetting(ctx, settingHelp, &all)
	if all.Links == nil {
		all.Links = map[string]help.Checked{}
	}
	return all, err
}

// SetContact keeps how customers reach the shop. Errors: invalid with the field, internal.
func (s Service) SetContact(ctx context.Context, c help.Contact, by models.Actor) error {
	if err := c.Check(); err != nil {
		return err
	}
	return s.change(ctx, by, "help.contact", "", func(all *help.Settings) { all.Contact = c })
}

// CheckLink keeps that somebody has opened a page's link and found it right; from then on the page leads there. Errors: invalid with the
// field "link", internal.
func (s Service) CheckLink(ctx context.Context, p help.Page, link string, by models.Actor) error {
	if err := help.CheckLink("link", link); err != nil {
		return err
	}
	return s.change(ctx, by, "help.link_checked", p.Key(), func(all *help.Settings) {
		all.Links[p.Key()] = help.Checked{URL: link, At: models.UnixOf(s.Now()), By: by.Name}
	})
}

// SetTexts keeps the shop's own texts of a language, in place of those before; what is empty or as in the catalog is the catalog's again.
// Errors: invalid with the text's key as the field, internal.
func (s Service) SetTexts(ctx context.Context, c help.Catalog, typed map[string]string, by models.Actor) error {
	own, err := help.OwnTexts(c, typed)
	if err != nil {
		return err
	}
	return s.change(ctx, by, "help.texts", c.Language, func(all *help.Settings) {
		if all.Texts == nil {
			all.Texts = map[string]map[string]string{}
		}
		all.Texts[c.Language] = own
	})
}

// SetReview keeps that a native speaker has read the texts of a language; seen is the fingerprint of what was read. Errors: invalid with the
// field "reader", conflict where the texts are others by now, internal.
func (s Service) SetReview(ctx context.Context, c help.Catalog, reader, seen string, by models.Actor) error {
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	review, err := settings.NewReview(c, reader, seen, by.Name, models.UnixOf(s.Now()))
	if err != nil {
		return err
	}
	return s.change(ctx, by, "help.texts_reviewed", c.Language, func(all *help.Settings) {
		if all.Reviews == nil {
			all.Reviews = map[string]help.Review{}
		}
		all.Reviews[c.Language] = review
	})
}

// DropReview takes a review back. Errors: internal.
func (s Service) DropReview(ctx context.Context, language string, by models.Actor) error {
	return s.change(ctx, by, "help.review_dropped", language, func(all *help.Settings) { delete(all.Reviews, language) })
}

func (s Service) change(ctx context.Context, by models.Actor, action, object string, change func(*help.Settings)) error {
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		all, err := read(ctx, tx)
		if err != nil {
			return err
		}
		change(&all)
		if err := tx.WriteSetting(ctx, settingHelp, all); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(models.UnixOf(s.Now()), action, object, nil))
	})
}
