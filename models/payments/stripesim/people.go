package stripesim

import (
	"fmt"
	"strings"
)

// dice are numbers that follow from a seed alone, the same on every machine and with every Go.
type dice struct{ state uint64 }

func newDice(seed, number int64) *dice {
	return &dice{state: mix(uint64(seed)*0x9e3779b97f4a7c15 + uint64(number))}
}

// n is a number from 0 to below max.
func (d *dice) n(max int) int {
	d.state++
	return int(mix(d.state) % uint64(max))
}

// between is a number from low to high, both included.
func (d *dice) between(low, high int64) int64 { return low + int64(d.n(int(high-low+1))) }

// percent is true in so many of a hundred cases.
func (d *dice) percent(p int) bool { return d.n(100) < p }

func pick[T any](d *dice, of []T) T { return of[d.n(len(of))] }

// digits is a number of that many digits, as text.
func (d *dice) digits(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte('0' + d.n(10))
	}
	return string(out)
}

// person is a customer.
type person struct {
	name, email, phone      string
	line1, postalCode, city string
}

// person makes up a customer of this market.
func (m *market) person(d *dice) person {
	name := pick(d, m.first) + " " + pick(d, m.last)
	where := strings.SplitN(pick(d, m.places), " | ", 2)
	return person{name: name, email: mailOf(name, d), phone: m.phone + d.digits(8), line1: m.line1(pick(d, m.streets), d.between(1, 120)),
		postalCode: where[0], city: where[1]}
}

// line1 writes street and number as the country does.
func (m *market) line1(street string, number int64) string {
	switch m.country {
	case "GB", "FR", "IE", "US", "CA", "AU", "NZ":
		return fmt.Sprintf("%d %s", number, street)
	case "ES", "IT", "PT":
		return fmt.Sprintf("%s, %d", street, number)
	}
	return fmt.Sprintf("%s %d", street, number)
}

func (p person) address(country string) address {
	return address{Line1: nullString(p.line1), PostalCode: nullString(p.postalCode), City: nullString(p.city), Country: nullString(country)}
}

func (p person) billing(country string) billing {
	return billing{Name: nullString(p.name), Email: nullString(p.email), Phone: nullString(p.phone), Address: p.address(country)}
}

func (p person) shipping(country string) *shipping {
	return &shipping{Name: nullString(p.name), Phone: nullString(p.phone), Address: p.address(country)}
}

// mailOf is an address at a domain that nobody owns (RFC 2606).
func mailOf(name string, d *dice) string {
	plain := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "a", "ø", "o", "æ", "ae", "é", "e", "è", "e", "ê", "e",
		"ç", "c", "ñ", "n", "á", "a", "í", "i", "ó", "o", "ú", "u", "ł", "l", "ś", "s", "ż", "z", "ź", "z", "ą", "a", "ę", "e", "ć", "c",
		"ń", "n", "ë", "e", "ï", "i", "ô", "o", "'", "", "’", "").Replace(strings.ToLower(name))
	var local strings.Builder
	for _, r := range plain {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			local.WriteRune(r)
		case local.Len() > 0:
			local.WriteRune('.')
		}
	}
	if local.Len() == 0 {
		local.WriteString("customer")
	}
	return strings.Trim(local.String(), ".") + d.digits(2) + "@" + pick(d, []string{"example.com", "example.org", "example.net"})
}
