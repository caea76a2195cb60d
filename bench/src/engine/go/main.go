// The process of Go's text/template in the engine bench. It speaks the words of ../messages.ts: a
// question a line on standard input, its answer a line on standard output.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"text/template"
	"time"
)

type source struct {
	Source string `json:"source"`
	Data   string `json:"data"`
}

type question struct {
	Kind         string            `json:"kind"`
	Templates    map[string]source `json:"templates"`
	Template     string            `json:"template"`
	Milliseconds float64           `json:"milliseconds"`
	source
}

type prepared struct {
	template *template.Template
	copies   []any // of the data; renderings take turns over them
}

// copies is a power of two.
const copies = 16

// batchTime is so long that the reading of the clock does not count.
const batchTime = 2 * time.Millisecond

var (
	templates = map[string]prepared{}
	output    bytes.Buffer // where every rendering puts its bytes
)

func main() {
	questions := json.NewDecoder(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		var asked question
		err := questions.Decode(&asked)
		if errors.Is(err, io.EOF) {
			return
		}
		var answer any
		if err == nil {
			answer, err = answerTo(asked)
		}
		if err == nil {
			err = answers.Encode(answer)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func answerTo(asked question) (any, error) {
	switch asked.Kind {
	case "prepare":
		outputs := map[string]string{}
		for name, given := range asked.Templates {
			ready, err := prepare(given)
			if err != nil {
				return nil, err
			}
			templates[name] = ready
			if err := ready.render(1); err != nil {
				return nil, err
			}
			outputs[name] = output.String()
		}
		return map[string]any{"version": runtime.Version(), "outputs": outputs}, nil
	case "time":
		nanoseconds, err := templates[asked.Template].time(asked.Milliseconds)
		return map[string]float64{"nanoseconds": nanoseconds}, err
	case "first":
		data, err := decode(asked.Data)
		if err != nil {
			return nil, err
		}
		start := time.Now()
		parsed, err := parse(asked.Source)
		if err == nil {
			output.Reset()
			err = parsed.Execute(&output, data)
		}
		return map[string]int64{"nanoseconds": time.Since(start).Nanoseconds()}, err
	}
	return nil, fmt.Errorf("unknown question %q", asked.Kind)
}

func parse(text string) (*template.Template, error) {
	return template.New("bench").Option("missingkey=error").Parse(text)
}

func decode(text string) (data any, err error) {
	err = json.Unmarshal([]byte(text), &data)
	return data, err
}

func prepare(given source) (ready prepared, err error) {
	if ready.template, err = parse(given.Source); err != nil {
		return ready, err
	}
	for range copies {
		data, err := decode(given.Data)
		if err != nil {
			return ready, err
		}
		ready.copies = append(ready.copies, data)
	}
	return ready, nil
}

func (ready prepared) render(times int) error {
	for index := range times {
		output.Reset()
		if err := ready.template.Execute(&output, ready.copies[index&(copies-1)]); err != nil {
			return err
		}
	}
	return nil
}

// time renders for at least so long, and returns nanoseconds for each rendering.
func (ready prepared) time(milliseconds float64) (float64, error) {
	batch := 1
	for {
		start := time.Now()
		if err := ready.render(batch); err != nil {
			return 0, err
		}
		if time.Since(start) >= batchTime {
			break
		}
		batch *= 2
	}
	times := 0
	start := time.Now()
	elapsed := time.Duration(0)
	for elapsed < time.Duration(milliseconds*float64(time.Millisecond)) {
		if err := ready.render(batch); err != nil {
			return 0, err
		}
		times += batch
		elapsed = time.Since(start)
	}
	return float64(elapsed.Nanoseconds()) / float64(times), nil
}
