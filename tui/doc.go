// Package tui is the screen of keytrail. Run opens it; the root model here routes
// keys, messages and sizes to the screens and dialogues of package screen.
//
//	key, mouse, size ──> root ──> dialogue, if one is open, else the screen ──> command ──> case
//	                      ^                                                        │
//	                      └──────────── typed messages in the past tense ──────────┘
//
// Invariants: Update never waits for anything; a command never touches a model;
// everything that reaches the terminal went through kit.Clean.
package tui
