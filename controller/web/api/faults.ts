import type { FastifyError, FastifyInstance } from 'fastify'

/** Every answer that is no success is `{ detail }`, a sentence; what broke inside is nobody's business outside. */
export function answerFaults(app: FastifyInstance, failed?: (error: Error, route: string) => void): void {
  app.setErrorHandler<FastifyError>((error, { routeOptions: { url } }, reply) => {
    const code = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500
    if (code >= 500) failed?.(error, url ?? 'none')
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
