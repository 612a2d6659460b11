package documents_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"strings"
	"sync"
	"testing"

	"counterfoil/models"
	"counterfoil/models/documents"
)

func TestReadTakesWhatStripeTakes(t *testing.T) {
	pdf, photo, shot := makePDF("", nil, "one", "two"), asJPEG(t, corners(40, 30), 90), asPNG(t, corners(40, 30))
	for _, tt := range []struct {
		name     string
		content  []byte
		as, mime string
		pages    int
	}{
		{"Rechnung.pdf", pdf, "Rechnung.pdf", documents.TypePDF, 2},
		{"RECHNUNG.PDF", pdf, "RECHNUNG.PDF", documents.TypePDF, 2},
		{"kvitto", pdf, "kvitto.pdf", documents.TypePDF, 2},
		{"invoice 2026.11", pdf, "invoice 2026.11.pdf", documents.TypePDF, 2},
		{"blanks.pdf", append([]byte("\n "), pdf...), "blanks.pdf", documents.TypePDF, 2},
		{"photo.jpeg", photo, "photo.jpeg", documents.TypeJPEG, 1},
		{"scan.pdf", photo, "scan.jpg", documents.TypeJPEG, 1},
		{"IMG_1.HEIC", photo, "IMG_1.jpg", documents.TypeJPEG, 1},
		{"../shot.jpg", shot, "shot.png", documents.TypePNG, 1},
		{strings.Repeat("ö", 200), shot, strings.Repeat("ö", 96) + ".png", documents.TypePNG, 1},
	} {
		d := mustRead(t, tt.name, tt.content)
		if d.Name != tt.as || d.Type != tt.mime || d.Pages != tt.pages || d.Removed != "" {
			t.Errorf("%s: %s, %s, %d pages, %q", tt.name, d.Name, d.Type, d.Pages, d.Removed)
		}
		if tt.mime != documents.TypePDF && (d.Width != 40 || d.Height != 30) {
			t.Errorf("%s: %d × %d", tt.name, d.Width, d.Height)
		}
		if tt.mime == documents.TypePDF && !bytes.Equal(d.Content, tt.content) {
			t.Errorf("%s was changed", tt.name)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	pdf, photo, shot := makePDF("", nil, "one", "two"), asJPEG(t, corners(400, 300), 90), asPNG(t, noise(40, 30))
	damaged := bytes.Clone(shot)
	damaged[len(damaged)/2] ^= 0xFF
	many := make([]string, documents.MaxPages+1)
	for name, tt := range map[string]struct {
		content []byte
		words   string
	}{
		"empty.pdf":        {nil, "empty.pdf is empty."},
		"large.pdf":        {append(pdf, make([]byte, documents.MaxUpload)...), "is 16.8 MB…at most 16.8 MB"},
		"IMG_1.HEIC":       {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "IMG_1.HEIC is HEIC. Save it as JPEG or PNG and add it again."},
		"a.avif":           {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), "AVIF"},
		"a.webp":           {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 "), "WebP. Save it as JPEG or PNG"},
		"a.gif":            {[]byte("GIF89a\x01\x00\x01\x00"), "GIF"},
		"a.tif":            {[]byte("II*\x00\x08\x00\x00\x00"), "TIFF"},
		"a.mp4":            {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00"), "film"},
		"a.doc":            {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest"), "older Word…as PDF"},
		"a.docx":           {[]byte("PK\x03\x04 … word/document.xml"), "DOCX…as PDF"},
		"a.xlsx":           {[]byte("PK\x03\x04 … xl/workbook.xml"), "XLSX"},
		"a.zip":            {[]byte("PK\x03\x04 … photo.jpg"), "ZIP. Unpack it"},
		"a.html":           {[]byte("<!DOCTYPE html><p>%PDF-1.7"), "HTML"},
		"a.eml":            {[]byte("From: a@example.com\n\nhello"), "plain text"},
		"a.bin":            {[]byte("\x00\x01\x02\x03"), "does not take"},
		"label.pdf":        {[]byte("<html><body>Label</body></html>"), "label.pdf is HTML (a web page), whatever its name says. Save or print it as PDF"},
		"photo.jpg":        {[]byte("\x00\x01\x02\x03"), "is not a JPEG, whatever its name says."},
		"half.pdf":         {pdf[:len(pdf)/2], "half.pdf cannot be read"},
		"head.pdf":         {[]byte("%PDF-1.7\n"), "cannot be read"},
		"fake.pdf":         {[]byte("%PDF-1.7\nstartxref\n0\n%%EOF\n"), "cannot be read"},
		"none.pdf":         {makePDF("", nil), "cannot be read"},
		"half.jpg":         {photo[:len(photo)/2], "half.jpg cannot be read"},
		"head.jpg":         {photo[:4], "cannot be read"},
		"half.png":         {shot[:len(shot)/2], "half.png cannot be read"},
		"damaged.png":      {damaged, "cannot be read"},
		"signature.png":    {shot[:8], "cannot be read"},
		"many.pdf":         {makePDF("", nil, many...), "has 50 pages; all files of a dispute may have 49"},
		"locked.pdf":       {bytes.Replace(pdf, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (12345678901234567890123456789012) /U (12345678901234567890123456789012) /P -4 >> /ID [(a) (b)]"), 1), "password…Print it to PDF"},
		"header only.png":  {hugePNG(t, 20_000, 20_000, nil), "has 20000 × 20000 pixels"},
		"coefficients.jpg": {bytes.Replace(photo, []byte{0xFF, 0xC0, 0, 17, 8, 1, 44, 1, 144}, []byte{0xFF, 0xC2, 0, 17, 8, 0x13, 0x88, 0x17, 0x70}, 1), "has 6000 × 5000 pixels"},
		"wide.jpg":         {bytes.Replace(photo, []byte{0xFF, 0xC0, 0, 17, 8, 1, 44, 1, 144}, []byte{0xFF, 0xC0, 0, 17, 8, 0xFF, 0xFF, 0xFF, 0xFF}, 1), "has 65535 × 65535 pixels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := documents.Read(name, tt.content)
			refused(t, err, tt.words)
		})
	}
}

// hugePNG is a PNG of one grey, written row by row; with no data it is a header with an end.
func hugePNG(t testing.TB, w, h int, data []byte) []byte {
	t.Helper()
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		start := len(out)
		out = append(append(out, name...), data...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
	}
	chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h)), 8, 0, 0, 0, 0))
	chunk("IDAT", data)
	chunk("IEND", nil)
	return out
}

// grey is the packed data of a grey picture: small, and large once unpacked.
func grey(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	row := make([]byte, w+1)
	for range h {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadForgetsWhatIsSaidBesideThePicture(t *testing.T) {
	photo := asJPEG(t, corners(40, 30), 90)
	told := behindStart(photo, segment(0xE0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"), exif(6), segment(0xFE, "secret comment"), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00secret"),
		segment(0xE2, "ICC_PROFILE\x00\x01\x01profile"))
	told = append(told, "secret film behind the picture"...)
	d := mustRead(t, "photo.jpg", told)
	if bytes.Contains(d.Content, []byte("secret")) || bytes.Contains(d.Content, []byte("GPS")) || bytes.Contains(d.Content, []byte("ACME")) {
		t.Error("what is said beside the picture is still there")
	}
	if !bytes.Contains(d.Content, []byte("ICC_PROFILE")) || !bytes.Contains(d.Content, []byte("JFIF")) {
		t.Error("what the picture needs is gone")
	}
	if d.Width != 30 || d.Height != 40 {
		t.Errorf("a picture that lies on its side is %d × %d", d.Width, d.Height)
	}
	if again := mustRead(t, "photo.jpg", d.Content); !bytes.Equal(again.Content, d.Content) || again.Width != 30 {
		t.Error("the orientation is gone, or a second reading changes the picture")
	}

	shot := asPNG(t, corners(40, 30))
	text := binary.BigEndian.AppendUint32(nil, 11)
	text = append(text, "tEXtkey\x00secrets"...)
	text = binary.BigEndian.AppendUint32(text, crc32.ChecksumIEEE(text[4:]))
	told = append(append(bytes.Clone(shot[:33]), text...), shot[33:]...)
	if d := mustRead(t, "shot.png", append(told, "secret"...)); !bytes.Equal(d.Content, shot) {
		t.Error("a PNG still says what it said beside the picture")
	}
}

func TestReadTakesOutWhatCouldAct(t *testing.T) {
	script := "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
	file := "<< /Type /Filespec /F (data.xml) /UF (data.xml) /EF << /F 11 0 R >> >>"
	stream := "<< /Type /EmbeddedFile /Length 6 >>\nstream\nsecret\nendstream"
	for name, tt := range map[string]struct {
		pdf     []byte
		removed string
		gone    []string
	}{
		"opens a page":        {makePDF("/OpenAction [10 0 R /Fit]", []string{"null"}, "one"), "", nil},
		"links":               {makePDF("", []string{"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.com) >> >>"}, "one|/Annots [10 0 R]"), "", nil},
		"script when opened":  {makePDF("/OpenAction 10 0 R", []string{script}, "one"), "Scripts were", []string{"app.alert", "JavaScript"}},
		"script in names":     {makePDF("/Names << /JavaScript << /Names [(a) 10 0 R] >> >>", []string{script}, "one"), "Scripts were", []string{"app.alert", "JavaScript"}},
		"written differently": {makePDF("/Open#41ction 10 0 R", []string{"<< /S /Java#53cript /JS (app.alert) >>"}, "one"), "Scripts were", []string{"app.alert"}},
		"script of a page":    {makePDF("", []string{script}, "one|/AA << /O 10 0 R >>"), "Scripts were", []string{"app.alert"}},
		"script after a page": {makePDF("", []string{"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /D [12 0 R /Fit] /Next [11 0 R] >> >>", script}, "one|/Annots [10 0 R]"), "Scripts were", []string{"app.alert"}},
		"program":             {makePDF("", []string{"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (cmd.exe) >> >>"}, "one|/Annots [10 0 R]"), "Scripts were", []string{"cmd.exe"}},
		"attached file":       {makePDF("/AF [10 0 R] /Names << /EmbeddedFiles << /Names [(data.xml) 10 0 R] >> >>", []string{file, stream}, "one"), "Attached files were", []string{"secret", "EmbeddedFile"}},
		"file as a note":      {makePDF("", []string{file, stream, "<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 10 0 R >>"}, "one|/Annots [12 0 R]"), "Attached files were", []string{"secret"}},
		"both":                {makePDF("/OpenAction 12 0 R /Names << /EmbeddedFiles << /Names [(data.xml) 10 0 R] >> >>", []string{file, stream, script}, "one"), "Scripts and attached files were", []string{"secret", "app.alert"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := mustRead(t, "a.pdf", tt.pdf)
			if !strings.HasPrefix(d.Removed, tt.removed) || (d.Removed == "") != (tt.removed == "") {
				t.Errorf("removed: %q", d.Removed)
			}
			if tt.removed == "" && !bytes.Equal(d.Content, tt.pdf) {
				t.Error("it was changed")
			}
			open := unpacked(t, d.Content)
			for _, word := range tt.gone {
				if !strings.Contains(string(tt.pdf), word) && word != "JavaScript" || strings.Contains(open, word) {
					t.Errorf("%q is still in it, or never was", word)
				}
			}
			if !strings.Contains(open, "(one)") {
				t.Error("the page's text is gone")
			}
		})
	}
}

func TestReadWritesNothingOfItsOwn(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("TMPDIR", home)
	a := mustRead(t, "a.pdf", makePDF("/OpenAction << /S /JavaScript /JS (x) >>", nil, "one"))
	if _, _, err := documents.Combine("all", []documents.Document{a, a, mustRead(t, "b.png", asPNG(t, corners(9, 9)))}, documents.MaxBytes); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(home); err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}

func TestReadHoldsOutAgainstHostilePDFs(t *testing.T) {
	var nested bytes.Buffer // each object's stream is said to reach to the end of the file
	nested.WriteString("%PDF-1.7\n")
	offsets := []int{}
	for i := range 5000 {
		offsets = append(offsets, nested.Len())
		fmt.Fprintf(&nested, "%d 0 obj<</Length %d>>stream\n", i+1, 4_000_000)
	}
	nested.Write(bytes.Repeat([]byte(" "), 4_000_000))
	start := nested.Len()
	fmt.Fprintf(&nested, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&nested, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&nested, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	deep := makePDF("/Deep "+strings.Repeat("[", 50_000)+strings.Repeat("]", 50_000), nil, "one")
	circle := bytes.Replace(makePDF("", nil, "one"), []byte("/Kids [10 0 R ]"), []byte("/Kids [ 2 0 R ]"), 1)
	for name, content := range map[string][]byte{"nested": nested.Bytes(), "deep": deep, "circle": circle} {
		t.Run(name, func(t *testing.T) {
			grown := peak(func() {
				_, err := documents.Read("a.pdf", content)
				if !models.IsKind(err, models.KindInvalid) {
					t.Errorf("read: %v", err)
				}
			})
			if grown > 200<<20 && !raceDetector {
				t.Errorf("memory grew by %d MB", grown>>20)
			}
		})
	}
}

func TestReadAtTheSameTime(t *testing.T) {
	pdf := makePDF("/OpenAction << /S /JavaScript /JS (x) >>", nil, "one")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			d, err := documents.Read("a.pdf", pdf)
			if err != nil || d.Removed == "" {
				t.Errorf("%v, %q", err, d.Removed)
			}
			if d, _, err := documents.Combine("all", []documents.Document{d, d}, documents.MaxBytes); err != nil || d.Pages != 2 {
				t.Errorf("%v, %d pages", err, d.Pages)
			}
		})
	}
	all.Wait()
}

func FuzzRead(f *testing.F) {
	gray := image.NewGray(image.Rect(0, 0, 5, 5))
	gray.SetGray(1, 1, color.Gray{Y: 99})
	for _, content := range [][]byte{
		makePDF("", nil, "one"), makePDF("/OpenAction 10 0 R", []string{"<< /S /JavaScript /JS (x) >>"}, "one", "two"),
		asJPEG(f, corners(9, 9), 80), behindStart(asJPEG(f, gray, 80), exif(6)), asPNG(f, corners(9, 9)), asPNG(f, gray), []byte("PK\x03\x04"), []byte("<html>"), nil,
	} {
		f.Add("a.pdf", content)
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		d, err := documents.Read(name, content)
		if err != nil {
			refused(t, err, "")
			return
		}
		if models.FileName(d.Name) != d.Name || d.Pages < 1 || d.Pages > documents.MaxPages {
			t.Errorf("%q, %d pages", d.Name, d.Pages)
		}
		again, err := documents.Read(d.Name, d.Content)
		if err != nil || again.SHA256 != d.SHA256 || again.Type != d.Type {
			t.Errorf("what was read is not taken again as it is: %v", err)
		}
		if _, _, err := documents.Combine("all", []documents.Document{d, d}, documents.MaxBytes); err != nil {
			refused(t, err, "")
		}
	})
}
