package mailroom

import (
	"context"
	"fmt"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/store"
)

// everyDay is a week whose every day is a day of the shop.
const everyDay = 1<<7 - 1

// SetDays writes the weekdays and the holidays of the shop: lines such as "2026-12-25 Christmas Day". They hold from tomorrow on: what was
// due until today stays due, so that no history changes. Errors: invalid (fields "weekdays", "holidays"), internal.
func (s Service) SetDays(ctx context.Context, weekdays int64, lines string, by models.Actor) error {
	if weekdays <= 0 || weekdays > everyDay {
		return invalid("weekdays", "weekdays_none", "Choose at least one day of the week.")
	}
	calendar, err := s.Calendar(ctx)
	if err != nil {
		return err
	}
	at := models.UnixOf(s.Now())
	today := mailboxes.Today(at.Time(), s.Zone)
	holidays, err := mailboxes.ReadHolidays(lines, today, calendar)
	if err != nil {
		return err
	}
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if tomorrow := mailboxes.AddDays(today, 1); calendar.Week(tomorrow) != weekdays {
			if err := tx.SetShopWeek(ctx, models.ShopWeek{Since: tomorrow, Weekdays: weekdays}); err != nil {
				return err
			}
		}
		if err := tx.SetHolidays(ctx, today, holidays); err != nil {
			return err
		}
		details := map[string]string{"weekdays": fmt.Sprint(weekdays), "holidays": fmt.Sprint(len(holidays))}
		return tx.AppendAudit(ctx, by.Audit(at, "shop.days_changed", "shop_days", details))
	})
}
