//go:build linux

package xlsx

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"archive/zip"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// benchEvents is the size of the workbook of docs/benchmarks.md.
const benchEvents = 1_000_000

// The columns of the timeline: a letter for each as testdata/compare.c reads them.
const benchKinds = "dggsssssssnssss"

// BenchmarkWorkbook writes a million events x 15 columns in a process of its own, and the same cells with
// libxlsxwriter and with excelize's StreamWriter.
func BenchmarkWorkbook(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		ours := benchRun(b, 2, os.Args[0], "KEYTRAIL_BENCH_WRITE=own", "KEYTRAIL_BENCH_OUT="+filepath.Join(dir, "own.xlsx"))
		b.ReportMetric(ours.wall.Seconds(), "keytrail-s")
		b.ReportMetric(ours.cpu.Seconds(), "keytrail-cpu-s")
		b.ReportMetric(float64(ours.peak)/1e6, "keytrail-peak-MB")
		b.ReportMetric(fileMB(b, filepath.Join(dir, "own.xlsx")), "keytrail-file-MB")
		stream := benchRun(b, 1, os.Args[0], "KEYTRAIL_BENCH_WRITE=streamwriter", "KEYTRAIL_BENCH_OUT="+filepath.Join(dir, "stream.xlsx"))
		b.ReportMetric(stream.wall.Seconds(), "streamwriter-s")
		b.ReportMetric(stream.cpu.Seconds(), "streamwriter-cpu-s")
		b.ReportMetric(float64(stream.peak)/1e6, "streamwriter-peak-MB")
		if program := compileComparison(b, dir); program != "" {
			tsv := filepath.Join(dir, "rows.tsv")
			writeTSV(b, tsv)
			parse := benchRun(b, 2, program, "parse", tsv, "-", benchKinds)
			theirs := benchRun(b, 2, program, "write", tsv, filepath.Join(dir, "c.xlsx"), benchKinds)
			b.ReportMetric((theirs.wall - parse.wall).Seconds(), "libxlsxwriter-s")
			b.ReportMetric((theirs.cpu - parse.cpu).Seconds(), "libxlsxwriter-cpu-s")
			b.ReportMetric(float64(theirs.peak)/1e6, "libxlsxwriter-peak-MB")
			b.ReportMetric(fileMB(b, filepath.Join(dir, "c.xlsx")), "libxlsxwriter-file-MB")
			b.ReportMetric((theirs.wall-parse.wall).Seconds()/ours.wall.Seconds(), "times-libxlsxwriter")
		}
		b.ReportMetric(0, "ns/op")
	}
}

// TestMain turns the test's own program into the one that is measured.
func TestMain(m *testing.M) {
	out := os.Getenv("KEYTRAIL_BENCH_OUT")
	if out == "" {
		os.Exit(m.Run())
	}
	write := benchOwn
	if os.Getenv("KEYTRAIL_BENCH_WRITE") == "streamwriter" {
		write = benchStreamWriter
	}
	f, err := os.Create(out)
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func benchOwn(w io.Writer) error {
	return Write(context.Background(), w, content(synthetic{n: benchEvents, event: busyEvent}, nil))
}

// benchStreamWriter writes the same cells with excelize alone.
func benchStreamWriter(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	f.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		zw := zip.NewWriter(w)
		zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, compression) })
		return zw
	})
	format := dateFormats[3]
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Size: 9}})
	if err != nil {
		return err
	}
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	row := make([]any, len(benchKinds))
	n := 0
	err = each(context.Background(), synthetic{n: benchEvents, event: busyEvent}, func(e *forensics.Event) error {
		n++
		for i, cell := range benchCells(e) {
			switch {
			case benchKinds[i] == 'd':
				v, err := strconv.ParseFloat(cell, 64)
				if err != nil {
					return err
				}
				row[i] = excelize.Cell{StyleID: date, Value: v}
			case cell == "":
				row[i] = nil
			default:
				row[i] = excelize.Cell{StyleID: text, Value: cell}
			}
		}
		return sw.SetRow("A"+strconv.Itoa(n), row)
	})
	if err != nil {
		return err
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// benchCells gives the cells of an event's row as text.
func benchCells(e *forensics.Event) []string {
	days := float64(floorMS(e.Time.Nano))/msPerDay + epochDay
	return []string{
		strconv.FormatFloat(days, 'f', 10, 64), e.Kind.Group().String(), e.Kind.String(), e.Account, timeline.Sentence(e), e.IP.String(),
		fmt.Sprintf("%s, AS%d, %s", e.Country, e.ASN, e.Org), e.Service, e.Certainty.String(), states(e), strconv.FormatInt(e.Ref.Evidence, 10), refText(e.Ref),
		e.EvidenceName, e.ID, e.Digest.String(),
	}
}

func writeTSV(b *testing.B, path string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = each(context.Background(), synthetic{n: benchEvents, event: busyEvent}, func(e *forensics.Event) error {
		_, err := fmt.Fprintf(w, "%d\t%s\n", e.Kind.Group(), strings.Join(benchCells(e), "\t"))
		return err
	})
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

// compileComparison compiles the C program, or says loudly why there is no comparison.
func compileComparison(b *testing.B, dir string) string {
	b.Helper()
	program := filepath.Join(dir, "compare")
	cc, err := exec.LookPath("cc")
	if err != nil {
		b.Log("NOT RUN: the comparison with libxlsxwriter (no C compiler)")
		return ""
	}
	if out, err := exec.Command(cc, "-O2", "testdata/compare.c", "-o", program, "-lxlsxwriter").CombinedOutput(); err != nil {
		b.Logf("NOT RUN: the comparison with libxlsxwriter (Debian's libxlsxwriter-dev): %v\n%s", err, out)
		return ""
	}
	return program
}

type benchResult struct {
	wall time.Duration
	cpu  time.Duration // of all threads
	peak int64         // resident bytes
}

// benchRun gives the best of several runs of a program; arguments with KEYTRAIL_ are its environment.
func benchRun(b *testing.B, times int, program string, args ...string) benchResult {
	b.Helper()
	var best benchResult
	for i := range times {
		cmd := exec.Command(program)
		cmd.Env = os.Environ()
		for _, a := range args {
			if strings.HasPrefix(a, "KEYTRAIL_") {
				cmd.Env = append(cmd.Env, a)
			} else {
				cmd.Args = append(cmd.Args, a)
			}
		}
		start := time.Now()
		out, err := cmd.CombinedOutput()
		wall := time.Since(start)
		if err != nil {
			b.Fatalf("%s: %v\n%s", program, err, out)
		}
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			b.Fatal("no resource usage on this system")
		}
		if i == 0 || wall < best.wall {
			best = benchResult{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss * 1024}
		}
	}
	return best
}

func fileMB(b *testing.B, path string) float64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size()) / 1e6
}
