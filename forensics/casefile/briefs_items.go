package casefile

// ItemAccounts tells of which accounts each item speaks, in order; the empty account, of events that name none, is left out.
func (b *Briefs) ItemAccounts() map[int64][]string {
	items := b.s.columns.item
	last := make([]int32, highest(items)+1) // the account that an item was last seen with, from 1
	out := map[int64][]string{}
	for at, account := range b.accounts {
		if account == "" {
			continue
		}
		for _, i := range b.index[b.start[at]:b.start[at+1]] {
			if item := items[i]; last[item] != int32(at+1) {
				last[item] = int32(at + 1)
				out[int64(item)] = append(out[int64(item)], account)
			}
		}
	}
	return out
}

func highest(list []uint32) (top uint32) {
	for _, v := range list {
		top = max(top, v)
	}
	return top
}
