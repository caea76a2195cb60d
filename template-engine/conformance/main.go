// The oracle answers what Go's text/template makes of a template. It reads cases from stdin, one JSON
// object per line, and writes each back with its answer: "output", or "error" with Go's message.
// Its argument is the file of the data sets that cases name.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type testCase struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data,omitempty"`
	Dataset  string          `json:"dataset,omitempty"` // names data in datasets.json instead
	Missing  string          `json:"missing,omitempty"`
	Output   *string         `json:"output,omitempty"`
	Error    string          `json:"error,omitempty"`
}

var datasets map[string]json.RawMessage

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(content, &datasets)
	}
	if err == nil {
		err = answerAll()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	answers := bufio.NewWriter(os.Stdout)
	defer answers.Flush()
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var c testCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		c.Output, c.Error = answer(c)
		if err := encoder.Encode(c); err != nil {
			return err
		}
	}
	return lines.Err()
}

func answer(c testCase) (*string, string) {
	missing := c.Missing
	if missing == "" {
		missing = "error"
	}
	parsed, err := template.New("t").Option("missingkey=" + missing).Parse(c.Template)
	if err != nil {
		return nil, err.Error()
	}
	source := c.Data
	if c.Dataset != "" {
		source = datasets[c.Dataset]
	}
	data := map[string]any{}
	if source != nil {
		if err := json.Unmarshal(source, &data); err != nil {
			return nil, "data: " + err.Error()
		}
	}
	var output strings.Builder
	if err := parsed.Execute(&output, data); err != nil {
		return nil, err.Error()
	}
	text := output.String()
	return &text, ""
}
