import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
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
import { askedAt, type Judge, judgeBy } from './judge.ts'
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

let api: ApiWorld
let text = ''
let judge: Judge

beforeAll(async () => {
  api = await anApi()
  text = (await api.app.inject('/api/v1/openapi.json')).body
  judge = judgeBy(text)
})
afterAll(() => api.close())

test('the schemas are those of the types', () => {
  expect(same).not.toContain(false)
})

test('the document is OpenAPI 3.1', async () => {
  const outcome = await new Validator().validate(JSON.parse(text))
  expect(outcome).toEqual({ valid: true })
  expect(judge.document.openapi).toBe('3.1.0')
})

test('every operation has a name of its own', () => {
  const ids = Object.values(judge.document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

describe('answers', () => {
  test('of every route that reads are as the document says, and nothing of them is lost', async () => {
    expect(judge.reads.length).toBeGreaterThan(14)
    for (const path of judge.reads) {
      const answer = await api.get(askedAt(path, 'edge', api.now()))
      const isRight = judge.of(path, 'get', '200')
      isRight(answer.body)
      expect({ path, code: answer.code, errors: isRight.errors ?? [] }).toEqual({
        path,
        code: 200,
        errors: [],
      })
    }
  })

  test('that are none are as it says too', async () => {
    const isRight = judge.of('/api/v1/workloads/{name}', 'get', '404')
    expect(isRight((await api.get('/api/v1/workloads/x')).body)).toBe(true)
    expect(isRight({ message: 'x' })).toBe(false)
  })

  test('to changes are as it says', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const payload = { act: { kind: 'pin', workload: 'mail', size: 3 }, by: 'anna', why: 'x', for: '1h' }
    const laid = await api.app.inject({ method: 'POST', url: '/api/v1/overrides', headers, payload })
    expect(judge.of('/api/v1/overrides', 'post', '200')(laid.json())).toBe(true)
    const url = '/api/v1/overrides?kind=workload&workload=mail&by=bo'
    const taken = await api.app.inject({ method: 'DELETE', url, headers })
    expect(judge.of('/api/v1/overrides', 'delete', '200')(taken.json())).toBe(true)
  })

  test('with a field that the document does not have would be found', () => {
    expect(judge.of('/api/v1/status', 'get', '200')({ ...api.parts.shown.status(), more: 1 })).toBe(false)
  })
})
