package models

import (
	"fmt"
	"strconv"
)

// FileSize writes a number of bytes for people: "842 kB", "1.2 MB". Megabytes are decimal.
func FileSize(n int64) string {
	if n < 1_000_000 {
		return strconv.FormatInt((n+999)/1000, 10) + " kB"
	}
	return fmt.Sprintf("%d.%d MB", (n+50_000)/1_000_000, (n+50_000)/100_000%10)
}
