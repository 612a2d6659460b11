package documents_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"counterfoil/models"
	"counterfoil/models/documents"
)

// pdf is a PDF of so many pages, each of its own width, with more put into its catalog.
func pdf(pages int, width int, catalog string, objects ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R " + catalog + " >>")
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 3+i))
	}
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), pages))
	for i := range pages {
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d 842] /Resources << >> >>", width+i))
	}
	for _, o := range objects {
		object(o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// noise is a picture that hardly compresses, its upper left quarter red.
func noise(w, h int) image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(random.IntN(256))
	}
	for y := range h / 2 {
		for x := range w / 2 {
			m.Set(x, y, color.RGBA{R: 255, A: 255})
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// turned says in a JPEG's EXIF how it is to be turned.
func turned(content []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(exif)+2))
	return append(append(head, exif...), content[2:]...)
}

// hugePNG is a PNG of 20,000 by 20,000 pixels that is a few kB small; with its whole contents, or its header alone.
func hugePNG(whole bool) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind)
		b.Write(data)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	}
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, 20_000)
	binary.BigEndian.PutUint32(head[4:], 20_000)
	head[8] = 1 // bit
	chunk("IHDR", head)
	if whole {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		row := make([]byte, 1+20_000/8)
		for range 20_000 {
			_, _ = w.Write(row)
		}
		_ = w.Close()
		chunk("IDAT", z.Bytes())
		chunk("IEND", nil)
	}
	return b.Bytes()
}

