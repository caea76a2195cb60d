package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"

	"github.com/gofiber/fiber/v3"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connections to Postgres.
const connections = 16

// serveReadAndParse holds nothing: key, teams, prompt and version are read for each request, each by an
// index, and the template is parsed. pgx prepares the statements once for each connection.
func serveReadAndParse(listener net.Listener, told setup) error {
	config, err := pgxpool.ParseConfig(told.Database)
	if err != nil {
		return err
	}
	config.MaxConns, config.MinConns = connections, connections
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return err
	}
	database := &database{pool, told.Statements}
	return listenWithFiber(listener, func(request fiber.Ctx) ([]byte, *refusal) {
		token := tokenOf(request.Get(fiber.HeaderAuthorization))
		read, err := database.read(request.Context(), token, request.Params("slug"))
		if err != nil {
			return nil, refusalOf(err)
		}
		parsed, err := parse(read.Template)
		if err != nil {
			return nil, refusalOf(err)
		}
		return read.render(parsed, request.Body())
	})
}

type database struct {
	pool       *pgxpool.Pool
	statements map[string]string
}

func (own *database) read(context context.Context, token, slug string) (*prompt, error) {
	hash := sha256.Sum256([]byte(token))
	var key, organization, id, teams = "", "", "", []string(nil)
	err := own.pool.QueryRow(context, own.statements["key"], hash[:]).Scan(&key, &organization)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unauthorized
	}
	if err != nil {
		return nil, err
	}
	rows, err := own.pool.Query(context, own.statements["teams"], key)
	if err != nil {
		return nil, err
	}
	if teams, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, err
	}
	var live int
	read := &prompt{Slug: slug}
	if err := own.pool.QueryRow(context, own.statements["prompt"], organization, slug, teams).Scan(&id, &live); err != nil {
		return nil, err
	}
	version := own.pool.QueryRow(context, own.statements["version"], id, live)
	err = version.Scan(&read.Version, &read.Template, &read.Tags, &read.Model, &read.ModelParams)
	return read, err
}

func refusalOf(err error) *refusal {
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, pgx.ErrNoRows):
		return notFound
	default:
		return &refusal{http.StatusInternalServerError, err.Error()}
	}
}

// Error makes a refusal an error, so that it may come from where there are errors.
func (own *refusal) Error() string { return own.Words }
