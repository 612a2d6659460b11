package documents_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"counterfoil/models/documents"
)

// opened reads a PDF with the library alone.
func opened(t testing.TB, content []byte) *model.Context {
	t.Helper()
	file, err := pdfcpu.Read(bytes.NewReader(content), &model.Configuration{Reader15: true, ValidationMode: model.ValidationRelaxed, Limits: model.DefaultResourceLimits()})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.EnsurePageCount(); err != nil {
		t.Fatal(err)
	}
	return file
}

// unpacked is all that a PDF's objects say.
func unpacked(t testing.TB, content []byte) string {
	t.Helper()
	file := opened(t, content)
	var all strings.Builder
	for number := range file.Table {
		o, err := file.Dereference(*types.NewIndirectRef(number, 0))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, o)
		if s, ok := o.(types.StreamDict); ok {
			if err := s.Decode(); err == nil {
				all.Write(s.Content)
			}
		}
	}
	return all.String()
}

// texts is what the pages of a PDF are drawn from, in their order.
func texts(t testing.TB, content []byte) (pages []string) {
	t.Helper()
	file := opened(t, content)
	for number := 1; number <= file.PageCount; number++ {
		r, err := pdfcpu.ExtractPageContent(file, number)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, text.String())
	}
	return pages
}

func TestCombinePassesOnWhatFits(t *testing.T) {
	for name, content := range map[string][]byte{"a.pdf": makePDF("", nil, "one"), "a.jpg": asJPEG(t, corners(40, 30), 90), "a.png": asPNG(t, corners(40, 30))} {
		part := mustRead(t, name, content)
		d, said, err := documents.Combine("proof of delivery", []documents.Document{part}, part.Size)
		if err != nil || said != "" || !bytes.Equal(d.Content, part.Content) || d.Name != "proof of delivery"+name[1:] || part.Name != name {
			t.Errorf("%s: %v, %q, %q", name, err, said, d.Name)
		}
	}
}

func TestCombineBindsInOrder(t *testing.T) {
	translucent := image.NewNRGBA(image.Rect(0, 0, 50, 50))
	draw.Draw(translucent, translucent.Rect, image.NewUniform(color.NRGBA{R: 200, A: 100}), image.Point{}, draw.Src)
	parts := []documents.Document{
		mustRead(t, "1.png", asPNG(t, corners(300, 200))),
		mustRead(t, "2.pdf", makePDF("", nil, "invoice 1", "invoice 2")),
		mustRead(t, "3.jpg", asJPEG(t, corners(2000, 1000), 80)),
		mustRead(t, "4.pdf", bytes.Replace(makePDF("", nil, "label"), []byte("%PDF-1.7"), []byte("%PDF-2.0"), 1)),
		mustRead(t, "5.png", asPNG(t, translucent)),
		mustRead(t, "6.png", asPNG(t, image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{color.White, color.Black, color.RGBA{R: 9, A: 255}}))),
		mustRead(t, "7.jpg", asJPEG(t, image.NewGray(image.Rect(0, 0, 20, 20)), 80)),
	}
	d, said, err := documents.Combine("all.jpg", parts, documents.MaxBytes)
	if err != nil || said != "" || d.Name != "all.pdf" || d.Type != documents.TypePDF || d.Pages != 8 {
		t.Fatalf("%v, %q, %s, %s, %d pages", err, said, d.Name, d.Type, d.Pages)
	}
	want := []string{"/Picture", "(invoice 1)", "(invoice 2)", "/Picture", "(label)", "/Picture", "/Picture", "/Picture"}
	got := texts(t, d.Content)
	if len(got) != len(want) {
		t.Fatalf("%d pages", len(got))
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("page %d is %q, want %s", i+1, got[i], want[i])
		}
	}
	again := mustRead(t, d.Name, d.Content)
	if again.Pages != 8 || again.Removed != "" || again.SHA256 != d.SHA256 {
		t.Errorf("read again: %d pages, %q", again.Pages, again.Removed)
	}
	if twice, _, err := documents.Combine("twice", []documents.Document{again, parts[0]}, documents.MaxBytes); err != nil || twice.Pages != 9 {
		t.Errorf("bound again: %v, %d pages", err, twice.Pages)
	}
}

// firstCorner is where the corner of the stored picture at the top left is to be seen. Source: Exif 2.32, tag 0x0112, "Orientation".
var firstCorner = map[byte]string{
	1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left", 5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left",
}

