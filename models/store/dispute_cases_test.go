package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestDisputeFilters(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1, Reference: "NG-1", CustomerName: "Jörg Müller"}, models.Order{ID: "pi_2", Created: 2, Reference: "NG-2"})
	exec(t, db, `insert into disputes (id, payment_intent_id, amount, currency, status, reason, due_by, created) values
		('du_1', 'pi_1', 1, 'EUR', 'needs_response', 'fraudulent', 50, 1), ('du_2', 'pi_2', 1, 'SEK', 'needs_response', 'duplicate', 90, 2)`)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertMailDispute(ctx, models.MailDispute{ID: "mds_1", OrderID: "pi_1", Currency: "EUR", Status: models.MailOpen, DueBy: 60}),
			tx.PutDisputeCase(ctx, models.DisputeCase{DisputeID: "du_2", AssigneeID: "stf_1", AssigneeName: "Sofia"}))
	})
	yes, no := true, false
	for name, test := range map[string]struct {
		query store.DisputeQuery
		want  []string
	}{
		"all":             {store.DisputeQuery{}, []string{"du_1", "mds_1", "du_2"}},
		"a customer":      {store.DisputeQuery{Search: "MULLER"}, []string{"du_1", "mds_1"}},
		"two words":       {store.DisputeQuery{Search: "muller ng-1"}, []string{"du_1", "mds_1"}},
		"no such words":   {store.DisputeQuery{Search: "muller ng-2"}, nil},
		"its own id":      {store.DisputeQuery{Search: "du_2"}, []string{"du_2"}},
		"reasons":         {store.DisputeQuery{Reasons: []string{"duplicate", "general"}}, []string{"du_2"}},
		"a currency":      {store.DisputeQuery{Currency: "SEK"}, []string{"du_2"}},
		"a person":        {store.DisputeQuery{Assignee: "stf_1"}, []string{"du_2"}},
		"nobody":          {store.DisputeQuery{Assignee: store.Unassigned}, []string{"du_1", "mds_1"}},
		"by mail":         {store.DisputeQuery{ByMail: &yes}, []string{"mds_1"}},
		"at Stripe":       {store.DisputeQuery{ByMail: &no}, []string{"du_1", "du_2"}},
		"due before":      {store.DisputeQuery{DueTo: 60}, []string{"du_1"}},
		"several at once": {store.DisputeQuery{Currency: "EUR", ByMail: &no, Search: "ng"}, []string{"du_1"}},
	} {
		page, err := db.Reader.Disputes(ctx, test.query)
		var got []string
		for _, d := range page.Disputes {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, test.want) || err != nil {
			t.Errorf("%s: %v %v, want %v", name, got, err, test.want)
		}
	}
}

func TestDraftRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	want := models.DisputeCase{DisputeID: "du_1", Goods: models.GoodsEvent, AssigneeID: "stf_1", AssigneeName: "S", Version: 3, SavedAt: 4, SavedBy: "S", StagedVersion: 2, StagedAt: 5, StageError: "e"}
	field := models.DraftField{DisputeID: "du_1", Field: "receipt", Value: "v", StaffID: "stf_1", StaffName: "S", At: 6}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutDisputeCase(ctx, models.DisputeCase{DisputeID: "du_1"}), tx.PutDisputeCase(ctx, want), tx.PutDraftField(ctx, models.DraftField{DisputeID: "du_1", Field: "receipt"}),
			tx.PutDraftField(ctx, field), tx.PutDraftField(ctx, models.DraftField{DisputeID: "du_1", Field: "gone"}), tx.DropDraftField(ctx, "du_1", "gone"))
	})
	got, err := db.Reader.DisputeCase(ctx, "du_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("case (-want +got):\n%s%v", diff, err)
	}
	fields, err := db.Reader.DraftFields(ctx, "du_1")
	if diff := cmp.Diff(map[string]models.DraftField{"receipt": field}, fields); diff != "" || err != nil {
		t.Errorf("fields (-want +got):\n%s%v", diff, err)
	}
	none, err := db.Reader.DisputeCase(ctx, "du_2")
	if diff := cmp.Diff(models.DisputeCase{DisputeID: "du_2"}, none); diff != "" || err != nil {
		t.Errorf("no case (-want +got):\n%s%v", diff, err)
	}
}

func TestDocumentRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	doc := models.Document{ID: "doc_1", OrderID: "pi_1", Field: "receipt", Name: "n.pdf", Type: "application/pdf", Pages: 2, Size: 3, SHA256: "h", Note: "x", StaffID: "stf_1", StaffName: "S", Created: 4, Content: []byte{1, 2, 3}}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertDocument(ctx, doc), tx.InsertDocument(ctx, models.Document{ID: "doc_2", OrderID: "pi_1", Content: []byte{9}}), tx.RemoveDocument(ctx, "doc_2", 7))
	})
	whole, err := db.Reader.Document(ctx, "doc_1")
	if diff := cmp.Diff(doc, whole); diff != "" || err != nil {
		t.Errorf("document (-want +got):\n%s%v", diff, err)
	}
	listed := doc
	listed.Content = nil
	list, err := db.Reader.Documents(ctx, "pi_1")
	if diff := cmp.Diff([]models.Document{listed}, list); diff != "" || err != nil {
		t.Errorf("list (-want +got):\n%s%v", diff, err)
	}
	if err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SetDocumentField(ctx, "doc_2", "receipt") }); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("a removed file was changed: %v", err)
	}
}

