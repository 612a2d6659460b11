package models

import "time"

// Unix is a moment in whole seconds UTC, as Stripe counts it and as the database keeps it. Zero means "not known" or "never".
type Unix int64

// UnixOf cuts t to whole seconds; the zero time gives 0.
func UnixOf(t time.Time) Unix {
	if t.IsZero() {
		return 0
	}
	return Unix(t.Unix())
}

// Time gives the moment in UTC; 0 gives the zero time.
func (u Unix) Time() time.Time {
	if u == 0 {
		return time.Time{}
	}
	return time.Unix(int64(u), 0).UTC()
}

// IsZero tells whether the moment is not known.
func (u Unix) IsZero() bool { return u == 0 }

// Add moves the moment by d, cut to whole seconds.
func (u Unix) Add(d time.Duration) Unix { return u + Unix(d/time.Second) }
