package helpdesk

import (
	"context"
	"errors"
	"sync"
	"time"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/models/store"
)

// The topics of visits.
const (
	TopicPage   = "page"
	TopicKlarna = "klarna" // Klarna's customer service was opened
	TopicApp    = "app"    // Klarna's sign-in was opened
	TopicShop   = "shop"   // the shop's own page was opened
)

// Visits counts visits in memory, so that a page for everybody writes nothing by itself. What was counted since the last Flush is lost with
// the process. There are as many counts as pages and topics, whatever is asked for.
type Visits struct {
	mu     sync.Mutex
	counts map[models.HelpVisits]int64
}

// Count adds a visit on a day of the shop.
func (v *Visits) Count(p help.Page, topic string, at time.Time, zone *time.Location) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.counts == nil {
		v.counts = map[models.HelpVisits]int64{}
	}
	v.counts[models.HelpVisits{Day: at.In(zone).Format(time.DateOnly), Country: p.Market.Country, Language: p.Language, Topic: topic}]++
}

// Flush writes what was counted. What could not be written is kept for the next time. Errors: internal.
func (v *Visits) Flush(ctx context.Context, db *store.DB) error {
	v.mu.Lock()
	counts := v.counts
	v.counts = nil
	v.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := db.Writer.Tx(ctx, func(tx *store.Tx) error {
		for visit, n := range counts {
			visit.N = n
			if err := tx.AddHelpVisits(ctx, visit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.counts == nil {
			v.counts = map[models.HelpVisits]int64{}
		}
		for visit, n := range counts {
			v.counts[visit] += n
		}
	}
	return err
}

// visitsShown is over how many days visits and disputes are put side by side.
const visitsShown = 90

// Standing is what came of the help pages in the last 90 days.
type Standing struct {
	Visits   []models.HelpVisits
	Disputes []models.CountryDisputes
}

// Standing gives what came of the help pages. Errors: internal.
func (s Service) Standing(ctx context.Context) (all Standing, err error) {
	since := s.Now().AddDate(0, 0, -visitsShown)
	var errVisits, errDisputes error
	all.Visits, errVisits = s.DB.Reader.HelpVisitsSince(ctx, since.In(s.Zone).Format(time.DateOnly))
	all.Disputes, errDisputes = s.DB.Reader.DisputesByCountry(ctx, models.UnixOf(since))
	return all, errors.Join(errVisits, errDisputes)
}
