package carriers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"counterfoil/models/carriers"
)

func TestGuess(t *testing.T) {
	for number, want := range map[string]string{
		"1Z5R89390357567127":                   "ups",
		" 1 Z 8 V 9 2 A 7 0 3 6 7 2 0 3 0 2 4": "ups",
		"1Z5R89390357567128":                   "ups", // a wrong check digit is still UPS
		"RB123456785GB":                        "royal-mail",
		"RR123456785SE":                        "postnord",
		"RR123456785NO":                        "posten-bring",
		"RR123456785DE":                        "dhl-paket",
		"00340434161094042557":                 "dhl-paket",
		"JJFI64500000000000000":                "posti",
		"986578788855":                         "fedex",
		"320595463938":                         "purolator",
		"9400111206206407628746":               "usps",
		"TBA000000000000":                      "amazon",
		"3SABCD1234567":                        "postnl",
		"Z1234567890":                          "packeta",
		"JD0002217612345678":                   "yodel",
		"008182709980000020033350276C":         "dpd",
		"3318810025":                           "dhl-express",
		"373500000000000000":                   "postnord",
		"370700000000000007":                   "posten-bring",
		"RB123456785CV":                        "",
		"hello":                                "",
		"":                                     "",
		"' OR 1=1 --":                          "",
	} {
		list := carriers.Guess(number)
		switch {
		case want == "" && len(list) > 0:
			t.Errorf("Guess(%q) = %v, want nobody", number, codes(list))
		case want != "" && (len(list) == 0 || list[0].Code != want):
			t.Errorf("Guess(%q) = %v, want %s first", number, codes(list), want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		code, number string
		verdict      carriers.Verdict
		says         string // part of the sentence
	}{
		{"ups", "1Z5R89390357567127", carriers.OK, ""},
		{"ups", "1Z5R89390357567128", carriers.Doubtful, "check digit"},
		{"ups", "123", carriers.Doubtful, "Numbers of UPS are usually 1Z and 16 letters or digits"},
		{"ups", "9400111206206407628746", carriers.Doubtful, "looks like a number of USPS, not of UPS"},
		{"postnord", "RB123456785GB", carriers.OK, ""}, // a post tracks the parcels of the others
		{"postnord", "RB123456786GB", carriers.Doubtful, "check digit"},
		{"postnord", "SOMETHING-NEW", carriers.Unknown, ""},
		{"dhl-paket", "00340434161094042558", carriers.Doubtful, "check digit"},
		{"hermes", "1Z5R89390357567127", carriers.Doubtful, "looks like a number of UPS, not of Hermes"},
		{"budbee", "anything", carriers.Unknown, ""},
		{carriers.Other, "1Z5R89390357567127", carriers.Unknown, ""},
		{"pigeon", "1Z5R89390357567127", carriers.Unknown, ""},
		{"ups", " ", carriers.Unknown, ""},
	} {
		verdict, says := carriers.Check(c.code, c.number)
		if verdict != c.verdict || !strings.Contains(says, c.says) || (says == "") != (c.says == "") {
			t.Errorf("Check(%s, %q) = %s, %q, want %s, %q", c.code, c.number, verdict, says, c.verdict, c.says)
		}
	}
}

// FuzzCheck looks for numbers that make a shape or a check digit rule fall over.
func FuzzCheck(f *testing.F) {
	f.Add("1Z5R89390357567127")
	f.Add("RB123456785GB")
	f.Add("9622001900000000000000776632517510")
	f.Add("é1Zﬁ")
	f.Fuzz(func(t *testing.T, number string) {
		carriers.Guess(number)
		for _, c := range carriers.All() {
			if verdict, says := carriers.Check(c.Code, number); (verdict == carriers.Doubtful) != (says != "") {
				t.Fatalf("Check(%s, %q) = %s, %q", c.Code, number, verdict, says)
			}
		}
	})
}

// courierCodes names our carriers for a courier of the test numbers. S10 belongs to every post.
var courierCodes = map[string][]string{
	"amazon": {"amazon"}, "canada_post": {"canada-post"}, "dhl": {"dhl-express", "dhl-ecommerce", "dhl-paket"}, "dpd": {"dpd"},
	"fedex": {"fedex"}, "landmark": {"landmark"}, "lasership": {"lasership", "ontrac"}, "old_dominion": {"old-dominion"},
	"ontrac": {"ontrac"}, "purolator": {"purolator"}, "s10": {"royal-mail", "usps", "postnord"}, "speedee": {"spee-dee"},
	"ups": {"ups"}, "usps": {"usps"}, "yodel": {"yodel"}, "canpar": {"canpar"}, "gofo": {"gofo"}, "yunexpress": {"yunexpress"},
}

// TestPublishedNumbers runs the test numbers of jkeen/tracking_number_data.
func TestPublishedNumbers(t *testing.T) {
	var couriers map[string]struct {
		Formats map[string]struct{ Valid, Invalid []string }
	}
	if err := json.Unmarshal(readData(t, "tracking-numbers/test_numbers.dev.json"), &couriers); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for courier, c := range couriers {
		ours := courierCodes[courier]
		if ours == nil {
			t.Errorf("no carrier for courier %s", courier)
		}
		for format, numbers := range c.Formats {
			for _, number := range numbers.Valid {
				tried++
				if !anyVerdict(ours, number, carriers.OK) {
					t.Errorf("%s %s: %q is valid and belongs to none of %v", courier, format, number, ours)
				}
				guessed := codes(carriers.Guess(number))
				if courier != "s10" && !slices.ContainsFunc(ours, func(code string) bool { return slices.Contains(guessed, code) }) {
					t.Errorf("%s %s: %q is guessed as %v", courier, format, number, guessed)
				}
			}
			for _, number := range numbers.Invalid {
				tried++
				if courier != "dhl" && courier != "lasership" && anyVerdict(ours, number, carriers.OK) {
					t.Errorf("%s %s: %q is not valid and passes for one of %v", courier, format, number, ours)
				}
				if courier == "dhl" && anyVerdict([]string{"dhl-express"}, number, carriers.OK) {
					t.Errorf("%s %s: %q is not valid and passes for DHL Express", courier, format, number)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d numbers were tried", tried)
	}
}

func anyVerdict(codes []string, number string, want carriers.Verdict) bool {
	return slices.ContainsFunc(codes, func(code string) bool {
		verdict, _ := carriers.Check(code, number)
		return verdict == want
	})
}

// readData reads a file of the recorded data beside the repository; the test is skipped where that is absent,
// unless COUNTERFOIL_REQUIRE names it.
func readData(t *testing.T, name string) []byte {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	raw, err := os.ReadFile(filepath.Join(root, "..", "shared", "data", filepath.FromSlash(name)))
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("COUNTERFOIL_REQUIRE"), ","), "data") {
			t.Fatalf("the recorded data is required: %v", err)
		}
		t.Skipf("the recorded data is not here: %v", err)
	}
	return raw
}
