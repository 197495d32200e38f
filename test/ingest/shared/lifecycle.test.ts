import { expect, test } from 'vitest'
import { createLifecycle } from '../../../ingest/shared/lifecycle.ts'

test('starts, is ready, drains while work is left, and is drained when none is', async () => {
  const life = createLifecycle()
  expect([life.state(), life.accepts()]).toEqual(['starting', false])
  life.opened()
  expect([life.state(), life.accepts()]).toEqual(['ready', true])
  const end = life.begin()
  const other = life.begin()
  life.drain()
  expect([life.state(), life.accepts(), life.inFlight()]).toEqual(['draining', false, 2])
  end()
  end()
  expect([life.state(), life.inFlight()]).toEqual(['draining', 1])
  other()
  expect(life.state()).toBe('drained')
  await life.drained
})

test('is drained at once when there is no work', async () => {
  const life = createLifecycle()
  life.opened()
  life.drain()
  life.drain()
  expect(life.state()).toBe('drained')
  await life.drained
})

test('what is opened after the drain does not make it ready again', () => {
  const life = createLifecycle()
  life.drain()
  life.opened()
  expect([life.state(), life.accepts()]).toEqual(['drained', false])
})

test('that all work is done does not mean that it is drained', () => {
  const life = createLifecycle()
  life.opened()
  life.begin()()
  expect(life.state()).toBe('ready')
})
