package forensics

import "context"

// List is a list of events in the order of the timeline, read page by page.
type List interface {
	Len() int
	// Events reads up to n events from index from on.
	Events(from, n int) ([]Event, error)
}

// listPage is how many events Each holds at a time.
const listPage = 1000

// Each hands every event of a list to use, in order, and stops at the first error and where ctx ends.
func Each(ctx context.Context, list List, use func(*Event) error) error {
	for from := 0; from < list.Len(); from += listPage {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := list.Events(from, min(listPage, list.Len()-from))
		if err != nil {
			return err
		}
		for i := range page {
			if err := use(&page[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
