package documents

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
)

// level is how far a picture is made smaller.
type level struct {
	dpi     int // of the picture, were it as large as a sheet of A4 within its margins
	quality int // of the JPEG
}

// levels are tried in turn, from fine print to where small print stays readable.
var levels = []level{{240, 85}, {200, 80}, {150, 75}, {130, 70}, {110, 60}}

// fit is the size in pixels that a picture of width and height has at a level; sheets are turned as the picture is. Never larger than it is.
func (l level) fit(width, height int) (w, h int) {
	across, along := l.dpi*printWidth/pointsPerInch, l.dpi*printHeight/pointsPerInch
	if width > height {
		across, along = along, across
	}
	if width <= across && height <= along {
		return width, height
	}
	if width*along > height*across {
		return across, max(1, height*across/width)
	}
	return max(1, width*along/height), along
}

// same tells whether a picture has the same size at two levels.
func (l level) same(other level, width, height int) bool {
	w, h := l.fit(width, height)
	otherW, otherH := other.fit(width, height)
	return w == otherW && h == otherH
}

// smaller makes a JPEG of a picture that is no larger than room, upright, at the first level at which it is, else at the last.
func smaller(p picture, content []byte, room int, tried []level) ([]byte, error) {
	decoded, err := decode(p.mime, content)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	var drawn *image.RGBA
	for i, l := range tried {
		out.Reset()
		if i == 0 || !l.same(tried[i-1], p.width, p.height) {
			drawn = scaled(decoded, l, p.orientation)
		}
		if err := jpeg.Encode(&out, drawn, &jpeg.Options{Quality: l.quality}); err != nil {
			return nil, err
		}
		if out.Len() <= room {
			break
		}
	}
	return slices.Clone(out.Bytes()), nil
}

// opaque makes a PNG without transparency of a picture, on white, no finer than the first level: what a PDF can hold.
func opaque(p picture, content []byte) ([]byte, error) {
	decoded, err := decode(p.mime, content)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, scaled(decoded, levels[0], p.orientation))
	return out.Bytes(), err
}

// scaled draws src upright and on white, at a level: each pixel is the mean of the area that it covers. Row by row, since the kernels of
// golang.org/x/image/draw hold 32 bytes for every row of the old and column of the new: 120 MB for a telephone's photo.
func scaled(src image.Image, l level, orientation int) *image.RGBA {
	w, h := l.fit(src.Bounds().Dx(), src.Bounds().Dy())
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	rows := rowReader{src: src, row: image.NewRGBA(image.Rect(0, 0, src.Bounds().Dx(), 1)), at: -1, means: make([]float32, 3*w)}
	sum := make([]float32, 3*w)
	for y := range h {
		clear(sum)
		from, to := float32(y)*float32(src.Bounds().Dy())/float32(h), float32(y+1)*float32(src.Bounds().Dy())/float32(h)
		for sy := int(from); sy < src.Bounds().Dy() && float32(sy) < to; sy++ {
			share := (min(to, float32(sy+1)) - max(from, float32(sy))) / (to - from)
			for i, mean := range rows.read(sy) {
				sum[i] += share * mean
			}
		}
		for x := range w {
			tx, ty := placed(orientation, w, h, x, y)
			p := dst.Pix[dst.PixOffset(tx, ty):]
			p[0], p[1], p[2], p[3] = uint8(sum[3*x]+0.5), uint8(sum[3*x+1]+0.5), uint8(sum[3*x+2]+0.5), 0xFF
		}
	}
	return dst
}

// rowReader reads the rows of a picture, already narrowed to the new width.
type rowReader struct {
	src   image.Image
	row   *image.RGBA // one row as it is in src, on white
	at    int         // which
	means []float32   // red, green and blue of each new pixel
}

func (r *rowReader) read(y int) []float32 {
	if r.at == y {
		return r.means // two new rows share it
	}
	r.at = y
	b := r.src.Bounds()
	draw.Draw(r.row, r.row.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(r.row, r.row.Bounds(), r.src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
	width := len(r.means) / 3
	ratio := float32(b.Dx()) / float32(width)
	for x := range width {
		from, to := float32(x)*ratio, float32(x+1)*ratio
		var red, green, blue float32
		for sx := int(from); sx < b.Dx() && float32(sx) < to; sx++ {
			share := (min(to, float32(sx+1)) - max(from, float32(sx))) / ratio
			p := r.row.Pix[4*sx : 4*sx+3]
			red, green, blue = red+share*float32(p[0]), green+share*float32(p[1]), blue+share*float32(p[2])
		}
		r.means[3*x], r.means[3*x+1], r.means[3*x+2] = red, green, blue
	}
	return r.means
}

// placed is where a pixel of a stored picture of w × h is seen, for an orientation of Exif's: 5 to 8 lie on their side, 2, 4, 5 and 7 are
// mirrored.
func placed(orientation, w, h, x, y int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
