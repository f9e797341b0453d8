package formattest

import (
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/format"
)

// File reads a file of the package's testdata; name has slashes.
func File(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// FileSample makes a Sample of a file of testdata.
func FileSample(t testing.TB, name string, records, skipped, events int) Sample {
	t.Helper()
	return Sample{Data: File(t, name), Records: records, Skipped: skipped, Events: events}
}

// ParseFile reads a file of testdata with f into a new sink.
func ParseFile(t testing.TB, f format.Format, name string) *Sink {
	t.Helper()
	sink, err := Parse(f, File(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

// SeedFiles gives a fuzz target all files in a folder of testdata.
func SeedFiles(f *testing.F, dir string) {
	f.Helper()
	files, err := os.ReadDir(filepath.Join("testdata", filepath.FromSlash(dir)))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in %s: %v", dir, err)
	}
	for _, file := range files {
		f.Add(File(f, dir+"/"+file.Name()))
	}
}

// FuzzOne asks of any bytes that f reads them without panic and error, and that refs lie in order inside of them.
func FuzzOne(t *testing.T, f format.Format, data []byte) {
	t.Helper()
	f.Match(Head("", data))
	sink, err := Parse(f, data)
	if err != nil {
		t.Fatal(err)
	}
	var end int64
	for _, ref := range sink.Refs {
		if ref.Offset < end || ref.Length <= 0 || ref.Offset+ref.Length > int64(len(data)) {
			t.Fatalf("ref %+v of %d bytes does not follow %d", ref, len(data), end)
		}
		end = ref.Offset + ref.Length
	}
}
