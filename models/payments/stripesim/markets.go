package stripesim

import "strings"

// market is a country that the shop sells to.
type market struct {
	country, currency, locale, phone string
	share                            int   // of a hundred orders or so
	price                            int64 // what one euro cent is here, in hundredths of a minor unit
	first, last, streets             []string
	places                           []string // "postal code | city"
	carriers                         []string // the name, a bar, the shape of its numbers
}

// currencyOf is the currency in which Klarna asks customers of a country to pay (docs.stripe.com/payments/klarna).
func currencyOf(country string) string {
	switch country {
	case "SE":
		return "sek"
	case "NO":
		return "nok"
	case "DK":
		return "dkk"
	case "GB":
		return "gbp"
	case "PL":
		return "pln"
	case "CH":
		return "chf"
	case "CZ":
		return "czk"
	case "RO":
		return "ron"
	case "US":
		return "usd"
	case "CA":
		return "cad"
	case "AU":
		return "aud"
	case "NZ":
		return "nzd"
	}
	return "eur"
}

// countryOf is where a currency is at home.
func countryOf(currency string) string {
	if currency == "eur" {
		return "DE"
	}
	return strings.ToUpper(currency[:min(2, len(currency))])
}

// market is the market of a country; for one without, Germany's people stand in.
func (s *Sim) market(country string) *market {
	for i := range s.markets {
		if s.markets[i].country == country {
			return &s.markets[i]
		}
	}
	return &s.markets[0]
}

