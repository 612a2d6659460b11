package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// before makes a database as it was before a migration, with rows in it.
func before(t *testing.T, version int, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) < version {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	slices.Sort(files)
	texts := []string{`create table schema_migrations (version integer primary key, name text not null, applied_at integer not null) strict`}
	for i, file := range files[:version-1] {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text), fmt.Sprintf(`insert into schema_migrations values (%d, 'old', 1)`, i+1))
	}
	for _, text := range append(texts, rows...) {
		if _, err := db.Exec(text); err != nil {
			t.Fatalf("%.80s: %v", text, err)
		}
	}
	return path
}

// TestBestPracticeOfAnOldDatabase: what can be known of the rows that were there before is known after the migration, and the sums are theirs.
func TestBestPracticeOfAnOldDatabase(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const at = 1_795_000_000 // Wednesday 2026-11-18, 12:06 in Berlin
	order := func(n int, status string, tracking bool, carrier string) string {
		return fmt.Sprintf(`insert into orders (rowid, id, status, currency, amount, created, authorized_at, captured_at, canceled_at, capture_method, has_tracking, shipping)
			values ((%[2]d << 20) + %[1]d, 'pi_%[1]d', '%[3]s', 'EUR', 900, %[2]d, %[2]d, iif('%[3]s' like '%%captured', %[2]d, 0), iif('%[3]s' = 'expired', %[2]d, 0),
			'manual', %[4]t, '{"Carrier":"%[5]s"}')`, n, at, status, tracking, carrier)
	}
	event := func(id, dispute string, created int, status string) string {
		return fmt.Sprintf(`insert into stripe_events (id, type, object_id, object_kind, created, received, state, payload) values ('%s', 'charge.dispute.updated', '%[2]s', 'dispute', %d, 1,
			'applied', cast('{"data":{"object":{"id":"%[2]s","status":"%[4]s","evidence_details":{"submission_count":0}}}}' as blob))`, id, dispute, created, status)
	}
	path := before(t, 17,
		order(1, "captured", true, "DHL"), order(2, "captured", false, ""), order(3, "expired", false, ""), order(4, "authorized", false, ""), order(5, "partly_captured", true, "Budbee"),
		`insert into shipments (id, order_id, carrier_name, tracking_number, shipped_on, created) values ('shp_1', 'pi_1', 'DHL', 'T1', '2026-11-18', 1795000300)`,
		`insert into captures (id, order_id, amount, currency, shipped_on, state, requested) values ('cap_2', 'pi_2', 900, 'EUR', '2026-11-19', 'succeeded', 1795000000)`,
		`insert into disputes (id, payment_intent_id, amount, currency, status, created) values ('du_1', 'pi_1', 900, 'EUR', 'warning_needs_response', 1795000000),
			('du_2', 'pi_2', 900, 'EUR', 'lost', 1795000000), ('du_3', 'pi_5', 900, 'EUR', 'warning_closed', 1795000000),
			('du_4', 'pi_5', 900, 'EUR', 'needs_response', 1795000000)`,
		`insert into refunds (id, payment_intent_id, amount, currency, created) values ('re_1', 'pi_1', 1, 'EUR', 1795003600), ('re_5', 'pi_5', 1, 'EUR', 1795007501)`,
		`insert into audit_entries (at, staff_id, action, object_id, details) values (1795001800, 'stf_1', 'dispute.draft_saved', 'du_2', '{}'),
			(1795000001, 'stf_1', 'dispute.link_opened', 'du_2', '{}'), (1795000001, 'stf_1', 'dispute.assigned', 'du_4', '{"to":""}')`,
		// du_2 was an inquiry once; du_3 was over five minutes and a second before the refund of its order, which is the first thing done about du_4
		event("evt_1", "du_2", 1795000000, "warning_needs_response"), event("evt_2", "du_3", 1795007200, "warning_closed"),
		`insert into stripe_events (id, type, object_id, created, received, state, payload) values ('evt_3', 'charge.dispute.closed', 'du_1', 1, 1, 'failed', x'7b22')`,
		`insert into submissions (id, dispute_id, order_id, amount, currency, draft_hash, sha256, sent, state, requested) values
			('sub_1', 'du_2', 'pi_2', 900, 'EUR', '', '', '[{"field":"shipping_documentation","sha256":""}]', 'succeeded', 1795000000)`)
	db := storetest.OpenAt(t, path)
	if err := db.SetLedgerZone(t.Context(), berlin); err != nil {
		t.Fatal(err)
	}
	if wrong, err := db.Reader.CheckSums(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("sums that are not their rows: %v, %v", wrong, err)
	}
	got, err := db.Reader.PracticeSums(t.Context(), 20261101, models.Unix(at+48*3600))
	if err != nil {
		t.Fatal(err)
	}
	const week = models.PracticeWeek(20261116)
	want := models.PracticeSums{
		Captures: []models.CaptureWeek{{Week: week, Captured: 3, Dated: 2, Shipped: 1, Soon: 2, Carried: 2, Named: 1}}, // when they were tracked was not kept
		Ends:     []models.EndWeek{{Week: week, Currency: "EUR", Ended: 4, Expired: 1, Worth: 900}},
		Disputes: []models.DisputeWeek{{Week: week, Disputed: 3, In: [6]int64{2, 3, 3, 3, 3, 3}, Inquired: 3, Settled: 1, Undecided: 1}},
		Answers:  []models.AnswerWeek{{Week: week, Answered: 1, Proven: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o, err := db.Reader.Order(t.Context(), "pi_2")
	if tomorrow := models.UnixOf(models.DayStart(2026, 11, 19, berlin)); err != nil || o.ShippedFrom != tomorrow {
		t.Errorf("shipped from %s, want %s, %v", o.ShippedFrom.Time(), tomorrow.Time(), err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return tx.InsertShipment(t.Context(), models.Shipment{ID: "shp_2", OrderID: "pi_1", ShippedOn: "2026-11-20", TrackingNumber: "T2", Replaces: "shp_1", Created: at + 900})
	})
	if got, err = db.Reader.PracticeSums(t.Context(), 20261101, at); err != nil || got.Captures[0].Shipped != 0 || got.Captures[0].Dated != 2 {
		t.Errorf("a parcel corrected: %+v, %v", got.Captures, err)
	}
}

// TestShippingBeginsWithTheShopsDay: on the days around a change of the clocks, which in some zones comes at midnight.
func TestShippingBeginsWithTheShopsDay(t *testing.T) {
	db := storetest.Open(t)
	for _, name := range []string{"Europe/Berlin", "America/Havana", "Asia/Beirut", "Pacific/Chatham", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]models.Unix{}
		storetest.Tx(t, db, func(tx *store.Tx) error {
			for day := range 365 {
				begins := models.DayStart(2026, 1, 1+day, zone)
				if begins.AddDate(0, 0, -1).IsDST() == begins.AddDate(0, 0, 2).IsDST() {
					continue
				}
				id := begins.Format(name + time.DateOnly)
				want[id] = models.UnixOf(begins)
				o := models.Order{ID: id, Created: models.UnixOf(begins), Currency: "EUR", Status: models.StatusCaptured}
				if err := tx.InsertOrder(t.Context(), &o); err != nil {
					return err
				}
				if err := tx.InsertShipment(t.Context(), models.Shipment{ID: "shp_" + id, OrderID: id, ShippedOn: begins.Format(time.DateOnly)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err := db.SetLedgerZone(t.Context(), zone); err != nil {
			t.Fatal(err)
		}
		for id, from := range want {
			if o, err := db.Reader.Order(t.Context(), id); err != nil || o.ShippedFrom != from {
				t.Errorf("%s: from %s, want %s, %v", id, o.ShippedFrom.Time(), from.Time(), err)
			}
		}
		if len(want) != 6 {
			t.Errorf("%s: %d days", name, len(want))
		}
	}
}

// TestSumsThatAreWrongAreMended: whatever changed them, one check finds it and the rows put it right.
func TestSumsThatAreWrongAreMended(t *testing.T) {
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		o := models.Order{ID: "pi_1", Created: 1_795_000_000, CapturedAt: 1_795_000_000, Currency: "EUR", Status: models.StatusCaptured}
		return tx.InsertOrder(t.Context(), &o)
	})
	if wrong, err := db.MendSums(t.Context()); err != nil || len(wrong) > 0 {
		t.Fatalf("nothing is wrong: %v, %v", wrong, err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec(`update practice_capture_weeks set named = 7`)
		return err
	})
	if wrong, err := db.MendSums(t.Context()); err != nil || len(wrong) != 1 {
		t.Errorf("one table is wrong: %v, %v", wrong, err)
	}
	if wrong, err := db.Reader.CheckSums(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("mended: %v, %v", wrong, err)
	}
}
