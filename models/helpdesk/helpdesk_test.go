package helpdesk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/models/helpdesk"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestVisits: every visit counts once, on the shop's day, whatever happens at the same time and in however many writings.
func TestVisits(t *testing.T) {
	ctx := context.Background()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC) // the 25th in Stockholm
	s := helpdesk.Service{DB: storetest.Open(t), Now: func() time.Time { return now }, Zone: zone, Visits: &helpdesk.Visits{}}
	se, _, _ := help.Find("se", "sv")
	en, _, _ := help.Find("se", "en")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 10 {
				s.Count(se, helpdesk.TopicPage)
				s.Count(en, helpdesk.TopicPage)
				s.Count(se, helpdesk.TopicKlarna)
			}
			if err := s.Flush(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	storetest.PutOrders(t, s.DB, models.Order{ID: "pi_1", Status: models.StatusCaptured, Currency: "SEK", Country: "SE", AmountAuthorized: 100})
	storetest.Tx(t, s.DB, func(tx *store.Tx) error {
		return tx.PutDispute(ctx, &models.Dispute{ID: "du_1", PaymentIntentID: "pi_1", Amount: 100, Currency: "SEK", Status: "needs_response", Reason: "product_not_received", Created: models.UnixOf(now)})
	})
	standing, err := s.Standing(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(standing.Visits, standing.Disputes), "[{ SE  klarna 200} { SE  page 400}] [{SE product_not_received 1}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	days, err := s.DB.Reader.HelpVisitsSince(ctx, "2026-11-25")
	if err != nil || len(days) != 2 {
		t.Errorf("of the 25th: %v %v", days, err)
	}
	if days, err := s.DB.Reader.HelpVisitsSince(ctx, "2026-11-26"); err != nil || len(days) != 0 {
		t.Errorf("of the 26th: %v %v", days, err)
	}
	now = now.AddDate(0, 0, 91)
	if standing, err := s.Standing(ctx); err != nil || len(standing.Visits)+len(standing.Disputes) != 0 {
		t.Errorf("91 days later: %+v %v", standing, err)
	}
}

// TestFlushThatFails: what could not be written is written the next time.
func TestFlushThatFails(t *testing.T) {
	s := helpdesk.Service{DB: storetest.Open(t), Now: time.Now, Zone: time.UTC, Visits: &helpdesk.Visits{}}
	p, _, _ := help.Find("de", "de")
	s.Count(p, helpdesk.TopicPage)
	over, stop := context.WithCancel(context.Background())
	stop()
	if err := s.Flush(over); err == nil {
		t.Fatal("it was written after its time was over")
	}
	s.Count(p, helpdesk.TopicPage)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if standing, err := s.Standing(context.Background()); err != nil || len(standing.Visits) != 1 || standing.Visits[0].N != 2 {
		t.Errorf("%+v %v", standing, err)
	}
}
