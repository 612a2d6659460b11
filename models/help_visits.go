package models

// HelpVisits is how often a help page was asked for, or one of its links followed, as the server saw it.
type HelpVisits struct {
	Day      string // YYYY-MM-DD of the shop's zone
	Country  string
	Language string
	Topic    string // page, klarna, app, shop
	N        int64
}

// CountryDisputes is how many disputes of one reason were opened about orders of a country.
type CountryDisputes struct {
	Country string
	Reason  string
	N       int64
}
