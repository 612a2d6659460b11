// Package calendar writes the deadlines of a shop as a calendar that calendar programs read (RFC 5545).
package calendar

import (
	"bytes"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
)

// Event is a deadline. UID never changes for the same deadline.
type Event struct {
	UID, Title, Text, URL string
	At                    time.Time
}

const (
	// alarmBefore is how long before a deadline the program reminds.
	alarmBefore = "-P1D"
	// lineOctets is how long a line may be (RFC 5545, 3.1).
	lineOctets = 75
)

// Write writes a calendar of deadlines, made at now. All times are UTC, so that every program shows them right in its own zone.
// Errors: internal.
func Write(name string, events []Event, now time.Time) ([]byte, error) {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//Counterfoil//Deadlines//EN")
	cal.Props.SetText(ical.PropName, name)
	cal.Props.SetText("X-WR-CALNAME", name)
	for _, e := range events {
		event := ical.NewEvent()
		event.Props.SetText(ical.PropUID, e.UID)
		event.Props.SetDateTime(ical.PropDateTimeStamp, now.UTC())
		event.Props.SetDateTime(ical.PropDateTimeStart, e.At.UTC())
		event.Props.SetText(ical.PropSummary, e.Title)
		event.Props.SetText(ical.PropDescription, e.Text)
		event.Props.SetText(ical.PropTransparency, "TRANSPARENT")
		if u, err := url.Parse(e.URL); err == nil && e.URL != "" {
			event.Props.SetURI(ical.PropURL, u)
		}
		event.Children = append(event.Children, alarm(e.Title))
		cal.Children = append(cal.Children, event.Component)
	}
	if len(events) == 0 {
		return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Counterfoil//Deadlines//EN\r\nEND:VCALENDAR\r\n"), nil // the encoder takes none without events
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return nil, err
	}
	return fold(b.Bytes()), nil
}

func alarm(title string) *ical.Component {
	a := ical.NewComponent(ical.CompAlarm)
	a.Props.SetText(ical.PropAction, "DISPLAY")
	a.Props.SetText(ical.PropDescription, title)
	trigger := ical.NewProp(ical.PropTrigger)
	trigger.Value = alarmBefore
	a.Props.Set(trigger)
	return a
}

// fold breaks long lines, never within a letter.
func fold(text []byte) []byte {
	var b bytes.Buffer
	for raw := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		room := lineOctets
		for len(raw) > room {
			cut := room
			for !utf8.RuneStart(raw[cut]) {
				cut--
			}
			b.WriteString(raw[:cut] + "\r\n ")
			raw, room = raw[cut:], lineOctets-1
		}
		b.WriteString(raw + "\r\n")
	}
	return b.Bytes()
}
