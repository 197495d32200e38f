import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Tick } from '../../../../controller/history/ring/tick.ts'
import type { InstanceStatus } from '../../../../controller/web/api/instances.ts'
import type {
  CostSchema,
  ExplanationSchema,
  InstanceSchema,
  PlanSchema,
  StatusSchema,
  TickSchema,
} from '../../../../controller/web/api/schemas.ts'
import type { Cost } from '../../../../controller/web/cost.ts'
import type { Explanation } from '../../../../controller/web/explanation.ts'
import type { Plan } from '../../../../controller/web/plan.ts'
import type { Status } from '../../../../controller/web/status.ts'
import type { Identical } from '../../../support/identical.ts'
import { type ApiWorld, anApi, TOKEN } from './world.ts'

// What the document says is what is answered, to the last field: tsc holds the schemas to the types, and ajv the answers to the schemas.

type Out<S extends z.ZodType> = z.output<S>
const same: readonly true[] = [
  true satisfies Identical<Out<typeof StatusSchema>, Status>,
  true satisfies Identical<Out<typeof PlanSchema>, Plan>,
  true satisfies Identical<Out<typeof TickSchema>, Tick>,
  true satisfies Identical<Out<typeof InstanceSchema>, InstanceStatus>,
  true satisfies Identical<Out<typeof ExplanationSchema>, Explanation>,
  true satisfies Identical<Omit<Out<typeof CostSchema>, 'cut'>, Cost>,
]

const Operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
})
const Document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

let api: ApiWorld
let text = ''
let document: z.output<typeof Document>

beforeAll(async () => {
  api = await anApi()
  text = (await api.app.inject('/api/v1/openapi.json')).body
  document = Document.parse(JSON.parse(text))
})
afterAll(() => api.close())

test('the schemas are those of the types', () => {
  expect(same).not.toContain(false)
})

test('the document is OpenAPI 3.1', async () => {
  const outcome = await new Validator().validate(JSON.parse(text))
  expect(outcome).toEqual({ valid: true })
  expect(document.openapi).toBe('3.1.0')
})

test('every operation has a name of its own', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

/** What is asked for, for each path that takes something. */
const queries: Readonly<Record<string, (now: number) => string>> = {
  '/api/v1/workloads/{name}': () => '/api/v1/workloads/ingest',
  '/api/v1/pools/{name}': () => '/api/v1/pools/edge',
  '/api/v1/explain/{workload}': () => '/api/v1/explain/ingest',
  '/api/v1/numbers': (now) => `/api/v1/numbers?workload=ingest&from=0&to=${now}`,
}

describe('answers', () => {
  let ajv: Ajv2020 | undefined

  /** A validator of what a path answers with a code. */
  function judgeOf(path: string, method: string, code: string) {
    ajv ??= new Ajv2020({ strict: false }).addSchema({ $id: 'document', ...JSON.parse(text) })
    const pointer = [path, method, 'responses', code, 'content', 'application/json', 'schema']
    const fragment = pointer
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')
    return ajv.compile({ $ref: `document#/paths/${fragment}` })
  }

  test('of every route that reads are as the document says, and nothing of them is lost', async () => {
    const asked: string[] = []
    for (const [path, operations] of Object.entries(document.paths)) {
      const isJson = operations['get']?.responses['200']?.content?.['application/json'] !== undefined
      if (!isJson) continue
      asked.push(path)
      const answer = await api.get(queries[path]?.(api.now()) ?? path)
      const judge = judgeOf(path, 'get', '200')
      judge(answer.body)
      expect({ path, code: answer.code, errors: judge.errors ?? [] }).toEqual({ path, code: 200, errors: [] })
    }
    expect(asked.length).toBeGreaterThan(14)
  })

  test('that are none are as it says too', async () => {
    const judge = judgeOf('/api/v1/workloads/{name}', 'get', '404')
    expect(judge((await api.get('/api/v1/workloads/x')).body)).toBe(true)
    expect(judge({ message: 'x' })).toBe(false)
  })

  test('to changes are as it says', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const payload = { act: { kind: 'pin', workload: 'mail', size: 3 }, by: 'anna', why: 'x', for: '1h' }
    const laid = await api.app.inject({ method: 'POST', url: '/api/v1/overrides', headers, payload })
    expect(judgeOf('/api/v1/overrides', 'post', '200')(laid.json())).toBe(true)
    const url = '/api/v1/overrides?kind=workload&workload=mail&by=bo'
    const taken = await api.app.inject({ method: 'DELETE', url, headers })
    expect(judgeOf('/api/v1/overrides', 'delete', '200')(taken.json())).toBe(true)
  })

  test('a field that the document does not have would be found', () => {
    const judge = judgeOf('/api/v1/status', 'get', '200')
    expect(judge({ ...api.parts.shown.status(), more: 1 })).toBe(false)
  })
})
