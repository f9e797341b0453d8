package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// borderStep is how far apart two neighbouring points of a border may be, in kilometres.
const borderStep = 120

// topology is the part of TopoJSON that the atlas uses: arcs of quantised, delta-coded points.
type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]float64
	Objects   struct {
		Countries struct {
			Geometries []struct {
				Type string
				ID   string
				Arcs json.RawMessage
			}
		}
	}
}

func makeBorders(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	countries := map[string]map[string]bool{} // points by country
	for _, g := range t.Objects.Countries.Geometries {
		number, err := strconv.Atoi(g.ID)
		if err != nil {
			continue // disputed areas have no number
		}
		region, err := language.EncodeM49(number)
		if err != nil {
			continue
		}
		code := region.String()
		if len(code) != 2 {
			continue
		}
		rings, err := ringsOf(g.Type, g.Arcs)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, code, err)
		}
		if countries[code] == nil {
			countries[code] = map[string]bool{}
		}
		for _, ring := range rings {
			for _, arc := range ring {
				for _, p := range t.sample(arc) {
					countries[code][fmt.Sprintf("%.0f,%.0f", p[1]*10, p[0]*10)] = true
				}
			}
		}
	}
	var codes []string
	for code := range countries {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var out bytes.Buffer
	out.WriteString("# Points on borders and coasts, tenths of a degree (latitude,longitude), from Natural Earth 1:50m, public domain.\n")
	for _, code := range codes {
		var points []string
		for p := range countries[code] {
			points = append(points, strings.ReplaceAll(p, "-0,", "0,"))
		}
		slices.Sort(points)
		fmt.Fprintf(&out, "%s %s\n", code, strings.Join(points, " "))
	}
	return out.Bytes(), nil
}

// ringsOf gives the outer rings and holes of a polygon or several, as arcs.
func ringsOf(kind string, raw json.RawMessage) ([][]int, error) {
	if kind == "Polygon" {
		var rings [][]int
		err := json.Unmarshal(raw, &rings)
		return rings, err
	}
	var polygons [][][]int
	err := json.Unmarshal(raw, &polygons)
	return slices.Concat(polygons...), err
}

// sample gives points of an arc that are at most borderStep apart: every arc's ends, and so many between that none
// is missed by more than half a step.
func (t *topology) sample(arc int) [][2]float64 {
	if arc < 0 {
		arc = ^arc
	}
	var x, y float64
	var out [][2]float64
	var last [2]float64
	for i, d := range t.Arcs[arc] {
		x, y = x+d[0], y+d[1]
		p := [2]float64{x*t.Transform.Scale[0] + t.Transform.Translate[0], y*t.Transform.Scale[1] + t.Transform.Translate[1]}
		if i == 0 {
			out, last = append(out, p), p
			continue
		}
		km := kilometres(last, p)
		if km < borderStep/2 && i+1 < len(t.Arcs[arc]) {
			continue
		}
		for n := math.Floor(km / borderStep); n > 0; n-- { // a long straight line
			f := n / (math.Floor(km/borderStep) + 1)
			out = append(out, [2]float64{last[0] + (p[0]-last[0])*f, last[1] + (p[1]-last[1])*f})
		}
		out, last = append(out, p), p
	}
	return out
}

func kilometres(a, b [2]float64) float64 {
	const rad = math.Pi / 180
	u, v := math.Sin((b[1]-a[1])*rad/2), math.Sin((b[0]-a[0])*rad/2)
	return 2 * 6371 * math.Asin(math.Sqrt(u*u+math.Cos(a[1]*rad)*math.Cos(b[1]*rad)*v*v))
}
