package documents

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"

	"counterfoil/models"
)

// picture is what a picture's header says of it.
type picture struct {
	mime          string
	width, height int // as stored
	decoded       int // bytes that decoding takes
	orientation   int // Exif's: 1 is upright, 5 to 8 lie on their side
	components    int // of a JPEG: 1 grey, 3 colour, 4 for print
	flat          *flatPNG
}

// errBroken is a picture whose parts do not follow the rules of its kind.
var errBroken = errors.New("documents: broken picture")

// readPicture takes a picture: its header decides whether it is decoded at all, and one that cannot be decoded whole is refused.
func readPicture(name, mime string, content []byte) (Document, error) {
	p, bare, err := inspect(mime, content)
	if err != nil {
		return Document{}, because(broken(name), err)
	}
	if p.width*p.height > MaxPixels || p.decoded > maxDecoded {
		return Document{}, refuse("file_pixels", "%s has %d × %d pixels, more than can be handled. Save it smaller, for example 2000 pixels wide, and add it again.",
			name, p.width, p.height)
	}
	if _, err := decode(mime, bare); err != nil {
		return Document{}, because(broken(name), err)
	}
	d := document(name, mime, 1, bare)
	d.Width, d.Height = p.seen()
	return d, nil
}

// seen is the size of the picture when it is upright.
func (p picture) seen() (width, height int) {
	if p.orientation >= 5 {
		return p.height, p.width
	}
	return p.width, p.height
}

func broken(name string) *models.Error {
	return refuse("file_broken", "%s cannot be read: it is damaged or was cut short. Open it to see whether it is whole, save it anew and add it again.", name)
}

// inspect reads a picture's header without decoding it, and gives its bytes without what is said beside the picture.
func inspect(mime string, content []byte) (p picture, bare []byte, err error) {
	if mime == TypeJPEG {
		p, bare, err = bareJPEG(content)
	} else {
		p, bare, err = barePNG(content)
	}
	p.mime = mime
	if err == nil && (p.width < 1 || p.height < 1 || p.width > 1<<20 || p.height > 1<<20) { // a side that long would overflow products
		err = errBroken
	}
	return p, bare, err
}

func decode(mime string, content []byte) (image.Image, error) {
	if mime == TypeJPEG {
		return jpeg.Decode(bytes.NewReader(content))
	}
	return png.Decode(bytes.NewReader(content))
}
