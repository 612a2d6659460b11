package exports_test

import (
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/exports"
)

func TestCells(t *testing.T) {
	at := models.UnixOf(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC))
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		order models.Order
		want  string
	}{
		{models.Order{ID: "pi_1", Currency: "JPY", AmountAuthorized: 1500}, ",pi_1,,,JPY,1500,0,0,"},
		{models.Order{ID: "pi_1", Currency: "BHD", AmountAuthorized: 12345, AmountRefunded: 5}, ",pi_1,,,BHD,12.345,0.000,0.005,"},
		{models.Order{CustomerName: "Zoë \"Ü\" Ł", Currency: "EUR"}, `,"Zoë ""Ü"" Ł",`},
		{models.Order{CustomerName: "two\nlines", Currency: "EUR"}, "\"two\r\nlines\""},
		{models.Order{Reference: "=1+1"}, "'=1+1,"},
		{models.Order{Reference: "  +49 30"}, "'  +49 30,"},
		{models.Order{Reference: "-2"}, "'-2,"},
		{models.Order{Reference: "@x"}, "'@x,"},
		{models.Order{Reference: "\tx"}, "'\tx,"},
		{models.Order{Reference: "a=b"}, "\r\na=b,"},
		{models.Order{AuthorizedAt: at, Status: models.StatusAuthorized}, ",expired,"},
		{models.Order{AuthorizedAt: at}, "2026-03-01T12:00:00+01:00,2026-03-29T13:00:00+02:00,"},
		{models.Order{HasTracking: true}, ",yes,"},
	} {
		file, err := exports.Of([]models.Order{c.order}, models.UnixOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), exports.Options{Customers: true, Zone: zone})
		if err != nil || !strings.Contains(string(file), c.want) {
			t.Errorf("%+v: %v\n%s", c.order, err, file)
		}
	}
}
