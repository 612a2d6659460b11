package exports

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/ledger"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
)

// settingAccounts is where the shop's account numbers are kept, as JSON.
const settingAccounts = "journal_accounts"

// Accounts gives the account numbers of the journal: the shop's, else placeholders. Errors: internal.
func (s *Service) Accounts(ctx context.Context) (books.Accounts, error) {
	var a books.Accounts
	found, err := s.db.Reader.ReadSetting(ctx, settingAccounts, &a)
	if err != nil || !found {
		return books.DefaultAccounts(), err
	}
	return a, nil
}

// SetAccounts keeps the account numbers of the journal. Errors: invalid with the field, internal.
func (s *Service) SetAccounts(ctx context.Context, a books.Accounts, by models.Actor) error {
	if err := a.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, settingAccounts, string(text)); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(models.UnixOf(s.now()), "settings.journal_accounts", "", map[string]string{"numbers": string(text)}))
	})
}

func (s *Service) books() ledger.Books { return ledger.Books{Reader: s.db.Reader, Zone: s.zone} }

// Scope reads what a file about settlements of a kind is asked to hold. Errors: invalid, not found, internal.
func (s *Service) Scope(ctx context.Context, kind string, query url.Values) (ledger.Scope, error) {
	scope, err := s.books().Scope(ctx, query, s.now())
	if err == nil && scope.IsPart() && (kind == models.ExportJournal || kind == models.ExportStatement) {
		err = &models.Error{Kind: models.KindInvalid, Code: "export_part", Field: "kind", Message: "A statement and a journal are of everything that was booked in a period. Ask for them on the settlements page."}
	}
	return scope, err
}

// Settlement writes one of the files about settlements into w. told is called with the rows written so far. Errors: invalid for another
// kind, internal (a journal that does not balance among them).
func (s *Service) Settlement(ctx context.Context, kind string, scope ledger.Scope, customers bool, w io.Writer, told func(rows int64)) error {
	head := books.Head{Shop: s.shop, Zone: s.zone, From: scope.Period.From, To: scope.Period.To, TestMode: s.testMode, Made: s.now(), Title: "Settlements", Only: only(scope)}
	if scope.Payout != nil {
		head.Title = "Payout " + scope.Payout.ID
	}
	rows := counted(s.books().Rows(ctx, scope), told)
	switch kind {
	case models.ExportLedgerCSV:
		return pour(rows, books.NewCSV(w, head, customers))
	case models.ExportJournal:
		accounts, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		return pour(rows, books.NewJournal(w, head, accounts))
	case models.ExportLedgerXLSX:
		statements, err := s.statements(ctx, scope)
		if err != nil {
			return err
		}
		return books.WriteXLSX(w, head, statements, rows, customers)
	case models.ExportStatement:
		return s.printed(ctx, w, head, scope, rows)
	}
	return unknownKind()
}

func unknownKind() error {
	return &models.Error{Kind: models.KindInvalid, Code: "export_kind", Field: "kind", Message: "There is no such file. Pick one of the list."}
}

// counted tells every thousand rows.
func counted(rows books.Rows, told func(int64)) books.Rows {
	return func(yield func(models.LedgerEntry, error) bool) {
		n := int64(0)
		for e, err := range rows {
			if n++; n%1000 == 0 {
				told(n)
			}
			if !yield(e, err) {
				return
			}
		}
		told(n)
	}
}

// recorder is a file that takes one movement after the other.
type recorder interface {
	Add(e models.LedgerEntry) error
	Close() error
}

func pour(rows books.Rows, into recorder) error {
	for e, err := range rows {
		if err != nil {
			return err
		}
		if err := into.Add(e); err != nil {
			return err
		}
	}
	return into.Close()
}

// only says which part of what was booked a file holds; "" for everything.
func only(scope ledger.Scope) string {
	var words []string
	if scope.Line != "" {
		words = append(words, scope.Line.Word())
	}
	switch scope.Share {
	case store.ShareKlarna:
		words = append(words, "Klarna’s share")
	case store.ShareOther:
		words = append(words, "everything but Klarna")
	}
	return strings.Join(words, ", ")
}

// statements are those of a scope: of its period, or what its payout carried. A part has none.
func (s *Service) statements(ctx context.Context, scope ledger.Scope) ([]models.Statement, error) {
	if scope.IsPart() {
		return nil, nil
	}
	if scope.Payout == nil {
		all, err := s.books().Statements(ctx, scope.Period)
		return all.All, err
	}
	carried, err := s.db.Reader.PayoutSums(ctx, scope.Payout.ID)
	if err != nil {
		return nil, err
	}
	var sums []models.LedgerSum
	for _, c := range carried[scope.Payout.ID] {
		sums = append(sums, models.LedgerSum{Currency: c.Currency, Category: c.Category, Movement: c.Movement})
	}
	return []models.Statement{settlements.Statement(scope.Payout.Currency, sums, false)}, nil
}

// printed is the statement of a payout with its lines, or of a period with its payouts.
func (s *Service) printed(ctx context.Context, w io.Writer, head books.Head, scope ledger.Scope, rows books.Rows) error {
	statements, err := s.statements(ctx, scope)
	if err != nil {
		return err
	}
	var proven []settlements.ProvenPayout
	if scope.Payout != nil {
		proven, err = s.books().Payouts(ctx, *scope.Payout)
	} else {
		proven, err = s.books().AllPayouts(ctx, scope.Period)
		rows = nil
	}
	if err != nil {
		return err
	}
	lines := make([]books.PayoutLine, 0, len(proven))
	for _, p := range proven {
		lines = append(lines, books.PayoutLine{ID: p.Payout.ID, Created: p.Payout.Created.Time(), Arrival: p.Payout.ArrivalDate.Time(), Status: p.Payout.Status,
			Proof: settlements.StateWord(p.Proof.State), Trace: p.Payout.TraceID, Amount: p.Payout.Money()})
	}
	return books.WritePDF(w, head, statements, lines, rows)
}

// settlementName names the file of a kind.
func settlementName(kind string, query url.Values, now time.Time) string {
	of := query.Get("payout")
	if of == "" {
		of = query.Get("from") + "-to-" + query.Get("to")
		if query.Get("from") == "" {
			of = now.Format(time.DateOnly)
		}
	}
	return fmt.Sprintf("settlements-%s-%s", of, kind)
}
