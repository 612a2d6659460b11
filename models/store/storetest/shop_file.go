package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"counterfoil/models/store"
)

// ShopFile gives the path of a database of so many made-up orders up to ShopNow. It is made once for each number and schema and kept in
// the user's cache folder, so nobody writes to it: see ShopCopy.
func ShopFile(t testing.TB, orders int) string {
	t.Helper()
	path, err := shopFile(context.Background(), orders)
	if err != nil {
		t.Fatalf("storetest: the shop of %d orders: %v", orders, err)
	}
	return path
}

// ShopCopy is a copy of ShopFile for a test of its own, which may be written to.
func ShopCopy(t testing.TB, orders int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	if err := copyFile(path, ShopFile(t, orders)); err != nil {
		t.Fatalf("storetest: copy: %v", err)
	}
	return path
}

func shopFile(ctx context.Context, orders int) (string, error) {
	version, err := store.SchemaVersion()
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "counterfoil-bench")
	path := filepath.Join(folder, fmt.Sprintf("orders-%d-schema-%d-shop-%d.db", orders, version, shopVersion))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	temporary, err := os.MkdirTemp(folder, "making-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temporary)
	made := filepath.Join(temporary, "shop.db")
	if err := makeShop(ctx, made, orders); err != nil {
		return "", err
	}
	return path, os.Rename(made, path)
}

// shopVersion is part of the kept file's name: it rises when the made-up orders or a migration that is not yet released change.
const shopVersion = 2

func makeShop(ctx context.Context, path string, orders int) (err error) {
	db, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }() // the last one to close writes the log back
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return FillShop(ctx, db, orders, ShopNow())
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
