package rule

import "context"

type evaluation struct{}

func evaluate(ctx context.Context, in *Input) (*Account, error) {
	return &Account{Profile: &Profile{Account: in.Account.Account}}, ctx.Err()
}
