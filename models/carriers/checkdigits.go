package carriers

import "strings"

// valid is a check digit rule over a whole number (or the part that a shape hands it).
type valid func(number string) bool

// weighted10 is a modulo 10 rule: characters before the last are weighted in turn from the left with a and b, letters
// count as their place in the alphabet plus two, modulo 10 (UPS, OnTrac, GS1 with an odd number of digits).
func weighted10(a, b int) valid {
	return func(number string) bool {
		sum := 0
		for i := range len(number) - 1 {
			weight := a
			if i%2 == 1 {
				weight = b
			}
			sum += charValue(number[i]) * weight
		}
		return (10-sum%10)%10 == charValue(number[len(number)-1])
	}
}

// gs1 is the modulo 10 rule of GS1 (SSCC, USPS, FedEx Ground): weights 3 and 1 from the right.
func gs1(number string) bool {
	if len(number)%2 == 0 {
		return weighted10(3, 1)(number)
	}
	return weighted10(1, 3)(number)
}

// luhn is the modulo 10 rule that adds the digits of doubled digits (Purolator, Old Dominion).
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			digit *= 2
		}
		sum += digit/10 + digit%10
	}
	return sum%10 == 0
}

// mod7 compares the last digit with the rest modulo 7 (DHL Express).
func mod7(number string) bool {
	rest := 0
	for i := range len(number) - 1 {
		rest = (rest*10 + int(number[i]-'0')) % 7
	}
	return rest == int(number[len(number)-1]-'0')
}

// fedex12 weights 11 digits with 3, 1, 7 in turn, modulo 11, modulo 10.
func fedex12(number string) bool {
	weights := [3]int{3, 1, 7}
	sum := 0
	for i := range 11 {
		sum += int(number[i]-'0') * weights[i%3]
	}
	return sum%11%10 == int(number[11]-'0')
}

// mod3736 is ISO 7064 MOD 37,36 over digits and letters (DPD).
func mod3736(number string) bool {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	rest := 36
	for i := range len(number) - 1 {
		rest += strings.IndexByte(alphabet, number[i])
		if rest > 36 {
			rest -= 36
		}
		rest = rest * 2 % 37
	}
	return (37-rest)%36 == strings.IndexByte(alphabet, number[len(number)-1])
}

// s10 is the rule of the Universal Postal Union's S10 (two letters, eight digits, check digit, country).
func s10(number string) bool {
	weights := [8]int{8, 6, 4, 2, 3, 5, 9, 7}
	sum := 0
	for i, weight := range weights {
		sum += int(number[2+i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return check == int(number[10]-'0')
}

// part applies a rule to number[from:to]; a to that is not positive counts from the end.
func part(from, to int, rule valid) valid {
	return func(number string) bool {
		end := to
		if end <= 0 {
			end += len(number)
		}
		return rule(number[from:end])
	}
}

// last applies a rule to the last n characters.
func last(n int, rule valid) valid {
	return func(number string) bool { return rule(number[len(number)-n:]) }
}

// charValue is a digit's value, or for a letter its place in the alphabet (A = 0) plus two, modulo 10.
func charValue(c byte) int {
	if c >= '0' && c <= '9' {
		return int(c - '0')
	}
	return (int(c) - 3) % 10
}
