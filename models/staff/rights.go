package staff

import "counterfoil/models"

// Right is something that a role may do.
type Right string

// The rights, as the table of roles names them.
const (
	SeeOrders      Right = "see_orders"      // orders, disputes, an order's own money line
	SeeCustomers   Right = "see_customers"   // names, addresses, mails of customers
	ActOnOrders    Right = "act_on_orders"   // capture, less than authorized too, add tracking, cancel, notes
	SeeSettlements Right = "see_settlements" // settlements
	KeepBooks      Right = "keep_books"      // have payouts read again, explain exceptions, import the bank's statements
	ManageSettings Right = "manage_settings" // the shop's settings: capture ground, what the whole shop sees
	EraseCustomers Right = "erase_customers" // take everything of a customer out, for good
)

// table is who may do what: the one place that says so.
var table = map[Right][]models.Role{
	SeeOrders:      {models.RoleViewer, models.RoleStaff, models.RoleManager, models.RoleAdmin},
	SeeCustomers:   {models.RoleStaff, models.RoleManager, models.RoleAdmin},
	ActOnOrders:    {models.RoleStaff, models.RoleManager, models.RoleAdmin},
	SeeSettlements: {models.RoleViewer, models.RoleManager, models.RoleAdmin},
	KeepBooks:      {models.RoleManager, models.RoleAdmin},
	ManageSettings: {models.RoleManager, models.RoleAdmin},
	EraseCustomers: {models.RoleAdmin},
}

// Can tells whether a role has a right.
func Can(role models.Role, right Right) bool {
	for _, r := range table[right] {
		if r == role {
			return true
		}
	}
	return false
}

// RolesWith gives the roles that have a right.
func RolesWith(right Right) []models.Role { return append([]models.Role(nil), table[right]...) }
