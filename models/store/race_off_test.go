//go:build !race

package store_test

// raceDetector takes many times the time of what it watches.
const raceDetector = false
