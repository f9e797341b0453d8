package forensics

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number: an amount of money is never a float. The zero value
// is 0. It keeps the number of places it was written with, so 100.00 + 50.5 is 150.50.
type Decimal struct {
	n     *big.Int // nil: 0; never changed once it is set
	scale int      // n / 10^scale, not below 0
}

// Bounds of a number that is read: more is no amount of anything.
const (
	maxDigits = 80 // as written, zeros included
	maxPlaces = 60 // behind the point, after an exponent is applied
)

// ParseDecimal reads a number as programs write it: an optional sign, digits with at most one point, an optional
// exponent ("1E-8"). There are no separators of thousands, symbols or blanks: who reads a
// document takes them off first.
func ParseDecimal(s string) (Decimal, error) {
	rest := s
	negative := false
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		negative = rest[0] == '-'
		rest = rest[1:]
	}
	exponent := 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(rest[i+1:]); err != nil || exponent > maxPlaces || exponent < -maxPlaces {
			return Decimal{}, notDecimal(s)
		}
		rest = rest[:i]
	}
	whole, places, _ := strings.Cut(rest, ".")
	digits := whole + places
	if digits == "" || len(digits) > maxDigits {
		return Decimal{}, notDecimal(s)
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return Decimal{}, notDecimal(s)
		}
	}
	scale := len(places) - exponent
	if scale < 0 {
		digits += strings.Repeat("0", -scale)
		scale = 0
	}
	if scale > maxPlaces {
		return Decimal{}, notDecimal(s)
	}
	n, _ := new(big.Int).SetString(digits, 10)
	if negative {
		n.Neg(n)
	}
	return Decimal{n: n, scale: scale}, nil
}

func notDecimal(s string) error {
	if len(s) > 2*maxDigits {
		return errors.New("not a decimal number: too long")
	}
	return fmt.Errorf("not a decimal number: %q", s)
}

// Add gives d + e, exactly.
func (d Decimal) Add(e Decimal) Decimal {
	scale := max(d.scale, e.scale)
	return Decimal{n: new(big.Int).Add(d.at(scale), e.at(scale)), scale: scale}
}

// Mul gives d * e, exactly.
func (d Decimal) Mul(e Decimal) Decimal {
	return Decimal{n: new(big.Int).Mul(d.at(d.scale), e.at(e.scale)), scale: d.scale + e.scale}
}

// Round gives d with at most so many places, halves away from zero.
func (d Decimal) Round(places int) Decimal {
	if d.scale <= places {
		return d
	}
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.scale-places)), nil)
	n, rest := new(big.Int).QuoRem(d.at(d.scale), ten, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(ten) >= 0 {
		n.Add(n, big.NewInt(int64(d.Sign())))
	}
	return Decimal{n: n, scale: places}
}

// Neg gives -d.
func (d Decimal) Neg() Decimal { return Decimal{n: new(big.Int).Neg(d.at(d.scale)), scale: d.scale} }

// Abs gives d without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	if d.n == nil {
		return 0
	}
	return d.n.Sign()
}

// Cmp is -1 where d < e, 0 where they are equal (1.0 equals 1), 1 where d > e.
func (d Decimal) Cmp(e Decimal) int {
	scale := max(d.scale, e.scale)
	return d.at(scale).Cmp(e.at(scale))
}

// at is the number as an integer of 10^-scale; scale is not below the own one. The result must
// not be changed.
func (d Decimal) at(scale int) *big.Int {
	n := d.n
	if n == nil {
		n = new(big.Int)
	}
	if scale == d.scale {
		return n
	}
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.scale)), nil)
	return ten.Mul(ten, n)
}

// String writes the number without an exponent, with the places it has: "-0.0010". There is no
// negative zero.
func (d Decimal) String() string {
	text := d.at(d.scale).String()
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	if d.scale == 0 {
		return sign + text
	}
	if pad := d.scale + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	at := len(text) - d.scale
	return sign + text[:at] + "." + text[at:]
}
