package orders_test

import (
	"errors"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/orders"
)

// authorized is an order of EUR 189.90 whose 28 days began at day 0.
func authorized() models.Order {
	return models.Order{
		ID: "pi_1", ChargeID: "py_1", Status: models.StatusAuthorized, PaymentStatus: "requires_capture", Currency: "EUR",
		AmountAuthorized: 18990, AmountCapturable: 18990, AuthorizedAt: models.UnixOf(day(0)),
	}
}

func day(n int) time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func TestCheckCaptureAndCancel(t *testing.T) {
	is := func(status models.OrderStatus, payment string) func(*orders.Facts) {
		return func(f *orders.Facts) { f.Order.Status, f.Order.PaymentStatus = status, payment }
	}
	for name, c := range map[string]struct {
		change          func(*orders.Facts)
		now             time.Time
		capture, cancel string // code of the refusal, empty for none
	}{
		"authorized":             {func(*orders.Facts) {}, day(1), "", ""},
		"the last second":        {func(*orders.Facts) {}, day(28).Add(-time.Second), "", ""},
		"28 days are over":       {func(*orders.Facts) {}, day(28), "expired", "expired"},
		"captured":               {is(models.StatusCaptured, "succeeded"), day(1), "already_captured", "already_captured"},
		"captured in part":       {is(models.StatusPartlyCaptured, "succeeded"), day(1), "already_captured", "already_captured"},
		"the charge is ahead":    {is(models.StatusCaptured, "requires_action"), day(1), "already_captured", "already_captured"},
		"canceled":               {is(models.StatusCanceled, "canceled"), day(1), "already_canceled", "already_canceled"},
		"ran out":                {is(models.StatusExpired, "canceled"), day(40), "expired", "expired"},
		"declined":               {is(models.StatusFailed, "requires_payment_method"), day(1), "not_authorized", ""},
		"the customer at Klarna": {is(models.StatusStarted, "requires_action"), day(1), "not_authorized", ""},
		"processing":             {is(models.StatusStarted, "processing"), day(1), "not_authorized", "not_authorized"},
		"our capture is pending": {func(f *orders.Facts) { f.Capture = &models.Capture{State: models.ActPending} }, day(1), "capture_pending", "capture_pending"},
		"our capture is done":    {func(f *orders.Facts) { f.Capture = &models.Capture{State: models.ActSucceeded} }, day(1), "already_captured", "already_captured"},
		"our cancel is pending":  {func(f *orders.Facts) { f.Cancellation = &models.Cancellation{State: models.ActPending} }, day(1), "cancel_pending", "cancel_pending"},
		"our cancel is done":     {func(f *orders.Facts) { f.Cancellation = &models.Cancellation{State: models.ActSucceeded} }, day(1), "already_canceled", "already_canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			f := orders.Facts{Order: authorized()}
			c.change(&f)
			if got := code(orders.CheckCapture(f, c.now)); got != c.capture {
				t.Errorf("capture: %q, want %q", got, c.capture)
			}
			if got := code(orders.CheckCancel(f, c.now)); got != c.cancel {
				t.Errorf("cancel: %q, want %q", got, c.cancel)
			}
		})
	}
}

func TestRefusalNamesWhoCameFirst(t *testing.T) {
	f := orders.Facts{Order: authorized()}
	f.Capture = &models.Capture{State: models.ActSucceeded, ActOutcome: models.ActOutcome{StaffName: "Sofia Berg", Requested: 42}}
	r := orders.CheckCapture(f, day(1))
	if r == nil || r.By != "Sofia Berg" || r.At != 42 || !models.IsKind(r, models.KindConflict) {
		t.Errorf("refusal: %+v", r)
	}
}

func TestCheckAmountAndRelease(t *testing.T) {
	for name, c := range map[string]struct {
		amount    money.Amount
		confirmed int64
		want      string
	}{
		"all of it":                 {euro(18990), 0, ""},
		"less, confirmed":           {euro(14990), 4000, ""},
		"less, not confirmed":       {euro(14990), 0, orders.CodeReleaseUnconfirmed},
		"less, another confirmed":   {euro(13990), 4000, orders.CodeReleaseUnconfirmed},
		"all, with an old confirm":  {euro(18990), 4000, ""},
		"one cent too much":         {euro(18991), 0, "amount_too_large"},
		"nothing":                   {euro(0), 18990, "amount_zero"},
		"below nothing":             {euro(-1), 18991, "amount_zero"},
		"in another currency":       {money.Amount{Minor: 18990, Currency: "SEK"}, 0, "currency"},
		"one cent":                  {euro(1), 18989, ""},
		"one cent, wrongly refused": {euro(1), -18989, orders.CodeReleaseUnconfirmed},
	} {
		t.Run(name, func(t *testing.T) {
			err := orders.CheckAmount(authorized(), c.amount)
			if err == nil {
				err = orders.CheckRelease(authorized(), c.amount, c.confirmed)
			}
			var e *models.Error
			if errors.As(err, &e); (e == nil) != (c.want == "") || (e != nil && e.Code != c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestCheckShipment(t *testing.T) {
	for status, want := range map[models.OrderStatus]string{
		models.StatusAuthorized: "", models.StatusCaptured: "", models.StatusPartlyCaptured: "", models.StatusStarted: "not_authorized",
		models.StatusFailed: "not_authorized", models.StatusCanceled: "not_captured", models.StatusExpired: "not_captured",
	} {
		o := authorized()
		o.Status = status
		if got := code(orders.CheckShipment(o)); got != want {
			t.Errorf("%s: %q, want %q", status, got, want)
		}
	}
}

func code(r *models.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Code
}

func euro(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
