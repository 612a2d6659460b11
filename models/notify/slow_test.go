package notify_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/mail/mailtest"
	"counterfoil/models/store"
)

// TestTheServerAnswersTooLate: what it took without an answer in time is unclear, and stays so when its answer comes.
func TestTheServerAnswersTooLate(t *testing.T) {
	server, _ := mailtest.Start(t, "")
	release := server.Hold()
	defer release()
	d := newDesk(t, server.Addr)
	d.Sender.Timeout = 2 * time.Second
	if err := d.Test(t.Context(), models.Actor{StaffID: "stf_ann"}); err != nil {
		t.Fatal(err)
	}
	d.run(func(m []models.Mail) bool { return m[0].State == models.MailUnclear })
	release()
	if err := d.Test(t.Context(), models.Actor{StaffID: "stf_bo"}); err != nil {
		t.Fatal(err)
	}
	d.run(func(m []models.Mail) bool { return slices.Equal(states(m), []string{"Ann unclear", "Bo sent"}) })
	ann := d.mails()[slices.IndexFunc(d.mails(), func(m models.Mail) bool { return m.Name == "Ann" })]
	if ann.Error != "The mail was handed over, and the mail server did not answer." || ann.Attempts != 1 || server.With("To: <ann@example.com>") != 1 {
		t.Errorf("%q after %d tries, handed over %d times", ann.Error, ann.Attempts, server.With("To: <ann@example.com>"))
	}
}

// TestASlowServerHoldsUpMailsOnly: while it keeps more mails waiting than there are workers, other work is done.
func TestASlowServerHoldsUpMailsOnly(t *testing.T) {
	server, _ := mailtest.Start(t, "")
	release := server.Hold()
	defer release()
	d := newDesk(t, server.Addr)
	const mails = 12
	for range mails {
		if err := d.Test(t.Context(), models.Actor{StaffID: "stf_ann"}); err != nil {
			t.Fatal(err)
		}
	}
	d.write(func(_ context.Context, tx *store.Tx) error {
		_, err := d.queue.Enqueue(tx, "other", nil, 0)
		return err
	})
	other := make(chan struct{})
	work := d.Work()
	work["other"] = func(context.Context, []byte) error { close(other); return nil }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.queue.Run(ctx, work) }()
	select {
	case <-other:
	case <-time.After(20 * time.Second):
		t.Error("other work waits for the mail server")
	}
	release()
	stop()
	<-ended
	d.run(func([]models.Mail) bool { return server.With("Test mail from") == mails })
}
