package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// kindOfFile is a kind of file that people have and that no format reads, with what to do about it.
type kindOfFile struct {
	magic  string // what it begins with
	ending string // of its name, where many kinds begin alike; empty: any
	advice string
}

// kindsOfFiles are told by what they begin with; the first that fits counts.
var kindsOfFiles = []kindOfFile{
	{"%PDF-", "", "it is a PDF, which shows data and does not hold it: ask its sender for the same as .csv, .json or .eml"},
	{"!BDN", "", "it is an Outlook data file (.pst, .ost): open it in Outlook or Thunderbird and export its folders as mbox or .eml; readpst -r makes mbox files of it"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".msg", "it is a mail of Outlook's own kind: save it as .eml, or export the folder as mbox"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls", "it is a workbook of the old kind: save it as .csv"},
	{"7z\xbc\xaf\x27\x1c", "", "it is a 7-Zip archive: unpack it and add the folder"},
	{"Rar!\x1a\x07", "", "it is a RAR archive: unpack it and add the folder"},
	{"\xff\xd8\xff", "", pictureAdvice},
	{"\x89PNG\r\n\x1a\n", "", pictureAdvice},
	{"<!doctype html", "", pageAdvice},
	{"<html", "", pageAdvice},
}

const (
	pictureAdvice = "it is a picture, and nothing is read from pictures: what it shows has to come from its source as .csv, .json or .eml"
	pageAdvice    = "it is a saved web page: look on that page for an export as .csv or .json"
)

// adviceOn says what to do with a file that no format knows, empty where that is not known. It reads the first bytes only.
func adviceOn(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return ""
	}
	return adviceFor(head[:n], filepath.Ext(path))
}

func adviceFor(head []byte, ending string) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, k := range kindsOfFiles {
		begins := bytes.HasPrefix(head, []byte(k.magic))
		if k.magic[0] == '<' { // in any case, behind blanks
			begins = len(text) >= len(k.magic) && bytes.EqualFold(text[:len(k.magic)], []byte(k.magic))
		}
		if begins && (k.ending == "" || strings.EqualFold(ending, k.ending)) {
			return k.advice
		}
	}
	return ""
}