func TestReadTakes(t *testing.T) {
	for name, test := range map[string]struct {
		file    string
		content []byte
		want    documents.Document
	}{
		"a PDF":                   {"proof.pdf", pdf(3, 595, ""), documents.Document{Name: "proof.pdf", Type: documents.TypePDF, Pages: 3}},
		"49 pages":                {"p.pdf", pdf(49, 595, ""), documents.Document{Name: "p.pdf", Type: documents.TypePDF, Pages: 49}},
		"a JPEG":                  {"IMG_1.JPEG", asJPEG(noise(8, 8)), documents.Document{Name: "IMG_1.JPEG", Type: documents.TypeJPEG, Pages: 1}},
		"a PNG":                   {"scan.png", asPNG(noise(8, 8)), documents.Document{Name: "scan.png", Type: documents.TypePNG, Pages: 1}},
		"a picture called a PDF":  {"proof.pdf", asPNG(noise(8, 8)), documents.Document{Name: "proof.png", Type: documents.TypePNG, Pages: 1}},
		"a path":                  {`C:\Users\x\..\Beleg Großmann.pdf`, pdf(1, 595, ""), documents.Document{Name: "Beleg Großmann.pdf", Type: documents.TypePDF, Pages: 1}},
		"letters turned around":   {"a\u202egpj.pdf\x00", pdf(1, 595, ""), documents.Document{Name: "agpj.pdf", Type: documents.TypePDF, Pages: 1}},
		"no name":                 {"../", pdf(1, 595, ""), documents.Document{Name: "file.pdf", Type: documents.TypePDF, Pages: 1}},
		"a name that is too long": {strings.Repeat("ü", 300) + ".pdf", pdf(1, 595, ""), documents.Document{Name: strings.Repeat("ü", 96) + ".pdf", Type: documents.TypePDF, Pages: 1}},
	} {
		d, err := documents.Read(test.file, test.content)
		if err != nil || d.Name != test.want.Name || d.Type != test.want.Type || d.Pages != test.want.Pages || d.Size != int64(len(test.content)) || len(d.SHA256) != 64 {
			t.Errorf("%s: %q %s %d pages %v, want %+v", name, d.Name, d.Type, d.Pages, err, test.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	whole := pdf(2, 595, "")
	for name, test := range map[string]struct {
		file    string
		content []byte
		says    string
	}{
		"empty":            {"a.pdf", nil, "a.pdf is empty."},
		"too large":        {"a.pdf", append(whole, make([]byte, documents.MaxUpload)...), "at most 16.0 MB"},
		"HEIC":             {"IMG_4410.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "IMG_4410.heic is HEIC, a picture of a phone. Save it as JPEG or PNG"},
		"WebP":             {"a.webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "is WebP"},
		"GIF":              {"a.gif", []byte("GIF89a\x01\x00"), "is GIF"},
		"TIFF":             {"a.tif", []byte("II*\x00\x08"), "is TIFF"},
		"Word":             {"a.docx", []byte("PK\x03\x04\x14\x00"), "Print it as PDF"},
		"a web page":       {"a.pdf", []byte("\n <html><script>"), "is a web page"},
		"text":             {"a.pdf", []byte("Hello"), "is plain text"},
		"a program":        {"a.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\xff\xff"), "neither PDF nor JPEG nor PNG"},
		"a PDF cut off":    {"a.pdf", whole[:len(whole)/2], "is broken"},
		"a JPEG cut off":   {"a.jpg", asJPEG(noise(64, 64))[:900], "is broken"},
		"a PNG cut off":    {"a.png", asPNG(noise(64, 64))[:900], "is broken"},
		"50 pages":         {"a.pdf", pdf(50, 595, ""), "has 50 pages"},
		"no pages":         {"a.pdf", pdf(0, 595, ""), "a.pdf "},
		"a script":         {"a.pdf", pdf(1, 595, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "holds a script"},
		"a command":        {"a.pdf", pdf(1, 595, "/OpenAction 4 0 R", "<< /S /Launch /F (calc.exe) >>"), "holds a script or a command"},
		"a file inside":    {"a.pdf", pdf(1, 595, "", "<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"), "another file inside"},
		"encrypted":        {"a.pdf", encrypted(t, whole), "is encrypted"},
		"20,000 by 20,000": {"a.png", hugePNG(false), "too many pixels"},
		"the same, whole":  {"a.png", hugePNG(true), "too many pixels"},
	} {
		_, err := documents.Read(test.file, test.content)
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != "file" || !strings.Contains(e.Message, test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

func encrypted(t *testing.T, content []byte) []byte {
	t.Helper()
	api.DisableConfigDir()
	conf := api.LoadConfiguration()
	conf.UserPW, conf.OwnerPW = "secret", "owner"
	var b bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(content), &b, conf); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, name string, content []byte) documents.Document {
	t.Helper()
	d, err := documents.Read(name, content)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// dims are the sizes of a PDF's pages, in order.
func dims(t *testing.T, content []byte) (all []int) {
	t.Helper()
	sizes, err := api.PageDims(bytes.NewReader(content), api.LoadConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sizes {
		all = append(all, int(s.Width))
	}
	return all
}

func TestCombine(t *testing.T) {
	one := read(t, "a.pdf", pdf(2, 400, ""))
	d, note, err := documents.Combine("Proof of delivery", []documents.Document{one}, documents.MaxBytes)
	if err != nil || note != "" || !bytes.Equal(d.Content, one.Content) || d.Name != "a.pdf" {
		t.Errorf("one file did not stay as it is: %+v %q %v", d.Name, note, err)
	}
	parts := []documents.Document{one, read(t, "b.jpg", asJPEG(noise(600, 300))), read(t, "c.png", asPNG(noise(200, 300))), read(t, "d.pdf", pdf(1, 700, ""))}
	d, note, err = documents.Combine("Proof of delivery", parts, documents.MaxBytes)
	if err != nil || note != "" || d.Type != documents.TypePDF || d.Pages != 5 || d.Name != "Proof of delivery.pdf" {
		t.Fatalf("%+v %q %v", d.Name, note, err)
	}
	if got := fmt.Sprint(dims(t, d.Content)); got != "[400 401 595 595 700]" {
		t.Errorf("pages of the widths %s", got)
	}
	if again := read(t, d.Name, d.Content); again.Pages != 5 {
		t.Errorf("what was put together has %d pages", again.Pages)
	}
}

func TestCombineMakesSmaller(t *testing.T) {
	photo := read(t, "photo.jpg", asJPEG(noise(2500, 2000)))
	if photo.Size < 3_000_000 {
		t.Fatalf("the picture is only %d bytes", photo.Size)
	}
	d, note, err := documents.Combine("Other", []documents.Document{photo}, 1_500_000)
	if err != nil || d.Type != documents.TypeJPEG || d.Size > 1_500_000 || !strings.Contains(note, "1 picture was made smaller: ") {
		t.Errorf("one: %s %d %q %v", d.Type, d.Size, note, err)
	}
	d, note, err = documents.Combine("Other", []documents.Document{photo, photo, read(t, "a.pdf", pdf(1, 400, ""))}, 3_000_000)
	if err != nil || d.Type != documents.TypePDF || d.Pages != 3 || d.Size > 3_000_000 || !strings.Contains(note, "2 pictures were made smaller") {
		t.Errorf("several: %s %d %q %v", d.Type, d.Size, note, err)
	}
	_, _, err = documents.Combine("Other", []documents.Document{photo}, 20_000)
	var e *models.Error
	if !errors.As(err, &e) || e.Kind != models.KindInvalid || !strings.Contains(e.Message, "cannot be made smaller and stay readable") {
		t.Errorf("too little room: %v", err)
	}
	big := read(t, "a.pdf", append(pdf(1, 400, ""), bytes.Repeat([]byte("% filling\n"), 10_000)...))
	if _, _, err = documents.Combine("Other", []documents.Document{big}, 20_000); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("a PDF without room: %v", err)
	}
}

// TestPicturesStandUpright holds that a picture that a camera turned is turned back where it is drawn anew.
func TestPicturesStandUpright(t *testing.T) {
	for orientation, red := range map[byte]image.Point{1: {0, 0}, 3: {1, 1}, 6: {1, 0}, 8: {0, 1}} {
		d, _, err := documents.Combine("x", []documents.Document{read(t, "a.jpg", turned(asJPEG(noise(1600, 1600)), orientation))}, 900_000)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(d.Content))
		if err != nil {
			t.Fatal(err)
		}
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		r, g, _, _ := m.At(w/4+red.X*w/2, h/4+red.Y*h/2).RGBA()
		if r < 60_000 || g > 8_000 {
			t.Errorf("orientation %d: the red quarter is not at %v (%d, %d)", orientation, red, r>>8, g>>8)
		}
	}
}

// heapPeak is the most that the heap grew while do ran, in MB.
func heapPeak(do func()) float64 {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, peak := make(chan bool), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				peak <- most
				return
			case <-tick.C:
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
	}()
	do()
	close(stop)
	return float64(max(<-peak, before.HeapAlloc)-before.HeapAlloc) / (1 << 20)
}

// mixed are files of 4.5 MB together: photos, a scan and a PDF.
func mixed(t testing.TB) (names []string, contents [][]byte) {
	add := func(name string, content []byte) { names, contents = append(names, name), append(contents, content) }
	add("photo.jpg", asJPEG(noise(1950, 1300)))
	add("second.jpg", asJPEG(noise(1500, 1100)))
	add("scan.png", asPNG(noise(420, 420)))
	add("paper.pdf", pdf(3, 595, ""))
	total := 0
	for _, c := range contents {
		total += len(c)
	}
	if total < 4_000_000 || total > 5_000_000 {
		t.Fatalf("%d bytes together", total)
	}
	return names, contents
}

func combineMixed(t testing.TB, names []string, contents [][]byte) {
	var parts []documents.Document
	for i := range names {
		parts = append(parts, read(t, names[i], contents[i]))
	}
	if d, _, err := documents.Combine("Proof", parts, documents.MaxBytes); err != nil || d.Pages != 6 {
		t.Fatalf("%d pages, %v", d.Pages, err)
	}
	if _, err := documents.Read("huge.png", hugePNG(false)); err == nil {
		t.Fatal("20,000 by 20,000 pixels were taken")
	}
}

func TestMemory(t *testing.T) {
	if underRace {
		t.Skip("the race detector takes memory of its own")
	}
	names, contents := mixed(t)
	if mb := heapPeak(func() { combineMixed(t, names, contents) }); mb > 100 {
		t.Errorf("the heap grew by %.0f MB", mb)
	}
}

// BenchmarkCombine4MB reads and puts together 4.5 MB of files; the yardstick is reading the same bytes.
func BenchmarkCombine4MB(b *testing.B) {
	names, contents := mixed(b)
	b.Run("yardstick=copy", func(b *testing.B) {
		for b.Loop() {
			for _, c := range contents {
				_, _ = io.Copy(io.Discard, bytes.NewReader(c))
			}
		}
	})
	b.Run("combine", func(b *testing.B) {
		var most float64
		for b.Loop() {
			most = max(most, heapPeak(func() { combineMixed(b, names, contents) }))
		}
		b.ReportMetric(most, "peak-MB")
	})
}

func FuzzRead(f *testing.F) {
	for _, seed := range [][]byte{pdf(1, 595, ""), asJPEG(noise(8, 8)), asPNG(noise(8, 8)), turned(asJPEG(noise(8, 8)), 6), hugePNG(false), []byte("%PDF-1.7")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := documents.Read("a.pdf", content)
		if err != nil && !models.IsKind(err, models.KindInvalid) {
			t.Fatal(err)
		}
		if err == nil && (d.Pages < 1 || d.Pages > documents.MaxPages) {
			t.Fatalf("%d pages", d.Pages)
		}
	})
}
