package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestZZLook(t *testing.T) {
	dir := os.Getenv("ZZ")
	if dir == "" {
		t.Skip()
	}
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--now", "2026-11-17T13:02:00Z")
	b := d.tab(t, parent, true)
	b.signIn("manager")
	for name, path := range map[string]string{"today": "/", "ship": "/ship", "orders": "/orders?tab=captured"} {
		b.look(path, "light", 1280)
		b.shoot(filepath.Join(dir, name+".png"))
		b.look(path, "dark", 390)
		b.shoot(filepath.Join(dir, name+"-phone-dark.png"))
	}
}
