import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Door } from '../api/door.ts'
import type { Viewers } from '../api/sse.ts'
import { readRefusal, requireRead } from '../guard.ts'
import type { Routes } from '../server.ts'
import { type Answer, answerOf, send } from './answer.ts'
import type { Assets } from './assets.ts'
import { gzipStream, streamCoding } from './packing.ts'
import type { Seen } from './site.ts'
import { type Html, textOf } from './view/html.ts'
import { plainPage } from './view/other-pages.ts'
import type { Writer } from './writer.ts'

/** What the routes of the pages need. */
export interface PageDoor {
  door: Door
  viewers: Viewers
  assets: Assets
  writer: Writer
}

/** The pages for people, their changes, and what they are shown with. */
export const pageRoutes =
  (deps: PageDoor): Routes =>
  (app) => {
    assetRoutes(app, deps.assets)
    pages(app, deps)
    streams(app, deps)
  }

/**
 * Nothing from elsewhere, no script and no style in the page itself, nobody around it, and forms that go nowhere else: text that
 * got into a page unescaped would still do nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HTML = 'text/html; charset=utf-8'

function assetRoutes(app: FastifyInstance, assets: Assets): void {
  const answers = new Map<string, Answer>()
  app.get('/assets/:hash/:name', async (request, reply) => {
    const { name } = Named.parse(request.params)
    // A page of before this start asks for what it was sent with, which is not there any more.
    const { hash } = Hashed.parse(request.params)
    const asset = hash === assets.hash ? assets.of(name) : undefined
    if (asset === undefined) return reply.code(404).send({ detail: `there is no ${name}` })
    const answer = answers.get(name) ?? answerOf(asset.type, asset.text)
    answers.set(name, answer)
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    return send(request, reply, answer)
  })
}

const Hashed = z.object({ hash: z.string().max(100) })
const Named = z.object({ name: z.string().max(200) })

function pages(app: FastifyInstance, { door, writer, assets }: PageDoor): void {
  const onRequest = requirePage(door, writer)
  const show = async (request: FastifyRequest, reply: FastifyReply, answer: Answer | undefined) => {
    dress(reply)
    if (answer !== undefined) return send(request, reply, answer)
    reply.code(503).header('retry-after', '3')
    const text =
      'The controller is starting: its first tick has not ended yet. This page asks again by itself.'
    return send(request, reply, page(plainPage('Starting', text, assets.path, { seconds: 3, always: true })))
  }
  app.get('/', { onRequest }, async (request, reply) => show(request, reply, await writer.status()))
  app.get('/plan', { onRequest }, async (request, reply) => show(request, reply, await writer.plan()))
  app.get('/workloads/:name', { onRequest }, async (request, reply) => {
    const { name } = Named.parse(request.params)
    const answer = await writer.workload(name)
    if (answer !== 'unknown') return show(request, reply, answer)
    dress(reply).code(404)
    const text = `There is no workload ${JSON.stringify(name)}, or no policy for it any more.`
    return send(request, reply, page(plainPage('No such workload', text, assets.path)))
  })
}

const page = (content: Html): Answer => answerOf(HTML, textOf(content))

const dress = (reply: FastifyReply): FastifyReply =>
  reply
    .header('content-security-policy', POLICY)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cache-control', 'private, no-cache')

/** Where reading takes the token, a browser that has shown none is asked for it; everybody else is answered as by the API. */
function requirePage(door: Door, writer: Writer) {
  const requireThat = requireRead(door)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (door.reads === 'open') return undefined
    const token = await door.token()
    const refusal = readRefusal(request, token === undefined ? [] : [token], door)
    if (refusal?.code !== 401 || refusal.isWrong === true) return requireThat(request, reply)
    dress(reply).code(401).header('www-authenticate', 'Bearer')
    return send(request, reply, writer.signIn())
  }
}

/** The changes of a page: `v` is the version that was sent with it. */
function streams(app: FastifyInstance, { door, viewers, writer }: PageDoor): void {
  const options = { onRequest: requireRead(door), exposeHeadRoute: false }
  const open = (request: FastifyRequest, reply: FastifyReply, seen: Seen<unknown> | undefined) => {
    if (seen === undefined)
      return reply.code(404).send({ detail: 'there is no such page to be kept up to date' })
    const { v } = z.object({ v: z.string().max(100).optional() }).parse(request.query)
    const coding = streamCoding(request.headers['accept-encoding'])
    const next = (since: string | undefined) => seen.view.next(since ?? v, coding === gzipStream)
    return viewers.open(request, reply, { kind: 'page', next, ...(coding !== undefined && { coding }) })
  }
  app.get('/live', options, async (request, reply) => open(request, reply, writer.site.overview))
  app.get('/live/workloads/:name', options, async (request, reply) =>
    open(request, reply, writer.site.workload(Named.parse(request.params).name)),
  )
}
