package exports

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/orderquery"
	"counterfoil/models/store"
)

// JobWrite is the kind of job that writes a file.
const JobWrite = "export.write"

// keptFor is how long a finished file can be downloaded.
const keptFor = 24 * time.Hour

// Service has files written in the background.
type Service struct {
	shop     string
	testMode bool
	db       *store.DB
	queue    *jobs.Queue
	folder   string
	now      func() time.Time // domain time, UTC
	zone     *time.Location
	log      *slog.Logger
}

// ServiceOptions are what a Service works with. Folder holds the files; it is made when needed.
type ServiceOptions struct {
	DB       *store.DB
	Queue    *jobs.Queue
	Folder   string
	Shop     string // above every file about settlements
	TestMode bool
	Now      func() time.Time
	Zone     *time.Location
	Log      *slog.Logger
}

// New makes a Service.
func New(o ServiceOptions) *Service {
	return &Service{shop: o.Shop, testMode: o.TestMode, db: o.DB, queue: o.Queue, folder: o.Folder, now: o.Now, zone: o.Zone, log: o.Log}
}

// Work joins this package's kind of job to the function that does it.
func (s *Service) Work() map[string]func(context.Context, []byte) error {
	return map[string]func(context.Context, []byte) error{JobWrite: s.write}
}

// Person is who asks for a file.
type Person struct {
	ID, Name, RequestID string
	Customers           bool // may see names and mails
	Settlements         bool // may see settlements
}

type jobArgs struct {
	ID string `json:"id"`
}

// Request has a file written: of the orders of a list (query are the list's address parameters), or about settlements (those of the page).
// Errors: invalid, not found, internal.
func (s *Service) Request(ctx context.Context, kind string, query url.Values, by Person) (models.Export, error) {
	name := "orders-" + s.now().In(s.zone).Format(time.DateOnly) + ".csv"
	if kind == models.ExportOrders {
		if _, faults := orderquery.Parse(query, s.now(), s.zone); len(faults) > 0 {
			return models.Export{}, &models.Error{Kind: models.KindInvalid, Code: "filter_invalid", Field: "query", Message: faults[0].Message}
		}
	} else {
		if !slices.Contains([]string{models.ExportLedgerCSV, models.ExportLedgerXLSX, models.ExportStatement, models.ExportJournal}, kind) {
			return models.Export{}, unknownKind()
		}
		if _, err := s.Scope(ctx, kind, query); err != nil {
			return models.Export{}, err
		}
		name = settlementName(kind, query, s.now().In(s.zone))
	}
	e := models.Export{ID: "exp_" + rand.Text(), StaffID: by.ID, StaffName: by.Name, Kind: kind, FileName: name, Query: query.Encode(), Customers: by.Customers,
		State: models.ExportWaiting, Created: models.UnixOf(time.Now())}
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := s.queue.Enqueue(tx, JobWrite, jobArgs{ID: e.ID}, 0); err != nil {
			return err
		}
		if err := tx.InsertExport(ctx, e); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.audit(by, "export.requested", e))
	})
	return e, err
}

// audit says who asked for which file. What the list was searched for may name a customer, so it is not written.
func (s *Service) audit(by Person, action string, e models.Export) models.AuditEntry {
	return models.AuditEntry{At: models.UnixOf(s.now()), StaffID: by.ID, StaffName: by.Name, RequestID: by.RequestID, Action: action, ObjectID: e.ID,
		Details: map[string]string{"kind": e.Kind, "rows": strconv.FormatInt(e.Rows, 10), "customers": strconv.FormatBool(e.Customers)}}
}

