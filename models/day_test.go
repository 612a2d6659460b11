package models_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"counterfoil/models"
)

// TestDayStart: before the first moment of a day it is another day, in every zone of this machine and on each day on which its clocks
// change: those that jump over midnight (America/Sao_Paulo 2018), fall back onto it (America/Havana, Atlantic/Azores), or leave a day out
// (Pacific/Apia and Pacific/Fakaofo 2011).
func TestDayStart(t *testing.T) {
	days := 0
	for _, name := range zoneNames(t) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).In(zone); at.Year() < 2030; days++ {
			_, end := at.ZoneBounds()
			if end.IsZero() {
				break
			}
			at = end
			for shift := -1; shift <= 1; shift++ {
				day := time.Date(at.Year(), at.Month(), at.Day()+shift, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				got := models.DayStart(at.Year(), at.Month(), at.Day()+shift, zone)
				leftOut := day == "2011-12-30" && (name == "Pacific/Apia" || name == "Pacific/Fakaofo") && got.Format(time.DateOnly) == "2011-12-31"
				if got.Format(time.DateOnly) != day && !leftOut || got.Add(-time.Second).Format(time.DateOnly) >= day {
					t.Errorf("%s: %s begins at %s", name, day, got.Format(time.RFC3339))
				}
			}
		}
	}
	if days < 1000 {
		t.Errorf("only %d days on which a clock changed", days)
	}
}

// zoneNames are the zones whose days are hard, and all others that this machine knows.
func zoneNames(t *testing.T) []string {
	t.Helper()
	names := []string{"Europe/Stockholm", "America/New_York", "Australia/Adelaide", "Pacific/Chatham", "America/Sao_Paulo", "America/Havana", "Atlantic/Azores",
		"Pacific/Apia", "Africa/Cairo", "Asia/Beirut", "Asia/Amman", "America/Asuncion", "Australia/Lord_Howe", "America/St_Johns", "Asia/Tehran", "Asia/Gaza"}
	const root = "/usr/share/zoneinfo"
	for _, region := range []string{"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"} {
		err := filepath.WalkDir(filepath.Join(root, region), func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) || err == nil && d.IsDir() {
				return nil
			}
			name, _ := filepath.Rel(root, path)
			names = append(names, name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}
