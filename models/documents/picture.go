package documents

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// readPicture decides by the header whether a picture may be decoded, and decodes it to see that it is whole.
func readPicture(name, kind string, content []byte) error {
	broken := refuse(name, "is broken or not a whole picture. Save it anew and add it again.")
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return broken
	}
	most := int64(maxPNG)
	switch {
	case kind == TypeJPEG && isProgressive(content):
		most = maxProgressive
	case kind == TypeJPEG:
		most = maxJPEG
	}
	if pixels := int64(config.Width) * int64(config.Height); pixels > most || config.Width > 30_000 || config.Height > 30_000 {
		return refuse(name, "has too many pixels. Make it smaller and add it again: A4 at 200 dpi is 1,654 by 2,339.")
	}
	if _, err := decode(kind, content); err != nil {
		return broken
	}
	return nil
}

func decode(kind string, content []byte) (image.Image, error) {
	if kind == TypePNG {
		return png.Decode(bytes.NewReader(content))
	}
	return jpeg.Decode(bytes.NewReader(content))
}

// eachSegment walks the headers of a JPEG until take says that it has seen enough.
func eachSegment(content []byte, take func(marker byte, body []byte) (enough bool)) {
	for at := 2; at+4 <= len(content) && content[at] == 0xff; {
		marker := content[at+1]
		if marker == 0xff { // filling
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(content[at+2:]))
		if marker == 0xda || length < 2 || at+2+length > len(content) || take(marker, content[at+4:at+2+length]) {
			return
		}
		at += 2 + length
	}
}

func isProgressive(content []byte) (progressive bool) {
	eachSegment(content, func(marker byte, _ []byte) bool {
		progressive = marker == 0xc2
		return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
	})
	return progressive
}

// orientation is how a JPEG says that it is to be turned: 1 for as it is (EXIF 2.3, tag 0x0112).
func orientation(content []byte) (turn int) {
	turn = 1
	eachSegment(content, func(marker byte, body []byte) bool {
		tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
		if marker != 0xe1 || !ok || len(tiff) < 8 {
			return false
		}
		var order binary.ByteOrder = binary.LittleEndian
		if tiff[0] == 'M' {
			order = binary.BigEndian
		}
		at := int(order.Uint32(tiff[4:]))
		if at < 8 || at+2 > len(tiff) {
			return true
		}
		for i := range int(order.Uint16(tiff[at:])) {
			entry := at + 2 + 12*i
			if entry+12 > len(tiff) {
				return true
			}
			if order.Uint16(tiff[entry:]) == 0x0112 {
				if v := int(order.Uint16(tiff[entry+8:])); v >= 1 && v <= 8 {
					turn = v
				}
				return true
			}
		}
		return true
	})
	return turn
}

// redraw draws a picture upright, at most longest pixels long, as a JPEG of that quality. What the camera wrote beside it is gone.
func redraw(d Document, longest, quality int) ([]byte, error) {
	source, err := decode(d.Type, d.Content)
	if err != nil {
		return nil, err
	}
	w, h := source.Bounds().Dx(), source.Bounds().Dy()
	if long := max(w, h); long > longest {
		w, h = max(1, w*longest/long), max(1, h*longest/long)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // where it is transparent
	draw.BiLinear.Scale(small, small.Bounds(), source, source.Bounds(), draw.Over, nil)
	turned := small
	if d.Type == TypeJPEG {
		turned = upright(small, orientation(d.Content))
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, turned, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// upright turns and mirrors a picture as its EXIF orientation asks.
func upright(m *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	tw, th := w, h
	if turn >= 5 {
		tw, th = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			var sx, sy int
			switch turn {
			case 2:
				sx, sy = w-1-x, y
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sx, sy = x, h-1-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[m.PixOffset(sx, sy):][:4])
		}
	}
	return out
}
