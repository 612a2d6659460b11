package views_test

import (
	"context"
	"net/url"
	"testing"
	"time"
	_ "time/tzdata" // the shop's zone on a machine without zone files

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views"
	"counterfoil/web/request"
)

// now is the moment of every page in these tests: Tuesday 17 November 2026, 14:02 in Stockholm.
var now = time.Date(2026, 11, 17, 13, 2, 0, 0, time.UTC)

func unix(t *testing.T, text string) models.Unix {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return models.UnixOf(at)
}

// as is the context of a request by a person of that role.
func as(role models.Role) context.Context {
	ctx := request.WithStaff(context.Background(), &models.Staff{ID: "stf_1", Name: "Sofia Berg", Email: "sofia.berg@nordicgoods.example", Role: role})
	return request.WithCSRF(ctx, "csrf-of-session")
}

func shell(t *testing.T, role models.Role) views.Shell {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return views.Shell{ShopName: "Nordic Goods AB", TestMode: true, AsOf: models.UnixOf(now), Now: now, Zone: zone, DisputeCount: 3,
		CanSeeSettlements: role != models.RoleStaff, CanSeeCustomers: role != models.RoleViewer}
}

// order is an authorized order of a customer in Germany, near its deadline.
func order(t *testing.T) models.Order {
	t.Helper()
	return models.Order{
		ID: "pi_3SKv4tLq8Zr2nWd01cXhT7pY", ChargeID: "py_3SKv4tLq8Zr2nWd01mB5sKeR", Status: models.StatusAuthorized, PaymentStatus: "requires_capture",
		Currency: "EUR", AmountAuthorized: 18990, AmountCapturable: 18990, CaptureMethod: "manual", KlarnaCategory: "pay_later", Reference: "NG-20711",
		CustomerName: "Jonas Weber", CustomerEmail: "jonas.weber@example.de", CustomerPhone: "+49 30 901820", Country: "DE",
		Created: unix(t, "2026-10-22T11:44:00Z"), AuthorizedAt: unix(t, "2026-10-22T11:47:00Z"), SyncedAt: models.UnixOf(now),
		Shipping: models.Shipping{Name: "Jonas Weber", Address: models.Address{Line1: "Torstraße 12", PostalCode: "10119", City: "Berlin", Country: "DE"}},
	}
}

// capturedOrder is the same order, captured for less and paid out.
func capturedOrder(t *testing.T) models.Order {
	t.Helper()
	o := order(t)
	o.Status, o.PaymentStatus, o.AmountCapturable, o.AmountCaptured = models.StatusPartlyCaptured, "succeeded", 0, 14990
	o.CapturedAt, o.HasTracking, o.DisputeStatus, o.AmountRefunded = unix(t, "2026-11-02T14:31:00Z"), true, "warning_needs_response", 2000
	o.ChargeShipping = models.Shipping{Carrier: "DHL Paket", TrackingNumber: "00340434161094042557"}
	return o
}

func orderInput(t *testing.T, role models.Role) views.OrderInput {
	t.Helper()
	in := views.OrderInput{Shell: shell(t, role), Order: order(t), CanAct: role != models.RoleViewer, FormToken: "tok_fresh"}
	in.Notes = []models.Note{{ID: "not_1", StaffName: "Sofia Berg", Text: "Cushion is sold out until January. Ask him first, then ship the blanket only.",
		Created: unix(t, "2026-11-17T12:30:00Z")}}
	in.Events = []models.StripeEvent{
		{ID: "evt_2", Type: "payment_intent.amount_capturable_updated", ObjectID: in.Order.ID, Created: in.Order.AuthorizedAt},
		{ID: "evt_1", Type: "payment_intent.requires_action", ObjectID: in.Order.ID, Created: in.Order.Created + 5},
	}
	return in
}

// attempt is a capture by Sofia Berg in the given state.
func attempt(t *testing.T, state models.ActState, amount int64) models.Capture {
	t.Helper()
	return models.Capture{ID: "cap_01JCX5T8", OrderID: order(t).ID, Amount: amount, Released: 18990 - amount, Currency: "EUR", Carrier: "dhl-paket",
		CarrierName: "DHL Paket", TrackingNumber: "00340434161094042557", ShippedOn: "2026-11-17", State: state,
		ActOutcome: models.ActOutcome{StaffName: "Sofia Berg", Requested: unix(t, "2026-11-17T12:51:04Z"), Attempts: 2, StripeRequestID: "req_Qw8n2LzTb41XcV"}}
}

