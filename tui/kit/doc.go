// Package kit holds what all screens share: the case as they see it, the
// messages they exchange, the keys, the styles, and the way text gets to the
// terminal.
//
// Invariants: text from evidence reaches the terminal through Style.Render or
// Line only, and both go through Clean; widths are cells, never bytes; nothing
// here does I/O; no package variable changes.
package kit
