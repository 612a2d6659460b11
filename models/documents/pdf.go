package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits to what a PDF may ask of us. Evidence of 49 pages stays far below them.
const (
	maxObjects    = 50_000
	maxDepth      = 100
	maxPacked     = 500       // streams of packed objects
	maxUnpacked   = 64 << 20  // of all of them together, in bytes
	leastUnpacked = 256 << 10 // of one of them, however many there are, in bytes
	maxReadAgain  = 6         // how many times its own size is read in large pieces
	readingTime   = 20 * time.Second
	endOfFileSpan = 2048 // where the end of a PDF is looked for, in bytes from its end
)

var (
	errEncrypted = errors.New("documents: encrypted PDF")
	errTooMuch   = errors.New("documents: PDF of too many parts")
	errCutShort  = errors.New("documents: PDF without its end")
	errStillActs = errors.New("documents: PDF that still acts")
)

// packedObjects finds the streams of packed objects, however their name is written.
var packedObjects = regexp.MustCompile(`/(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])`)

// encrypted finds the entry of the trailer that says how to decrypt; a trailer is never packed.
var encrypted = regexp.MustCompile(`/Encrypt\s*(?:<<|\d+\s+\d+\s+R)`)

// readPDF takes a PDF: whole, without a password, of not too many pages. What could act in it is taken out, which writes it anew.
func readPDF(name string, content []byte) (Document, error) {
	removed, pages := "", 0
	err := guarded(func() error {
		file, took, err := openPDF(content)
		if err != nil {
			return err
		}
		if pages = file.PageCount; took.nothing() || pages > MaxPages {
			return nil
		}
		if content, err = writePDF(file); err != nil {
			return err
		}
		file, again, err := openPDF(content)
		switch {
		case err != nil:
			return err
		case !again.nothing() || file.PageCount != pages:
			return errStillActs
		}
		removed = took.sentence()
		return nil
	})
	switch {
	case errors.Is(err, errEncrypted):
		return Document{}, refuse("file_protected", "%s is protected with a password. Print it to PDF without the protection and add that file.", name)
	case errors.Is(err, errTooMuch):
		return Document{}, because(refuse("file_too_complex", "%s has too many parts to be checked. Print it to PDF and add that file.", name), err)
	case errors.Is(err, errStillActs):
		return Document{}, because(refuse("file_acts", "%s holds scripts or attached files that cannot be taken out. Print it to PDF and add that file.", name), err)
	case err != nil:
		return Document{}, because(broken(name), err)
	case pages > MaxPages:
		return Document{}, refuse("file_pages", "%s has %d pages; all files of a dispute may have %d together. Keep the pages that matter and add it again.",
			name, pages, MaxPages)
	}
	d := document(name, TypePDF, pages, content)
	d.Removed = removed
	return d, nil
}

// guarded runs what the library does with a file of somebody else's: whatever it panics about is the file's fault.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("documents: the PDF library panicked: %v", r)
		}
	}()
	return do()
}

// openPDF reads and checks a PDF and takes out what could act.
func openPDF(content []byte) (*model.Context, actions, error) {
	if !bytes.Contains(content[max(0, len(content)-endOfFileSpan):], []byte("startxref")) {
		return nil, actions{}, errCutShort // the library would mend it, and leave out the pages that are missing
	}
	if encrypted.Match(content) {
		return nil, actions{}, errEncrypted
	}
	if len(packedObjects.FindAllIndex(content, maxPacked+1)) > maxPacked {
		return nil, actions{}, errTooMuch
	}
	within, cancel := context.WithTimeout(context.Background(), readingTime)
	defer cancel()
	file, err := pdfcpu.ReadWithContext(within, &meter{Reader: bytes.NewReader(content), left: maxReadAgain * len(content)}, configuration(content))
	switch {
	case errors.Is(err, context.DeadlineExceeded) || err != nil && strings.Contains(err.Error(), "exceeds"): // one of the limits
		return nil, actions{}, errors.Join(errTooMuch, err)
	case err != nil:
		return nil, actions{}, err
	case file.E != nil || file.Encrypt != nil:
		return nil, actions{}, errEncrypted
	case len(file.Table) > maxObjects:
		return nil, actions{}, errTooMuch
	}
	took, err := disarm(file)
	if err == nil {
		err = api.ValidateContext(file)
	}
	if err == nil && file.PageCount < 1 {
		err = errCutShort
	}
	return file, took, err
}

// configuration is the library's, written out: its own default reads and writes a folder of the person who runs the program.
func configuration(content []byte) *model.Configuration {
	unpacked := int64(maxUnpacked / max(1, len(packedObjects.FindAllIndex(content, -1))))
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: types.EolLF, WriteObjectStream: true, WriteXRefStream: true, Offline: true,
		Cmd: model.MERGECREATE,
		Limits: model.ResourceLimits{
			MaxStreamBytes: int64(len(content)), MaxDecodeBytes: max(unpacked, leastUnpacked), MaxImagePixels: MaxPixels, MaxImageBytes: maxDecoded,
			MaxObjectCount: maxObjects, MaxObjectStreamCount: maxObjects, MaxObjectStreamFirst: 1 << 20, MaxXRefEntries: maxObjects, MaxRecursionDepth: maxDepth,
		},
	}
}

func writePDF(file *model.Context) ([]byte, error) {
	var out bytes.Buffer
	err := api.WriteContext(file, &out)
	return out.Bytes(), err
}

// meter reads a file and ends a reader that takes the same large pieces again and again, each as another object of its own.
type meter struct {
	*bytes.Reader
	left int
}

// Read implements io.Reader. Small pieces are not counted: an object is looked for with 4 kB.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if len(p) > 4096 {
		m.left -= n
	}
	if m.left < 0 {
		return 0, errTooMuch
	}
	return n, err
}

var _ io.ReadSeeker = (*meter)(nil)