func capturedInput(t *testing.T, role models.Role) views.OrderInput {
	t.Helper()
	in := orderInput(t, role)
	in.Order = capturedOrder(t)
	in.CaptureRefusal, in.CancelRefusal = "already captured", "already captured"
	in.Captures = []models.Capture{attempt(t, models.ActSucceeded, 14990)}
	in.Shipments = []models.Shipment{
		{ID: "shp_1", Carrier: "dhl-paket", CarrierName: "DHL Paket", TrackingNumber: "00340434161094042550", ShippedOn: "2026-11-02", ReplacedBy: "shp_2"},
		{ID: "shp_2", Carrier: "dhl-paket", CarrierName: "DHL Paket", TrackingNumber: "00340434161094042557", ShippedOn: "2026-11-02", Replaces: "shp_1",
			SentAt: unix(t, "2026-11-02T14:31:09Z")},
		{ID: "shp_3", Carrier: "other", CarrierName: "Spedition Großmann-Wüstenhagen GmbH", TrackingNumber: "GW-77-1", ShippedOn: "2026-11-03"},
	}
	in.Refunds = []models.Refund{{ID: "pyr_1", Amount: 2000, Currency: "EUR", Status: "succeeded", Reason: "requested_by_customer", Created: unix(t, "2026-11-05T09:00:00Z")}}
	in.Disputes = []models.Dispute{{ID: "du_1", Amount: 5800, Currency: "EUR", Status: "warning_needs_response", Reason: "credit_not_processed",
		KlarnaReason: "return", DueBy: unix(t, "2026-11-19T22:59:00Z"), Created: unix(t, "2026-10-29T09:22:00Z")}}
	in.BalanceTransactions = []models.BalanceTransaction{
		{ID: "txn_1", Amount: 18990, Fee: 602, Net: 18388, Currency: "EUR", ReportingCategory: "charge", Created: unix(t, "2026-11-02T14:31:02Z"), Status: "available", AvailableOn: unix(t, "2026-11-09T00:00:00Z")},
		{ID: "txn_2", Amount: -4000, Fee: -120, Net: -3880, Currency: "EUR", ReportingCategory: "partial_capture_reversal", Created: unix(t, "2026-11-02T14:31:02Z"), Status: "available", AvailableOn: unix(t, "2026-11-09T00:00:00Z")},
	}
	in.Payout = &models.Payout{ID: "po_1SHqx2Lq8Zr2nWd0", Amount: 1450800, Currency: "EUR", Status: "paid", Automatic: true, TraceID: "RF82 0417",
		Created: unix(t, "2026-11-09T00:14:00Z"), ArrivalDate: unix(t, "2026-11-11T00:00:00Z")}
	in.Audit = []models.AuditEntry{
		{At: unix(t, "2026-11-02T14:31:00Z"), StaffName: "Erik Lund", Action: "capture.requested", Details: map[string]string{"amount": "EUR 149.90", "released": "EUR 40.00", "carrier": "DHL Paket", "tracking_number": "00340434161094042557"}},
		{At: unix(t, "2026-11-02T14:31:02Z"), StaffName: "Erik Lund", Action: "capture.succeeded", Details: map[string]string{"amount": "EUR 149.90"}, StripeRequestID: "req_Qw8n2LzTb41XcV"},
	}
	return in
}

func ordersInput(t *testing.T, role models.Role) views.OrdersInput {
	t.Helper()
	in := views.OrdersInput{Shell: shell(t, role), Tab: views.TabAll, CanAct: role != models.RoleViewer, OlderCursor: "412",
		Counts: map[string]int64{views.TabAll: 1284, views.TabToCapture: 46, views.TabRunningOut: 5, views.TabCaptured: 1141, views.TabNoTracking: 3, views.TabDisputed: 6, views.TabRefunded: 88, views.TabExpired: 9}}
	in.Looks.Preferences = models.DefaultListPreferences("stf_1")
	for _, key := range []string{"all", "to-capture", "running-out", "captured", "no-tracking", "disputed", "refunded", "expired"} {
		in.Entries = append(in.Entries, models.ListEntry{Key: key})
	}
	add := func(change func(o *models.Order)) {
		o := order(t)
		change(&o)
		in.Orders = append(in.Orders, o)
	}
	add(func(o *models.Order) {})
	add(func(o *models.Order) {
		o.ID, o.Reference, o.CustomerName, o.AuthorizedAt = "pi_2", "NG-20905", "Wolfgang Freiherr von Hohenlohe-Langenburg", unix(t, "2026-10-31T11:00:00Z")
		o.AmountAuthorized = 124900000
	})
	add(func(o *models.Order) { *o = capturedOrder(t); o.ID = "pi_3" })
	add(func(o *models.Order) {
		o.ID, o.Reference, o.CustomerName, o.Country, o.Currency, o.AmountAuthorized = "pi_4", "", "Łukasz Wiśniewski", "PL", "PLN", 112000
		o.AuthorizedAt = unix(t, "2026-10-26T11:00:00Z")
	})
	add(func(o *models.Order) {
		o.ID, o.Reference, o.CustomerName, o.Currency, o.AmountAuthorized, o.Country = "pi_5", "Bestellung Donaudampfschifffahrtsgesellschaft 2026-000123", "", "JPY", 128400, "JP"
		o.Status, o.CapturedAt, o.AmountCaptured = models.StatusCaptured, unix(t, "2026-11-10T11:00:00Z"), 128400
	})
	add(func(o *models.Order) {
		o.ID, o.Reference, o.Status, o.CanceledAt = "pi_6", "NG-20100", models.StatusExpired, unix(t, "2026-11-12T11:00:00Z")
	})
	add(func(o *models.Order) {
		o.ID, o.Reference, o.CustomerName = "pi_7", "NG-21123", "Jürgen Großmann-Wüstenhagen"
	})
	in.Pending = map[string]bool{"pi_7": true}
	return in
}

