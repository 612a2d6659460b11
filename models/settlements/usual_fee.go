package settlements

import (
	"cmp"
	"slices"
)

// FeeSample is what was taken of one payment, in minor units.
type FeeSample struct{ Amount, Fee int64 }

// UsualFee is a percentage and a fixed part: what is usually taken in one country, currency and payment category.
type UsualFee struct {
	PerMillion int64
	Fixed      int64
	Only       int64 // the one amount that it is known for; 0 for any
}

// FewestSamples is from how many payments on a usual fee can be told, fewestSlopes from how many pairs of different amounts on a percentage.
const FewestSamples, fewestSlopes = 20, 5

// UsualOf finds the usual fee of some payments: the median of the slopes between small and large ones, then the median of what remains.
// Each fee is in one slope, so those that are off do not move it while they are fewer than a quarter. Where nearly all payments are of one
// amount no percentage can be told, and the fee is known for that amount only. known is false for too few payments.
func UsualOf(samples []FeeSample) (u UsualFee, known bool) {
	if len(samples) < FewestSamples {
		return u, false
	}
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b FeeSample) int { return cmp.Compare(a.Amount, b.Amount) })
	var slopes []int64
	half := len(sorted) / 2
	for i := range half {
		low, high := sorted[i], sorted[i+half]
		if high.Amount > low.Amount {
			slopes = append(slopes, (high.Fee-low.Fee)*1_000_000/(high.Amount-low.Amount))
		}
	}
	if len(slopes) < fewestSlopes {
		return usualOfOne(sorted, sorted[half].Amount)
	}
	u.PerMillion = median(slopes)
	rests := make([]int64, 0, len(sorted))
	for _, s := range sorted {
		rests = append(rests, s.Fee-u.PerMillion*s.Amount/1_000_000)
	}
	u.Fixed = median(rests)
	return u, true
}

// usualOfOne is the usual fee of payments of one amount.
func usualOfOne(samples []FeeSample, amount int64) (u UsualFee, known bool) {
	var fees []int64
	for _, s := range samples {
		if s.Amount == amount {
			fees = append(fees, s.Fee)
		}
	}
	if len(fees) < FewestSamples {
		return u, false
	}
	return UsualFee{Fixed: median(fees), Only: amount}, true
}

// Of is the fee that is usual for an amount.
func (u UsualFee) Of(amount int64) int64 { return u.PerMillion*amount/1_000_000 + u.Fixed }

// IsUnusual tells whether a fee is away from the usual one by more than two hundredths of it, and more than rounding can be.
func (u UsualFee) IsUnusual(s FeeSample) bool {
	if u.Only != 0 && s.Amount != u.Only {
		return false
	}
	expected := u.Of(s.Amount)
	away := s.Fee - expected
	return max(away, -away) > max(2, expected/50)
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}
