// Package screen holds the screens and the dialogues, one per file: what they
// show, what their keys do, and the commands that read the case for them.
//
// Invariants: Update and View never read or write anything outside memory;
// commands never touch the model; an answer carries the number of its question and is
// dropped when a later question was asked.
package screen
