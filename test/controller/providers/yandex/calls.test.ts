import { expect, test } from 'vitest'
import type { Answer, FailureCode, VmOperation } from '../../../../controller/providers/yandex/api.ts'
import { callsOf, type SendOnce, uuidOf } from '../../../../controller/providers/yandex/calls.ts'
import type { Status } from '../../../../controller/providers/yandex/classify.ts'
import { finish } from '../../../../controller/providers/yandex/operation.ts'
import { allPages } from '../../../../controller/providers/yandex/pages.ts'
import type { Tokens } from '../../../../controller/providers/yandex/tokens.ts'

const never = new AbortController().signal
const answer = <T>(value: T): Answer<T> => ({ kind: 'answer', value })
const failed = (code: FailureCode, status: Status = 'UNAVAILABLE') =>
  ({ kind: 'failed', code, detail: code, fault: { status, words: '' } }) as const

/** A clock that passes in sleeps only, and remembers them. */
function sleeping() {
  const sleeps: number[] = []
  const clock = { now: 0 }
  const sleep = async (ms: number) => {
    sleeps.push(ms)
    clock.now += ms
  }
  return { sleeps, clock, deps: { now: () => clock.now, random: () => 0, sleep } }
}

/** Tokens one after the other; each stays until it is refused. */
function tokensOf(texts: string[]): Tokens {
  return {
    get: async () => answer(texts[0] ?? ''),
    refuse: (token) => {
      if (texts.length > 1 && texts[0] === token) texts.shift()
    },
    secrets: () => [],
    until: () => undefined,
  }
}

const request = { what: 'try', send: () => Promise.reject(new Error('it is scripted')) }

function script(answers: ReturnType<typeof failed>[], texts = ['one', 'two']) {
  const sent: (string | undefined)[] = []
  const once: SendOnce = async (_request, _signal, token) => {
    sent.push(token)
    const next = answers.shift()
    if (next === undefined) throw new Error('it was asked once too often')
    return next
  }
  const { sleeps, deps } = sleeping()
  const call = callsOf(once, tokensOf(texts), deps)
  return { sent, sleeps, call: (signal: AbortSignal = never) => call(request, signal) }
}

test('a failure that passes is asked again 3 times, with pauses between', async () => {
  const { sent, sleeps, call } = script(Array.from({ length: 4 }, () => failed('transient')))
  expect(await call()).toEqual({ kind: 'failed', code: 'transient', detail: 'transient' })
  expect(sent).toEqual(['one', 'one', 'one', 'one'])
  expect(sleeps).toEqual([200, 400, 800])
})

test('a failure that stays is asked once', async () => {
  const { sent, sleeps, call } = script([failed('quota', 'RESOURCE_EXHAUSTED')])
  expect(await call()).toMatchObject({ code: 'quota' })
  expect([sent.length, sleeps.length]).toEqual([1, 0])
})

test('a token that is refused is renewed once, without a pause', async () => {
  const refused = failed('auth', 'UNAUTHENTICATED')
  const { sent, sleeps, call } = script([refused, refused])
  expect(await call()).toMatchObject({ code: 'auth' })
  expect([sent, sleeps]).toEqual([['one', 'two'], []])
})

test('a call is not repeated with the very token that was refused', async () => {
  const { sent, call } = script([failed('auth', 'UNAUTHENTICATED')], ['only'])
  expect(await call()).toMatchObject({ code: 'auth' })
  expect(sent).toEqual(['only'])
})

test('an account that lacks a role is no reason for another token', async () => {
  const { sent, call } = script([failed('auth', 'PERMISSION_DENIED')])
  await call()
  expect(sent).toEqual(['one'])
})

test('nobody is asked again for a caller who has gone', async () => {
  const { sent, sleeps, call } = script([failed('transient')])
  await call(AbortSignal.abort())
  expect([sent.length, sleeps.length]).toEqual([1, 0])
})

test('one text makes one UUID of version 4, another text another', () => {
  expect(uuidOf('create:f:edge-1')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(uuidOf('a')).toBe(uuidOf('a'))
  expect(uuidOf('a')).not.toBe(uuidOf('b'))
})

const operation = (more: Partial<VmOperation> = {}): VmOperation => ({
  ...{ id: 'o', done: false, createdAt: 0, modifiedAt: 0 },
  ...more,
})

test('an operation that is done already is not looked at', async () => {
  const done = operation({ done: true })
  const look = () => Promise.reject(new Error('it was looked at'))
  expect(await finish(done, look, sleeping().deps, never)).toEqual(answer(done))
})

test('the failure of an operation counts when it is done, and not before', async () => {
  const failure = { kind: 'failed', code: 'capacity', detail: 'Not enough resources' } as const
  const seen = [operation({ failure }), operation({ failure }), operation({ failure, done: true })]
  const { deps, sleeps } = sleeping()
  const look = async () => answer(seen.shift() ?? operation())
  expect(await finish(operation({ failure }), look, deps, never)).toEqual(failure)
  expect(sleeps).toEqual([500, 750, 1_125])
})

test('ten looks in a row that fail say nothing of the operation, one that succeeds between them starts anew', async () => {
  const { deps } = sleeping()
  let looks = 0
  const look = async () => {
    looks += 1
    return looks === 9 ? answer(operation()) : failed('auth')
  }
  expect(await finish(operation(), look, deps, never)).toMatchObject({ kind: 'failed', code: 'transient' })
  expect(looks).toBe(19)
})

test('one that never ends is left after half an hour', async () => {
  const { deps, clock } = sleeping()
  const answered = await finish(operation(), async () => answer(operation()), deps, never)
  expect(answered).toMatchObject({ kind: 'failed', code: 'transient' })
  expect(clock.now).toBeGreaterThan(30 * 60_000)
  expect(clock.now).toBeLessThan(31 * 60_000)
})

test('a list of pages without end is none', async () => {
  let asked = 0
  const page = async () => {
    asked += 1
    return answer({ items: [1], next: 'more' })
  }
  expect(await allPages(page)).toMatchObject({ kind: 'failed', code: 'transient' })
  expect(asked).toBe(100)
})
