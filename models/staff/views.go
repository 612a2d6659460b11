package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"counterfoil/models"
	"counterfoil/models/store"
)

// ViewUndo is how long a deleted view can be brought back.
const ViewUndo = 7 * 24 * time.Hour

// MayChangeView tells whether a person may change a view that they see: its owner, and for a shared one whoever manages what the whole
// shop sees.
func MayChangeView(person models.Staff, v models.SavedView) bool {
	return v.StaffID == person.ID || v.Shared && Can(person.Role, ManageSettings)
}

// MayShareViews tells whether a role may show its views to everybody: a viewer changes nothing for others.
func MayShareViews(role models.Role) bool { return Can(role, ActOnOrders) }

// ViewChange is what is to become of a view; nil leaves a part as it is. A query must be one that the list takes.
type ViewChange struct {
	Name   *string
	Shared *bool
	Query  *string
}

// View gives a view that a person sees. Errors: not found, with the same words whether it never was, is gone, or is somebody else's own;
// internal.
func (s *Service) View(ctx context.Context, person models.Staff, id string) (models.SavedView, error) {
	v, err := s.db.Reader.SavedView(ctx, person.ID, id)
	return v, lostView(err)
}

// SaveView keeps a query of the order list under a name. Errors: invalid (fields "name", "query"), conflict (field "name") beyond
// MaxViews, forbidden where the role may not share, internal.
func (s *Service) SaveView(ctx context.Context, person models.Staff, name, query string, shared bool) (models.SavedView, error) {
	now := models.UnixOf(s.now())
	v := models.SavedView{
		ID: "viw_" + rand.Text(), StaffID: person.ID, StaffName: person.Name, Shared: shared, Name: cleanName(name), Query: query,
		Created: now, Updated: now,
	}
	if err := checkView(person, v, shared); err != nil {
		return v, err
	}
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := roomForView(ctx, tx, person.ID); err != nil {
			return err
		}
		if err := tx.InsertView(ctx, v); err != nil {
			return nameTaken(err, v)
		}
		return tx.AppendAudit(ctx, s.entryOnView(person, v, "view.saved"))
	})
	return v, err
}

// ChangeView changes a view. Errors: invalid (fields "name", "query"), not found where the person does not see it, forbidden where they
// may not change or share it, internal.
func (s *Service) ChangeView(ctx context.Context, person models.Staff, id string, change ViewChange) (models.SavedView, error) {
	var v models.SavedView
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if v, err = changeable(ctx, tx, person, id); err != nil {
			return err
		}
		if change == (ViewChange{}) {
			return invalid("name", "Say what is to change. Nothing was changed.")
		}
		shares := change.Shared != nil && *change.Shared && !v.Shared
		v = change.apply(v, models.UnixOf(s.now()))
		if err := checkView(person, v, shares); err != nil {
			return err
		}
		if err := tx.UpdateView(ctx, v); err != nil {
			return nameTaken(err, v)
		}
		return tx.AppendAudit(ctx, s.entryOnView(person, v, "view.changed"))
	})
	return v, err
}

func (c ViewChange) apply(v models.SavedView, now models.Unix) models.SavedView {
	v.Updated = now
	if c.Name != nil {
		v.Name = cleanName(*c.Name)
	}
	if c.Shared != nil {
		v.Shared = *c.Shared
	}
	if c.Query != nil {
		v.Query = *c.Query
	}
	return v
}

// DeleteView takes a view away; RestoreView brings it back within ViewUndo. Errors: not found where the person does not see it, forbidden
// where they may not change it, internal.
func (s *Service) DeleteView(ctx context.Context, person models.Staff, id string) (models.SavedView, error) {
	var v models.SavedView
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if v, err = changeable(ctx, tx, person, id); err != nil {
			return err
		}
		if err := tx.SetViewDeleted(ctx, id, models.UnixOf(s.now())); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.entryOnView(person, v, "view.deleted"))
	})
	return v, err
}

// RestoreView brings a deleted view back; one that is there stays as it is. Errors: not found where there is none within ViewUndo that the
// person saw, forbidden where they may not change it, conflict where its owner has another of this name or MaxViews by now, internal.
func (s *Service) RestoreView(ctx context.Context, person models.Staff, id string) (models.SavedView, error) {
	var v models.SavedView
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if v, err = tx.SavedView(ctx, person.ID, id); err == nil || !models.IsKind(err, models.KindNotFound) {
			return err
		}
		if v, err = tx.DeletedView(ctx, person.ID, id, s.undoable()); err != nil {
			return lostView(err)
		}
		if !MayChangeView(person, v) {
			return errNotYourView()
		}
		if err := roomForView(ctx, tx, v.StaffID); err != nil {
			return err
		}
		if err := tx.SetViewDeleted(ctx, id, 0); err != nil {
			return nameBlocksUndo(err, v)
		}
		return tx.AppendAudit(ctx, s.entryOnView(person, v, "view.restored"))
	})
	return v, err
}

