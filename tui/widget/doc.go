// Package widget holds the parts that screens are put together from: a line to
// type in, the density strip, the pages of a long list, a text that scrolls.
//
// Invariant: widgets are plain values without commands; what they need is handed
// to them, and what they draw never is wider or higher than they are told.
package widget
