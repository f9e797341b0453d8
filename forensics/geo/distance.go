package geo

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"

	"keytrail/forensics"
)

// data/borders.txt has points of every country's borders and coasts, no two neighbours further apart than
// borderStep, as "CC lat,lon lat,lon ..." in whole tenths of a degree. maketable writes it from Natural Earth.
//
//go:embed data/borders.txt
var bordersFile string

// borderSlack covers what the points leave out, in kilometres: half a step on either side, the rounding, and the
// generalised coast lines of a map 1:50 million.
const borderSlack = 2*60 + 2*8 + 30

type point struct{ lat, lon float64 } // radians

var borders = sync.OnceValue(func() map[string][]point {
	out := map[string][]point{}
	for line := range strings.Lines(bordersFile) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] == "#" {
			continue
		}
		for _, pair := range f[1:] {
			lat, lon, _ := strings.Cut(pair, ",")
			a, err1 := strconv.Atoi(lat)
			o, err2 := strconv.Atoi(lon)
			if err1 == nil && err2 == nil {
				out[f[0]] = append(out[f[0]], point{float64(a) / 10 * math.Pi / 180, float64(o) / 10 * math.Pi / 180})
			}
		}
	}
	return out
})

var distances sync.Map // of pairs of countries to kilometres

// Kilometres gives a lower bound of the way between two places: the least distance between their
// countries, less what the map leaves out. It is 0 inside of one country and between neighbours, whatever the true
// way is. Islands too small for a map 1:50 million are left out. ok is false where a country is not known.
func Kilometres(a, b forensics.Place) (atLeast int, ok bool) {
	x, y := a.Country, b.Country
	if x > y {
		x, y = y, x
	}
	if known, ok := distances.Load(x + y); ok {
		return known.(int), true
	}
	from, to := borders()[x], borders()[y]
	if len(from) == 0 || len(to) == 0 {
		return 0, false
	}
	km := 0
	if x != y {
		least := math.Inf(1)
		for _, p := range from {
			for _, q := range to {
				least = min(least, haversine(p, q))
			}
		}
		km = max(0, int(2*6371*math.Asin(math.Sqrt(min(1, least))))-borderSlack)
	}
	distances.Store(x+y, km)
	return km, true
}

// haversine of the angle between two points.
func haversine(p, q point) float64 {
	a, b := math.Sin((q.lat-p.lat)/2), math.Sin((q.lon-p.lon)/2)
	return a*a + math.Cos(p.lat)*math.Cos(q.lat)*b*b
}