// DeletedViews gives the views that a person may still bring back, the last one first. Errors: internal.
func (s *Service) DeletedViews(ctx context.Context, person models.Staff) ([]models.SavedView, error) {
	all, err := s.db.Reader.DeletedViews(ctx, person.ID, s.undoable())
	var may []models.SavedView
	for _, v := range all {
		if MayChangeView(person, v) {
			may = append(may, v)
		}
	}
	return may, err
}

// undoable is the moment after which a view must have been deleted to come back.
func (s *Service) undoable() models.Unix { return models.UnixOf(s.now().Add(-ViewUndo)) }

// changeable reads a view within the transaction that changes it.
func changeable(ctx context.Context, tx *store.Tx, person models.Staff, id string) (models.SavedView, error) {
	v, err := tx.SavedView(ctx, person.ID, id)
	if err != nil {
		return v, lostView(err)
	}
	if !MayChangeView(person, v) {
		return v, errNotYourView()
	}
	return v, nil
}

// lostView gives a view that is not found its words: the same whether it never was, is gone, or is somebody else's own.
func lostView(err error) error {
	if models.IsKind(err, models.KindNotFound) {
		return &models.Error{Kind: models.KindNotFound, Code: "no_such_view", Message: "There is no such view: it was deleted, or it is not shared with you."}
	}
	return err
}

func errNotYourView() error {
	return &models.Error{Kind: models.KindForbidden, Code: "view_of_another",
		Message: "This view belongs to somebody else. Its owner, a manager or an admin can change it. Nothing was changed."}
}

func roomForView(ctx context.Context, tx *store.Tx, owner string) error {
	n, err := tx.OwnViewCount(ctx, owner)
	if err == nil && n >= models.MaxViews {
		return &models.Error{Kind: models.KindConflict, Code: "views_full", Field: "name",
			Message: fmt.Sprintf("That would be more than %d views of one person. Delete one that is no longer needed first.", models.MaxViews)}
	}
	return err
}

// cleanName is a name with the space around and within it in order.
func cleanName(name string) string { return strings.Join(strings.Fields(name), " ") }

// checkView says what is wrong with a view. shares: it is shown to everybody from now on.
func checkView(person models.Staff, v models.SavedView, shares bool) error {
	switch n := len([]rune(v.Name)); {
	case n == 0:
		return invalid("name", "Give the view a name.")
	case n > models.MaxViewNameLength:
		return invalid("name", fmt.Sprintf("At most %d characters; this name has %d.", models.MaxViewNameLength, n))
	case strings.ToValidUTF8(v.Name, "") != v.Name || strings.ContainsFunc(v.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return invalid("name", "Use letters, digits and signs that can be seen.")
	case len(v.Query) > models.MaxViewQueryLength:
		return invalid("query", fmt.Sprintf("The filters are too long to keep: at most %d characters. Use fewer of them.", models.MaxViewQueryLength))
	case shares && !MayShareViews(person.Role):
		return &models.Error{Kind: models.KindForbidden, Code: "may_not_share", Message: "Your role may not share views. Keep it for yourself. Nothing was saved."}
	}
	return nil
}

// nameTaken gives the database's refusal of a second view of one name its words.
func nameTaken(err error, v models.SavedView) error {
	if errors.Is(err, store.ErrDuplicate) {
		return invalid("name", fmt.Sprintf("There is a view “%s” already. Choose another name.", v.Name))
	}
	return err
}

func nameBlocksUndo(err error, v models.SavedView) error {
	if errors.Is(err, store.ErrDuplicate) {
		return &models.Error{Kind: models.KindConflict, Code: "name_taken",
			Message: fmt.Sprintf("There is another view “%s” by now. Give that one another name first, then bring this one back.", v.Name)}
	}
	return err
}

// entryOnView is an audit entry of a view. A name may be a customer's: it is left out.
func (s *Service) entryOnView(person models.Staff, v models.SavedView, action string) models.AuditEntry {
	e := s.entryBy(person, action)
	e.ObjectID, e.Details = v.ID, map[string]string{"shared": fmt.Sprint(v.Shared)}
	return e
}
