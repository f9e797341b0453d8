package sigma

import (
	"bytes"
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
	products        []string // names of formats whose records it is asked about
	condition       node
}

// Refused is a rule that cannot be run.
type Refused struct{ File, Title, Why string }

// Set is a folder of rules.
type Set struct {
	Rules   []*Rule
	Refused []Refused
	by      map[string][]*Rule // by format
}

// Load reads all .yml and .yaml files below a folder, in the order of their names. A file that is no rule, or one
// that cannot be run, is refused and the others go on; the error is for a folder that cannot be read.
func Load(dir fs.FS) (*Set, error) {
	s := &Set{by: map[string][]*Rule{}}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := strings.ToLower(path.Ext(name)); d.IsDir() || ext != ".yml" && ext != ".yaml" {
			return nil
		}
		if len(s.Rules)+len(s.Refused) >= maxRules {
			return fmt.Errorf("more than %d rules", maxRules)
		}
		s.loadFile(dir, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sigma rules: %w", err)
	}
	if len(s.Rules)+len(s.Refused) == 0 {
		return nil, errors.New("sigma rules: there is no .yml file in the folder")
	}
	for _, r := range s.Rules {
		for _, f := range r.products {
			s.by[f] = append(s.by[f], r)
		}
	}
	return s, nil
}

// loadFile reads the rules of one file, which can hold several documents.
func (s *Set) loadFile(dir fs.FS, name string) {
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
		rule, err := doc.rule()
		if err != nil {
			refuse(doc.Title, err.Error())
			continue
		}
		rule.File = name
		s.Rules = append(s.Rules, rule)
	}
}

// document is what is read of a rule.
type document struct {
	Title          string    `yaml:"title"`
	ID             string    `yaml:"id"`
	Description    string    `yaml:"description"`
	Level          string    `yaml:"level"`
	Status         string    `yaml:"status"`
	Action         string    `yaml:"action"`
	Tags           []string  `yaml:"tags"`
	FalsePositives []string  `yaml:"falsepositives"`
	Correlation    yaml.Node `yaml:"correlation"`
	Filter         yaml.Node `yaml:"filter"`
	LogSource      struct {
		Product, Service, Category string
	} `yaml:"logsource"`
	Detection map[string]yaml.Node `yaml:"detection"`
}

func (d *document) rule() (*Rule, error) {
	switch {
	case !d.Correlation.IsZero():
		return nil, errors.New("correlations of several rules are not supported")
	case !d.Filter.IsZero():
		return nil, errors.New("filters for other rules are not supported")
	case d.Action != "":
		return nil, fmt.Errorf("a collection with the action %q is not supported; write each rule out", d.Action)
	case d.Title == "" || len(d.Detection) == 0:
		return nil, errors.New("not a Sigma rule: it needs a title and a detection")
	case d.Status == "unsupported":
		return nil, errors.New("its authors mark it as unsupported")
	}
	formats, err := formatsFor(d.LogSource.Product, d.LogSource.Service, d.LogSource.Category)
	if err != nil {
		return nil, err
	}
	r := &Rule{ID: d.ID, Title: d.Title, Description: strings.TrimSpace(d.Description), Level: d.Level, False: d.FalsePositives, products: formats}
	for _, tag := range d.Tags {
		if t, ok := strings.CutPrefix(strings.ToLower(tag), "attack.t"); ok && t != "" && t[0] >= '0' && t[0] <= '9' {
			r.Techniques = append(r.Techniques, "T"+t)
		}
	}
	if r.condition, err = d.condition(); err != nil {
		return nil, err
	}
	return r, nil
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
			return nil, fmt.Errorf("selection %s: %w", name, err)
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