func TestCombineTurnsPicturesUpright(t *testing.T) {
	pdf := mustRead(t, "a.pdf", makePDF("", nil, "one"))
	for orientation, want := range firstCorner {
		t.Run(strconv.Itoa(int(orientation)), func(t *testing.T) {
			side := orientation >= 5
			photo := mustRead(t, "a.jpg", behindStart(asJPEG(t, corners(400, 200), 95), exif(orientation)))
			d, _, err := documents.Combine("all", []documents.Document{pdf, photo}, documents.MaxBytes)
			if err != nil {
				t.Fatal(err)
			}
			corner, wide := seenOnPage(t, texts(t, d.Content)[1])
			if corner != want || wide == side {
				t.Errorf("on the page: %s, wide %t", corner, wide)
			}

			big := mustRead(t, "a.jpg", behindStart(asJPEG(t, corners(1100, 550), 95), exif(orientation)))
			small, said, err := documents.Combine("one", []documents.Document{big}, big.Size-1)
			if err != nil || !strings.HasPrefix(said, "1 picture was made smaller: ") || small.Size > big.Size-1 || small.Name != "one.jpg" {
				t.Fatalf("%v %q %d", err, said, small.Size)
			}
			m, err := jpeg.Decode(bytes.NewReader(small.Content))
			if err != nil || m.Bounds().Dx() != small.Width || m.Bounds().Dy() != small.Height || (small.Width > small.Height) == side {
				t.Fatalf("%v, %v, %d × %d", err, m.Bounds(), small.Width, small.Height)
			}
			if got := redCorner(m); got != want {
				t.Errorf("made smaller: %s", got)
			}
		})
	}
}

var placing = regexp.MustCompile(`q ([\d.-]+) 0 0 ([\d.-]+) ([\d.-]+) ([\d.-]+) cm (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) cm`)

// seenOnPage works out where the stored picture's corner at the top left comes to lie on the page.
func seenOnPage(t *testing.T, text string) (corner string, wide bool) {
	t.Helper()
	found := placing.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no picture is placed by %q", text)
	}
	var n [10]float64
	for i := range n {
		n[i], _ = strconv.ParseFloat(found[i+1], 64)
	}
	x, y := n[6]+n[8], n[7]+n[9] // (0, 1) is the top left of the square that holds the picture
	if n[2] < 36 || n[3] < 36 || n[2]+n[0] > 595-35 || math.Abs(n[3]+n[1]-(842-36)) > 1 {
		t.Errorf("not within the margins: %v", n)
	}
	return map[bool]string{true: "top", false: "bottom"}[y > 0.5] + " " + map[bool]string{true: "right", false: "left"}[x > 0.5], n[0] > n[1]
}

func redCorner(m image.Image) string {
	b := m.Bounds()
	for _, down := range []bool{false, true} {
		for _, right := range []bool{false, true} {
			x, y := b.Dx()/4, b.Dy()/4
			if right {
				x *= 3
			}
			if down {
				y *= 3
			}
			if r, g, blue, _ := m.At(x, y).RGBA(); r > 0x8000 && g < 0x4000 && blue < 0x4000 {
				return map[bool]string{false: "top", true: "bottom"}[down] + " " + map[bool]string{false: "left", true: "right"}[right]
			}
		}
	}
	return "nowhere"
}

func TestCombineMakesRoom(t *testing.T) {
	pdf := mustRead(t, "a.pdf", makePDF("", nil, "one"))
	little := mustRead(t, "little.png", asPNG(t, corners(200, 200)))
	photo := mustRead(t, "photo.jpg", asJPEG(t, noise(1000, 1000), 85))
	d, said, err := documents.Combine("all", []documents.Document{photo, pdf, little, photo}, 770_000)
	if err != nil || d.Size > 770_000 || d.Pages != 4 {
		t.Fatalf("%v, %d bytes, %d pages", err, d.Size, d.Pages)
	}
	if want := fmt.Sprintf("2 pictures were made smaller: %.1f MB became %.1f MB.", math.Ceil(float64(2*photo.Size+pdf.Size+little.Size)/1e5)/10, math.Ceil(float64(d.Size)/1e5)/10); said != want {
		t.Errorf("said %q, want %q", said, want)
	}
	if d.Size < 300_000 {
		t.Errorf("%d bytes: far smaller than there is room for", d.Size)
	}
	for _, s := range pictures(t, d.Content) {
		if s[0] < 799 && s[0] != 200 {
			t.Errorf("a picture is only %d wide", s[0])
		}
	}
	_, _, err = documents.Combine("all", []documents.Document{photo, pdf, photo}, 130_000)
	refused(t, err, "together and cannot be made smaller than…there is room for 0.1 MB. Leave one out")
	_, _, err = documents.Combine("all", []documents.Document{pdf}, 10)
	refused(t, err, "a.pdf is 1 kB; there is room for 0 kB.")
	_, _, err = documents.Combine("all", []documents.Document{photo}, 1000)
	refused(t, err, "photo.jpg is …cannot be made smaller")
	_, _, err = documents.Combine("all", nil, documents.MaxBytes)
	refused(t, err, "Add a file")
	_, _, err = documents.Combine("all", []documents.Document{pdf, photo}, -1)
	refused(t, err, "room for 0 kB")
	large := photo
	large.Size = documents.MaxUpload
	_, _, err = documents.Combine("all", []documents.Document{large, large, large, pdf}, documents.MaxBytes)
	refused(t, err, "are 50.4 MB together; at most 50.3 MB")
	many := make([]documents.Document, documents.MaxPages+1)
	for i := range many {
		many[i] = little
	}
	_, _, err = documents.Combine("all", many, documents.MaxBytes)
	refused(t, err, "50 pages")
	if d, _, err := documents.Combine("all", many[1:], documents.MaxBytes); err != nil || d.Pages != documents.MaxPages {
		t.Errorf("%d pictures: %v", documents.MaxPages, err)
	}
}

