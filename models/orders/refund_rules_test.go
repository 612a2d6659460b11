package orders_test

import (
	"errors"
	"testing"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/orders"
)

// refundFacts is an order of EUR 189.90, of which 149.90 were captured.
func refundFacts() orders.RefundFacts {
	o := authorized()
	o.Status, o.PaymentStatus, o.AmountCapturable, o.AmountCaptured = models.StatusPartlyCaptured, "succeeded", 0, 14990
	return orders.RefundFacts{Order: o}
}

func refund(id, operation, status string, amount int64) models.Refund {
	return models.Refund{ID: id, OperationID: operation, Status: status, Amount: amount, Currency: "EUR"}
}

func refundAct(id string, state models.ActState, amount int64, refundID string) models.RefundAct {
	return models.RefundAct{ID: id, State: state, Amount: amount, Currency: "EUR", RefundID: refundID,
		ActOutcome: models.ActOutcome{StaffName: "by " + id, Requested: 7}}
}

func TestRefundable(t *testing.T) {
	for name, c := range map[string]struct {
		refunds []models.Refund
		acts    []models.RefundAct
		want    int64
	}{
		"nothing refunded": {nil, nil, 14990},
		"each status of Stripe's": {[]models.Refund{refund("1", "", "succeeded", 1000), refund("2", "", "pending", 200), refund("3", "", "requires_action", 30),
			refund("4", "", "failed", 5000), refund("5", "", "canceled", 5000)}, nil, 13760},
		"an authorization that ran out":   {[]models.Refund{{ID: "1", Status: "succeeded", Amount: 4000, Reason: "expired_uncaptured_charge"}}, nil, 14990},
		"ours, not answered":              {nil, []models.RefundAct{refundAct("a", models.ActPending, 4500, "")}, 10490},
		"ours, not answered, but there":   {[]models.Refund{refund("1", "a", "succeeded", 4500)}, []models.RefundAct{refundAct("a", models.ActPending, 4500, "")}, 10490},
		"ours, done":                      {[]models.Refund{refund("1", "a", "succeeded", 4500)}, []models.RefundAct{refundAct("a", models.ActSucceeded, 4500, "1")}, 10490},
		"ours, its metadata taken away":   {[]models.Refund{refund("1", "", "succeeded", 4500)}, []models.RefundAct{refundAct("a", models.ActSucceeded, 4500, "1")}, 10490},
		"ours, done, failed later":        {[]models.Refund{refund("1", "a", "failed", 4500)}, []models.RefundAct{refundAct("a", models.ActSucceeded, 4500, "1")}, 14990},
		"ours, refused":                   {nil, []models.RefundAct{refundAct("a", models.ActRefused, 4500, "")}, 14990},
		"more than captured, by somebody": {[]models.Refund{refund("1", "", "succeeded", 20000)}, nil, 0},
	} {
		f := refundFacts()
		f.Refunds, f.Acts = c.refunds, c.acts
		if got := f.Refundable(); got != euro(c.want) {
			t.Errorf("%s: %s, want %s", name, got, euro(c.want))
		}
	}
}

func TestCheckRefund(t *testing.T) {
	dispute := func(status string, refundable bool) func(*orders.RefundFacts) {
		return func(f *orders.RefundFacts) {
			f.Disputes = []models.Dispute{{ID: "du_1", Status: status, IsRefundable: refundable}}
		}
	}
	for name, c := range map[string]struct {
		change func(*orders.RefundFacts)
		want   string
	}{
		"captured":                      {func(*orders.RefundFacts) {}, ""},
		"authorized only":               {func(f *orders.RefundFacts) { f.Order = authorized() }, "not_captured"},
		"captured long ago":             {func(f *orders.RefundFacts) { f.Order.CapturedAt = models.UnixOf(day(-400)) }, ""},
		"all refunded":                  {func(f *orders.RefundFacts) { f.Refunds = []models.Refund{refund("1", "", "succeeded", 14990)} }, "all_refunded"},
		"all on its way by us":          {func(f *orders.RefundFacts) { f.Acts = []models.RefundAct{refundAct("a", models.ActPending, 14990, "")} }, "all_refunded"},
		"another refund is on its way":  {func(f *orders.RefundFacts) { f.Acts = []models.RefundAct{refundAct("a", models.ActPending, 1, "")} }, ""},
		"an inquiry":                    {dispute("warning_needs_response", true), ""},
		"an inquiry under review":       {dispute("warning_under_review", true), ""},
		"an inquiry, not refundable":    {dispute("warning_needs_response", false), "not_refundable"},
		"a chargeback":                  {dispute("needs_response", true), "chargeback_open"},
		"a chargeback under review":     {dispute("under_review", false), "chargeback_open"},
		"a status of the future":        {dispute("pondering", true), "chargeback_open"},
		"lost":                          {dispute("lost", false), "not_refundable"},
		"won, and refundable":           {dispute("won", true), ""},
		"an inquiry closed, refundable": {dispute("warning_closed", true), ""},
	} {
		f := refundFacts()
		c.change(&f)
		if got := code(orders.CheckRefund(f)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCheckRefundAmount(t *testing.T) {
	f := refundFacts()
	f.Acts = []models.RefundAct{refundAct("a", models.ActRefused, 1, ""), refundAct("b", models.ActSucceeded, 4990, "")}
	for name, c := range map[string]struct {
		amount    money.Amount
		confirmed int64
		kind      models.ErrorKind
		want      string
	}{
		"all of it, confirmed":       {euro(10000), 10000, "", ""},
		"a part, confirmed":          {euro(1), 1, "", ""},
		"not confirmed":              {euro(10000), 0, models.KindInvalid, orders.CodeRefundUnconfirmed},
		"another amount confirmed":   {euro(5000), 10000, models.KindInvalid, orders.CodeRefundUnconfirmed},
		"too much":                   {euro(10001), 0, models.KindInvalid, "amount_too_large"},
		"too much by now, confirmed": {euro(10001), 10001, models.KindConflict, "amount_too_large"},
		"nothing":                    {euro(0), 0, models.KindInvalid, "amount_zero"},
		"less than nothing":          {euro(-5), -5, models.KindInvalid, "amount_zero"},
		"another currency":           {money.Amount{Minor: 100, Currency: "SEK"}, 100, models.KindInvalid, "currency"},
	} {
		err := orders.CheckRefundAmount(f, c.amount, c.confirmed)
		var e *models.Error
		if errors.As(err, &e); models.KindOf(err) != c.kind || e != nil && e.Code != c.want {
			t.Errorf("%s: %v, want %s %s", name, err, c.kind, c.want)
		}
		var r *models.Refusal
		if errors.As(err, &r) && (r.By != "by b" || r.At != 7) {
			t.Errorf("%s: does not name who refunded last: %+v", name, r)
		}
	}
}
