package stripesim

// base62 are the characters of Stripe's ids.
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// mix scrambles 64 bits without losing any (the finalizer of splitmix64), so different counters give different ids.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// hash folds a text into 64 bits (FNV-1a).
func hash(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}

// makeID is prefix and n characters that follow from seed, prefix and counter alone: the same shop has the same ids.
func makeID(seed int64, prefix string, counter int64, n int) string {
	out := make([]byte, 0, len(prefix)+n)
	out = append(out, prefix...)
	block := mix(mix(uint64(seed)^hash(prefix)) + uint64(counter))
	for word, left := block, 11; n > 0; n-- {
		if left == 0 {
			block = mix(block)
			word, left = block, 11
		}
		out = append(out, base62[word%62])
		word, left = word/62, left-1
	}
	return string(out)
}

// apartIDs is where the ids of what a shop's other activity makes begin, far from all others: they move none of its orders' ids.
const apartIDs = int64(1) << 40

// newID counts on and makes the next id with this prefix. The lock is held.
func (s *Sim) newID(prefix string) string {
	counter, from := prefix, int64(0)
	if s.apart {
		counter, from = "apart "+prefix, apartIDs
	}
	s.meta.Counters[counter]++
	n := 23
	if prefix == "cus_" {
		n = 14
	}
	return makeID(s.meta.Seed, prefix, from+s.meta.Counters[counter], n)
}
