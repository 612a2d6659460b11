package payments_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/payments"
)

// TestRecordedDataParses reads every Stripe object and event that was recorded, at whatever depth of a file it stands: each is taken with
// the amount that the source has, or refused by field. That they all reach the mirror is the mirror's test.
func TestRecordedDataParses(t *testing.T) {
	taken, refused := 0, map[string]int{}
	for _, file := range dataFiles(t) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var content any
		if err := d.Decode(&content); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		eachObject(content, func(o map[string]any) {
			kind, _ := o["object"].(string)
			object, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if reason := checkRecorded(t, filepath.Base(file), kind, object, o); reason != "" {
				refused[reason]++
			} else {
				taken++
			}
		})
	}
	for reason, n := range refused {
		t.Logf("refused %d: %s", n, reason)
	}
	if taken < 150 {
		t.Errorf("only %d objects were taken", taken)
	}
}

// checkRecorded gives the field that an object was refused for.
func checkRecorded(t *testing.T, file, kind string, object []byte, source map[string]any) (reason string) {
	var err error
	var snaps []models.Snapshot
	if kind == "event" {
		var e payments.Event
		if e, err = payments.ParseEvent(object); err == nil {
			if e.ID != source["id"] || e.Type != source["type"] || e.Object == nil {
				t.Errorf("%s: event %s read as %+v", file, source["id"], e)
			}
			return ""
		}
	} else {
		snaps, err = payments.ParseObject(object, 1)
	}
	var me *models.Error
	if err != nil {
		if !errors.As(err, &me) || me.Kind != models.KindInvalid || me.Field == "" || !strings.Contains(me.Message, me.Field) {
			t.Errorf("%s: %s %v refused without naming a field: %v", file, kind, source["id"], err)
			return "?"
		}
		return kind + "." + me.Field
	}
	for _, s := range snaps {
		checkRecordedAmount(t, file, s)
	}
	if snaps[0].ID != source["id"] || string(snaps[0].Kind) != kind {
		t.Errorf("%s: %s %v came out as %s %s", file, kind, source["id"], snaps[0].Kind, snaps[0].ID)
	}
	return ""
}

func checkRecordedAmount(t *testing.T, file string, s models.Snapshot) {
	var source struct {
		Amount           int64  `json:"amount"`
		AmountReceived   int64  `json:"amount_received"`
		AmountCapturable int64  `json:"amount_capturable"`
		AmountCaptured   *int64 `json:"amount_captured"`
		AmountRefunded   int64  `json:"amount_refunded"`
		Fee              int64  `json:"fee"`
		Net              int64  `json:"net"`
		Currency         string `json:"currency"`
	}
	if err := json.Unmarshal(s.Raw, &source); err != nil {
		t.Fatalf("%s: raw of %s: %v", file, s.ID, err)
	}
	want, got := []int64{source.Amount}, []int64(nil)
	currency := ""
	switch s.Kind {
	case models.ObjectPaymentIntent:
		p := s.PaymentIntent
		want = append(want, source.AmountReceived, source.AmountCapturable)
		got, currency = []int64{p.Amount, p.AmountReceived, p.AmountCapturable}, p.Currency
	case models.ObjectCharge:
		c := s.Charge
		want, got, currency = append(want, source.AmountRefunded), []int64{c.Amount, c.AmountRefunded}, c.Currency
		if source.AmountCaptured != nil {
			want, got = append(want, *source.AmountCaptured), append(got, c.AmountCaptured)
		}
	case models.ObjectRefund:
		got, currency = []int64{s.Refund.Amount}, s.Refund.Currency
	case models.ObjectDispute:
		got, currency = []int64{s.Dispute.Amount}, s.Dispute.Currency
	case models.ObjectPayout:
		got, currency = []int64{s.Payout.Amount}, s.Payout.Currency
	case models.ObjectBalanceTransaction:
		b := s.BalanceTransaction
		want, got, currency = append(want, source.Fee, source.Net), []int64{b.Amount, b.Fee, b.Net}, b.Currency
	}
	equal(t, file+": amounts of "+s.ID, got, want)
	equal(t, file+": currency of "+s.ID, currency, strings.ToUpper(source.Currency))
}

// eachObject visits every mirrored object and every event in v, expanded ones as well.
func eachObject(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		switch v["object"] {
		case "payment_intent", "charge", "refund", "dispute", "payout", "balance_transaction", "event":
			visit(v)
		}
		for _, inner := range v {
			eachObject(inner, visit)
		}
	case []any:
		for _, inner := range v {
			eachObject(inner, visit)
		}
	}
}

// dataFiles finds the recorded data beside the repository.
func dataFiles(t *testing.T) (files []string) {
	t.Helper()
	dir := filepath.Join(projectRoot(t), "..", "shared", "data")
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json") {
			files = append(files, path)
		}
		return err
	})
	if err == nil {
		return files
	}
	if slices.Contains(strings.Split(os.Getenv("COUNTERFOIL_REQUIRE"), ","), "data") {
		t.Fatalf("the recorded data is not there: %v", err)
	}
	t.Skip("the recorded data is not beside the repository")
	return nil
}

func projectRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}
