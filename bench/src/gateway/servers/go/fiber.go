package main

import (
	"net"

	"github.com/gofiber/fiber/v3"
)

// serveFiber is a server of Fiber, which is built on fasthttp.
func serveFiber(listener net.Listener, told setup) error {
	known, err := hold(told)
	if err != nil {
		return err
	}
	return listenWithFiber(listener, func(request fiber.Ctx) ([]byte, *refusal) {
		return known.answer(request.Get(fiber.HeaderAuthorization), request.Params("slug"), request.Body())
	})
}

func listenWithFiber(listener net.Listener, answer func(fiber.Ctx) ([]byte, *refusal)) error {
	app := fiber.New()
	app.Post("/v1/prompts/:slug/render", func(request fiber.Ctx) error {
		text, refused := answer(request)
		if refused != nil {
			return request.Status(refused.status).JSON(refused)
		}
		request.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return request.Send(text)
	})
	return app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true})
}
