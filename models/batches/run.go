package batches

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/money"
	"counterfoil/models/orders"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

const (
	// atOnce is how many rows of a batch are under way at a time. People in the browser go first: see payments.LaneBulk.
	atOnce = 4
	// lookAgain is how soon rows without an outcome are looked at again. Until they have one, no further row is begun.
	lookAgain = 2 * time.Second
	// restWhenAway is how long a run rests when nothing could be sent, or nothing was answered clearly: Stripe may be away.
	restWhenAway = 15 * time.Second
	maxAttempts  = 20 // of a row that cannot be sent, then it has failed
)

// StartRequest confirms a draft.
type StartRequest struct {
	BatchID   string
	FormToken string
	LeaveOut  bool   // take the captures without tracking out
	Reason    string // capture: why there is no tracking; cancel: Stripe's reason
	Released  string // ReleasedWord of the draft, where it releases anything: the sums that the person confirmed to give up
	Actor     models.Actor
}

type runArgs struct {
	ID string `json:"id"`
}

// Start runs a draft in the background, once: the same form again finds it started.
// Errors: invalid (fields "reason", "released"), conflict (started by somebody else, nothing to do), not found, internal.
func (s *Service) Start(ctx context.Context, req StartRequest) error {
	if req.FormToken == "" {
		return &models.Error{Kind: models.KindInvalid, Code: "token_missing", Message: "This form is incomplete. Open the page again."}
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		b, err := tx.Batch(ctx, req.BatchID)
		if err != nil {
			return err
		}
		if b.State != models.BatchDraft {
			if b.FormToken == req.FormToken {
				return nil
			}
			return &models.Error{Kind: models.KindConflict, Code: "batch_started", Message: "This was started already. What came of it stands on its page."}
		}
		if req.LeaveOut {
			if err := tx.LeaveOutUntracked(ctx, b.ID); err != nil {
				return err
			}
		}
		totals, err := tx.BatchTotals(ctx, b.ID)
		if err != nil {
			return err
		}
		if err := checkStart(b.Kind, totals, req); err != nil {
			return err
		}
		b.State, b.FormToken, b.Reason, b.Started = models.BatchRunning, req.FormToken, strings.TrimSpace(req.Reason), models.UnixOf(s.now())
		b.StaffID, b.StaffName = req.Actor.StaffID, req.Actor.Name // who confirmed it answers for it
		return s.enqueue(ctx, tx, b, "batch.started", waiting(totals), req.Actor)
	})
}

func (s *Service) enqueue(ctx context.Context, tx *store.Tx, b models.Batch, action string, rows int64, actor models.Actor) error {
	if err := tx.SaveBatch(ctx, b); err != nil {
		return err
	}
	if _, err := s.queue.Enqueue(tx, JobRun, runArgs{ID: b.ID}, 0); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.now()), action, b.ID, map[string]string{"kind": string(b.Kind), "rows": strconv.FormatInt(rows, 10)}))
}

func waiting(totals []store.BatchTotal) (n int64) {
	for _, t := range totals {
		if t.State == models.RowWaiting {
			n += t.Count
		}
	}
	return n
}

// checkStart refuses what a person has not confirmed or explained.
func checkStart(kind models.BatchKind, totals []store.BatchTotal, req StartRequest) error {
	var untracked int64
	for _, t := range totals {
		if t.State == models.RowWaiting {
			untracked += t.Untracked
		}
	}
	switch reason := strings.TrimSpace(req.Reason); {
	case waiting(totals) == 0:
		return &models.Error{Kind: models.KindConflict, Code: "batch_idle", Message: "There is nothing to be done: every row is left out."}
	case kind == models.BatchCancel && !slices.Contains(orders.CancelReasons(), reason):
		return &models.Error{Kind: models.KindInvalid, Code: "reason_missing", Field: "reason", Message: "Choose why the authorizations are canceled."}
	case kind != models.BatchCancel && untracked > 0 && reason == "":
		return &models.Error{Kind: models.KindInvalid, Code: "tracking_missing", Field: "reason",
			Message: "Say why there is no tracking number, or leave those orders out: tracking decides disputes."}
	case len([]rune(reason)) > models.MaxReasonLength:
		return &models.Error{Kind: models.KindInvalid, Code: "too_long", Field: "reason", Message: fmt.Sprintf("At most %d characters.", models.MaxReasonLength)}
	}
	if word := ReleasedWord(totals); word != req.Released {
		return &models.Error{Kind: models.KindInvalid, Code: orders.CodeReleaseUnconfirmed, Field: "released",
			Message: "Confirm what is released for good. Stripe allows one capture: it cannot be captured later."}
	}
	return nil
}