func disputesInput(t *testing.T, role models.Role) views.DisputesInput {
	t.Helper()
	o := order(t)
	row := func(id, status, reason string, due models.Unix) views.DisputeRow {
		return views.DisputeRow{Order: &o, Complete: -1, Entry: models.DisputeEntry{ID: id, OrderID: o.ID, Amount: 5800, Currency: "EUR", Status: status, Reason: reason,
			KlarnaReason: "return", DueBy: due, Created: unix(t, "2026-10-29T09:22:00Z")}}
	}
	foreign := row("du_4", "lost", "fraudulent", 0)
	foreign.Order = nil
	return views.DisputesInput{Shell: shell(t, role), Rows: []views.DisputeRow{
		row("du_1", "warning_needs_response", "credit_not_processed", unix(t, "2026-11-19T22:59:00Z")),
		row("du_2", "needs_response", "product_not_received", unix(t, "2026-11-22T22:59:00Z")),
		row("du_3", "under_review", "product_unacceptable", unix(t, "2026-11-02T22:59:00Z")), foreign,
	}}
}

// disputeInput is a dispute over part of an order, in a status of Stripe's.
func disputeInput(t *testing.T, role models.Role, status string) views.DisputeInput {
	t.Helper()
	o := order(t)
	o.Status, o.AmountCaptured, o.CapturedAt = models.StatusCaptured, o.AmountAuthorized, o.AuthorizedAt
	in := views.DisputeInput{Shell: shell(t, role), FormToken: "tok_1", Errors: map[string]string{}, Hash: "h", Refundable: o.Captured()}
	in.Desk.Facts = evidence.Facts{Order: &o, Goods: models.GoodsPhysical, Zone: in.Shell.Zone, Shop: "Nordic Goods AB",
		Dispute: models.Dispute{ID: "du_1", ChargeID: "py_1", PaymentIntentID: o.ID, Amount: 5800, Currency: "EUR", Status: status, Reason: "credit_not_processed",
			DueBy: unix(t, "2026-11-19T22:59:00Z"), Created: unix(t, "2026-10-29T09:22:00Z")},
		Documents: []models.Document{{ID: "doc_1", OrderID: o.ID, Field: "receipt", Name: "Rechnung Großmann.pdf", Pages: 1, Size: 842_000}}}
	in.Desk.Known = evidence.Prefill(in.Desk.Facts)
	in.Weighed = evidence.Weigh(in.Desk.Dispute.Money(), money.Amount{Minor: 2000, Currency: "EUR"}, true, evidence.History{Won: 1})
	return in
}

func reviewInput(t *testing.T) views.DisputeInput {
	t.Helper()
	in := disputeInput(t, models.RoleStaff, "needs_response")
	in.Step = views.StepReview
	in.Files = []models.EvidenceFile{{ID: "evf_1", DisputeID: "du_1", Field: "receipt", Name: "Rechnung Großmann.pdf", Pages: 1, Size: 842_000}}
	return in
}

func payout(t *testing.T) models.Payout {
	t.Helper()
	return models.Payout{ID: "po_1SRTx2Lq8Zr2nWd0", Amount: 14508, Currency: "EUR", Status: "paid", Automatic: true, ReconciliationStatus: "completed",
		TraceID: "FP 0411 7730 218", Created: unix(t, "2026-11-09T00:14:00Z"), ArrivalDate: unix(t, "2026-11-11T00:00:00Z")}
}

