package payments_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"counterfoil/models"
	"counterfoil/models/payments"
)

func TestParseEvent(t *testing.T) {
	object := `{"payment_intent": {"id": "pi_1", "object": "payment_intent"}, "object": "refund", "id": "pyr_1", "amount": 5, "currency": "eur", "created": 9}`
	raw := []byte(`{"id": "evt_1", "object": "event", "api_version": null, "created": 1700000000, "livemode": true, "type": "refund.failed",
	  "account": "acct_1", "data": {"previous_attributes": {"status": "pending"}, "object": ` + object + `}}`)
	e, err := payments.ParseEvent(raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	equal(t, "event", e, payments.Event{ID: "evt_1", Type: "refund.failed", Created: 1700000000, Livemode: true, ObjectKind: models.ObjectRefund,
		ObjectID: "pyr_1", PaymentIntentID: "pi_1", Object: []byte(object)})
}

func TestEventOfAPaymentNamesItself(t *testing.T) {
	e, err := payments.ParseEvent([]byte(`{"id": "evt_1", "object": "event", "api_version": "2017-01-27", "created": 1, "type": "x",
	  "data": {"object": {"id": "pi_7", "object": "payment_intent"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "payment", []string{e.PaymentIntentID, e.APIVersion}, []string{"pi_7", "2017-01-27"})
	_, err = e.Snapshots()
	for _, word := range []string{"amount", "evt_1", "2017-01-27"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("refusal %v does not name %s", err, word)
		}
	}
}

// TestEventLendsItsMode: refunds do not tell theirs.
func TestEventLendsItsMode(t *testing.T) {
	e, err := payments.ParseEvent([]byte(`{"id": "evt_1", "object": "event", "created": 77, "type": "refund.created", "livemode": true,
	  "data": {"object": {"id": "pyr_1", "object": "refund", "amount": 5, "currency": "eur", "created": 9}}}`))
	if err != nil {
		t.Fatal(err)
	}
	snaps, err := e.Snapshots()
	if err != nil || len(snaps) != 1 || !snaps[0].Livemode || snaps[0].AsOf != 77 {
		t.Errorf("%+v, %v", snaps, err)
	}
}

func TestParseEventRefuses(t *testing.T) {
	const rest = `"object": "event", "created": 1, "type": "x", "data": {"object": {}}`
	for _, tt := range []struct{ raw, field string }{
		{`{` + rest + `}`, "id"},
		{`{"id": "evt_1", "created": 1, "type": "x", "data": {"object": {}}}`, "object"},
		{`{"id": "evt_1", "object": "v2.core.event", "created": "2024-09-17T06:20:52.246Z"}`, "created"},
		{`{"id": "evt_1", "object": "v2.core.event", "created": 1}`, "object"},
		{`{"id": "evt_1", "object": "event", "created": 1, "data": {"object": {}}}`, "type"},
		{`{"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}`, "created"},
		{`{"id": "evt_1", "object": "event", "created": 1, "type": "x", "data": {"object": "py_1"}}`, "data.object"},
		{`{"id": "evt_1", "object": "event", "created": 1, "type": "x", "data": null}`, "data.object"},
		{`{"id": "evt_1", ` + rest + ``, ""},
		{`"event"`, ""}, {``, ""}, {`null`, ""},
	} {
		_, err := payments.ParseEvent([]byte(tt.raw))
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != tt.field {
			t.Errorf("%s: %v, want KindInvalid at %q", tt.raw, err, tt.field)
		}
	}
}

func TestVerifySignature(t *testing.T) {
	const secret = "whsec_right"
	body, now := []byte(`{"id":"evt_1"}`), time.Unix(1_700_000_000, 0)
	sign := func(at time.Time, secret string) string {
		return hex.EncodeToString(webhook.ComputeSignature(at, body, secret))
	}
	header := func(at time.Time, signatures ...string) string {
		h := fmt.Sprintf("t=%d", at.Unix())
		for _, s := range signatures {
			h += ",v1=" + s
		}
		return h
	}
	right, wrong := sign(now, secret), sign(now, "whsec_other")
	old := now.Add(-301 * time.Second)
	for _, tt := range []struct{ name, header, secret, code string }{
		{"right", header(now, right), secret, ""},
		{"second of two", header(now, wrong, right), secret, ""},
		{"with v0 and a space", header(now, wrong) + ", v0=abc, v1=" + right, secret, ""},
		{"just in time", header(now.Add(-300*time.Second), sign(now.Add(-300*time.Second), secret)), secret, ""},
		{"too old", header(old, sign(old, secret)), secret, "signature_too_old"},
		{"other secret", header(now, wrong), secret, "signature_wrong"},
		{"only v0", fmt.Sprintf("t=%d,v0=%s", now.Unix(), right), secret, "signature_malformed"},
		{"other time than signed", header(now.Add(time.Second), right), secret, "signature_wrong"},
		{"two times", fmt.Sprintf("t=%d,%s", now.Unix(), header(old, sign(old, secret))), secret, "signature_malformed"},
		{"no time", "v1=" + right, secret, "signature_malformed"},
		{"nonsense", "hello", secret, "signature_malformed"},
		{"not hexadecimal", header(now, "zz"), secret, "signature_malformed"},
		{"cut", header(now, right[:30]), secret, "signature_wrong"},
		{"none", "", secret, "not_signed"},
		{"no secret", header(now, sign(now, "")), "", "signature_wrong"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := payments.VerifySignature(body, tt.header, tt.secret, now)
			code := ""
			if e := (*models.Error)(nil); errors.As(err, &e) {
				code = e.Code
			}
			if code != tt.code || (err == nil) != (tt.code == "") {
				t.Errorf("got %v, want %q", err, tt.code)
			}
		})
	}
	if err := payments.VerifySignature([]byte(`{"id":"evt_2"}`), header(now, right), secret, now); err == nil {
		t.Error("another body was accepted")
	}
}
