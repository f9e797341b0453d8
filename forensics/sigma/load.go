package sigma

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of what is loaded.
const (
	maxFile  = 1 << 20
	maxRules = 50_000
)

// Rule is a rule that can be run.
type Rule struct {
	File, ID, Title string
	Description     string
	Level           string   // informational, low, medium, high, critical, as written
	Techniques      []string // ATT&CK, such as T1114.003
	False           []string // what the rule itself names as innocent
	name            string
	formats         []string // whose records it is asked about
	condition       node
}

// Refused is a rule about a log that is read, which cannot be run, or a file that is no rule.
type Refused struct{ File, Title, Why string }

// Unread counts the rules about a log that is not read, such as "windows (security)".
type Unread struct {
	Log   string
	Rules int
}

// Set is a folder of rules.
type Set struct {
	Rules   []*Rule
	Refused []Refused
	Unread  []Unread           // the most first
	by      map[string][]*Rule // by format
}

// UnreadRules is the number of rules about logs that are not read.
func (s *Set) UnreadRules() int {
	n := 0
	for _, u := range s.Unread {
		n += u.Rules
	}
	return n
}

// loader holds what is known of a folder while it is read.
type loader struct {
	*Set
	unread map[string]int
	logs   map[string]string // of rules about logs that are not read, by id and name
	joint  []correlation
}

// correlation is a rule about several hits of others.
type correlation struct {
	Refused
	rules    []string // ids or names
	generate bool     // the others count by themselves too
}

// Load reads all .yml and .yaml files below a folder, in the order of their names. A file that is no rule, or one
// that cannot be run, is refused and the others go on; rules about logs that are not read are counted. The error is for
// a folder that cannot be read, or that holds no rules.
func Load(dir fs.FS) (*Set, error) {
	s := &loader{Set: &Set{by: map[string][]*Rule{}}, unread: map[string]int{}, logs: map[string]string{}}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := strings.ToLower(path.Ext(name)); d.IsDir() || ext != ".yml" && ext != ".yaml" {
			return nil
		}
		if s.loaded() >= maxRules {
			return fmt.Errorf("more than %d rules", maxRules)
		}
		s.loadFile(dir, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sigma rules: %w", err)
	}
	if s.loaded() == 0 {
		return nil, errors.New("sigma rules: there is no .yml file in the folder")
	}
	s.correlations()
	for _, r := range s.Rules {
		for _, f := range r.formats {
			s.by[f] = append(s.by[f], r)
		}
	}
	for log, n := range s.unread {
		s.Unread = append(s.Unread, Unread{log, n})
	}
	slices.SortFunc(s.Unread, func(a, b Unread) int { return cmp.Or(b.Rules-a.Rules, strings.Compare(a.Log, b.Log)) })
	return s.Set, nil
}

// loaded counts the documents read so far.
func (s *loader) loaded() int {
	n := len(s.Rules) + len(s.Refused) + len(s.joint)
	for _, more := range s.unread {
		n += more
	}
	return n
}

// correlations refuses the rules about several hits, and with them their parts: a part that says by itself that it is
// to be reported is kept, any other is but half of a statement.
func (s *loader) correlations() {
	parts := map[string]string{}
	for _, c := range s.joint {
		log, all := "", len(c.rules) > 0
		for _, ref := range c.rules {
			if s.logs[ref] == "" {
				all = false
			}
			log = s.logs[ref]
			if !c.generate {
				parts[ref] = c.Title
			}
		}
		if all {
			s.unread[log]++
		} else {
			s.Refused = append(s.Refused, c.Refused)
		}
	}
	s.Rules = slices.DeleteFunc(s.Rules, func(r *Rule) bool {
		of := parts[r.ID]
		if r.ID == "" || of == "" {
			of = parts[r.name]
		}
		if of == "" {
			return false
		}
		s.Refused = append(s.Refused, Refused{r.File, r.Title, fmt.Sprintf("it is a part of the correlation %q, and says nothing alone", of)})
		return true
	})
}

// loadFile reads the rules of one file, which can hold several documents.
func (s *loader) loadFile(dir fs.FS, name string) {
	refuse := func(title, why string) { s.Refused = append(s.Refused, Refused{name, title, why}) }
	if info, err := fs.Stat(dir, name); err != nil || !info.Mode().IsRegular() { // a pipe would be waited for
		if err == nil {
			err = errors.New("this is no file")
		}
		refuse("", err.Error())
		return
	}
	f, err := dir.Open(name)
	if err != nil {
		refuse("", err.Error())
		return
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		refuse("", err.Error())
		return
	}
	if len(data) > maxFile {
		refuse("", "the file is larger than 1 MiB")
		return
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc document
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			refuse(doc.Title, "not a Sigma rule: "+strings.ReplaceAll(err.Error(), "\n", " "))
			return // the decoder cannot go on behind a mistake
		}
		if c := doc.Correlation; c != nil {
			s.joint = append(s.joint, correlation{Refused{name, doc.Title, "correlations of several hits are not supported"}, c.Rules, c.Generate})
			if doc.ID != "" {
				s.logs[doc.ID] = s.logs[strings.Join(c.Rules, "")] // of one rule: whatever that is about
			}
			continue
		}
		rule, unread, err := doc.rule()
		switch {
		case unread != "":
			s.unread[unread]++
			s.logs[doc.ID], s.logs[doc.Name] = unread, unread
			delete(s.logs, "")
		case err != nil:
			refuse(doc.Title, err.Error())
		default:
			rule.File = name
			s.Rules = append(s.Rules, rule)
		}
	}
}