// ReleasedWord names, for the confirm form, what a draft gives up for good; "" where nothing is.
func ReleasedWord(totals []store.BatchTotal) string {
	var parts []string
	for _, sum := range Released(totals) {
		parts = append(parts, sum.String())
	}
	return strings.Join(parts, ", ")
}

// Released adds up, by currency, what the waiting rows give up for good.
func Released(totals []store.BatchTotal) (sums []money.Amount) {
	for _, t := range totals {
		if t.State == models.RowWaiting && t.Released.Minor > 0 {
			sums = append(sums, t.Released)
		}
	}
	return sums
}

// Retry has the refused rows of a batch tried again, never one whose outcome is not known.
// Errors: conflict (nothing to try again, still running), not found, internal.
func (s *Service) Retry(ctx context.Context, batchID string, actor models.Actor) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		b, err := tx.Batch(ctx, batchID)
		if err != nil {
			return err
		}
		if b.State != models.BatchDone {
			return &models.Error{Kind: models.KindConflict, Code: "batch_running", Message: "This is not finished. What failed can be tried again afterwards."}
		}
		n, err := tx.RetryBatchRows(ctx, b.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return &models.Error{Kind: models.KindConflict, Code: "batch_idle", Message: "Nothing failed: there is nothing to try again."}
		}
		b.State, b.Finished, b.StaffID, b.StaffName = models.BatchRunning, 0, actor.StaffID, actor.Name
		return s.enqueue(ctx, tx, b, "batch.retried", n, actor)
	})
}

// run is the job: it does the waiting rows and then looks at those without an outcome until Stripe has said. It bears being run again: each
// row's act is known by a token of its own, so what was done is found done.
func (s *Service) run(ctx context.Context, args []byte) error {
	var ra runArgs
	if err := json.Unmarshal(args, &ra); err != nil {
		return fmt.Errorf("batch: arguments: %w", err)
	}
	b, err := s.db.Reader.Batch(ctx, ra.ID)
	if models.IsKind(err, models.KindNotFound) || err == nil && b.State != models.BatchRunning {
		return nil
	}
	if err != nil {
		return err
	}
	ctx = payments.InLane(ctx, payments.LaneBulk)
	for ctx.Err() == nil {
		open, err := s.settleUnknown(ctx, b.ID)
		if err != nil {
			return err
		}
		if open {
			return &jobs.Later{After: lookAgain}
		}
		rows, err := s.db.Reader.BatchRowsIn(ctx, b.ID, models.RowWaiting, atOnce)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return s.finish(ctx, b)
		}
		if err := s.doAll(ctx, b, rows); err != nil {
			return err
		}
		if rest := restAfter(rows); rest > 0 {
			return &jobs.Later{After: rest}
		}
	}
	return ctx.Err()
}

// restAfter is how long a run rests after these rows: while Stripe is away, each further row would only be one more without an outcome.
func restAfter(rows []models.BatchRow) time.Duration {
	unknown := 0
	for _, r := range rows {
		switch r.State {
		case models.RowWaiting:
			return restWhenAway
		case models.RowUnknown:
			unknown++
		}
	}
	if unknown > 1 && unknown == len(rows) {
		return restWhenAway
	}
	return 0
}

