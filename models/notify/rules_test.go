package notify_test

import (
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/notify"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAuthorizationStep(t *testing.T) {
	by := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		8 * 24 * time.Hour: "", 7*24*time.Hour + time.Second: "", 7 * 24 * time.Hour: "7", 4 * 24 * time.Hour: "7", 3 * 24 * time.Hour: "3",
		25 * time.Hour: "3", 24 * time.Hour: "1", time.Second: "1", 0: "", -time.Hour: "",
	} {
		if got := notify.AuthorizationStep(by, by.Add(-left)); got != want {
			t.Errorf("%s before the end: step %q, want %q", left, got, want)
		}
	}
}

func TestDisputeStepOnTheLastMorning(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	for name, c := range map[string]struct {
		by, now time.Time
		zone    *time.Location
		want    string
	}{
		"the day before":             {time.Date(2026, 11, 24, 23, 59, 0, 0, stockholm), time.Date(2026, 11, 24, 6, 59, 0, 0, stockholm), stockholm, "1"},
		"the last morning":           {time.Date(2026, 11, 24, 23, 59, 0, 0, stockholm), time.Date(2026, 11, 24, 7, 0, 0, 0, stockholm), stockholm, "last"},
		"due before it is morning":   {time.Date(2026, 11, 24, 3, 0, 0, 0, stockholm), time.Date(2026, 11, 23, 7, 0, 0, 0, stockholm), stockholm, "last"},
		"due at that hour":           {time.Date(2026, 11, 24, 7, 0, 0, 0, stockholm), time.Date(2026, 11, 23, 8, 0, 0, 0, stockholm), stockholm, "last"},
		"the clocks go forward":      {time.Date(2026, 3, 29, 20, 0, 0, 0, stockholm), time.Date(2026, 3, 29, 5, 0, 0, 0, time.UTC), stockholm, "last"},
		"and a minute before":        {time.Date(2026, 3, 29, 20, 0, 0, 0, stockholm), time.Date(2026, 3, 29, 4, 59, 0, 0, time.UTC), stockholm, "1"},
		"the clocks go back":         {time.Date(2026, 10, 25, 20, 0, 0, 0, stockholm), time.Date(2026, 10, 25, 5, 59, 0, 0, time.UTC), stockholm, "1"},
		"another zone, same moments": {time.Date(2026, 11, 24, 22, 59, 0, 0, time.UTC), time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), zone(t, "America/New_York"), "1"},
		"over":                       {time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), time.UTC, ""},
	} {
		if got := notify.DisputeStep(c.by, c.now, c.zone); got != c.want {
			t.Errorf("%s: step %q, want %q", name, got, c.want)
		}
	}
}

func TestDigestDay(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	seven := models.DefaultNoticeChoices("stf_1")
	two, none := seven, seven
	two.Hour, none.Digest = 2, false
	for name, c := range map[string]struct {
		choices models.NoticeChoices
		now     time.Time
		want    string
	}{
		"too early":                 {seven, time.Date(2026, 11, 24, 5, 59, 59, 0, time.UTC), ""},
		"in time":                   {seven, time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), "2026-11-24"},
		"a late start":              {seven, time.Date(2026, 11, 24, 22, 59, 0, 0, time.UTC), "2026-11-24"},
		"the shop's day has begun":  {seven, time.Date(2026, 11, 24, 23, 1, 0, 0, time.UTC), ""},
		"summer time":               {seven, time.Date(2026, 7, 1, 5, 0, 0, 0, time.UTC), "2026-07-01"},
		"an hour that there is not": {two, time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), "2026-03-29"},
		"an hour that comes twice":  {two, time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), "2026-10-25"},
		"a person who wants none":   {none, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), ""},
	} {
		if got := notify.DigestDay(c.choices, c.now, stockholm); got != c.want {
			t.Errorf("%s: digest of %q, want %q", name, got, c.want)
		}
	}
}

func TestGetsFollowsTheRights(t *testing.T) {
	all := models.DefaultNoticeChoices("stf_1")
	off := all
	off.Off = []models.NoticeKind{models.NoticeDispute}
	for name, c := range map[string]struct {
		person  models.Staff
		choices models.NoticeChoices
		kind    models.NoticeKind
		want    bool
	}{
		"payouts are not for staff": {models.Staff{Role: models.RoleStaff}, all, models.NoticePayout, false},
		"payouts are for viewers":   {models.Staff{Role: models.RoleViewer}, all, models.NoticePayout, true},
		"disputes are for staff":    {models.Staff{Role: models.RoleStaff}, all, models.NoticeDispute, true},
		"switched off":              {models.Staff{Role: models.RoleAdmin}, off, models.NoticeDispute, false},
		"another is switched off":   {models.Staff{Role: models.RoleAdmin}, off, models.NoticeRefund, true},
		"who is shut out gets none": {models.Staff{Role: models.RoleAdmin, DisabledAt: 1}, all, models.NoticeDigest, false},
		"who has no role gets none": {models.Staff{}, all, models.NoticeDigest, false},
	} {
		if got := notify.Gets(c.person, c.choices, c.kind); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSilence(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	last := models.UnixOf(now.Add(-24*time.Hour - time.Second))
	if notify.Silence(last, now) == "" || notify.Silence(last+1, now) != "" || notify.Silence(0, now) != "" {
		t.Error("silence is told after 24 hours, once there was an event")
	}
	if notify.Silence(last, now) == notify.Silence(last-1, now) {
		t.Error("another silence is told anew")
	}
}
