package models

import (
	"fmt"

	"counterfoil/models/money"
)

// Limits are the amounts, by currency in minor units, above which only a manager may give money back, answer a dispute or accept one.
// A currency that is not there has no limit.
type Limits map[string]int64

// Check answers why somebody of this role may not do it, or nil.
func (l Limits) Check(role Role, amount money.Amount) *Refusal {
	most, limited := l[amount.Currency]
	if !limited || amount.Minor <= most || role == RoleManager || role == RoleAdmin {
		return nil
	}
	return &Refusal{Code: "manager_needed",
		Message: fmt.Sprintf("Above %s a manager has to do this. Ask one.", money.Amount{Minor: most, Currency: amount.Currency})}
}
