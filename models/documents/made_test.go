package documents_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/documents"
)

// makePDF writes a PDF whose pages say what they are told to. more are objects from number 10 on, catalog what the catalog has beside.
func makePDF(catalog string, more []string, pages ...string) []byte {
	var out bytes.Buffer
	offsets := map[int]int{}
	object := func(number int, body string) {
		offsets[number] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", number, body)
	}
	out.WriteString("%PDF-1.7\n")
	first := 10 + len(more)
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", first+2*i)
	}
	object(1, "<< /Type /Catalog /Pages 2 0 R "+catalog+" >>")
	object(2, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(pages), kids))
	object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i, body := range more {
		object(10+i, body)
	}
	for i, text := range pages {
		page, extra, _ := strings.Cut(text, "|")
		stream := fmt.Sprintf("BT /F1 24 Tf 72 700 Td (%s) Tj ET", page)
		object(first+2*i, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R %s >>", first+2*i+1, extra))
		object(first+2*i+1, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream))
	}
	start, size := out.Len(), first+2*len(pages)
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", size)
	for number := 1; number < size; number++ {
		if at, ok := offsets[number]; ok {
			fmt.Fprintf(&out, "%010d 00000 n \n", at)
		} else {
			fmt.Fprintf(&out, "0000000000 65535 f \n")
		}
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", size, start)
	return out.Bytes()
}

// corners is a picture of one red, one green, one blue and one white quarter: top left, top right, bottom left, bottom right.
func corners(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [2][2]color.RGBA{{{200, 0, 0, 255}, {0, 200, 0, 255}}, {{0, 0, 200, 255}, {255, 255, 255, 255}}}[min(1, 2*y/h)][min(1, 2*x/w)]
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// noise is a picture that no encoding makes small.
func noise(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(random.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 0xFF
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// segment is a JPEG's marker segment.
func segment(marker byte, data string) string {
	return string([]byte{0xFF, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
}

// exif is Exif in Intel's order, as cameras write it: a maker, the orientation and a place.
func exif(orientation byte) string {
	return segment(0xE1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00"+
		"\x0f\x01\x02\x00\x04\x00\x00\x00ACME"+"\x12\x01\x03\x00\x01\x00\x00\x00"+string(orientation)+"\x00\x00\x00"+"\x00\x00\x00\x00GPS 59.3293N 18.0686E")
}

// behindStart puts segments into a JPEG.
func behindStart(picture []byte, segments ...string) []byte {
	return append(append([]byte("\xff\xd8"), strings.Join(segments, "")...), picture[2:]...)
}

func mustRead(t testing.TB, name string, content []byte) documents.Document {
	t.Helper()
	d, err := documents.Read(name, content)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if int64(len(d.Content)) != d.Size || len(d.SHA256) != 64 || d.Pages < 1 {
		t.Fatalf("%s: %d bytes, size %d, sum %q, %d pages", name, len(d.Content), d.Size, d.SHA256, d.Pages)
	}
	return d
}

// refused checks that an error is what a person can read at the field, and says certain words.
func refused(t testing.TB, err error, words string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != "file" || e.Code == "" {
		t.Fatalf("want a refusal with %q, got %v", words, err)
	}
	for word := range strings.SplitSeq(words, "…") {
		if !strings.Contains(e.Message, word) {
			t.Errorf("%q does not say %q", e.Message, word)
		}
	}
}
