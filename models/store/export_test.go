package store

// What the tests in store_test look at from inside.
var (
	MatchExpression = matchExpression
	SearchTerms     = searchTerms
	NewOrderRowID   = newOrderRowID
)

// ListPlans are the list queries of all tabs in both directions, by a name for the test.
func ListPlans() map[string]string {
	plans := map[string]string{}
	for _, tab := range Tabs() {
		index, where := tabIndex(tab)
		for name, up := range map[string]bool{" down": false, " up": true} {
			plans[string(tab)+name] = listQuery("orders indexed by "+index, where, byCreated, up)
		}
	}
	for name, up := range map[string]bool{" down": false, " up": true} {
		plans["customer"+name] = listQuery("orders indexed by orders_customer", "customer_id = ?4 and customer_id <> ''", byCreated, up)
		plans["reference"+name] = listQuery("orders indexed by orders_reference", "reference = ?4 and reference <> '' and 1", byCreated, up)
		plans["search"+name] = listQuery("order_search s cross join orders o on o.rowid = s.rowid", "s.order_search match ?12 and 1"+containsTermsOf, byRowID, up)
	}
	return plans
}

// OwnerPlans are the look-ups of Stripe ids by prefix.
func OwnerPlans() map[string]string {
	plans := map[string]string{}
	for _, prefix := range []string{"pi", "py", "ch", "re", "pyr", "du", "dp", "txn", "cus", "evt", "po"} {
		plans[prefix] = ownerQuery(prefix)
	}
	return plans
}

// DropConnection has the driver's connection of the writer fail, as after a fault of the driver.
func (w *Writer) DropConnection() error { return w.conn.Close() }