// TestOneSubmission holds that a dispute has one submission and one acceptance that were not refused, whatever happens.
func TestOneSubmission(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	want := models.Submission{ID: "sub_1", DisputeID: "du_1", OrderID: "pi_1", Amount: 5, Currency: "EUR", DraftHash: "d", SHA256: "s",
		Sent: []models.SentField{{Field: "receipt", FileID: "file_1", SHA256: "h", Size: 3}}, State: models.ActPending, ActOutcome: models.ActOutcome{FormToken: "t", Requested: 1}}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertSubmission(ctx, want) })
	second := models.Submission{ID: "sub_2", DisputeID: "du_1", Sent: []models.SentField{}, State: models.ActPending, ActOutcome: models.ActOutcome{FormToken: "u"}}
	if err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertSubmission(ctx, second) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a second submission: %v", err)
	}
	got, err := db.Reader.Submission(ctx, "sub_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("submission (-want +got):\n%s%v", diff, err)
	}
	want.State = models.ActRefused
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.SaveSubmission(ctx, want), tx.InsertSubmission(ctx, second))
	})
	acceptance := models.Acceptance{ID: "acc_1", DisputeID: "du_1", State: models.ActPending}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertAcceptance(ctx, acceptance) })
	acceptance.ID = "acc_2"
	if err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertAcceptance(ctx, acceptance) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a second acceptance: %v", err)
	}
}

// TestEraseEvidence holds that nothing of the customer is left but the hashes.
func TestEraseEvidence(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1}, models.Order{ID: "pi_2", Created: 2})
	exec(t, db, `insert into disputes (id, payment_intent_id, amount, currency, status, created) values ('du_1', 'pi_1', 1, 'EUR', 'lost', 1), ('du_2', 'pi_2', 1, 'EUR', 'lost', 1)`)
	const secret = "Jonas Weber"
	for _, n := range []string{"1", "2"} {
		sent := []models.SentField{{Field: "customer_name", Text: secret, SHA256: "h"}, {Field: "receipt", FileID: "file_1", Name: secret + ".pdf", SHA256: "i", Size: 3}}
		storetest.Tx(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.PutDraftField(ctx, models.DraftField{DisputeID: "du_" + n, Field: "customer_name", Value: secret}),
				tx.InsertDocument(ctx, models.Document{ID: "doc_" + n, OrderID: "pi_" + n, Name: secret, Content: []byte(secret)}),
				tx.InsertEvidenceFile(ctx, models.EvidenceFile{ID: "evf_" + n, DisputeID: "du_" + n, Name: secret, Content: []byte(secret)}),
				tx.InsertSubmission(ctx, models.Submission{ID: "sub_" + n, DisputeID: "du_" + n, OrderID: "pi_" + n, SHA256: "all", Sent: sent, State: models.ActSucceeded}),
				tx.InsertMailDispute(ctx, models.MailDispute{ID: "mds_" + n, OrderID: "pi_" + n, Status: models.MailLost, Note: secret, LetterFrom: secret, LetterText: secret, LetterSHA256: "l" + n, Letter: []byte(secret)}))
		})
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.EraseEvidence(ctx, "pi_1", 9) })
	for _, n := range []string{"1", "2"} {
		fields, _ := db.Reader.DraftFields(ctx, "du_"+n)
		doc, _ := db.Reader.Document(ctx, "doc_"+n)
		file, _ := db.Reader.EvidenceFile(ctx, "evf_"+n)
		sub, _ := db.Reader.Submission(ctx, "sub_"+n)
		mail, _ := db.Reader.MailDispute(ctx, "mds_"+n)
		letter, _ := db.Reader.Letter(ctx, "mds_"+n)
		all := fmt.Sprintf("%v %s %s %v %s %v %v %v %s", fields, doc.Name, doc.Content, file.Name, file.Content, sub.Sent, mail, mail.Note, letter)
		if has := strings.Contains(all, secret); has == (n == "1") {
			t.Errorf("order %s: the customer is there: %t\n%s", n, has, all)
		}
		if sub.SHA256 != "all" || sub.Sent[0].SHA256 != "h" || sub.Sent[1].Size != 3 || mail.LetterSHA256 != "l"+n {
			t.Errorf("order %s: the hashes are gone: %+v", n, sub)
		}
	}
}
