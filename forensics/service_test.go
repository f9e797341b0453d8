package forensics

import "testing"

func TestServiceName(t *testing.T) {
	for service, want := range map[string]string{
		"": "", "coinbase": "Coinbase", "paypal": "PayPal", "binance-us": "Binance.US", "shop.example": "shop.example", "My Bank": "My Bank", "örtlich": "Örtlich", "x": "X",
	} {
		if got := ServiceName(service); got != want {
			t.Errorf("%q is %q, want %q", service, got, want)
		}
	}
}
