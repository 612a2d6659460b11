package warehouse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models/warehouse"
)

func TestRead(t *testing.T) {
	want := func(order, carrier, tracking, amount, shipped string) []warehouse.Line {
		return []warehouse.Line{{Order: order, Carrier: carrier, Tracking: tracking, Amount: amount, Shipped: shipped}}
	}
	for name, tt := range map[string]struct {
		text string
		want []warehouse.Line
	}{
		"english, comma":       {"Order number,Carrier,Tracking number\nNG-1,DHL Paket,00340434161094042557\n", want("NG-1", "DHL Paket", "00340434161094042557", "", "")},
		"german, semicolon":    {"Bestellnummer;Versanddienstleister;Sendungsnummer;Betrag;Versanddatum\r\nNG-1;Hermes;H1004420019283701044;189,90;17.11.2026\r\n", want("NG-1", "Hermes", "H1004420019283701044", "189,90", "17.11.2026")},
		"swedish, tab, latin1": {"Ordernummer\tTransport\xf6r\tKolli-ID\nNG-\xc5\tPostNord\tRR473124829SE\n", want("NG-Å", "PostNord", "RR473124829SE", "", "")},
		"mark of utf-8":        {"\ufeffref;tracking\nNG-1;RR473124829SE\n", want("NG-1", "", "RR473124829SE", "", "")},
		"other order":          {"Date,Parcel number,Customer,Order\n2026-11-17,RR473124829SE,Weber,NG-1\n", want("NG-1", "", "RR473124829SE", "", "2026-11-17")},
		"no header":            {"NG-1;DHL Paket;00340434161094042557\nNG-2;DHL Paket;00340434161094042564\n", nil},
		"pasted with blanks":   {"NG-1 00340434161094042557\nNG-2 00340434161094042564\n", nil},
		"quotes and breaks":    {"order,note,tracking\n\"NG-1\",\"two\nlines, and a comma\",\"RR473124829SE\"\n", want("NG-1", "", "RR473124829SE", "", "")},
		"excel keeps a text":   {"order;tracking\n'NG-1;=\"00340434161094042557\"\n", want("NG-1", "", "00340434161094042557", "", "")},
		"empty lines":          {"\n\norder;tracking\n\n;\nNG-1;RR473124829SE\n\n", want("NG-1", "", "RR473124829SE", "", "")},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := warehouse.Read([]byte(tt.text), nil)
			if err != nil || f.Unsure {
				t.Fatalf("%v, columns %v", err, f.Columns)
			}
			if tt.want == nil {
				if len(f.Lines) != 2 || f.Lines[1].Order != "NG-2" || f.Lines[1].Tracking != "00340434161094042564" {
					t.Errorf("read %+v", f.Lines)
				}
				return
			}
			for i := range f.Lines {
				if f.Lines[i].Number < 1 {
					t.Error("a line without a number")
				}
				f.Lines[i].Number = 0
			}
			if diff := cmp.Diff(tt.want, f.Lines); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	many := strings.Repeat("NG-1;RR473124829SE\n", warehouse.MaxLines+2)
	for text, want := range map[string]string{
		"":                           "nothing in it",
		" \n\t\n":                    "nothing in it",
		"PK\x03\x04rest of a zip":    "zip",
		"%PDF-1.7":                   "PDF",
		"\xff\xfeo\x00r\x00":         "UTF-16",
		"order;tracking\nNG-1;\x00x": "not a text file",
		many:                         "more than 20000 lines",
	} {
		_, err := warehouse.Read([]byte(text), nil)
		var u *warehouse.Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Message, want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
}

func TestHardLines(t *testing.T) {
	f, err := warehouse.Read([]byte("order;tracking\nNG-1;"+strings.Repeat("9", 10_000)+"\nNG-2;RR473124829SE\n=cmd|' /C calc'!A0;RR473124829SE\n"), nil)
	if err != nil || len(f.Lines) != 3 || !strings.Contains(f.Lines[0].Fault, "10000 characters") || f.Lines[1].Fault != "" || f.Lines[2].Order != "=cmd|' /C calc'!A0" {
		t.Errorf("%v %+v", err, f.Lines)
	}
	if f, err := warehouse.Read([]byte("a;b;c\nx;y;z\n"), nil); err != nil || len(f.Sample) == 0 {
		t.Errorf("columns that mean nothing: %v %+v", err, f)
	}
	chosen := []warehouse.Column{warehouse.ColumnTracking, warehouse.ColumnNone, warehouse.ColumnOrder}
	if f, err := warehouse.Read([]byte("x1;y;z1\nx2;y;z2\n"), chosen); err != nil || len(f.Lines) != 2 || f.Lines[0].Order != "z1" || f.Lines[0].Tracking != "x1" {
		t.Errorf("chosen columns: %v %+v", err, f)
	}
	if f, err := warehouse.Read([]byte("NG-1\n00340434161094042557\nNG-2\n"), nil); err != nil || fmt.Sprint(f.Codes) != "[NG-1 00340434161094042557 NG-2]" {
		t.Errorf("scanned codes: %v %+v", err, f)
	}
}

func TestDay(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-17": "2026-11-17", "17.11.2026": "2026-11-17", "7.1.2026": "2026-01-07", "17/11/2026": "2026-11-17", "11/17/2026": "2026-11-17", "05/05/2026": "2026-05-05",
		"2026-11-17T10:00:00Z": "2026-11-17", "2026-11-17 10:00": "2026-11-17", "20261117": "2026-11-17", "03/04/2026": "", "soon": "", "": "", "32.1.2026": "",
	} {
		if got, ok := warehouse.Day(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q %t", text, got, ok)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"order;tracking\nNG-1;1", "a,b\n\"", "x\n", "\t\t\n", "1 2\n3 4", "PK\x03\x04"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := warehouse.Read(data, nil)
		var u *warehouse.Unreadable
		if err != nil && !errors.As(err, &u) {
			t.Errorf("an error of another kind: %v", err)
		}
		if len(file.Lines) > warehouse.MaxLines+1 {
			t.Errorf("%d lines", len(file.Lines))
		}
	})
}
