package carriers_test

import (
	"testing"

	"counterfoil/models/carriers"
)

func TestIsPrecise(t *testing.T) {
	for name, want := range map[string]bool{
		"DHL Paket": true, "dhl  paket": true, "DHL": false, "dhl": false, "DPD": true, "DPD UK": true, "PostNord": true, "Budbee, DHL Express": true, "Budbee, DHL": false,
		"Budbee,": false, "": false, "  ": false, "Other": false, "other carrier": false, "Post": false, "Mein Kurier GmbH": true, "N/A": false, "Deutsche Post": true,
	} {
		if got := carriers.IsPrecise(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
	for _, c := range carriers.All() {
		if got := carriers.IsPrecise(c.Name); got != (c.Code != carriers.Other) {
			t.Errorf("%s of the table: %t", c.Name, got)
		}
	}
}
