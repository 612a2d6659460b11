package documents

import (
	"bytes"
	"encoding/binary"
)

// Markers of a JPEG. Source: ITU-T T.81, table B.1.
const (
	markerSOF0 = 0xC0 // frame headers are SOF0 to SOF15, without DHT, JPG and DAC, which lie between them
	markerSOF2 = 0xC2 // progressive
	markerDHT  = 0xC4
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP0 = 0xE0
	markerAPPF = 0xEF
	markerCOM  = 0xFE
)

// bareJPEG walks over a JPEG and keeps what the picture needs: no Exif but the orientation, no comments, nothing behind its end.
func bareJPEG(content []byte) (p picture, bare []byte, err error) {
	p.orientation = 1
	bare = make([]byte, 0, len(content)+len(exifOrientation))
	bare = append(bare, 0xFF, 0xD8)
	for at := 2; ; {
		marker, segment, next := segmentAt(content, at)
		switch {
		case next == 0:
			return p, nil, errBroken
		case marker == markerEOI:
			if p.orientation > 1 { // where Exif belongs: right behind the start
				bare = append(bare[:2], append(orientationSegment(p.orientation), bare[2:]...)...)
			}
			return p, append(bare, 0xFF, markerEOI), nil
		case isFrame(marker) && p.width == 0:
			if !p.frame(marker, segment) {
				return p, nil, errBroken
			}
		case marker == markerAPP0+1 && p.orientation == 1:
			p.orientation = orientationOf(segment)
		}
		if marker == markerSOS {
			next = endOfScan(content, next)
		}
		if needed(marker, segment) {
			bare = append(bare, content[at:next]...)
		}
		at = next
	}
}

// segmentAt reads the marker at a place; next is where the segment ends, 0 where there is none.
func segmentAt(content []byte, at int) (marker byte, segment []byte, next int) {
	for at+1 < len(content) && content[at] == 0xFF && content[at+1] == 0xFF {
		at++ // fill bytes
	}
	if at+1 >= len(content) || content[at] != 0xFF {
		return 0, nil, 0
	}
	marker = content[at+1]
	if marker == markerEOI || marker >= markerRST0 && marker <= markerRST7 {
		return marker, nil, at + 2
	}
	if at+4 > len(content) {
		return 0, nil, 0
	}
	length := int(binary.BigEndian.Uint16(content[at+2:]))
	if length < 2 || at+2+length > len(content) {
		return 0, nil, 0
	}
	return marker, content[at+4 : at+2+length], at + 2 + length
}

// endOfScan is where the next marker behind the picture's data stands.
func endOfScan(content []byte, at int) int {
	for ; at+1 < len(content); at++ {
		if next := content[at+1]; content[at] == 0xFF && next != 0 && next != 0xFF && (next < markerRST0 || next > markerRST7) {
			return at
		}
	}
	return len(content)
}

func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= 0xCF && marker != markerDHT && marker != markerJPG && marker != markerDAC
}

// frame reads the frame's header: size, components and what they take when decoded. A progressive picture is kept as coefficients too,
// four bytes each.
func (p *picture) frame(marker byte, segment []byte) bool {
	if len(segment) < 6 || len(segment) < 6+3*int(segment[5]) {
		return false
	}
	p.height, p.width, p.components = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:])), int(segment[5])
	blocks, most := 0, 1
	for i := range p.components {
		factors := segment[6+3*i+1]
		area := int(factors>>4) * int(factors&15)
		blocks, most = blocks+area, max(most, area)
	}
	p.decoded = p.width * p.height * blocks / most
	if marker == markerSOF2 {
		p.decoded *= 5
	}
	if p.components > 3 {
		p.decoded += 4 * p.width * p.height
	}
	return true
}

// needed tells whether the picture looks the same without a segment: the file's kind, colour profiles and Adobe's colour transform are needed.
func needed(marker byte, segment []byte) bool {
	switch {
	case marker == markerCOM:
		return false
	case marker < markerAPP0 || marker > markerAPPF:
		return true
	}
	return marker == markerAPP0 && bytes.HasPrefix(segment, []byte("JFIF\x00")) ||
		marker == markerAPP0+2 && bytes.HasPrefix(segment, []byte("ICC_PROFILE\x00")) ||
		marker == markerAPP0+14 && bytes.HasPrefix(segment, []byte("Adobe"))
}

// exifOrientation is the smallest Exif that says how the picture is turned.
const exifOrientation = "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"

func orientationSegment(orientation int) []byte {
	segment := []byte(exifOrientation)
	segment[29] = byte(orientation)
	return segment
}

// orientationOf reads the orientation out of Exif; 1 where it says none.
func orientationOf(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	directory := int64(order.Uint32(tiff[4:]))
	if directory+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[directory+2:]
	for range order.Uint16(tiff[directory:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
