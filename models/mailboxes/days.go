package mailboxes

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"counterfoil/models"
)

// maxHolidays is how many holidays may be planned, maxHolidayName how long a name may be, in characters.
const maxHolidays, maxHolidayName = 500, 80

// ReadHolidays reads lines of a day and a name, and gives those after today. A line of a day that is over, or of today, is taken only as it
// stands in the calendar. Errors: invalid (field "holidays"), with the number of the line.
func ReadHolidays(lines, today string, c Calendar) (holidays []models.Holiday, err error) {
	number := 0
	for line := range strings.Lines(lines) {
		number++
		if strings.TrimSpace(line) == "" {
			continue
		}
		day, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		h := models.Holiday{Day: day, Name: strings.TrimSpace(name)}
		if wrong := wrongHoliday(h, today, c, holidays); wrong != "" {
			return nil, &models.Error{Kind: models.KindInvalid, Code: "holiday_invalid", Field: "holidays", Message: fmt.Sprintf("Line %d: %s", number, wrong)}
		}
		if h.Day > today {
			holidays = append(holidays, h)
		}
	}
	return holidays, nil
}

// wrongHoliday says what is wrong with a holiday after those of the lines above; "" for nothing.
func wrongHoliday(h models.Holiday, today string, c Calendar, above []models.Holiday) string {
	_, err := time.Parse(time.DateOnly, h.Day)
	switch {
	case err != nil:
		return "begin with the day as year-month-day, for example 2026-12-25 Christmas Day."
	case h.Name == "":
		return "write the holiday’s name after the day."
	case utf8.RuneCountInString(h.Name) > maxHolidayName:
		return fmt.Sprintf("the name is too long: at most %d characters.", maxHolidayName)
	case h.Day <= today && c.Holidays[h.Day] != h.Name:
		return "this day has begun or is over. What was missed on it is acknowledged with a note under Mailboxes."
	case slices.ContainsFunc(above, func(a models.Holiday) bool { return a.Day == h.Day }):
		return h.Day + " stands above already."
	case len(above) >= maxHolidays:
		return fmt.Sprintf("at most %d holidays can be planned.", maxHolidays)
	}
	return ""
}
