// Package generic reads tables that no other format knows: an account's activity page saved
// as CSV, a log that an abuse desk sent as a spreadsheet.
//
// Without a mapping a table counts only where its header names a time and an IP address,
// and every row becomes an event of kind "other": what a provider's words mean is not
// guessed. A mapping (`add --mapping FILE`) names the columns, the layout and zone of the
// times, and the kind behind each of the provider's words.
//
// Invariants: any other format that knows an input wins over this one; a time whose
// day and month could be read either way is broken, not guessed.
package generic
