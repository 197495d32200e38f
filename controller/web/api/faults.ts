import type { FastifyError, FastifyInstance } from 'fastify'

/** Every answer that is no success is `{ detail }`, a sentence; what broke inside is nobody's business outside. */
export function answerFaults(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const code = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500
    const detail = code < 500 ? error.message : 'something went wrong inside: it was no fault of the request'
    return reply.code(code).send({ detail })
  })
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?', 1)[0]
    return reply
      .code(404)
      .send({ detail: `there is no ${method} ${path}: /api/v1/openapi.json tells what there is` })
  })
}
