package store

import (
	"context"

	"counterfoil/models"
)

// AddHelpVisits adds to what the help pages were asked for. Errors: internal.
func (tx *Tx) AddHelpVisits(ctx context.Context, v models.HelpVisits) error {
	_, err := tx.exec(ctx, `insert into help_visits (day, country, language, topic, n) values (?1, ?2, ?3, ?4, ?5)
		on conflict (day, country, language, topic) do update set n = n + ?5`, v.Day, v.Country, v.Language, v.Topic, v.N)
	return err
}

// HelpVisitsSince gives what the help pages were asked for from a day of the shop on, by country and topic. Errors: internal.
func (q *queries) HelpVisitsSince(ctx context.Context, day string) (all []models.HelpVisits, err error) {
	err = q.gorm(ctx).Raw(`select country, topic, sum(n) as n from help_visits where day >= ? group by country, topic order by country, topic`, day).Scan(&all).Error
	return all, mapError(err)
}

// DisputesByCountry gives how many disputes of Stripe's were opened since a moment, by the country of their orders and their reason. Errors: internal.
func (q *queries) DisputesByCountry(ctx context.Context, since models.Unix) (all []models.CountryDisputes, err error) {
	err = q.gorm(ctx).Raw(`select o.country, d.reason, count(*) as n from disputes d join orders o on o.id = d.payment_intent_id
		where d.created >= ? group by o.country, d.reason order by o.country, n desc, d.reason`, int64(since)).Scan(&all).Error
	return all, mapError(err)
}
