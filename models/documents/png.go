package documents

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngChunks are the chunks that the picture needs; the others tell of it (texts, time, Exif) or move it. Source: w3.org/TR/png, 11.
const pngChunks = "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP"

// flatPNG is a PNG whose data a PDF can hold as it is: no transparency, not interlaced.
type flatPNG struct {
	depth, colors int
	palette       []byte
}

// PNG's kinds of colour.
const (
	pngGrey, pngRGB, pngPalette, pngGreyAlpha, pngRGBA = 0, 2, 3, 4, 6
)

// barePNG walks over a PNG, checks its sums, and keeps what the picture needs.
func barePNG(content []byte) (p picture, bare []byte, err error) {
	p.orientation = 1
	bare = append(make([]byte, 0, len(content)), pngSignature...)
	flat, header, transparent := &flatPNG{}, []byte(nil), false
	for at := len(pngSignature); ; {
		if at+12 > len(content) {
			return p, nil, errBroken
		}
		length := int64(binary.BigEndian.Uint32(content[at:]))
		if int64(at)+12+length > int64(len(content)) {
			return p, nil, errBroken
		}
		end := at + 12 + int(length)
		name, data := string(content[at+4:at+8]), content[at+8:end-4]
		switch {
		case (header == nil) != (name == "IHDR") || name == "IHDR" && length != 13:
			return p, nil, errBroken
		case name == "IHDR":
			header = data
		case name == "PLTE":
			flat.palette = data
		case name == "tRNS":
			transparent = true
		}
		if strings.Contains(pngChunks, name) {
			if crc32.ChecksumIEEE(content[at+4:end-4]) != binary.BigEndian.Uint32(content[end-4:]) {
				return p, nil, errBroken
			}
			bare = append(bare, content[at:end]...)
		}
		if name == "IEND" {
			p.header(header, flat, transparent)
			return p, bare, nil
		}
		at = end
	}
}

// header reads the size, what a pixel takes when Go decodes it, and whether a PDF can hold the data.
func (p *picture) header(header []byte, flat *flatPNG, transparent bool) {
	p.width, p.height = int(binary.BigEndian.Uint32(header)), int(binary.BigEndian.Uint32(header[4:]))
	depth, color, interlaced := int(header[8]), header[9], header[12] != 0
	each := 4
	switch {
	case color == pngPalette || color == pngGrey && depth <= 8 && !transparent:
		each = 1
	case color == pngGrey && depth == 16 && !transparent:
		each = 2
	case depth == 16:
		each = 8
	}
	if p.width <= MaxPixels && p.height <= MaxPixels {
		p.decoded = p.width * p.height * each
	}
	if interlaced {
		p.decoded += p.decoded / 2 // its passes are decoded one by one
	}
	flat.depth, flat.colors = depth, 1
	if color == pngRGB {
		flat.colors = 3
	}
	if !transparent && !interlaced && color != pngGreyAlpha && color != pngRGBA {
		p.flat = flat
	}
}

// imageData is the data of a PNG, its chunks joined: what a PDF calls a stream with PNG's predictors.
func imageData(content []byte) []byte {
	var joined bytes.Buffer
	for at := len(pngSignature); at+12 <= len(content); {
		length := int(binary.BigEndian.Uint32(content[at:]))
		if string(content[at+4:at+8]) == "IDAT" {
			joined.Write(content[at+8 : at+8+length])
		}
		at += 12 + length
	}
	return joined.Bytes()
}
