package settlements

import "slices"

// FeeSample is what was taken of one payment, in minor units.
type FeeSample struct{ Amount, Fee int64 }

// UsualFee is a percentage and a fixed part: what is usually taken in one country, currency and payment category.
type UsualFee struct {
	PerMillion int64
	Fixed      int64
}

// FewestSamples is from how many payments on a usual fee can be told.
const FewestSamples = 20

// UsualOf finds the usual fee of some payments: the median of the slopes between small and large ones, then the median of what remains.
// Fees that are off do not move it as long as they are fewer than half. known is false for too few payments.
func UsualOf(samples []FeeSample) (u UsualFee, known bool) {
	if len(samples) < FewestSamples {
		return u, false
	}
	sorted := slices.Clone(samples)
	slices.SortFunc(sorted, func(a, b FeeSample) int { return int(min(max(a.Amount-b.Amount, -1), 1)) })
	var slopes []int64
	half := len(sorted) / 2
	for i := range half {
		low, high := sorted[i], sorted[i+half]
		if high.Amount > low.Amount {
			slopes = append(slopes, (high.Fee-low.Fee)*1_000_000/(high.Amount-low.Amount))
		}
	}
	if len(slopes) > 0 {
		u.PerMillion = median(slopes)
	}
	rests := make([]int64, 0, len(sorted))
	for _, s := range sorted {
		rests = append(rests, s.Fee-u.PerMillion*s.Amount/1_000_000)
	}
	u.Fixed = median(rests)
	return u, true
}

// Of is the fee that is usual for an amount.
func (u UsualFee) Of(amount int64) int64 { return u.PerMillion*amount/1_000_000 + u.Fixed }

// IsUnusual tells whether a fee is away from the usual one by more than two hundredths of it, and more than rounding can be.
func (u UsualFee) IsUnusual(s FeeSample) bool {
	expected := u.Of(s.Amount)
	away := s.Fee - expected
	return max(away, -away) > max(2, expected/50)
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}
