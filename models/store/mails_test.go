package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestMailPages: the pages hold each mail once, the newest first, there and back; those of one moment are told apart.
func TestMailPages(t *testing.T) {
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, id := range []string{"stf_a", "stf_b"} {
			if err := tx.InsertStaff(background, models.Staff{ID: id, Email: id, EmailFolded: id, Role: models.RoleStaff}); err != nil {
				return err
			}
		}
		for i := range 9 {
			m := models.Mail{ID: fmt.Sprintf("mai_%d", i), StaffID: "stf_a", Kind: models.NoticeTest, State: models.MailSent, Created: models.Unix(1000 + i/4)}
			if i%2 == 1 {
				m.StaffID, m.State = "stf_b", models.MailFailed
			}
			if err := tx.InsertMail(background, m); err != nil {
				return err
			}
		}
		return nil
	})
	read := func(query store.MailQuery) (ids []string, next, prev string) {
		t.Helper()
		query.Limit = 4
		page, err := db.Reader.Mails(background, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Mails {
			ids = append(ids, m.ID)
		}
		return ids, page.Next, page.Prev
	}
	first, next, prev := read(store.MailQuery{})
	second, further, back := read(store.MailQuery{After: next})
	third, end, _ := read(store.MailQuery{After: further})
	again, _, _ := read(store.MailQuery{Before: back})
	want := [][]string{{"mai_8", "mai_7", "mai_6", "mai_5"}, {"mai_4", "mai_3", "mai_2", "mai_1"}, {"mai_0"}, {"mai_8", "mai_7", "mai_6", "mai_5"}}
	if diff := cmp.Diff(want, [][]string{first, second, third, again}); diff != "" || prev != "" || end != "" {
		t.Errorf("before the first %q, after the last %q (-want +got):\n%s", prev, end, diff)
	}
	mine, more, _ := read(store.MailQuery{StaffID: "stf_b", States: []models.MailState{models.MailFailed, models.MailUnclear}})
	if diff := cmp.Diff([]string{"mai_7", "mai_5", "mai_3", "mai_1"}, mine); diff != "" || more != "" {
		t.Errorf("what failed of one person, %q: %s", more, diff)
	}
	if none, _, _ := read(store.MailQuery{StaffID: "stf_b", States: []models.MailState{models.MailSent}}); len(none) != 0 {
		t.Errorf("another's: %q", none)
	}
	if _, err := db.Reader.Mails(background, store.MailQuery{Before: "?"}); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

// TestLetterDrafts: of each person the last mail is kept, for that person alone, until it is recorded or its time is over.
func TestLetterDrafts(t *testing.T) {
	db := storetest.Open(t)
	keep := func(person, sha string, at models.Unix) {
		t.Helper()
		storetest.Tx(t, db, func(tx *store.Tx) error {
			return tx.PutLetterDraft(background, models.LetterDraft{StaffID: person, SHA256: sha, Data: []byte(sha), Created: at})
		})
	}
	kept := func(person, sha string) bool {
		t.Helper()
		d, err := db.Reader.LetterDraft(background, person, sha)
		if err != nil && !models.IsKind(err, models.KindNotFound) || err == nil && string(d.Data) != sha {
			t.Fatalf("%+v, %v", d, err)
		}
		return err == nil
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertStaff(background, models.Staff{ID: "stf_a", Email: "a", EmailFolded: "a", Role: models.RoleStaff}),
			tx.InsertStaff(background, models.Staff{ID: "stf_b", Email: "b", EmailFolded: "b", Role: models.RoleStaff}))
	})
	keep("stf_a", "one", 1000)
	keep("stf_a", "two", 2000)
	keep("stf_b", "three", 3000)
	if kept("stf_a", "one") || !kept("stf_a", "two") || kept("stf_a", "three") || !kept("stf_b", "three") {
		t.Error("the last of each, for each alone")
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PurgeLetterDrafts(background, 2001) })
	if kept("stf_a", "two") || !kept("stf_b", "three") {
		t.Error("what is older goes, the rest stays")
	}
	keep("stf_a", "three", 4000)
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.DropLetterDrafts(background, "three") })
	if kept("stf_a", "three") || kept("stf_b", "three") {
		t.Error("what is recorded is nobody's draft")
	}
}