// proven is a payout whose rows, its own among them, are these.
func proven(p models.Payout, rows int64, sums ...models.PayoutSum) settlements.ProvenPayout {
	read := models.PayoutReading{Rows: rows, Asked: p.Created, Finished: p.Created}
	proof := settlements.Prove(settlements.PayoutFacts{Payout: p, Sums: sums, Read: read})
	return settlements.ProvenPayout{Payout: p, Sums: sums, Read: read, Proof: proof}
}

func payoutSum(category string, n, amount, fee int64) models.PayoutSum {
	return models.PayoutSum{PayoutID: "po_1", Currency: "EUR", Category: category, Movement: models.Movement{Count: n, Amount: amount, Fee: fee, Net: amount - fee}}
}

// payoutSums are two lines that come to EUR 145.08, and the payout's own row.
func payoutSums() []models.PayoutSum {
	return []models.PayoutSum{payoutSum("charge", 1, 18990, 602), payoutSum("partial_capture_reversal", 1, -4000, -120), payoutSum("payout", 1, -14508, 0)}
}

func settlementsInput(t *testing.T, role models.Role) views.SettlementsInput {
	t.Helper()
	sh := shell(t, role)
	waiting, manual, failed, gap := payout(t), payout(t), payout(t), payout(t)
	waiting.ReconciliationStatus, waiting.Status, waiting.Currency = "in_progress", "in_transit", "SEK"
	manual.Automatic, manual.ReconciliationStatus = false, "not_applicable"
	failed.Status, failed.FailureMessage, failed.Currency, failed.Amount = "failed", "The bank account has been closed.", "JPY", 124163
	gap.Amount += 1240
	period, _ := settlements.ParsePeriod(url.Values{"from": {"2026-10-20"}, "to": {"2026-11-16"}}, sh.Now, sh.Zone)
	sum := func(currency, category string, klarna bool, n, amount, fee int64) models.LedgerSum {
		return models.LedgerSum{Currency: currency, Klarna: klarna, Category: category, Movement: models.Movement{Count: n, Amount: amount, Fee: fee, Net: amount - fee}}
	}
	sums := []models.LedgerSum{sum("EUR", "charge", true, 312, 4821640, 155087), sum("EUR", "charge", false, 12, 99900, 2900), sum("EUR", "dispute", true, 2, -58000, 4000),
		sum("EUR", "fee", false, 1, -1250, 0), sum("EUR", "payout", false, 4, -4188020, 0), sum("JPY", "charge", false, 17, 128400, 4237)}
	st := settlements.Statements{Period: period, AsOf: unix(t, "2026-11-16T22:00:00Z"), Klarna: map[string]models.Statement{},
		Firsts: map[string]time.Time{"EUR": period.From.AddDate(0, -2, 0), "JPY": period.From.AddDate(0, 0, 3)}}
	for _, currency := range []string{"EUR", "JPY"} {
		s := settlements.Statement(currency, sums, false)
		s.Closing, s.ClosingKnown, s.OpeningKnown = 443843, true, currency == "EUR"
		s.Opening = s.Closing - settlements.Total(s)
		st.All = append(st.All, s)
		st.Klarna[currency] = settlements.Statement(currency, sums, true)
	}
	return views.SettlementsInput{Shell: sh, Older: "12", Statements: st, Exceptions: 3, Payouts: []settlements.ProvenPayout{
		proven(payout(t), 3, payoutSums()...), proven(waiting, 0), proven(gap, 3, payoutSums()...), proven(manual, 0), proven(failed, 0),
	}}
}

func payoutInput(t *testing.T, role models.Role) views.PayoutInput {
	t.Helper()
	o := order(t)
	p := payout(t)
	p.Amount -= 1250
	in := views.PayoutInput{Shell: shell(t, role), RealNow: p.Created.Time(), Payout: proven(p, 4, payoutSum("charge", 1, 18990, 602), payoutSum("fee", 1, -1250, 0),
		payoutSum("partial_capture_reversal", 1, -4000, -120), payoutSum("payout", 1, -13258, 0))}
	for _, txn := range capturedInput(t, role).BalanceTransactions {
		txn.OrderID, txn.FeeDetails = o.ID, []models.FeeDetail{{Amount: txn.Fee - 50, Currency: "EUR", Type: "stripe_fee"}, {Amount: 50, Currency: "EUR", Type: "tax"}}
		in.Entries = append(in.Entries, models.LedgerEntry{BalanceTransaction: txn, Reference: o.Reference, CustomerName: o.CustomerName})
	}
	fee := models.BalanceTransaction{ID: "txn_3", Amount: -1250, Net: -1250, Currency: "EUR", ReportingCategory: "fee", Created: unix(t, "2026-11-08T01:00:00Z")}
	in.Entries = append(in.Entries, models.LedgerEntry{BalanceTransaction: fee})
	return in
}
