package rule

import "testing"

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{quoted("Outlook-2"), `"Outlook-2"`},
		{quoted(`rule ".": delete`), `“rule ".": delete”`},
		{quoted("a \"b\"\x1b[2J"), `“a "b"\x1b[2J”`},
		{quoted(`a" and “b”`), `"a\" and “b”"`},
		{program("mozilla/5.0 (windows nt 10.0; win64; x64; rv:91.0) gecko/20100101 firefox/91.0"), "Firefox on Windows"},
		{program("imaplib"), `"imaplib"`},
		{noticesWere(1, []string{"Kraken"}), "the notice of Kraken was"},
		{noticesWere(3, []string{"Kraken", "Gemini"}), "3 notices (Kraken, Gemini) were"},
		{atLeast(2000, true, "failure"), "at least 2000 failures"},
		{atLeast(1, false, "failure"), "1 failure"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}
