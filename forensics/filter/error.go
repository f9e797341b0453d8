package filter

import "fmt"

// SyntaxError points at a mistake in a filter.
type SyntaxError struct {
	Column     int    // from 1, in runes
	Text       string // what is wrong
	Suggestion string // the nearest thing that would be right, empty where nothing is near
}

// Error writes column, mistake and suggestion on one line.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("filter, column %d: %s", e.Column, e.Text)
	if e.Suggestion != "" {
		s += fmt.Sprintf(" (did you mean %s?)", e.Suggestion)
	}
	return s
}

// Nearest gives the candidate with the smallest edit distance to word, if that is
// small for the word's length.
func Nearest(word string, candidates []string) string {
	word = Fold(word)
	if len(word) > 64 {
		return ""
	}
	best, bestDistance := "", 1+max(1, len([]rune(word))/2)
	for _, c := range candidates {
		if d := distance(word, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
