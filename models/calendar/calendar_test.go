package calendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"counterfoil/models/calendar"
)

func TestWriteIsReadByALibrary(t *testing.T) {
	at := time.Date(2026, 11, 24, 13, 0, 0, 0, time.FixedZone("CET", 3600))
	title := "Capture by: NG-1; a, b, " + strings.Repeat("ö€", 60)
	text, err := calendar.Write("Nordic Goods", []calendar.Event{{UID: "capture-pi_1@counterfoil", Title: title, Text: "first\nsecond, third; \\", URL: "https://desk.example.com/orders/pi_1", At: at}},
		at.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
	cal, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	events := cal.Events()
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	e := events[0]
	if got, err := e.DateTimeStart(time.UTC); err != nil || !got.Equal(at) {
		t.Errorf("it begins at %s (%v), want %s", got, err, at)
	}
	for name, want := range map[string]string{ical.PropUID: "capture-pi_1@counterfoil", ical.PropSummary: title, ical.PropDescription: "first\nsecond, third; \\"} {
		if got, err := e.Props.Text(name); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	if len(e.Children) != 1 || e.Children[0].Name != ical.CompAlarm {
		t.Error("there is no alarm")
	}
}

func TestWriteWithoutDeadlines(t *testing.T) {
	text, err := calendar.Write("Nordic Goods", nil, time.Now())
	if err != nil || !strings.HasPrefix(string(text), "BEGIN:VCALENDAR\r\n") || !strings.HasSuffix(string(text), "END:VCALENDAR\r\n") {
		t.Errorf("%q %v", text, err)
	}
}

// TestWriteOverTheChangeOfTheClock: moments of the doubled hour and on both sides of the change are told apart, since all are UTC.
func TestWriteOverTheChangeOfTheClock(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(stockholm) // 02:30 in summer time
	second := first.Add(time.Hour)                                        // 02:30 again
	if first.Format(time.TimeOnly) != second.Format(time.TimeOnly) {
		t.Fatalf("%s and %s are no doubled hour", first, second)
	}
	for at, want := range map[time.Time]string{
		first: "20261025T003000Z", second: "20261025T013000Z",
		time.Date(2026, 10, 24, 23, 59, 59, 0, stockholm): "20261024T215959Z", time.Date(2026, 10, 25, 23, 59, 59, 0, stockholm): "20261025T225959Z",
		time.Date(2027, 3, 27, 23, 59, 59, 0, stockholm): "20270327T225959Z", time.Date(2027, 3, 28, 23, 59, 59, 0, stockholm): "20270328T215959Z",
	} {
		text, err := calendar.Write("Nordic Goods", []calendar.Event{{UID: "1", Title: "Evidence by", At: at}}, first)
		if err != nil || !strings.Contains(string(text), "\r\nDTSTART:"+want+"\r\n") || strings.Contains(string(text), "TZID") {
			t.Errorf("%s: %v\n%s", at, err, text)
		}
	}
}