// document is what is read of a rule.
type document struct {
	Title          string    `yaml:"title"`
	ID             string    `yaml:"id"`
	Name           string    `yaml:"name"`
	Description    string    `yaml:"description"`
	Level          string    `yaml:"level"`
	Status         string    `yaml:"status"`
	Action         string    `yaml:"action"`
	Tags           texts     `yaml:"tags"`
	FalsePositives texts     `yaml:"falsepositives"`
	Filter         yaml.Node `yaml:"filter"`
	Correlation    *struct {
		Rules    texts `yaml:"rules"`
		Generate bool  `yaml:"generate"`
	} `yaml:"correlation"`
	LogSource struct {
		Product, Service, Category string
	} `yaml:"logsource"`
	Detection map[string]yaml.Node `yaml:"detection"`
}

// texts is a list of texts, or one.
type texts []string

// UnmarshalYAML takes a single text for a list of one, and leaves out what is no text.
func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	for _, c := range list {
		if c.Kind == yaml.ScalarNode && c.Tag != "!!null" {
			*t = append(*t, c.Value)
		}
	}
	return nil
}

// rule compiles a document. unread names the log that it is about where that is not read.
func (d *document) rule() (r *Rule, unread string, err error) {
	switch {
	case !d.Filter.IsZero():
		return nil, "", errors.New("filters for other rules are not supported")
	case d.Action != "":
		return nil, "", fmt.Errorf("a collection with the action %q is not supported; write each rule out", d.Action)
	case d.Title == "" || len(d.Detection) == 0:
		return nil, "", errors.New("not a Sigma rule: it needs a title and a detection")
	}
	formats, first, unread := formatsFor(d.LogSource.Product, d.LogSource.Service, d.LogSource.Category)
	switch {
	case unread != "":
		return nil, unread, nil
	case len(formats) == 0:
		return nil, "", errors.New("it does not say which log it is about: it has no logsource")
	case d.Status == "unsupported":
		return nil, "", errors.New("its authors mark it as unsupported")
	}
	r = &Rule{ID: d.ID, Title: d.Title, Description: strings.TrimSpace(d.Description), Level: d.Level, False: d.FalsePositives, name: d.Name, formats: formats}
	for _, tag := range d.Tags {
		if t, ok := strings.CutPrefix(strings.ToLower(tag), "attack.t"); ok && t != "" && t[0] >= '0' && t[0] <= '9' {
			r.Techniques = append(r.Techniques, "T"+t)
		}
	}
	if r.condition, err = d.condition(); err != nil {
		return nil, "", err
	}
	if first != nil {
		r.condition = allOf{first, r.condition}
	}
	return r, "", nil
}

// condition compiles the selections and joins them.
func (d *document) condition() (node, error) {
	raw, ok := d.Detection["condition"]
	if !ok {
		return nil, errors.New("the detection has no condition")
	}
	if _, ok := d.Detection["timeframe"]; ok {
		return nil, errors.New("a timeframe needs events to be counted, which is not supported")
	}
	selections := map[string]node{}
	var names []string
	for name, value := range d.Detection {
		if name == "condition" {
			continue
		}
		n, err := selection(&value, 0)
		if err != nil {
			return nil, fmt.Errorf("in %s: %w", name, err)
		}
		selections[name] = n
		names = append(names, name)
	}
	slices.Sort(names)
	var conditions []string
	switch raw.Kind {
	case yaml.ScalarNode:
		conditions = []string{raw.Value}
	case yaml.SequenceNode:
		if err := raw.Decode(&conditions); err != nil {
			return nil, fmt.Errorf("condition: %w", err)
		}
	}
	if len(conditions) == 0 {
		return nil, errors.New("the condition is empty")
	}
	var either anyOf
	for _, text := range conditions {
		n, err := parseCondition(text, names, selections)
		if err != nil {
			return nil, fmt.Errorf("condition: %w", err)
		}
		either = append(either, n)
	}
	if len(either) == 1 {
		return either[0], nil
	}
	return either, nil
}
