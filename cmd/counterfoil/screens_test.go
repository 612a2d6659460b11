package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreens takes the screenshots of the README into the folder that COUNTERFOIL_SCREENS names ('task screens').
func TestScreens(t *testing.T) {
	dir := os.Getenv("COUNTERFOIL_SCREENS")
	if dir == "" {
		t.Skip("takes screenshots: set COUNTERFOIL_SCREENS to a folder, or use 'task screens'")
	}
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--now", "2026-11-17T13:02:00Z")
	b := d.tab(t, parent, true)
	b.signIn("manager")
	for name, path := range d.pages() {
		for suffix, view := range map[string]struct {
			scheme string
			width  int64
		}{"": {"light", 1280}, "-dark": {"dark", 1280}, "-phone": {"light", 390}, "-phone-dark": {"dark", 390}} {
			b.look(path, view.scheme, view.width)
			b.shoot(filepath.Join(dir, name+suffix+".png"))
		}
	}
	b.look(d.pages()["order"], "light", 1280)
	b.typeTracking("TAUBE-1")
	b.fill("#capture-panel [name=amount]", "1")
	b.press("#capture-panel button.pri")
	b.sees("it cannot be captured later")
	b.shoot(filepath.Join(dir, "capture-less.png"))
}

// shoot saves the whole page as a picture.
func (b *browser) shoot(file string) {
	b.t.Helper()
	png := ask(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
