package orders

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/carriers"
	"counterfoil/models/money"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// Tracking is what a parcel is followed by. Empty without a number.
type Tracking struct {
	Carrier     string // carriers code
	CarrierName string // the free name when Carrier is carriers.Other
	Number      string
	ShippedOn   string // YYYY-MM-DD in the shop's zone
}

// CaptureRequest asks for the one capture of an order.
type CaptureRequest struct {
	OrderID          string
	Amount           money.Amount
	Released         int64 // minor units that the person confirmed to release
	Tracking         Tracking
	Recipient        models.Shipping // asked in the form where Stripe has neither name nor address
	NoTrackingReason string
	FormToken        string
	Actor            models.Actor
}

// Capture captures an order, once. The returned row says what is known: succeeded, refused (nothing was captured) or pending (not
// known yet, being asked). The same form token again answers with the same row and calls nobody.
// Errors: invalid input (by field), a *models.Refusal of kind conflict, not found; with the row: refused, unavailable (nothing was captured),
// unknown; internal.
func (s *Service) Capture(ctx context.Context, req CaptureRequest) (models.Capture, error) {
	tracking, err := resolveTracking(req.Tracking)
	if err != nil {
		return models.Capture{}, err
	}
	var c models.Capture
	err = s.acts.Once(ctx, "cap", func(tx *store.Tx, id string) (*acts.Act, bool, error) {
		return s.intendCapture(ctx, tx, id, &c, req, tracking)
	}, func() (err error) {
		c, err = s.db.Reader.Capture(ctx, c.ID)
		return err
	})
	return c, err
}

// RetryCapture sends a capture again under a new key, after a person confirmed it. Only a capture that was left to a person is sent.
// Errors: as for Capture.
func (s *Service) RetryCapture(ctx context.Context, orderID string, actor models.Actor) (models.Capture, error) {
	var c models.Capture
	err := s.acts.SendAnew(ctx, actor, func(tx *store.Tx) (*acts.Act, error) {
		f, err := loadFacts(ctx, tx, orderID)
		if err != nil || f.Capture == nil {
			return nil, err
		}
		c = *f.Capture
		return s.captureAct(f.Order, &c), nil
	})
	return c, err
}

// intendCapture makes the intent durable. fresh is false when the form token was used before: then c is that earlier capture.
func (s *Service) intendCapture(ctx context.Context, tx *store.Tx, id string, c *models.Capture, req CaptureRequest, t Tracking) (a *acts.Act, fresh bool, err error) {
	earlier, err := tx.CaptureByToken(ctx, req.FormToken)
	if err != nil {
		return nil, false, err
	}
	if earlier != nil {
		*c = *earlier
		return s.captureAct(models.Order{ID: c.OrderID}, c), false, sameOrder(c.OrderID, req.OrderID)
	}
	f, err := loadFacts(ctx, tx, req.OrderID)
	if err != nil {
		return nil, false, err
	}
	if err := checkCaptureRequest(f, req, t, s.now()); err != nil {
		return nil, false, err
	}
	*c = newCapture(id, f.Order, req, t)
	c.ActOutcome = s.acts.NewOutcome(id, req.FormToken, req.Actor)
	a = s.captureAct(f.Order, c)
	return a, true, s.acts.Intend(ctx, tx, a, req.Actor, func() error { return tx.InsertCapture(ctx, *c) })
}

func checkCaptureRequest(f Facts, req CaptureRequest, t Tracking, now time.Time) error {
	if r := CheckCapture(f, now); r != nil {
		return r
	}
	if err := CheckAmount(f.Order, req.Amount); err != nil {
		return err
	}
	if t.Number == "" && !f.Order.HasTracking && strings.TrimSpace(req.NoTrackingReason) == "" {
		return invalid("no_tracking_reason", "tracking_missing",
			"Add a carrier and tracking number, or say why there is none: tracking decides disputes.")
	}
	if t.Number != "" {
		if err := checkRecipient(f.Order, req.Recipient); err != nil {
			return err
		}
	}
	return CheckRelease(f.Order, req.Amount, req.Released)
}

func newCapture(id string, o models.Order, req CaptureRequest, t Tracking) models.Capture {
	return models.Capture{
		ID: id, OrderID: o.ID, Amount: req.Amount.Minor, Released: Releases(o, req.Amount).Minor, Currency: o.Currency,
		Carrier: t.Carrier, CarrierName: t.CarrierName, TrackingNumber: t.Number, ShippedOn: t.ShippedOn,
		NoTrackingReason: strings.TrimSpace(req.NoTrackingReason), Recipient: req.Recipient, State: models.ActPending,
	}
}

