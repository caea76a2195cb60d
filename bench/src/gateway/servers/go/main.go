// Servers in Go that answer the gateway bench's one request. Each is a process of its own: it is told
// what to serve by the environment variable SETUP, says on standard output when it listens, answers each
// line on standard input with the processor time that it has used, and ends with its standard input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
)

// setup is what the bench tells: see ../go-server.ts.
type setup struct {
	Server     string            `json:"server"`
	Key        string            `json:"key"`
	Prompt     prompt            `json:"prompt"`
	Database   string            `json:"database"`
	Statements map[string]string `json:"statements"`
}

// prompt is a prompt with its live version.
type prompt struct {
	Slug        string          `json:"slug"`
	Template    string          `json:"template"`
	Version     int             `json:"version"`
	Tags        []string        `json:"tags"`
	Model       string          `json:"model"`
	ModelParams json.RawMessage `json:"model_params"`
}

var servers = map[string]func(net.Listener, setup) error{
	"net-http":       serveNetHTTP,
	"fiber":          serveFiber,
	"read-and-parse": serveReadAndParse,
}

func main() {
	var told setup
	if err := json.Unmarshal([]byte(os.Getenv("SETUP")), &told); err != nil {
		fail(err)
	}
	serve, known := servers[told.Server]
	if !known {
		fail(fmt.Errorf("unknown server %q", told.Server))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	go func() { fail(serve(listener, told)) }()
	answers := json.NewEncoder(os.Stdout)
	answers.Encode(map[string]any{
		"port":    listener.Addr().(*net.TCPAddr).Port,
		"version": runtime.Version()[len("go"):],
		"modules": modules(),
	})
	questions := bufio.NewScanner(os.Stdin)
	for questions.Scan() {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			fail(err)
		}
		answers.Encode(map[string]float64{"seconds": seconds(used.Utime) + seconds(used.Stime)})
	}
}

func seconds(time syscall.Timeval) float64 {
	return float64(time.Sec) + float64(time.Usec)/1e6
}

// modules tells the versions of those that the servers are about.
func modules() map[string]string {
	names := map[string]string{"github.com/gofiber/fiber/v3": "Fiber", "github.com/jackc/pgx/v5": "pgx"}
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if name, wanted := names[module.Path]; wanted {
				versions[name] = module.Version[len("v"):]
			}
		}
	}
	return versions
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
