// The oracle answers what Go's text/template makes of a template. It reads cases from stdin, one JSON
// object per line, and writes each back with its answer: "output", or "error" with Go's message.
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
	Missing  string          `json:"missing,omitempty"`
	Output   *string         `json:"output,omitempty"`
	Error    string          `json:"error,omitempty"`
}

func main() {
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
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		c.Output, c.Error = answer(c)
		if err := encoder.Encode(c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
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
	data := map[string]any{}
	if c.Data != nil {
		if err := json.Unmarshal(c.Data, &data); err != nil {
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
