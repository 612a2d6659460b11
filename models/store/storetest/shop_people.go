package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"counterfoil/models"
	"counterfoil/models/store"
)

// shopMarket is a country that the made-up shop sells to. The people are made up; their domains belong to nobody (RFC 2606).
type shopMarket struct {
	country, currency, locale, phone string
	share                            int   // of all orders, in hundredths
	price                            int64 // what one euro is here, in hundredths
	first, last, streets, places     string
	carriers                         string
}

func (m *shopMarket) pick(r *rand.Rand, from string) string {
	all := strings.Split(from, ",")
	return all[r.IntN(len(all))]
}

// shopMarkets are fifteen countries with eight currencies.
func shopMarkets() []shopMarket {
	return []shopMarket{
		{"DE", "EUR", "de-DE", "+4915", 27, 100, "Jürgen,Annegret,Björn,Käthe,Sören,Mia,Wolfgang,Ülkü,Maximiliane,Lukas,Änne,Hans-Günther", "Müller,Schröder,Weiß,Öztürk,Großmann,Schäfer-Überreiter,Krause,Jäger,Leutheusser,Voß,Böhm,Schmidt", "Lindenallee,Am Mühlenbach,Königstraße,Schützenweg,Rindermarkt", "10115 Berlin,80331 München,50667 Köln,01067 Dresden,24103 Kiel", "DHL Paket,Hermes,DPD,GLS"},
		{"SE", "SEK", "sv-SE", "+4670", 20, 1120, "Åsa,Björn,Maja,Göran,Elin,Östen,Karl-Oskar,Ingegärd,Linnéa,Sven", "Lindström,Åkesson,Sjöberg,Öberg,Nyström,Björklund,Hallgren,Svensson,af Klintberg", "Storgatan,Kungsgatan,Björkvägen,Ängsvägen,Långgatan", "111 22 Stockholm,411 03 Göteborg,211 34 Malmö,972 33 Luleå", "PostNord Sweden,DHL Freight,Budbee"},
		{"NO", "NOK", "nb-NO", "+479", 8, 1150, "Øystein,Kåre,Bjørg,Ingrid,Håkon,Solveig,Åse", "Hansen,Ødegård,Bjørnstad,Kjærstad,Nygård,Lien,Sørensen", "Storgata,Bjørnsonsgate,Kirkeveien,Fjellveien", "0150 Oslo,5003 Bergen,9008 Tromsø", "Posten,Bring"},
		{"DK", "DKK", "da-DK", "+452", 8, 746, "Søren,Mette,Jørgen,Kirsten,Bjarke,Åse,Rasmus", "Nørgaard,Jørgensen,Kjær,Østergaard,Møller,Thorvaldsen,Bæk", "Nørrebrogade,Østergade,Strandvejen", "1050 København K,8000 Aarhus C,5000 Odense C", "PostNord Denmark,GLS,DAO"},
		{"FI", "EUR", "fi-FI", "+35840", 6, 100, "Päivi,Jyrki,Aino,Väinö,Kaisa,Yrjö,Mäkki", "Hämäläinen,Mäkelä,Korhonen,Nieminen,Söderholm,Järvinen", "Mannerheimintie,Hämeenkatu,Pitkäkatu", "00100 Helsinki,33100 Tampere,90100 Oulu", "Posti,Matkahuolto"},
		{"NL", "EUR", "nl-NL", "+316", 6, 100, "Anouk,Jeroen,Sanne,Daniël,Loïs,Maarten,Fenna", "de Vries,van den Berg,Bakker,van 't Hoff,Meijer,Coëlho", "Keizersgracht,Dorpsstraat,Molenweg", "1015 CJ Amsterdam,3011 AD Rotterdam,9711 LM Groningen", "PostNL,DHL eCommerce"},
		{"AT", "EUR", "de-AT", "+4366", 5, 100, "Annemarie,Günter,Zäzilia,Florian,Resi,Jörg", "Gruber,Höllerer,Mayrhofer,Österreicher,Pfaffenbichler,Wöß", "Mariahilfer Straße,Getreidegasse,Hauptplatz", "1070 Wien,5020 Salzburg,8010 Graz", "Austrian Post,DPD"},
		{"GB", "GBP", "en-GB", "+4477", 5, 86, "Siobhán,Oliver,Amelia,Rhys,Zoë,Alasdair", "O'Connor,Smith,Featherstonehaugh,Llewellyn-Jones,Patel,Brontë", "High Street,Church Lane,Victoria Road", "SW1A 2AA London,M1 1AE Manchester,EH1 1YZ Edinburgh", "Royal Mail,Evri,DPD UK"},
		{"FR", "EUR", "fr-FR", "+336", 3, 100, "François,Zoé,Hélène,Benoît,Gaëlle,Anaïs", "Lefèvre,d'Ormesson,Bérénger,Garçon,Dupré-Müller,Noël", "rue de la République,avenue des Tilleuls,impasse du Château", "75005 Paris,69002 Lyon,13001 Marseille", "Colissimo,Chronopost"},
		{"ES", "EUR", "es-ES", "+346", 3, 100, "Begoña,Íñigo,Lucía,Andrés,María José,Óscar", "Muñoz Ibáñez,García Pérez,Núñez de Balboa,Etxeberria,López Rodríguez", "Calle Mayor,Avenida de la Constitución,Plaza de España", "28013 Madrid,08002 Barcelona,41001 Sevilla", "Correos,SEUR"},
		{"PL", "PLN", "pl-PL", "+485", 4, 430, "Łukasz,Małgorzata,Żaneta,Bożena,Wojciech,Świętosława", "Wiśniewski,Dąbrowska,Brzęczyszczykiewicz,Zieliński,Wójcik,Łęcka", "ul. Długa,ul. Świętokrzyska,al. Jerozolimskie", "00-950 Warszawa,31-042 Kraków,80-831 Gdańsk", "InPost,Poczta Polska"},
		{"IT", "EUR", "it-IT", "+393", 2, 100, "Niccolò,Chiara,Giosuè,Maria Grazia,Ezechiele", "Rossi,D'Angelo,Esposito,Cefalù,Bevilacqua", "Via Garibaldi,Corso Vittorio Emanuele,Piazza Libertà", "00184 Roma,20121 Milano,80132 Napoli", "Poste Italiane,BRT"},
		{"BE", "EUR", "nl-BE", "+324", 1, 100, "Noëlla,Joëlle,Pieter-Jan,Anaïs,Gérard", "Peeters,Vandenbroucke,Lefèbvre,De Smet,Géron", "Meir,Rue Neuve,Veldstraat", "1000 Bruxelles,2000 Antwerpen,9000 Gent", "bpost,PostNL"},
		{"CH", "CHF", "de-CH", "+417", 1, 95, "Urs,Vreni,Ändu,Céline,Flurin", "Zürcher,Bünzli,Aebischer,Favre,Camenisch", "Bahnhofstrasse,Rue du Rhône,Höheweg", "8001 Zürich,1204 Genève,3011 Bern", "Swiss Post,Planzer"},
		{"CZ", "CZK", "cs-CZ", "+4207", 1, 2500, "Jiří,Božena,Ondřej,Žofie,Květa", "Dvořák,Novotná,Šťastný,Křížová,Říha", "Václavské náměstí,Dlouhá,Na Příkopě", "110 00 Praha,602 00 Brno,301 00 Plzeň", "Česká pošta,Zásilkovna"},
	}
}