// captureAct is the capture as an act: tracking onto the PaymentIntent first, then the capture itself.
func (s *Service) captureAct(o models.Order, c *models.Capture) *acts.Act {
	return &acts.Act{
		ID: c.ID, ObjectID: o.ID, Object: models.ObjectPaymentIntent, Name: "capture", Job: JobReconcileCapture,
		Out: &c.ActOutcome, State: &c.State, Details: captureDetails(c),
		Call: func(ctx context.Context) (payments.Result, error) { return s.callCapture(ctx, o, c) },
		Read: func(ctx context.Context) (payments.Result, error) { return s.gateway.PaymentIntent(ctx, o.ID) },
		Look: func(r payments.Result) acts.Sight { return lookForCapture(r, c.Amount) },
		Save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveCapture(ctx, *c) },
		OnSuccess: func(ctx context.Context, tx *store.Tx, _ payments.Result) error {
			if c.TrackingNumber == "" {
				return nil
			}
			t := Tracking{Carrier: c.Carrier, CarrierName: c.CarrierName, Number: c.TrackingNumber, ShippedOn: c.ShippedOn}
			_, err := s.insertShipment(ctx, tx, newShipment(o.ID, t, c.Recipient, "", models.Actor{StaffID: c.StaffID, Name: c.StaffName}))
			return err
		},
	}
}

// callCapture sends the tracking and then the capture. Tracking that Stripe refuses does not hold the capture up, since it goes to the
// charge afterwards; tracking that Stripe does not answer does: then nothing was captured.
func (s *Service) callCapture(ctx context.Context, o models.Order, c *models.Capture) (payments.Result, error) {
	if ship, ok := shippingFor(o, c); ok && c.Attempts == 0 {
		_, err := s.gateway.UpdateShipping(ctx, o.ID, ship, c.IdempotencyKey+":shipping")
		if models.IsKind(err, models.KindUnknown) || models.IsKind(err, models.KindUnavailable) {
			return payments.Result{}, nothingCaptured(err)
		}
	}
	return s.gateway.Capture(ctx, o.ID, c.Amount, c.IdempotencyKey)
}

// nothingCaptured turns a failure before the capture call into a definite no.
func nothingCaptured(err error) error {
	e := &models.Error{Kind: models.KindUnavailable, Code: "tracking_unanswered", Err: err,
		Message: "Nothing was captured. Stripe did not answer when the tracking number was sent. Try again in a moment."}
	var cause *models.Error
	if errors.As(err, &cause) {
		e.StripeRequestID = cause.StripeRequestID
	}
	return e
}

// lookForCapture reads off the PaymentIntent whether amount was captured.
func lookForCapture(r payments.Result, amount int64) acts.Sight {
	pi, ch := paymentOf(r)
	switch {
	case pi == nil || pi.Status == "requires_capture" || pi.Status == "processing":
		return acts.Unchanged
	case pi.Status != "succeeded":
		return acts.Elsewhere
	case ch != nil && ch.AmountCaptured == amount, ch == nil && pi.AmountReceived == amount:
		return acts.Done
	}
	return acts.Elsewhere
}

// paymentOf finds the PaymentIntent and its charge in an answer.
func paymentOf(r payments.Result) (*models.PaymentIntent, *models.Charge) {
	var pi *models.PaymentIntent
	var ch *models.Charge
	for _, snap := range r.Snapshots {
		if snap.PaymentIntent != nil {
			pi = snap.PaymentIntent
		}
		if snap.Charge != nil {
			ch = snap.Charge
		}
	}
	return pi, ch
}

func captureDetails(c *models.Capture) map[string]string {
	d := map[string]string{"capture": c.ID, "amount": c.Money().String()}
	if c.Released != 0 {
		d["released"] = money.Amount{Minor: c.Released, Currency: c.Currency}.String()
	}
	if c.TrackingNumber != "" {
		d["carrier"], d["tracking_number"] = c.CarrierName, c.TrackingNumber
	}
	if c.NoTrackingReason != "" {
		d["no_tracking_reason"] = c.NoTrackingReason
	}
	return d
}

// resolveTracking checks carrier and number by length and name, and fills in the name that Stripe gets.
func resolveTracking(t Tracking) (Tracking, error) {
	t.Number = carriers.Normalize(t.Number)
	t.CarrierName = strings.TrimSpace(t.CarrierName)
	if t.Number == "" {
		return Tracking{ShippedOn: t.ShippedOn}, nil
	}
	c, ok := carriers.Lookup(t.Carrier)
	switch {
	case !ok:
		return t, invalid("carrier", "carrier_missing", "Choose the carrier that this number belongs to.")
	case c.Code != carriers.Other:
		t.CarrierName = c.Name
	case t.CarrierName == "":
		return t, invalid("carrier_name", "carrier_name_missing", "Write the carrier's name.")
	}
	if len([]rune(t.CarrierName)) > models.MaxTrackingLength {
		return t, invalid("carrier_name", "too_long", fmt.Sprintf("At most %d characters.", models.MaxTrackingLength))
	}
	if len([]rune(t.Number)) > models.MaxTrackingLength {
		return t, invalid("tracking_number", "too_long", fmt.Sprintf("At most %d characters.", models.MaxTrackingLength))
	}
	return t, nil
}

func sameOrder(have, want string) error {
	if have != want {
		return &models.Refusal{Code: "token_of_other_order", Message: "This form belongs to another order. Open the order again."}
	}
	return nil
}
