package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
)

// serveNetHTTP is a server of the standard library.
func serveNetHTTP(listener net.Listener, told setup) error {
	known, err := hold(told)
	if err != nil {
		return err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /v1/prompts/{slug}/render", func(writer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the client is gone
		}
		text, refused := known.answer(request.Header.Get("Authorization"), request.PathValue("slug"), body)
		writer.Header().Set("Content-Type", "application/json")
		if refused != nil {
			writer.WriteHeader(refused.status)
			json.NewEncoder(writer).Encode(refused)
			return
		}
		writer.Write(text)
	})
	return http.Serve(listener, routes)
}
