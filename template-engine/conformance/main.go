// The oracle answers what Go's text/template makes of a template. It reads cases from stdin, one JSON
// object per line, and answers each with a line:
//
//	oracle datasets.json   the case with its answer: "output", or "error" with Go's message. The file
//	                       holds the data sets that cases name.
//	oracle                 the answer alone: "kind" and "text".
//
// No case stops it, except one that takes longer than timeLimit: Go cannot end that, so the process answers
// and exits, and whoever asks has to start it again for the rest.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/template"
	"time"
)

const (
	outputLimit = 1 << 20
	timeLimit   = 2 * time.Second
)

const (
	output         = "output"
	parseError     = "parse error"
	executionError = "execution error"
	limited        = "limited"
	panicked       = "panic"
)

type testCase struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data,omitempty"`
	Dataset  string          `json:"dataset,omitempty"` // names data in datasets.json instead
	Missing  string          `json:"missing,omitempty"`
	Output   *string         `json:"output,omitempty"`
	Error    string          `json:"error,omitempty"`
}

type answer struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

func main() {
	var err error
	if len(os.Args) > 1 {
		err = completeCases(os.Args[1])
	} else {
		err = answerCases()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerCases() error {
	return forEachCase(func(c testCase, encoder *json.Encoder) error {
		a, inTime := answerInTime(c, c.Data)
		err := encoder.Encode(a)
		if !inTime {
			err = errors.Join(err, errTooSlow)
		}
		return err
	})
}

func completeCases(datasetFile string) error {
	content, err := os.ReadFile(datasetFile)
	if err != nil {
		return err
	}
	var datasets map[string]json.RawMessage
	if err := json.Unmarshal(content, &datasets); err != nil {
		return err
	}
	return forEachCase(func(c testCase, encoder *json.Encoder) error {
		data := c.Data
		if c.Dataset != "" {
			data = datasets[c.Dataset]
		}
		a, _ := answerInTime(c, data)
		c.Output, c.Error = nil, ""
		switch a.Kind {
		case output:
			c.Output = &a.Text
		case parseError, executionError:
			c.Error = a.Text
		default:
			return fmt.Errorf("%s: %s: %s", c.Template, a.Kind, a.Text)
		}
		return encoder.Encode(c)
	})
}

var errTooSlow = errors.New("the last case took too long")

func forEachCase(do func(testCase, *json.Encoder) error) error {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	answers := bufio.NewWriterSize(os.Stdout, 1<<16)
	defer answers.Flush()
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c testCase
			if err := json.Unmarshal(line, &c); err != nil {
				return err
			}
			if err := do(c, encoder); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		// Whoever waits for an answer before the next question gets it at once.
		if lines.Buffered() == 0 {
			if err := answers.Flush(); err != nil {
				return err
			}
		}
	}
}

func answerInTime(c testCase, data json.RawMessage) (answer, bool) {
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- answer{panicked, fmt.Sprint(p)}
			}
		}()
		done <- answerTo(c, data)
	}()
	timer := time.NewTimer(timeLimit)
	defer timer.Stop()
	select {
	case a := <-done:
		return a, true
	case <-timer.C:
		return answer{limited, "too slow"}, false
	}
}

func answerTo(c testCase, source json.RawMessage) answer {
	missing := c.Missing
	if missing == "" {
		missing = "error"
	}
	parsed, err := template.New("t").Option("missingkey=" + missing).Parse(c.Template)
	if err != nil {
		return answer{parseError, err.Error()}
	}
	data := map[string]any{}
	if source != nil {
		if err := json.Unmarshal(source, &data); err != nil {
			return answer{panicked, "data: " + err.Error()}
		}
	}
	var text boundedWriter
	err = parsed.Execute(&text, data)
	switch {
	case errors.Is(err, errTooLarge):
		return answer{limited, "too much output"}
	case err != nil:
		return answer{executionError, err.Error()}
	}
	return answer{output, text.String()}
}

var errTooLarge = errors.New("too much output")

type boundedWriter struct{ strings.Builder }

func (w *boundedWriter) Write(p []byte) (int, error) {
	if w.Len()+len(p) > outputLimit {
		return 0, errTooLarge
	}
	return w.Builder.Write(p)
}
