package store_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestTxCommitsOrNothing(t *testing.T) {
	errMine := errors.New("mine")
	tests := []struct {
		name string
		run  func(db *store.DB) error
		want error
	}{
		{"error", func(db *store.DB) error {
			return db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
				if err := tx.SetSetting(context.Background(), "a", "1"); err != nil {
					return err
				}
				return errMine
			})
		}, errMine},
		{"panic", func(db *store.DB) (err error) {
			defer func() { err = recover().(error) }()
			return db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
				if err := tx.SetSetting(context.Background(), "a", "1"); err != nil {
					return err
				}
				panic(errMine)
			})
		}, errMine},
		{"context over before the commit", func(db *store.DB) error {
			ctx, cancel := context.WithCancel(context.Background())
			return db.Writer.Tx(ctx, func(tx *store.Tx) error {
				err := tx.SetSetting(ctx, "a", "1")
				cancel()
				return errors.Join(err, tx.SetSetting(ctx, "b", "1")) // not interrupted: the whole is rolled back instead
			})
		}, context.Canceled},
		{"goroutine ended", func(db *store.DB) error {
			var done sync.WaitGroup
			done.Go(func() {
				_ = db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
					if err := tx.SetSetting(context.Background(), "a", "1"); err != nil {
						t.Error(err)
					}
					runtime.Goexit()
					return nil
				})
			})
			done.Wait()
			return errMine
		}, errMine},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			called := false
			if err := tt.run(db); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
			for _, name := range []string{"a", "b"} {
				if v, found, err := db.Reader.Setting(context.Background(), name); found || err != nil {
					t.Errorf("%s = %q was written (%v)", name, v, err)
				}
			}
			storetest.Tx(t, db, func(tx *store.Tx) error { // the writer is free again
				tx.AfterCommit(func() {
					_, found, err := db.Reader.Setting(context.Background(), "a")
					called = found && err == nil
				})
				return tx.SetSetting(context.Background(), "a", "1")
			})
			if !called {
				t.Error("AfterCommit was not called after the commit")
			}
		})
	}
}

func TestAfterCommitNotAfterRollback(t *testing.T) {
	db := storetest.Open(t)
	err := db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
		tx.AfterCommit(func() { t.Error("called") })
		return errors.New("no")
	})
	if err == nil {
		t.Error("no error")
	}
}

func TestTxReadsItsOwnWrites(t *testing.T) {
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.SetSetting(context.Background(), "a", "1"); err != nil {
			return err
		}
		if v, _, err := tx.Setting(context.Background(), "a"); v != "1" || err != nil {
			t.Errorf("within: %q, %v", v, err)
		}
		if _, found, err := db.Reader.Setting(context.Background(), "a"); found || err != nil {
			t.Errorf("a reader sees it before the commit (%v)", err)
		}
		return nil
	})
}

// TestSecondTransactionInsideWaitsNoLongerThanItsContext shows that the mistake ends, and that nothing is left locked.
func TestSecondTransactionInsideWaitsNoLongerThanItsContext(t *testing.T) {
	db := storetest.Open(t)
	storetest.Tx(t, db, func(*store.Tx) error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		err := db.Writer.Tx(ctx, func(*store.Tx) error { t.Error("ran inside"); return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want deadline exceeded", err)
		}
		return nil
	})
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SetSetting(context.Background(), "a", "1") })
}

func TestWritersTakeTurnsWhileReadersRead(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	const writers, each = 8, 15
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				err := db.Writer.Tx(ctx, func(tx *store.Tx) error {
					v, _, err := tx.Setting(ctx, "n")
					if err != nil {
						return err
					}
					n, _ := strconv.Atoi(v)
					return tx.SetSetting(ctx, "n", strconv.Itoa(n+1))
				})
				if err != nil {
					t.Error(err)
				}
				if _, _, err := db.Reader.Setting(ctx, "n"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if v, _, err := db.Reader.Setting(ctx, "n"); v != strconv.Itoa(writers*each) || err != nil {
		t.Errorf("n = %s, want %d (%v)", v, writers*each, err)
	}
}

func TestWriterComesBackAfterItsConnectionIsLost(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SetSetting(ctx, "a", "1") })
	if err := db.Writer.DropConnection(); err != nil {
		t.Fatal(err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SetSetting(ctx, "a", "2") })
	if v, _, err := db.Reader.Setting(ctx, "a"); v != "2" || err != nil {
		t.Errorf("a = %q, %v", v, err)
	}
}

func TestClosedIsClosed(t *testing.T) {
	db := storetest.Open(t)
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Writer.Tx(context.Background(), func(*store.Tx) error { return nil }); err == nil {
		t.Error("wrote after Close")
	}
	if _, err := db.Reader.StaffCount(context.Background()); err == nil {
		t.Error("read after Close")
	}
}
