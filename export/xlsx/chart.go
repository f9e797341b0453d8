package xlsx

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// chartGroups are the groups in the chart. Ordinary mail and the rest would hide them; they stand in its
// data.
var chartGroups = []forensics.Group{forensics.GroupKey, forensics.GroupLogin, forensics.GroupReset, forensics.GroupDeletion, forensics.GroupSettings, forensics.GroupMoney}

// The chart's size in pixels, from which excelize finds the cells that it covers: as wide as the
// printed columns, and as high as chartRows rows, which excelize takes to be of the default height.
const (
	chartWidth  = 1515
	chartHeight = 15*chartRows - 5
)

// maxBins is how many columns the chart has at most: with more, a column is thinner than a stroke.
const maxBins = 62

// chartTable is the chart's data.
type chartTable struct {
	unit string // "day", "week", "month", "year"
	zone string
	bins []chartBin
}

type chartBin struct {
	label  string
	counts casefile.Cell
}

// steps are the widths that a column of the chart can stand for, narrowest first.
var steps = []struct {
	unit, layout string
	floor        func(time.Time) time.Time
	next         func(time.Time) time.Time
}{
	{"day", "2006-01-02", day, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"week", "2006-01-02", week, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }},
	{"month", "2006-01", month, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"year", "2006", year, func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// week goes back to Monday.
func week(t time.Time) time.Time { return day(t).AddDate(0, 0, -int(t.Weekday()+6)%7) }

func month(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()) }
func year(t time.Time) time.Time  { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location()) }

// chartData counts the events by group in the narrowest step that stays readable, over the time of the
// charted groups.
func (b *book) chartData() chartTable {
	zone := time.UTC
	if b.zone != nil {
		zone = b.zone
	}
	t := chartTable{unit: "day", zone: zone.String()}
	first, last, ok := b.c.Charted.Span()
	if !ok {
		return t
	}
	from, to := time.Unix(0, first).In(zone), time.Unix(0, last).In(zone)
	for i, step := range steps {
		var edges []time.Time
		for at := step.floor(from); !at.After(to) && (len(edges) <= maxBins || i == len(steps)-1); at = step.next(at) {
			edges = append(edges, at)
		}
		if len(edges) > maxBins && i < len(steps)-1 {
			continue
		}
		t.unit = step.unit
		for _, at := range edges {
			cell := b.c.Timeline.Histogram(forensics.Nanos(at), forensics.Nanos(step.next(at)), 1)
			t.bins = append(t.bins, chartBin{at.Format(step.layout), cell[0]})
		}
		return t
	}
	return t
}

// title names the chart's part of the summary.
func (t chartTable) title() string {
	if len(t.bins) == 0 {
		return "Events per day by group: there are none with a reliable time"
	}
	return fmt.Sprintf("Events per %s by group (%s); ordinary mail is left out of the chart", t.unit, t.zone)
}

// row writes one row of the chart's data: the head, then a bin.
func (t chartTable) row(r *rows, n int) {
	switch {
	case len(t.bins) == 0 || n > len(t.bins):
	case n == 0:
		r.text(r.st.head, t.unit+" from")
		for _, g := range chartGroups {
			r.text(r.st.headR, g.String())
		}
		r.text(r.st.headR, "mail")
		r.text(r.st.headR, "other")
	default:
		bin := t.bins[n-1]
		r.text(r.st.text, bin.label)
		for _, g := range chartGroups {
			r.number(r.st.number, int64(bin.counts[g]))
		}
		r.number(r.st.number, int64(bin.counts[forensics.GroupMail]))
		r.number(r.st.number, int64(bin.counts[forensics.GroupOther]))
	}
}

// chart puts the chart under the numbers: stacked columns whose data stands on the same sheet, at the right.
func (b *book) chart(f *excelize.File, name string, t chartTable, row int) error {
	if len(t.bins) == 0 {
		return nil
	}
	cells := func(column, from, to int) string {
		col := columnNames(column + 1)[column]
		if from == to {
			return fmt.Sprintf("%s!$%s$%d", quoted(name), col, from)
		}
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(name), col, from, col, to)
	}
	var series []excelize.ChartSeries
	for i, g := range chartGroups {
		column := chartColumn + 1 + i
		series = append(series, excelize.ChartSeries{Name: cells(column, 1, 1), Categories: cells(chartColumn, 2, len(t.bins)+1),
			Values: cells(column, 2, len(t.bins)+1), Fill: fill(groupColours[g].strong)})
	}
	gap, overlap := uint(40), 100
	font := excelize.Font{Size: 8, Family: fontName, Color: "374151"}
	return f.AddChart(name, fmt.Sprintf("A%d", row), &excelize.Chart{
		Type: excelize.ColStacked, Series: series, GapWidth: &gap, Overlap: &overlap,
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		Legend:    excelize.ChartLegend{Position: "bottom", Font: &font},
		XAxis:     excelize.ChartAxis{Font: font, Alignment: excelize.Alignment{TextRotation: 45}},
		YAxis:     excelize.ChartAxis{Font: font, MajorGridLines: true},
		Format:    excelize.GraphicOptions{AltText: t.title(), Positioning: "twoCell"},
	})
}