// write is the job: the file is written anew under another name and then put in its place, so a crash leaves none or a whole one.
func (s *Service) write(ctx context.Context, args []byte) error {
	var ja jobArgs
	if err := json.Unmarshal(args, &ja); err != nil {
		return fmt.Errorf("export: arguments: %w", err)
	}
	e, err := s.db.Reader.Export(ctx, ja.ID)
	if models.IsKind(err, models.KindNotFound) || err == nil && e.State != models.ExportWaiting {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := url.ParseQuery(e.Query)
	if err != nil {
		return s.fail(ctx, e, "The list that was asked for cannot be read.")
	}
	if e.Kind == models.ExportOrders {
		query, faults := orderquery.Parse(v, s.now(), s.zone)
		if len(faults) > 0 {
			return s.fail(ctx, e, faults[0].Message)
		}
		stream := NewStream(ctx, s.db.Reader, query, Options{Customers: e.Customers, Zone: s.zone})
		err = s.writeFile(ctx, &e, func(w io.Writer, told func(int64)) error { return copyTelling(w, stream, told) })
	} else {
		err = s.writeFile(ctx, &e, func(w io.Writer, told func(int64)) error {
			scope, err := s.Scope(ctx, e.Kind, v)
			if err != nil {
				return err
			}
			return s.Settlement(ctx, e.Kind, scope, e.Customers, w, told)
		})
	}
	var refused *models.Error
	if errors.As(err, &refused) && (refused.Kind == models.KindInvalid || refused.Kind == models.KindNotFound || refused.Code == "journal_unbalanced") {
		return s.fail(ctx, e, refused.Message)
	}
	if err != nil {
		return err
	}
	now := time.Now()
	e.State, e.Finished, e.Expires = models.ExportDone, models.UnixOf(now), models.UnixOf(now.Add(keptFor))
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveExport(ctx, e) })
}

func (s *Service) fail(ctx context.Context, e models.Export, why string) error {
	e.State, e.Error, e.Finished = models.ExportFailed, why, models.UnixOf(time.Now())
	e.Expires = models.UnixOf(time.Now().Add(keptFor))
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveExport(ctx, e) })
}

func (s *Service) path(e models.Export) string {
	return filepath.Join(s.folder, e.ID+filepath.Ext(e.FileName))
}

// copyTelling copies the file of orders and tells how many are in it.
func copyTelling(w io.Writer, stream *Stream, told func(int64)) error {
	for {
		_, err := io.CopyN(w, stream, 1<<20)
		told(stream.Rows())
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// writeFile writes the file and, once a second, how far it has come.
func (s *Service) writeFile(ctx context.Context, e *models.Export, write func(w io.Writer, told func(rows int64)) error) error {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	next := s.path(*e) + ".next"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	said := time.Now()
	err = write(f, func(rows int64) {
		e.Rows = rows
		if time.Since(said) < time.Second {
			return
		}
		said = time.Now()
		// How far it has come is a courtesy: what cannot be said now is said a second later.
		_ = s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveExport(ctx, *e) })
	})
	if info, statErr := f.Stat(); statErr == nil {
		e.Bytes = info.Size()
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(next))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, s.path(*e))
}

// Open opens a finished file for its owner. Errors: not found (also for another's file), forbidden (the role does not see customers any
// more), conflict with code "gone" (not there yet, or no longer), internal.
func (s *Service) Open(ctx context.Context, id string, by Person) (models.Export, io.ReadCloser, error) {
	e, err := s.db.Reader.Export(ctx, id)
	if err != nil {
		return e, nil, err
	}
	gone := &models.Error{Kind: models.KindConflict, Code: "gone", Message: "This file is not there any more: files are kept for 24 hours. Have it written again."}
	switch {
	case e.StaffID != by.ID:
		return e, nil, &models.Error{Kind: models.KindNotFound, Code: "export_missing", Message: "There is no such file."}
	case e.Kind != models.ExportOrders && !by.Settlements:
		return e, nil, &models.Error{Kind: models.KindForbidden, Code: "export_settlements", Message: "This file is about settlements, which your role does not see any more."}
	case e.Customers && !by.Customers:
		return e, nil, &models.Error{Kind: models.KindForbidden, Code: "export_customers", Message: "This file holds names of customers, which your role does not see any more."}
	case e.State != models.ExportDone || e.Expires <= models.UnixOf(time.Now()):
		return e, nil, gone
	}
	f, err := os.Open(s.path(e))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil, gone
	}
	if err != nil {
		return e, nil, err
	}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.AppendAudit(ctx, s.audit(by, "export.downloaded", e)) })
	if err != nil {
		return e, nil, errors.Join(err, f.Close())
	}
	return e, f, nil
}

// Purge removes the files whose time is over. Errors: internal.
func (s *Service) Purge(ctx context.Context) error {
	expired, err := s.db.Reader.ExpiredExports(ctx, models.UnixOf(time.Now()))
	if err != nil {
		return err
	}
	for _, e := range expired {
		if err := os.Remove(s.path(e)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.DropExport(ctx, e.ID) }); err != nil {
			return err
		}
	}
	return nil
}