// markets is where the simulated shop sells.
func markets() []market {
	return []market{
		{country: "DE", currency: "eur", locale: "de-DE", phone: "+4915", share: 30, price: 100,
			first:    []string{"Jürgen", "Annegret", "Björn", "Käthe", "Sören", "Mia", "Wolfgang", "Ülkü", "Maximiliane", "Lukas", "Änne", "Hans-Günther"},
			last:     []string{"Müller", "Schröder", "Weiß", "Freifrau von Hohenlohe-Waldenburg-Schillingsfürst", "Öztürk", "Großmann", "Schäfer-Überreiter", "Krause", "Jäger", "Leutheusser-Schnarrenberger", "Voß", "Böhm"},
			streets:  []string{"Donaudampfschifffahrtsstraße", "Lindenallee", "Am Mühlenbach", "Königstraße", "Straßburger Straße", "Schützenweg", "Rindermarkt", "Größlinger Gasse"},
			places:   []string{"10115 | Berlin", "80331 | München", "50667 | Köln", "01067 | Dresden", "04103 | Leipzig", "97209 | Veitshöchheim", "24103 | Kiel", "73525 | Schwäbisch Gmünd"},
			carriers: []string{"DHL Paket|sscc", "Hermes|14", "DPD|14", "GLS|11"}},
		{country: "SE", currency: "sek", locale: "sv-SE", phone: "+4670", share: 22, price: 1120,
			first:    []string{"Åsa", "Björn", "Maja", "Göran", "Elin", "Östen", "Karl-Oskar", "Ingegärd", "Linnéa", "Sven"},
			last:     []string{"Lindström", "Åkesson", "Sjöberg", "Öberg", "Nyström", "Björklund", "Hallgren", "Svensson", "af Klintberg"},
			streets:  []string{"Storgatan", "Kungsgatan", "Björkvägen", "Ängsvägen", "Skolgatan", "Östra Hamngatan", "Långgatan"},
			places:   []string{"111 22 | Stockholm", "411 03 | Göteborg", "211 34 | Malmö", "753 10 | Uppsala", "702 11 | Örebro", "972 33 | Luleå", "903 26 | Umeå"},
			carriers: []string{"PostNord Sweden|s10", "DHL Freight|10", "Budbee|9"}},
		{country: "NO", currency: "nok", locale: "nb-NO", phone: "+479", share: 8, price: 1150,
			first:    []string{"Øystein", "Kåre", "Bjørg", "Ingrid", "Håkon", "Solveig", "Åse"},
			last:     []string{"Hansen", "Ødegård", "Bjørnstad", "Kjærstad", "Nygård", "Lien", "Sørensen"},
			streets:  []string{"Storgata", "Bjørnsonsgate", "Øvre Slottsgate", "Kirkeveien", "Fjellveien"},
			places:   []string{"0150 | Oslo", "5003 | Bergen", "7011 | Trondheim", "9008 | Tromsø", "8006 | Bodø"},
			carriers: []string{"Posten|s10", "Bring|s10", "PostNord Norway|s10"}},
		{country: "FI", currency: "eur", locale: "fi-FI", phone: "+35840", share: 7, price: 100,
			first:    []string{"Päivi", "Jyrki", "Aino", "Väinö", "Kaisa", "Yrjö", "Mäkki"},
			last:     []string{"Hämäläinen", "Mäkelä", "Korhonen", "Nieminen", "Söderholm", "Järvinen", "Leppäkoski"},
			streets:  []string{"Mannerheimintie", "Hämeenkatu", "Pitkäkatu", "Kirkkokatu", "Yliopistonkatu"},
			places:   []string{"00100 | Helsinki", "33100 | Tampere", "20100 | Turku", "90100 | Oulu", "40100 | Jyväskylä"},
			carriers: []string{"Posti|s10", "Matkahuolto|12"}},
		{country: "DK", currency: "dkk", locale: "da-DK", phone: "+452", share: 8, price: 746,
			first:    []string{"Søren", "Mette", "Jørgen", "Kirsten", "Bjarke", "Åse", "Rasmus"},
			last:     []string{"Nørgaard", "Jørgensen", "Kjær", "Østergaard", "Møller", "Thorvaldsen", "Bæk"},
			streets:  []string{"Nørrebrogade", "Østergade", "Kirkevej", "Strandvejen", "Søndergade"},
			places:   []string{"1050 | København K", "8000 | Aarhus C", "5000 | Odense C", "9000 | Aalborg", "6000 | Kolding"},
			carriers: []string{"PostNord Denmark|s10", "GLS|11", "DAO|14"}},
		{country: "NL", currency: "eur", locale: "nl-NL", phone: "+316", share: 7, price: 100,
			first:    []string{"Anouk", "Jeroen", "Sanne", "Daniël", "Loïs", "Maarten", "Fenna"},
			last:     []string{"de Vries", "van den Berg", "Bakker", "van 't Hoff", "Meijer", "Coëlho", "Hoogendijk"},
			streets:  []string{"Keizersgracht", "Dorpsstraat", "Molenweg", "Kerkstraat", "Burgemeester de Monchyplein"},
			places:   []string{"1015 CJ | Amsterdam", "3011 AD | Rotterdam", "3511 LN | Utrecht", "9711 LM | Groningen", "5211 JR | 's-Hertogenbosch"},
			carriers: []string{"PostNL|3s", "DHL eCommerce|sscc"}},
		{country: "AT", currency: "eur", locale: "de-AT", phone: "+4366", share: 6, price: 100,
			first:    []string{"Annemarie", "Günter", "Zäzilia", "Florian", "Resi", "Jörg"},
			last:     []string{"Gruber", "Höllerer", "Mayrhofer", "Österreicher", "Pfaffenbichler", "Wöß"},
			streets:  []string{"Mariahilfer Straße", "Getreidegasse", "Hauptplatz", "Höttinger Au", "Landstraßer Hauptstraße"},
			places:   []string{"1070 | Wien", "5020 | Salzburg", "8010 | Graz", "6020 | Innsbruck", "3100 | St. Pölten"},
			carriers: []string{"Austrian Post|22", "DPD|14"}},
		{country: "GB", currency: "gbp", locale: "en-GB", phone: "+4477", share: 6, price: 86,
			first:    []string{"Siobhán", "Oliver", "Amelia", "Rhys", "Zoë", "Alasdair"},
			last:     []string{"O'Connor", "Smith", "Featherstonehaugh", "Llewellyn-Jones", "Patel", "Brontë"},
			streets:  []string{"High Street", "Church Lane", "Victoria Road", "Rose & Crown Yard", "Station Approach"},
			places:   []string{"SW1A 2AA | London", "M1 1AE | Manchester", "EH1 1YZ | Edinburgh", "CF10 1EP | Cardiff", "BT1 5GS | Belfast"},
			carriers: []string{"Royal Mail|s10", "Evri|16", "DPD UK|14"}},
		{country: "FR", currency: "eur", locale: "fr-FR", phone: "+336", share: 4, price: 100,
			first:    []string{"François", "Zoé", "Hélène", "Benoît", "Gaëlle", "Anaïs"},
			last:     []string{"Lefèvre", "d'Ormesson", "Bérénger", "Garçon", "Dupré-Müller", "Noël"},
			streets:  []string{"rue de la République", "avenue des Tilleuls", "impasse du Château", "boulevard Saint-Michel"},
			places:   []string{"75005 | Paris", "69002 | Lyon", "13001 | Marseille", "67000 | Strasbourg", "35000 | Rennes"},
			carriers: []string{"Colissimo|s10", "Chronopost|s10"}},
		{country: "ES", currency: "eur", locale: "es-ES", phone: "+346", share: 4, price: 100,
			first:    []string{"Begoña", "Íñigo", "Lucía", "Andrés", "María José", "Óscar"},
			last:     []string{"Muñoz Ibáñez", "García Pérez", "Núñez de Balboa", "Etxeberria", "López Rodríguez"},
			streets:  []string{"Calle Mayor", "Avenida de la Constitución", "Plaza de España", "Calle del Príncipe de Vergara"},
			places:   []string{"28013 | Madrid", "08002 | Barcelona", "41001 | Sevilla", "48001 | Bilbao", "15003 | A Coruña"},
			carriers: []string{"Correos|s10", "SEUR|14"}},
		{country: "PL", currency: "pln", locale: "pl-PL", phone: "+485", share: 6, price: 430,
			first:    []string{"Łukasz", "Małgorzata", "Żaneta", "Bożena", "Wojciech", "Świętosława"},
			last:     []string{"Wiśniewski", "Dąbrowska", "Brzęczyszczykiewicz", "Zieliński", "Wójcik", "Łęcka"},
			streets:  []string{"ul. Długa", "ul. Świętokrzyska", "ul. Piotrkowska", "al. Jerozolimskie", "ul. Żeromskiego"},
			places:   []string{"00-950 | Warszawa", "31-042 | Kraków", "90-001 | Łódź", "80-831 | Gdańsk", "50-101 | Wrocław"},
			carriers: []string{"InPost|24", "Poczta Polska|s10"}},
	}
}

// tracking makes up a parcel of one of the market's carriers; the check digits of posts and of GS1 numbers are right.
func (m *market) tracking(d *dice) (carrier, number string) {
	carrier, shape, _ := strings.Cut(pick(d, m.carriers), "|")
	switch shape {
	case "s10":
		body := d.digits(8)
		return carrier, pick(d, []string{"RR", "CP", "UA", "LX"}) + body + s10Check(body) + m.country
	case "sscc":
		body := "003404" + d.digits(13)
		return carrier, body + gs1Check(body)
	case "3s":
		return carrier, "3SNGRN" + d.digits(9)
	}
	n := 0
	for _, r := range shape {
		n = n*10 + int(r-'0')
	}
	return carrier, "1" + d.digits(n-1)
}

// s10Check is the check digit of a postal number (UPU S10).
func s10Check(body string) string {
	weights := [...]int{8, 6, 4, 2, 3, 5, 9, 7}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return string(rune('0' + check))
}

// gs1Check is the check digit of a GS1 number.
func gs1Check(body string) string {
	sum := 0
	for i := range len(body) {
		weight := 1
		if (len(body)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(body[i]-'0')
	}
	return string(rune('0' + (10-sum%10)%10))
}