// pictures gives the sizes of the pictures in a PDF.
func pictures(t *testing.T, content []byte) (sizes [][2]int) {
	t.Helper()
	file := opened(t, content)
	for number := range file.Table {
		o, _ := file.Dereference(*types.NewIndirectRef(number, 0))
		if s, ok := o.(types.StreamDict); ok && s.Image() {
			sizes = append(sizes, [2]int{*s.IntEntry("Width"), *s.IntEntry("Height")})
		}
	}
	if len(sizes) == 0 {
		t.Fatal("no picture")
	}
	return sizes
}

// mixed is 4.5 MB of files as a merchant has them: an invoice, a telephone's photos, a screenshot.
func mixed(t testing.TB) (files map[string][]byte) {
	t.Helper()
	photo := image.NewRGBA(image.Rect(0, 0, 4032, 3024))
	draw.Draw(photo, photo.Rect, corners(4032, 3024), image.Point{}, draw.Src)
	draw.Draw(photo, image.Rect(800, 800, 2200, 2000), noise(1400, 1200), image.Point{}, draw.Src)
	shot := image.NewNRGBA(image.Rect(0, 0, 1170, 2532))
	draw.Draw(shot, shot.Rect, corners(1170, 2532), image.Point{}, draw.Src)
	draw.Draw(shot, image.Rect(0, 0, 600, 500), noise(600, 500), image.Point{}, draw.Src)
	shot.SetNRGBA(0, 0, color.NRGBA{A: 9}) // translucent, so that it must be drawn anew
	scan := asJPEG(t, noise(700, 900), 80)
	stream := fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width 700 /Height 900 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream", len(scan), scan)
	files = map[string][]byte{
		"photo.jpg": behindStart(asJPEG(t, photo, 80), exif(6)), "photo 2.jpg": asJPEG(t, photo, 60), "shot.png": asPNG(t, shot), "invoice.pdf": makePDF("/Scan 10 0 R", []string{stream}, "one", "two"),
	}
	total := 0
	for _, content := range files {
		total += len(content)
	}
	if total < 3_500_000 || total > 5_500_000 {
		t.Fatalf("the files have %d bytes", total)
	}
	return files
}

// peak is by how much the heap grows while something is done, in bytes, garbage included.
func peak(do func()) (grown uint64) {
	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	done, most := make(chan struct{}), uint64(0)
	var watched sync.WaitGroup
	watched.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	do()
	close(done)
	watched.Wait()
	return most - min(most, before.HeapAlloc)
}

func readAndCombine(t testing.TB, files map[string][]byte, room int64) {
	t.Helper()
	var parts []documents.Document
	for name, content := range files {
		parts = append(parts, mustRead(t, name, content))
	}
	d, said, err := documents.Combine("all", parts, room)
	if err != nil || d.Size > room || d.Pages != 5 {
		t.Fatalf("%v, %q, %d bytes, %d pages", err, said, d.Size, d.Pages)
	}
}

func TestMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes several times the memory of what it watches")
	}
	files := mixed(t)
	huge := hugePNG(t, 20_000, 20_000, grey(t, 20_000, 20_000))
	for name, do := range map[string]func(){
		"4.5 MB":           func() { readAndCombine(t, files, documents.MaxBytes) },
		"4.5 MB into less": func() { readAndCombine(t, files, 2_000_000) },
		"20,000 × 20,000": func() {
			_, err := documents.Read("huge.png", huge)
			refused(t, err, "20000 × 20000")
		},
	} {
		t.Run(name, func(t *testing.T) {
			grown := peak(do)
			t.Logf("%.1f MB", float64(grown)/(1<<20))
			if grown > 100<<20 {
				t.Errorf("memory grew by %d MB", grown>>20)
			}
		})
	}
}

func BenchmarkCombine4MB(b *testing.B) {
	files := mixed(b)
	most := uint64(0)
	for b.Loop() {
		most = max(most, peak(func() { readAndCombine(b, files, 2_000_000) }))
	}
	b.ReportMetric(float64(most)/(1<<20), "peak-MB")
}
