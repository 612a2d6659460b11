package models

import "strings"

// ByteOrderMark tells a spreadsheet that a file is UTF-8; without it Excel takes ü for Ã¼.
const ByteOrderMark = "\ufeff"

// InertCell takes the power of a formula from a cell of a CSV file: a spreadsheet computes what begins with one of these, spaces in front
// or not.
func InertCell(cell string) string {
	if cell == "" || '0' <= cell[0] && cell[0] <= '9' || 'A' <= cell[0] && cell[0] <= 'Z' || 'a' <= cell[0] && cell[0] <= 'z' {
		return cell // nearly all of them, and a file has many
	}
	if trimmed := strings.TrimLeft(cell, " \u00a0"); trimmed != "" && strings.ContainsRune("=+-@\t\r\n", rune(trimmed[0])) {
		return "'" + cell
	}
	return cell
}
