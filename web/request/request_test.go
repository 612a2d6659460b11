package request_test

import (
	"context"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/web/request"
)

func TestWhatWasSetIsRead(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	staff := &models.Staff{ID: "stf_1"}
	ctx := request.WithStaff(context.Background(), staff)
	ctx = request.WithLocale(ctx, "sv-SE")
	ctx = request.WithZone(ctx, zone)
	ctx = request.WithCSRF(ctx, "token")
	ctx = request.WithRequestID(ctx, "7F2A")
	if request.Staff(ctx) != staff || request.Locale(ctx) != "sv-SE" || request.Zone(ctx) != zone ||
		request.CSRF(ctx) != "token" || request.RequestID(ctx) != "7F2A" {
		t.Errorf("%v %s %v %s %s", request.Staff(ctx), request.Locale(ctx), request.Zone(ctx), request.CSRF(ctx), request.RequestID(ctx))
	}
}

func TestNothingSet(t *testing.T) {
	bare := context.Background()
	empty := request.WithZone(request.WithLocale(request.WithStaff(bare, nil), ""), nil)
	for name, ctx := range map[string]context.Context{"bare": bare, "empty": empty} {
		if request.Staff(ctx) != nil || request.Locale(ctx) != "en" || request.Zone(ctx) != time.UTC ||
			request.CSRF(ctx) != "" || request.RequestID(ctx) != "" {
			t.Errorf("%s: %v %s %v %q %q", name, request.Staff(ctx), request.Locale(ctx), request.Zone(ctx), request.CSRF(ctx), request.RequestID(ctx))
		}
	}
}
