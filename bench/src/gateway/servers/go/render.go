package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"text/template"
)

// answer is what a render is answered.
type answer struct {
	Rendered    string          `json:"rendered"`
	Version     int             `json:"version"`
	Slug        string          `json:"slug"`
	Tags        []string        `json:"tags"`
	Model       string          `json:"model"`
	ModelParams json.RawMessage `json:"model_params"`
}

// refusal is an error that a client is told.
type refusal struct {
	status int
	Words  string `json:"error"`
}

var (
	unauthorized     = &refusal{http.StatusUnauthorized, "unauthorized"}
	notFound         = &refusal{http.StatusNotFound, "prompt not found"}
	invalidBody      = &refusal{http.StatusBadRequest, "invalid request body"}
	invalidVariables = &refusal{http.StatusBadRequest, "variables must be a JSON object"}
)

// buffers are where templates put their output.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func parse(source string) (*template.Template, error) {
	return template.New("prompt").Option("missingkey=error").Parse(source)
}

// render executes the prompt's template, parsed before, over a request's body.
func (own *prompt) render(parsed *template.Template, body []byte) ([]byte, *refusal) {
	variables, refused := variablesOf(body)
	if refused != nil {
		return nil, refused
	}
	output := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(output)
	output.Reset()
	if err := parsed.Execute(output, variables); err != nil {
		return nil, &refusal{http.StatusUnprocessableEntity, "template execution failed: " + err.Error()}
	}
	text, err := json.Marshal(answer{output.String(), own.Version, own.Slug, own.Tags, own.Model, own.ModelParams})
	if err != nil {
		return nil, &refusal{http.StatusInternalServerError, "internal error"}
	}
	return text, nil
}

func variablesOf(body []byte) (map[string]any, *refusal) {
	var request struct {
		Variables any `json:"variables"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, invalidBody
	}
	variables, isObject := request.Variables.(map[string]any)
	if !isObject {
		return nil, invalidVariables
	}
	return variables, nil
}

// tokenOf takes the API key out of the header.
func tokenOf(authorization string) string {
	token, found := strings.CutPrefix(authorization, "Bearer ")
	if !found {
		return ""
	}
	return token
}

// held is all that a server without a database knows: keys with their teams, and parsed templates.
type held struct {
	teams   map[string][]string
	prompts map[place]ready
}

type place struct{ team, slug string }

type ready struct {
	prompt *prompt
	parsed *template.Template
}

func hold(told setup) (*held, error) {
	parsed, err := parse(told.Prompt.Template)
	if err != nil {
		return nil, err
	}
	const team = "team"
	return &held{
		teams:   map[string][]string{told.Key: {team}},
		prompts: map[place]ready{{team, told.Prompt.Slug}: {&told.Prompt, parsed}},
	}, nil
}

func (known *held) answer(authorization, slug string, body []byte) ([]byte, *refusal) {
	teams, found := known.teams[tokenOf(authorization)]
	if !found {
		return nil, unauthorized
	}
	for _, team := range teams {
		if found, ok := known.prompts[place{team, slug}]; ok {
			return found.prompt.render(found.parsed, body)
		}
	}
	return nil, notFound
}