// shopPerson makes up a customer of this market.
func (m *shopMarket) person(r *rand.Rand, o *models.Order) {
	o.CustomerName = m.pick(r, m.first) + " " + m.pick(r, m.last)
	local := strings.NewReplacer(" ", ".", "'", "").Replace(store.Fold(o.CustomerName))
	o.CustomerEmail = fmt.Sprintf("%s%02d@example.%s", local, r.IntN(100), []string{"com", "org", "net"}[r.IntN(3)])
	o.CustomerPhone = m.phone + digits(r, 8)
	place := m.pick(r, m.places)
	cut := strings.LastIndexAny(place, "0123456789") + 1
	if letters := strings.IndexByte(place[cut:], ' '); letters > 0 && m.country != "DK" {
		cut += letters // a code that ends in letters, as in GB and NL
	}
	o.Billing = models.Address{
		Line1: fmt.Sprintf("%s %d", m.pick(r, m.streets), 1+r.IntN(140)), PostalCode: strings.TrimSpace(place[:cut]),
		City: strings.TrimSpace(place[cut:]), Country: m.country,
	}
	if r.IntN(6) == 0 {
		o.Billing.Line2 = fmt.Sprintf("c/o %s, %d", m.pick(r, m.last), 1+r.IntN(30))
	}
	o.Shipping = models.Shipping{Name: o.CustomerName, Phone: o.CustomerPhone, Address: o.Billing}
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func digits(r *rand.Rand, n int) string { return letters(r, n, 10) }

func letters(r *rand.Rand, n, of int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = base62[r.IntN(of)]
	}
	return string(text)
}
