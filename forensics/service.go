package forensics

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// serviceNames are those that differ from Event.Service by more than a capital.
var serviceNames = map[string]string{
	"aol": "AOL", "att": "AT&T", "bankofamerica": "Bank of America", "binance-us": "Binance.US", "blockchain": "Blockchain.com", "cryptocom": "Crypto.com",
	"ebay": "eBay", "gmx": "GMX", "kucoin": "KuCoin", "metamask": "MetaMask", "okx": "OKX", "paypal": "PayPal", "webde": "WEB.DE", "wellsfargo": "Wells Fargo",
}

// ServiceName gives a service, as Event.Service names it, as a person writes it. One that is named by its host stays as it is.
func ServiceName(service string) string {
	if name, ok := serviceNames[service]; ok {
		return name
	}
	if service == "" || strings.ContainsAny(service, ". ") {
		return service
	}
	first, n := utf8.DecodeRuneInString(service)
	return string(unicode.ToUpper(first)) + service[n:]
}

// withoutMoney are services that nobody withdraws money from: mailboxes, shops and networks.
var withoutMoney = []string{"amazon", "aol", "apple", "att", "comcast", "ebay", "facebook", "fastmail", "gmx", "google", "microsoft", "proton", "twitter", "webde", "yahoo"}

// KeepsMoney reports whether money can leave a service, so that its statement is worth asking for; of one that is not known it can.
func KeepsMoney(service string) bool { return !slices.Contains(withoutMoney, service) }