// doAll does the rows at once. A row that is begun is ended, whatever happens to ctx.
func (s *Service) doAll(ctx context.Context, b models.Batch, rows []models.BatchRow) error {
	ctx = context.WithoutCancel(ctx)
	var wg sync.WaitGroup
	errs := make([]error, len(rows))
	for i := range rows {
		wg.Go(func() {
			row := &rows[i]
			request, err := s.do(ctx, b, *row)
			s.settle(row, request, err)
			errs[i] = s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveBatchRow(ctx, *row) })
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// token names the act of a row, so that it is done once: the same token again is the same act.
func token(r models.BatchRow) string {
	return r.BatchID + ":" + strconv.FormatInt(r.Line, 10) + ":" + strconv.FormatInt(r.Attempt, 10)
}

// do carries out one row and gives Stripe's request id, where Stripe was asked.
func (s *Service) do(ctx context.Context, b models.Batch, r models.BatchRow) (string, error) {
	actor := models.Actor{StaffID: b.StaffID, Name: b.StaffName, RequestID: b.ID}
	tracking := orders.Tracking{Carrier: r.Carrier, CarrierName: r.CarrierName, Number: r.TrackingNumber, ShippedOn: r.ShippedOn}
	switch r.Act {
	case models.ActCapture:
		if r.TrackingNumber == "" {
			tracking = orders.Tracking{}
		}
		c, err := s.orders.Capture(ctx, orders.CaptureRequest{OrderID: r.OrderID, Amount: r.Money(), Released: r.Released, Tracking: tracking,
			NoTrackingReason: b.Reason, FormToken: token(r), Actor: actor})
		return c.StripeRequestID, err
	case models.ActCancel:
		c, err := s.orders.Cancel(ctx, orders.CancelRequest{OrderID: r.OrderID, Reason: b.Reason, FormToken: token(r), Actor: actor})
		return c.StripeRequestID, err
	case models.ActTrack:
		_, err := s.orders.AddShipment(ctx, orders.ShipmentRequest{OrderID: r.OrderID, Tracking: tracking, Actor: actor})
		return "", err
	}
	return "", &models.Error{Kind: models.KindInternal, Message: "This row has nothing to be done."}
}

// settle writes down what came of a row.
func (s *Service) settle(r *models.BatchRow, request string, err error) {
	r.State, r.ErrorMessage, r.StripeRequestID = models.RowDone, "", request
	if err == nil {
		return
	}
	r.State, r.ErrorMessage = models.RowRefused, "Something went wrong on our side. Nothing was done."
	var e *models.Error
	var refusal *models.Refusal
	switch {
	case errors.As(err, &refusal):
		r.ErrorMessage = refusal.Message
		if refusal.By != "" {
			r.ErrorMessage += " It was " + refusal.By + "."
		}
	case models.IsKind(err, models.KindUnavailable) && r.Attempt < maxAttempts: // nothing was sent: it waits for another turn
		r.State, r.ErrorMessage = models.RowWaiting, ""
		r.Attempt++
	case models.IsKind(err, models.KindUnknown):
		r.State, r.ErrorMessage = models.RowUnknown, "Stripe has not said yet whether this was done. It is being asked."
	case errors.As(err, &e) && e.Kind != models.KindInternal:
		r.ErrorMessage, r.StripeRequestID = e.Message, cmp.Or(e.StripeRequestID, request)
	default:
		s.log.Error("row of a batch failed", "batch", r.BatchID, "line", r.Line, "error", err)
	}
}

// finish ends the batch: each row has ended. What waits for a person's decision does not hold it up.
func (s *Service) finish(ctx context.Context, b models.Batch) error {
	b.State, b.Finished = models.BatchDone, models.UnixOf(s.now())
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveBatch(ctx, b) })
}

// Look settles the rows of a finished batch that waited for a person, once that person has decided. Errors: internal.
func (s *Service) Look(ctx context.Context, batchID string) error {
	_, err := s.settleUnknown(ctx, batchID)
	return err
}

// settleUnknown looks at the rows without an outcome. open: some are still being settled.
func (s *Service) settleUnknown(ctx context.Context, batchID string) (open bool, err error) {
	rows, err := s.db.Reader.BatchRowsIn(ctx, batchID, models.RowUnknown, MaxRows)
	if err != nil {
		return false, err
	}
	for i := range rows {
		pending, err := s.look(ctx, &rows[i])
		if err != nil {
			return false, err
		}
		open = open || pending
	}
	return open, nil
}

// look reads the act behind a row. pending: it is still being settled.
func (s *Service) look(ctx context.Context, r *models.BatchRow) (pending bool, err error) {
	state, out, err := s.actOf(ctx, *r)
	if err != nil {
		return false, err
	}
	if state == models.ActPending && !out.NeedsPerson {
		return true, nil
	}
	before := *r
	s.settle(r, out.StripeRequestID, out.Failure(state))
	if out.NeedsPerson && state == models.ActPending {
		r.ErrorMessage = "Stripe keeps a failure for this. It waits for your decision on the order’s page."
	}
	if r.State == models.RowWaiting { // a person may have it tried again
		r.State, r.ErrorMessage = models.RowRefused, out.ErrorMessage
	}
	if *r == before {
		return false, nil
	}
	return false, s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveBatchRow(ctx, *r) })
}

func (s *Service) actOf(ctx context.Context, r models.BatchRow) (models.ActState, models.ActOutcome, error) {
	if r.Act == models.ActCancel {
		c, err := s.db.Reader.CancellationByToken(ctx, token(r))
		if err != nil || c == nil {
			return models.ActRefused, models.ActOutcome{ErrorKind: models.KindUnavailable, ErrorMessage: "Nothing was sent."}, err
		}
		return c.State, c.ActOutcome, nil
	}
	c, err := s.db.Reader.CaptureByToken(ctx, token(r))
	if err != nil || c == nil {
		return models.ActRefused, models.ActOutcome{ErrorKind: models.KindUnavailable, ErrorMessage: "Nothing was sent."}, err
	}
	return c.State, c.ActOutcome, nil
}
